#!/bin/bash
# SPDX-License-Identifier: MIT
# Ctrl-Z stops the run and all its processes, and its clock: a test that needs
# a second of a limit of four lives through a stop of five, its duration has
# none of it, and a test that had stopped itself is not woken up by it (SIG-6,
# SIG-7, TIME-1 to TIME-3, PROC-10, HOST-11, HOST-12).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 28

build_suite slow <<'END'
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <shmrun.h>
#include "hostile.h"

/* A second of naps: time in which it is stopped ends at most one. */
SHMRUN_TEST(slow, works)
{
	struct timespec nap = { .tv_nsec = 100000000 };

	hostile_pid("works");
	for (int i = 0; i < 10; i++)
		nanosleep(&nap, NULL);
	printf("worked\n");
}

/* Its child is in a session of its own. */
SHMRUN_TEST(slow, has_child)
{
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		hostile_pid("child");
		hostile_sleep(60);
	}
	for (int i = 0; i < 10; i++)
		usleep(100000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

SHMRUN_TEST(stopped, itself, .timeout = 5)
{
	hostile_pid("stopped");
	raise(SIGSTOP);
	hostile_pid("continued");
	hostile_sleep(60);
}
END

# state PID: one letter.
state()
{
	sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null
}

# in_state LETTER: the runner and every process of the file.
in_state()
{
	local process rest
	[ "$(state "$pid")" = "$1" ] || return 1
	while read -r process rest; do
		[ "$rest" = stopped ] || [ "$(state "$process")" = "$1" ] ||
			return 1
	done <"$HOSTILE_PIDS"
}

none_in_state()
{
	local process rest
	[ "$(state "$pid")" != "$1" ] || return 1
	while read -r process rest; do
		[ "$rest" = stopped ] || [ "$(state "$process")" != "$1" ] ||
			return 1
	done <"$HOSTILE_PIDS"
}

for isolate in worker fork; do
	export HOSTILE_PIDS="$tmp/pids.$isolate"
	start -v --isolate=$isolate -j 3 --timeout=4 --grace=1 \
		--json="$tmp/$isolate.json" --record="$tmp/$isolate.shmres" \
		"$tmp/slow.so"
	wait_until 30 has_lines "$HOSTILE_PIDS" 3 || diag "not started"
	kill -TSTP "$pid"
	ok "$isolate: all of it stops" wait_until 30 in_state T
	# The time that passes is the test.
	sleep 5
	ok "$isolate: and stays so" in_state T
	kill -CONT "$pid"
	ok "$isolate: all of it goes on" wait_until 30 none_in_state T
	finish
	is "$(results PASS | sort | xargs)" "slow::has_child slow::works" \
		"$isolate: five seconds were not theirs (HOST-12)"
	is "$status $(last_line "$out")" "1 2 passed, 1 failed" \
		"$isolate: the counts"
	like "$(told stopped::itself)" 'was stopped' \
		"$isolate: one that stopped itself times out all the same"
	is "$(grep -c continued "$HOSTILE_PIDS")" 0 \
		"$isolate: it was not continued (SIG-7)"
	id=$(run_id)
	took=$(sed -n 's/.*slow::works.*"duration_ns":\([0-9]*\).*/\1/p' \
		"$tmp/$isolate.json")
	ok "$isolate: the pause is no part of its duration (TIME-3): $took" \
		test "${took:-9999999999}" -lt 5000000000
	paused=$(sed -n 's/.*"run-paused".*"paused_ns":\([0-9]*\).*/\1/p' \
		"$tmp/$isolate.json")
	ok "$isolate: how long it was is told: $paused" \
		test "${paused:-0}" -ge 4900000000
	run report --json "$tmp/$isolate.shmres"
	like "$out" '"run-paused"' "$isolate: and recorded"
	ok "$isolate: nothing is left" wait_until 10 none_marked "$id"
done

# The runner alone stopped, by somebody else: nobody times out (TIME-2).  Both
# tiers at once, since it takes its time.
suite="$tmp/slow.so"
for isolate in worker fork; do
	(
		tmp="$tmp/alone.$isolate"
		mkdir "$tmp"
		export HOSTILE_PIDS="$tmp/pids"
		start -v -j 2 --isolate=$isolate --timeout=3 -f slow::works \
			"$suite"
		wait_until 30 has_lines "$HOSTILE_PIDS" 1
		kill -STOP "$pid"
		sleep 4
		kill -CONT "$pid"
		finish
		echo "$status $(results PASS)" >"$tmp/said"
	) &
done
wait
for isolate in worker fork; do
	is "$(cat "$tmp/alone.$isolate/said")" "0 slow::works" \
		"$isolate: a runner that was stopped is late, and blames nobody"
done

# While it is stopped, it can be killed.
export HOSTILE_PIDS="$tmp/pids.killed"
start -v -j 3 --timeout=30 -f slow::works "$tmp/slow.so"
wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "not started"
kill -TSTP "$pid"
wait_until 30 in_state T || diag "not stopped"
kill -KILL "$pid"
ok "a kill while it is stopped leaves nothing (PROC-4)" \
	wait_until 30 all_gone "$HOSTILE_PIDS"
finish

# Started to ignore it: a shell without job control.
export HOSTILE_PIDS="$tmp/pids.ignored"
ran="ignored TSTP"
env --default-signal=INT,TERM,HUP --ignore-signal=TSTP "$SHMRUN" \
	--backend="$SHMRUN_TEST_BACKEND" -f slow::works "$tmp/slow.so" \
	</dev/null >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "not started"
kill -TSTP "$pid"
finish
is "$status $(last_line "$out")" "0 1 passed, 0 failed" \
	"a runner that was started to ignore it does"
unlike "$out" 'results of' "and says nothing"
ok "nothing is left" all_gone "$HOSTILE_PIDS"
