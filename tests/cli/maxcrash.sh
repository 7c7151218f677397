#!/bin/bash
# SPDX-License-Identifier: MIT
# --max-crashes: the run ends when more tests have crashed, those that were not
# run are counted with the reason, all counts add up, and the exit status is 1;
# 0 is the first crash, none is no limit, and the default is four for each
# worker and only for crashes that took one along (CRASH-4, EXIT-1, STOP-3,
# V-CRASH-4; PEER-4, PEER-5: none is lost, none is counted twice).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 49

# adds_up SELECTED NAME
adds_up()
{
	is "$(last_line "$out" | tr -cs 0-9 '\n' | awk '{ n += $1 } END { print n }')" \
		"$1" "$2: all counts add up (STATE-1)"
}

build_suite twelve <<'END'
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(twelve, tests, 12)
{
	if (shmrun_index() == 3)
		hostile_crash();
	usleep(30000);
}
END

build_suite crashing <<'END'
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(all, crash, 400)
{
	hostile_crash();
}
END

for isolate in worker fork; do
	for jobs in 1 2 8 64; do
		with="$isolate, -j $jobs"
		# V-CRASH-4
		run --isolate=$isolate -j $jobs --max-crashes=0 -v \
			"$tmp/twelve.so"
		is "$status" 1 "$with: one crash in twelve, --max-crashes=0"
		adds_up 12 "$with"
		is "$(results SIGSEGV)" 'twelve::tests[3]' "$with: one crash"
		is "$(results | sort -u | wc -l)" 12 "$with: each is told once"
	done
	run --isolate=$isolate -j 1 --max-crashes=0 --order=collection \
		"$tmp/twelve.so"
	like "$out" '^not run: [78] \(max-crashes\)$' "$isolate: and why"
	like "$(last_line "$out")" "^[34] passed, 1 failed, [78] skipped" \
		"$isolate: -j 1: the next one at most"
	run --isolate=$isolate -j 1 --max-crashes=6 "$tmp/crashing.so"
	crashed=$(results 'SIG[A-Z]*' | wc -l)
	ok "$isolate: six do not stop it, the seventh does ($crashed)" \
		test "$crashed" -ge 7 -a "$crashed" -lt 100
	run --isolate=$isolate -j 2 --max-crashes=none "$tmp/crashing.so"
	is "$(last_line "$out")" "0 passed, 400 failed" \
		"$isolate: none is no limit"
	run --isolate=$isolate -j 8 --max-worker-restart=2 "$tmp/crashing.so"
	adds_up 400 "$isolate: --max-worker-restart"
	# A forked test that crashes is the runner's to count.
	most=11
	[ $isolate = worker ] || most=200
	ok "$isolate: not many more than were allowed" \
		test "$(results | wc -l)" -le $most
	ok "$isolate: nothing is left" none_marked "$(run_id)"
done

run -j 1 --max-crashes=4 "$tmp/crashing.so"
like "$out" '^5 crash, 395 notrun$' "four are allowed, the fifth stops it"
like "$out" '5 crashed \(--max-crashes=4\)' "it says why it stopped"
# Not xdist's four for each worker: here a crash costs no more than a test.
run -j 1 "$tmp/crashing.so"
is "$(last_line "$out")" "0 passed, 400 failed" "there is no limit by default"
