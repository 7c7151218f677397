#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests that are expected to end by a signal or with a status pass when they
# do, and only then: no end, another end, or a failed check before it is a
# failure (SEL-5, STATE-2, STATE-3, NAT-9).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 22

for isolate in worker fork; do
	run -v --isolate=$isolate -j 2 "$SUITES/expected.so"
	is "$status $(last_line "$out")" "1 2 passed, 6 failed" \
		"$isolate: the counts"
	is "$(results PASS | sort | xargs)" "expected::signal expected::status" \
		"$isolate: what was expected passes"
	is "$(results FAIL | sort | xargs)" \
		"unexpected::failure unexpected::no_exit unexpected::no_signal unexpected::other_status unexpected::status_zero" \
		"$isolate: what was not fails"
	is "$(results SIGSEGV)" unexpected::other_signal \
		"$isolate: another signal is a crash"
	like "$(told unexpected::no_signal)" \
		'did not end by the expected signal' \
		"$isolate: no signal: it says so"
	like "$(told unexpected::no_exit)" \
		'did not exit with the expected status 7' \
		"$isolate: no exit: it says so"
	like "$(told unexpected::other_status)" 'status 8' \
		"$isolate: another status: it says which"
	like "$(told unexpected::failure)" 'expected\.c:[0-9]+: 1 == 2' \
		"$isolate: the failed check is told"

	run --isolate=$isolate -f 'unexpected::failure' "$SUITES/expected.so"
	is "$status" 1 "$isolate: a failed check before the expected end fails"
	run --isolate=$isolate -f 'expected::*' "$SUITES/expected.so"
	is "$status $(last_line "$out")" "0 2 passed, 0 failed" \
		"$isolate: only what was expected: exit 0"
	is "$err" "" "$isolate: nothing on stderr"
done
