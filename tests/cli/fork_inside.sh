#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests that fork: a child that returns from the body does not go on with the
# parent's tests, a child's failed check, requirement or skip is not the
# test's, and is shown as output (PIT-2, NAT-16).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 22

names=$(
	printf '%s\n' fork_return::waits fork_return::does_not_wait
	seq -f 'calm::after[%.0f]' 0 49
)

for isolate in worker fork; do
	for jobs in 1 4; do
		with="$isolate, -j $jobs"
		export RETURN_LOG="$tmp/log.$isolate.$jobs"
		run -v --isolate=$isolate -j $jobs "$SUITES/fork_return.so"
		is "$status $(last_line "$out")" "0 52 passed, 0 failed" \
			"$with: a child that returns: the counts"
		is "$(sort "$RETURN_LOG")" "$(sort <<<"$names")" \
			"$with: each body ran once"
		is "$(results 'PASS.*' | sort)" "$(sort <<<"$names")" \
			"$with: each test is told once"
		ok "$with: nothing is left" none_marked "$(run_id)"
	done

	run -v --isolate=$isolate "$SUITES/fork_check.so"
	is "$status $(last_line "$out")" "0 23 passed, 0 failed" \
		"$isolate: a child's checks are not the test's"
	unlike "$(told fork_check::ignored)" '^    [^ ].*1 == 2' \
		"$isolate: a child's failure is no failure of the test"
done

# Beside a failure of the test the child's words stand in its output.
build_suite both <<'END'
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_TEST(both, fail)
{
	pid_t pid = fork();
	if (pid == 0) {
		shmrun_check_eq_int(1, 2, "in the child");
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	shmrun_check_eq_int(3, 4, "in the parent");
}
END
run "$tmp/both.so"
is "$status $(last_line "$out")" "1 0 passed, 1 failed" "both fail: one failure"
like "$(told both::fail)" '^    [^ ].*: 3 == 4$' "both fail: the parent's"
