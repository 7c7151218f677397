#!/bin/bash
# SPDX-License-Identifier: MIT
# .serial: the tests of a chain run in one process, in order, and share its
# state; when that process dies, what is left of the chain is not run, is
# counted as such, and raises 1; other tests do not notice (CRASH-3, CRASH-5,
# EXIT-1). The tests find violations themselves (tests/fixtures/constraints.c).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 40
suite=$SUITES/constraints.so

for jobs in 1 2 8 64; do
	fresh
	run -j $jobs -f 'chains::*' "$suite"
	is "$status $(last_line "$out")" "0 70 passed, 0 failed" \
		"-j $jobs: one process, in order"
	for dist in load longest worksteal loadscope; do
		fresh
		run -j $jobs --dist=$dist -f 'chains::*' "$suite"
		is "$status $(last_line "$out")" "0 70 passed, 0 failed" \
			"-j $jobs, --dist=$dist: one process, in order"
	done

	fresh
	run -j $jobs --order=collection -f 'broken::*' -f 'chains::body*' "$suite"
	is "$status $(last_line "$out")" "1 56 passed, 2 failed, 12 skipped" \
		"-j $jobs: a worker dies, and the chain is broken"
	like "$out" '^not run: 12 \(chain\)$' "-j $jobs: and why"
	is "$(results 'SIG[A-Z]*' | sort | xargs)" \
		'broken::locked[2] broken::steps[4]' "-j $jobs: who is to blame"
	ok "-j $jobs: nothing is left" none_marked "$(run_id)"
done

# A chain is as broken when what crashes between its members is no member, as
# only a mode that binds whole scopes can have it; a chain that has not begun
# is not.
export MIXED="$tmp/mixed"
for jobs in 1 2; do
	fresh
	rm -f "$MIXED"
	run -j $jobs --dist=loadscope --order=collection --no-timings \
		-f 'mixed::*' "$suite"
	is "$status $(last_line "$out")" "1 6 passed, 1 failed, 3 skipped" \
		"-j $jobs: a worker dies between two members"
	is "$(sort "$MIXED" | uniq -c | xargs)" "3 begins 3 other" \
		"-j $jobs: only the other chain goes on"
done
