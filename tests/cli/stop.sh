#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs that end before their tests do: -x and --max-fail start no further test,
# a signal to the runner ends the running ones and is raised again (a shell sees
# 130, 143, 129), a second one kills at once; the tests that were not run are
# counted above the last line, and all counts add up (EXIT-1, EXIT-8, STATE-1,
# STATE-9, STATE-12, DEF-16, ACC-6, SIG-1 to SIG-3, DBG-6, HOST-9, HOST-10).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 123

# adds_up SELECTED NAME: passed + failed + skipped = selected.
adds_up()
{
	is "$(last_line "$out" | tr -cs 0-9 '\n' | awk '{ n += $1 } END { print n }')" \
		"$1" "$2: all counts add up (STATE-1)"
}

# not_run: how many, in the line above the last one.
not_run()
{
	tail -n 2 "$tmp/out" | sed -n 's/^not run: \([0-9]*\) (.*)$/\1/p'
}

for isolate in worker fork; do
	# One worker: it is exactly the first failure.
	run --isolate=$isolate -j 1 -x "$SUITES/params.so"
	is "$status" 1 "$isolate: -x: exit 1"
	is "$(results | wc -l)" 1 "$isolate: -x -j 1: one failure is told"
	adds_up 36 "$isolate: -x"
	ok "$isolate: -x: the line above the last counts what was not run" \
		test "$(not_run)" -gt 0
	like "$out" '^not run: [0-9]+ \(max-fail\)$' "$isolate: -x: and why"
	run --isolate=$isolate -j 1 --max-fail=2 -f 'some::*' -f 'params::*' \
		"$SUITES/params.so"
	is "$(results | wc -l)" 2 "$isolate: --max-fail=2 -j 1: two"
	adds_up 36 "$isolate: --max-fail=2"
	run --isolate=$isolate -j 1 --max-fail=3 "$SUITES/params.so"
	is "$(results FAIL | wc -l)" 3 "$isolate: --max-fail=3 of three"
	run --isolate=$isolate --max-fail=4 "$SUITES/params.so"
	is "$(last_line "$out")" "33 passed, 3 failed" \
		"$isolate: --max-fail that is not reached changes nothing"
	is "$(not_run)" "" "$isolate: and no test is left out"
	run --isolate=$isolate --max-fail=0 "$SUITES/params.so"
	is "$(last_line "$out")" "33 passed, 3 failed" \
		"$isolate: --max-fail=0 runs all"
	run --isolate=$isolate -x -j 4 "$SUITES/pass.so"
	is "$status $(last_line "$out")" "0 10 passed, 0 failed" \
		"$isolate: -x without a failure"

	# A large run stops soon, whatever is in the rings.
	run --isolate=$isolate -j 4 -x "$SUITES/manycrash.so"
	is "$status" 1 "$isolate: -x in 100,000: exit 1"
	adds_up 100000 "$isolate: -x in 100,000"
	ok "$isolate: -x in 100,000: most are not run ($(not_run))" \
		test "$(not_run)" -gt 50000
	ok "$isolate: -x in 100,000: at most one failure per worker more" \
		test "$(results | wc -l)" -le 8
	ok "$isolate: -x: nothing is left" none_marked "$(run_id)"

	# -v: what was not run is told, and once.
	run --isolate=$isolate -v -j 1 -x "$SUITES/params.so"
	is "$(results | sort | uniq -d)" "" "$isolate: -x -v: each test once"
	is "$(results | wc -l)" 36 "$isolate: -x -v: every test"
	is "$(results NOTRUN | wc -l)" "$(not_run)" \
		"$isolate: -x -v: those that were not run"
done

# interrupt SIGNAL STATUS ISOLATE: while some tests sleep and many wait.
interrupt()
{
	local signal=$1 wanted=$2 with="$3: SIG$1"
	export HOSTILE_PIDS="$tmp/pids.$1.$3"
	start --isolate="$3" -j 4 --grace=0.5 "$SUITES/hang.so" \
		"$SUITES/manyempty.so" -f 'hostile::*' -f 'many::empty[0-9]'
	wait_until 30 has_lines "$HOSTILE_PIDS" 4 || diag "tests never started"
	kill -"$signal" "$pid"
	finish
	is "$status" "$wanted" "$with: a shell sees $wanted (EXIT-8)"
	adds_up 17 "$with"
	ok "$with: what was not run is counted above the last line" \
		test "$(not_run || echo 0)" -gt 0
	like "$out" '^not run: [0-9]+ \(interrupted\)$' "$with: and why"
	like "$out" "^exit by SIG$signal" "$with: the status in words"
	unlike "$(results 'PASS.*' | xargs)" 'hostile' \
		"$with: a test that was ended has not passed (STATE-12)"
	ok "$with: no process is left" all_gone "$HOSTILE_PIDS"
	ok "$with: nor any other of the run" none_marked "$(run_id)"
}

