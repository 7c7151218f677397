#!/bin/bash
# SPDX-License-Identifier: MIT
# .exclusive: when all else has ended, one after the other and alone, also when
# one of them dies; .last: behind all of these (EXCL-1). The tests find
# violations themselves (tests/fixtures/constraints.c).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 42
suite=$SUITES/constraints.so

for isolate in worker fork; do
	for jobs in 1 2 8 64; do
		with="$isolate, -j $jobs"
		fresh
		run --isolate=$isolate -j $jobs -f 'alone::*' "$suite"
		is "$status $(last_line "$out")" "0 108 passed, 0 failed" \
			"$with: alone, and last"
		fresh
		run --isolate=$isolate -j $jobs \
			-f 'alone_dying::*' -f 'order::apart*' "$suite"
		is "$status $(last_line "$out")" "1 34 passed, 2 failed" \
			"$with: alone, although some die"
		is "$(results | xargs)" \
			'alone_dying::exclusive[1] alone_dying::exclusive[4]' \
			"$with: none but those"
	done
	# Alone on every slot, too; the last ones are the last of each slot.
	fresh
	run --isolate=$isolate -j 3 --dist=each --tap="$tmp/tap" \
		-f 'alone::first*' -f 'alone::body*' -f 'alone::second*' "$suite"
	is "$status $(last_line "$out")" "0 264 passed, 0 failed" \
		"$isolate, --dist=each: alone"
	is "$(sed -n 's/^ok [0-9]* - .* (\(w[0-9]*\))$/\1/p' "$tmp/tap" |
		sort | uniq -c | xargs)" "88 w0 88 w1 88 w2" \
		"$isolate, --dist=each: each told by its slot"
	for jobs in 1 2 8 64; do
		fresh
		run --isolate=$isolate -j $jobs -f 'late::*' "$suite"
		is "$status $(last_line "$out")" "0 13 passed, 0 failed" \
			"$isolate, -j $jobs: .last with a lock is the last, too"
	done
	for dist in load longest worksteal; do
		fresh
		run --isolate=$isolate -j 4 --dist=$dist -f 'alone::*' "$suite"
		is "$status $(last_line "$out")" "0 108 passed, 0 failed" \
			"$isolate, --dist=$dist"
	done
done
