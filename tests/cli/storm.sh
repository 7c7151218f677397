#!/bin/bash
# SPDX-License-Identifier: MIT
# 100,000 tests of which one in a hundred crashes and one in a hundred fails:
# each is reported exactly, once, none is lost (ACC-1, STATE-1); the same in the
# fork tier, with a part of them.  Whatever -j is.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 30

# The names that must end so, N of them from REST on in steps of 100.
wanted()
{
	seq -f 'many::crashes[%.0f]' "$1" 100 $(($2 - 1)) | sort
}

# check_storm WITH N: the last run had the tests 0..N-1.
check_storm()
{
	local with=$1 n=$2 one=$(($2 / 100))
	is "$status $(last_line "$out")" \
		"1 $((one * 98)) passed, $((one * 2)) failed" \
		"$with: the counts"
	like "$out" "^$((one * 98)) pass, $one fail, $one crash\$" \
		"$with: the states"
	is "$(results SIGSEGV | sort | cmp - <(wanted 3 "$n") 2>&1)" "" \
		"$with: each crash, once"
	is "$(results FAIL | sort | cmp - <(wanted 7 "$n") 2>&1)" "" \
		"$with: each failure, once"
	is "$(results | wc -l)" $((one * 2)) "$with: nothing else"
	# A slow machine takes more than 30 s, and then says how far it is.
	is "$(sed -E "/have no backtrace/d; /^\.\.\.  [0-9]+\/$n tests, /d" \
		<<<"$err")" "" \
		"$with: nothing on stderr, but how many have no backtrace"
}

for jobs in 1 2 8; do
	run -j $jobs "$SUITES/manycrash.so"
	check_storm "worker, -j $jobs" 100000
done

run -j 2 --recycle=never "$SUITES/manycrash.so"
check_storm "worker, --recycle=never" 100000

run -j 2 --isolate=fork -f 'many::crashes[0-4999]' "$SUITES/manycrash.so"
check_storm "fork" 5000
