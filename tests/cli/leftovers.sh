#!/bin/bash
# SPDX-License-Identifier: MIT
# A passing test that leaves processes passes at once, is marked +LEAK, and its
# processes are killed: plain, noisy, in a session of their own, daemons; they
# hold stdout and nobody waits for its end (PROC-1 to PROC-3, DEF-8, DEF-9,
# DEF-15, STATE-11, ISO-8 to ISO-11, HOST-1, HOST-2).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 32

leaking="hostile::orphan
hostile::orphan_daemon
hostile::orphan_noisy
hostile::orphan_setsid"

for isolate in worker fork; do
	for jobs in 1 4; do
		with="$isolate, -j $jobs"
		export HOSTILE_PIDS="$tmp/pids.$isolate.$jobs"
		started=$SECONDS
		run -v --isolate=$isolate -j $jobs "$SUITES/orphan.so"
		took=$((SECONDS - started))
		is "$status $(last_line "$out")" "0 5 passed, 0 failed" \
			"$with: they pass"
		is "$(results 'PASS[+]LEAK' | sort)" "$leaking" \
			"$with: they are marked"
		is "$(results PASS)" hostile::orphan_zombie \
			"$with: a zombie is no leak"
		like "$out" '^5 pass, 4 leaks$' "$with: leaks are counted"
		ok "$with: nobody waits for 25 s (${took}s)" test $took -lt 15
		ok "$with: all are gone" all_gone "$HOSTILE_PIDS"
		ok "$with: nothing else is left" none_marked "$(run_id)"
	done
	like "$(told hostile::orphan)" 'the leader is done' \
		"$isolate: the test's output is whole"
done

# What a constructor leaves goes with the run (PROC-3).
export HOSTILE_PIDS="$tmp/pids.ctor"
run "$SUITES/ctor_fork.so"
is "$status $(last_line "$out")" "0 10 passed, 0 failed" \
	"a constructor's child does not matter"
ok "it is gone after the run" wait_until 10 all_gone "$HOSTILE_PIDS"
