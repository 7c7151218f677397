#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests that do not end are ended: hanging, spinning, stopped, deaf to signals,
# with children that are deaf or in a session of their own; each is a timeout,
# its neighbour passes, and no process of it is left (ISO-4, STATE-5, STATE-12,
# TIME-4, TIME-6, TIME-7, PROC-2, PROC-3, PROC-8, PROC-9, HOST-3 to HOST-5).  A
# test's own limit goes before that of the run.  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 46

hanging="hostile::hang
hostile::hang_blocked
hostile::hang_ignoring
hostile::hang_setsid
hostile::hang_spinning
hostile::hang_tree
hostile::stopself"

limited="limited::by_attribute
limited::by_attribute_of_some[1]
limited::by_attribute_of_some[3]
limited::by_the_expected_signal
limited::exits_as_expected
limited::returns"

for isolate in worker fork; do
	export HOSTILE_PIDS="$tmp/pids.$isolate"
	started=$SECONDS
	run --isolate=$isolate -j 8 --timeout=0.5 --grace=0.3 "$SUITES/hang.so"
	took=$((SECONDS - started))
	is "$status $(last_line "$out")" "1 1 passed, 7 failed" \
		"$isolate: the counts"
	is "$(results TIMEOUT | sort)" "$hanging" "$isolate: each is a timeout"
	like "$out" '^1 pass, 7 timeout$' "$isolate: the states"
	ok "$isolate: it ends long before the tests would (${took}s)" \
		test $took -lt 30
	is "$(wc -l <"$HOSTILE_PIDS")" 9 "$isolate: nine processes were there"
	ok "$isolate: none of them is left" all_gone "$HOSTILE_PIDS"
	ok "$isolate: nor any other of the run" none_marked "$(run_id)"

	# One slot: the worker is replaced each time.
	run --isolate=$isolate -j 1 --timeout=200ms --grace=0 \
		-f 'hostile::hang*' -f 'calm::*' "$SUITES/hang.so"
	is "$status $(last_line "$out")" "1 1 passed, 6 failed" \
		"$isolate, -j 1, no grace: the counts"
	ok "$isolate, -j 1, no grace: none is left" all_gone "$HOSTILE_PIDS"

	# The attribute of a test goes before --timeout, both ways.
	run --isolate=$isolate -j 8 --timeout=1 --grace=0.3 "$SUITES/timers.so"
	is "$(results TIMEOUT | sort)" "$limited" \
		"$isolate: a limit of its own ends a test"
	is "$(last_line "$out")" "5 passed, 6 failed" \
		"$isolate: a longer limit of its own does not"
	like "$(told limited::by_attribute)" 'before the limit' \
		"$isolate: what it said before is told"
	like "$(told limited::by_attribute)" 'timed out after (0\.[3-9]|[1-9])' \
		"$isolate: the limit is told"
	like "$(told limited::returns)" 'cleaned up' \
		"$isolate: SIGTERM comes first, and a grace (TIME-7)"
	is "$(results TIMEOUT | grep -c returns)" 1 \
		"$isolate: returning on SIGTERM is no pass (STATE-12)"
	is "$(results TIMEOUT | grep -c expected)" 2 \
		"$isolate: nor is dying as expected (STATE-12)"
	ok "$isolate: nothing is left" none_marked "$(run_id)"

	run -v --isolate=$isolate --timeout=none -f 'free::uses*' \
		"$SUITES/timers.so"
	is "$status $(results PASS | sort | xargs)" \
		"0 free::uses_alarm free::uses_setitimer" \
		"$isolate: a test has its timers to itself (PROC-9)"
	run --isolate=$isolate --timeout=0 -f 'limited::by_attribute' \
		--grace=0 "$SUITES/timers.so"
	is "$(results TIMEOUT)" limited::by_attribute \
		"$isolate: --timeout=0 leaves attributes in force"

	# It never ended in the range's other indices.
	run -v --isolate=$isolate --grace=0 -f 'limited::by_attribute_of_some' \
		"$SUITES/timers.so"
	is "$(results PASS | sort | xargs)" \
		"limited::by_attribute_of_some[0] limited::by_attribute_of_some[2]" \
		"$isolate: the other indices pass"
done

# The slow notice, while the test runs (TIME-5).
run --slow=200ms -f 'free::by_attribute' "$SUITES/timers.so"
like "$out$err" 'SLOW .*free::by_attribute' "a slow test is named"
is "$status $(last_line "$out")" "0 1 passed, 0 failed" "and passes"

# With its CPU time, and not that of the tests before it in its worker.
build_suite cpu <<'END'
#include <time.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_TEST(cpu, spins)
{
	while (clock() < CLOCKS_PER_SEC / 2)
		;
}
SHMRUN_TEST(cpu, waits)
{
	sleep(1);
}
END
# cpu_of TEST: hundredths of a second, of its last line.
cpu_of()
{
	sed -n "s/^ *SLOW \\[.*\\] $1 (w0), \\([0-9]*\\)\\.\\([0-9]*\\)s of CPU$/\\1\\2/p" \
		"$tmp/out" | tail -n 1
}
for isolate in worker fork; do
	run --isolate=$isolate -j 1 --slow=200ms "$tmp/cpu.so"
	ok "$isolate: the CPU time of one that spins (TIME-5)" \
		test "$((10#$(cpu_of cpu::spins)))" -ge 3
	ok "$isolate: and of one that waits (TIME-5)" \
		test "$((10#$(cpu_of cpu::waits)))" -lt 3
done
