#!/bin/bash
# SPDX-License-Identifier: MIT
# .after: a test starts when all tests of that group have ended; when one of
# them failed it is not run, nor is what comes after that; a circle is exit 5
# (AFTER-1, EXIT-1). The tests find violations themselves
# (tests/fixtures/constraints.c).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 40
suite=$SUITES/constraints.so

for isolate in worker fork; do
	for jobs in 1 2 8 64; do
		with="$isolate, -j $jobs"
		fresh
		run --isolate=$isolate -j $jobs -f 'order::*' "$suite"
		is "$status $(last_line "$out")" "0 54 passed, 0 failed" \
			"$with: in the order of the groups"
		fresh
		SCHEMA_FAILS=1 run --isolate=$isolate -j $jobs -v \
			-f 'order::*' "$suite"
		is "$status $(last_line "$out")" \
			"1 37 passed, 1 failed, 16 skipped" \
			"$with: what comes after a failure is not run"
		like "$out" '^not run: 16 \(prerequisite\)$' "$with: and why"
		is "$(results NOTRUN | sed 's/\[.*//' | sort | uniq -c | xargs)" \
			"8 order::second 8 order::third" \
			"$with: nor what comes after that"
	done
	# Who was not selected cannot be waited for.
	fresh
	run --isolate=$isolate -j 2 -f 'order::third*' "$suite"
	is "$status $(last_line "$out")" "0 8 passed, 0 failed" \
		"$isolate: a group that was not selected"
	for dist in load longest worksteal; do
		fresh
		run --isolate=$isolate -j 4 --dist=$dist -f 'order::*' "$suite"
		is "$status $(last_line "$out")" "0 54 passed, 0 failed" \
			"$isolate, --dist=$dist"
	done
done
