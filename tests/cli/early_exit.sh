#!/bin/bash
# SPDX-License-Identifier: MIT
# A test that ends its process has not passed, however well it ends it: fail,
# "exited early", with the status; the tests after it run (PROC-15, NAT-16,
# HOST-6).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 32

for isolate in worker fork; do
	for jobs in 1 4; do
		with="$isolate, -j $jobs"
		# A thread that ends takes the stack along from which the
		# process still sees what is not lost.
		without_leaks run --isolate=$isolate -j $jobs "$SUITES/exit0.so"
		is "$status $(last_line "$out")" "1 20 passed, 8 failed" \
			"$with: the counts"
		like "$out" '^20 pass, 8 fail$' "$with: they are failures"
		is "$(results FAIL | sort | uniq -c | awk '$1 == 1' | wc -l)" 8 \
			"$with: each is told once"
	done
	for name in underscore_exit exit quick_exit system_call thread \
		execve pthread_exit; do
		like "$(told exit0::$name)" 'exited early, with status 0' \
			"$isolate: $name"
	done
	like "$(told exit0::exit_3)" 'exited early, with status 3' \
		"$isolate: exit_3"
	run --isolate=$isolate -f exit0::exit "$SUITES/exit0.so"
	is "$status $(last_line "$out")" "1 0 passed, 1 failed" \
		"$isolate: alone"
done

without_leaks run --isolate=worker -j 1 --recycle=never "$SUITES/exit0.so"
is "$(last_line "$out")" "20 passed, 8 failed" "the same with --recycle=never"

# An expected status is the one exception, and only that status.
run -f 'expected::status' "$SUITES/expected.so"
is "$status $(last_line "$out")" "0 1 passed, 0 failed" \
	"an expected status passes"