for isolate in worker fork; do
	interrupt INT 130 $isolate
	interrupt TERM 143 $isolate
	interrupt HUP 129 $isolate
done

# Two signals: at once, whatever the grace is, and whoever is deaf.
for isolate in worker fork; do
	export HOSTILE_PIDS="$tmp/pids.twice.$isolate"
	start --isolate=$isolate -j 4 --grace=50s "$SUITES/hang.so" \
		-f 'hostile::hang_ignoring' -f 'hostile::hang_blocked' \
		-f 'hostile::hang_tree' --junit="$tmp/$isolate.xml" \
		--tap="$tmp/$isolate.tap"
	wait_until 30 has_lines "$HOSTILE_PIDS" 4 || diag "tests never started"
	kill -INT "$pid"
	# Both are there, and whole, while the tests still have their grace.
	wait_until 30 eval 'test -s "$tmp/$isolate.xml" && test -s "$tmp/$isolate.tap"'
	not_ok "$isolate: a first SIGINT gives a grace (SIG-2)" is_gone "$pid"
	is "$(grep -c '<error type="interrupted"' "$tmp/$isolate.xml")" 3 \
		"$isolate: JUnit is written before that is over (ENV-12)"
	like "$(cat "$tmp/$isolate.xml")" 'it was still running' \
		"$isolate: what still ran is told"
	is "$(grep -c '^not ok' "$tmp/$isolate.tap") $(tail -n 1 \
		"$tmp/$isolate.tap")" "3 Bail out! the run was interrupted" \
		"$isolate: and TAP"
	# Pids are reused soon where tests are forked: never kill a stale one.
	is_gone "$pid" || kill -INT "$pid"
	started=$SECONDS
	finish
	took=$((SECONDS - started))
	is "$status" 130 "$isolate: a second SIGINT: 130"
	ok "$isolate: a second SIGINT: at once (${took}s)" test $took -lt 20
	adds_up 3 "$isolate: a second SIGINT"
	ok "$isolate: a second SIGINT: nothing is left" all_gone "$HOSTILE_PIDS"
	unlike "$(cat "$tmp/$isolate.xml" "$tmp/$isolate.tap")" \
		'still running' "$isolate: the last reports replace those"
	is "$(find "$tmp" -name '*.tmp')" "" "$isolate: no file is left over"
done

# A running test gets the same signal, and may clean up.
build_suite polite <<'END'
#define _GNU_SOURCE
#include <signal.h>
#include <shmrun.h>
#include "hostile.h"
static void clean_up(int signo)
{
	char line[] = "signal   \n";
	line[7] = (char)('0' + signo / 10);
	line[8] = (char)('0' + signo % 10);
	if (write(1, line, sizeof(line) - 1) > 0)
		hostile_append("POLITE_LOG", line);
}
SHMRUN_TEST(polite, waits)
{
	signal(SIGINT, clean_up);
	signal(SIGTERM, clean_up);
	signal(SIGHUP, clean_up);
	hostile_pid("polite");
	sleep(60);
}
END
export POLITE_LOG="$tmp/polite"
for isolate in worker fork; do
	for signal in INT TERM HUP; do
		export HOSTILE_PIDS="$tmp/pids.polite.$isolate.$signal"
		rm -f "$POLITE_LOG"
		start --isolate=$isolate --grace=20s "$tmp/polite.so"
		wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "not started"
		kill -$signal "$pid"
		finish
		is "$(grep . "$POLITE_LOG")" "signal $(printf '%02d' \
			"$(kill -l $signal)")" \
			"$isolate: SIG$signal: the test gets it, once"
		unlike "$out" '^exit by .* passed$' \
			"$isolate: SIG$signal: it does not say that all passed"
	done
done
like "$out" '^exit by SIGHUP: .*interrupt' "the status in words says why"

# While it loads.
export HOSTILE_PIDS="$tmp/pids.load"
start "$SUITES/ctor_hang.so" "$SUITES/pass.so"
wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "never loaded"
kill -INT "$pid"
RUN_TIMEOUT=20 finish
is "$status" 130 "SIGINT while a suite loads: 130"
ok "SIGINT while a suite loads: the loader is gone" \
	wait_until 10 all_gone "$HOSTILE_PIDS"
