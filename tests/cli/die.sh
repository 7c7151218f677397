#!/bin/bash
# SPDX-License-Identifier: MIT
# Processes of the run are killed from outside.  The runner: everything goes
# with it, also daemons of tests (PROC-4, SIG-12, HOST-8).  The loader: another
# one takes its place and no total changes.  Workers, at random, every 10 ms:
# each killed test is a crash by SIGKILL, none is lost or told twice (ACC-1,
# STATE-1).  The loader, behind a crash that nobody has been told of yet: it is
# told, and when the test passes in its next attempt it is flaky (STATE-8).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 55

# The children of a process, one on a line.
children()
{
	cat /proc/"$1"/task/*/children 2>/dev/null | tr ' ' '\n' | grep .
}

loader()
{
	children "$pid" | head -n 1
}

has_workers()
{
	local of
	of=$(loader) && [ -n "$of" ] && [ -n "$(children "$of")" ]
}

for isolate in worker fork; do
	export HOSTILE_PIDS="$tmp/pids.$isolate"
	start --isolate=$isolate -j 8 --timeout=50 "$SUITES/hang.so"
	wait_until 30 has_lines "$HOSTILE_PIDS" 9 || diag "tests never started"
	id=$(run_id)
	is "${#id}" 36 "$isolate: the first line is written at once"
	not_ok "$isolate: the run's processes are there" none_marked "$id"
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	ok "$isolate: the runner is killed: nothing of the run is left" \
		wait_until 10 none_marked "$id"
	ok "$isolate: nor any process of a test" \
		wait_until 10 all_gone "$HOSTILE_PIDS"
done

# Tests that leave daemons, killed in mid-run as they come and go.
for isolate in worker fork; do
	export HOSTILE_PIDS="$tmp/daemons.$isolate"
	start --isolate=$isolate -j 4 "$SUITES/orphan.so" "$SUITES/hang.so" \
		-f 'hostile::orphan*' -f 'hostile::hang_setsid' \
		-f 'hostile::hang'
	wait_until 30 has_lines "$HOSTILE_PIDS" 5 || diag "tests never started"
	id=$(run_id)
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	ok "$isolate: daemons: nothing of the run is left" \
		wait_until 10 none_marked "$id"
	ok "$isolate: daemons: all are gone" \
		wait_until 10 all_gone "$HOSTILE_PIDS"
done

# While a suite loads.
export HOSTILE_PIDS="$tmp/loading"
start "$SUITES/ctor_hang.so"
wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "never loaded"
kill -KILL "$pid"
wait "$pid" 2>/dev/null
ok "the runner is killed while a suite loads: the loader goes, too" \
	wait_until 10 all_gone "$HOSTILE_PIDS"

# The loader dies in mid-run: a passing suite passes.
for isolate in worker fork; do
	n=400000
	[ $isolate = fork ] && n=4000
	SPIN_COUNT=$n start --isolate=$isolate -j 2 -f 'spin::*' \
		"$SUITES/sleepy.so"
	wait_until 30 has_workers || diag "no worker seen"
	first=$(loader)
	sleep 0.1
	ok "$isolate: the loader is killed" kill -KILL "$first"
	finish
	is "$status $(last_line "$out")" "0 $n passed, 0 failed" \
		"$isolate: the loader dies: no total changes"
	ok "$isolate: the loader dies: nothing is left" none_marked "$(run_id)"
done

# Who has to say that the test has crashed is stopped, and the loader killed,
# once the test is dead.
build_suite seen <<'END'
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <shmrun.h>
#include "hostile.h"

/* "PID (NAME) STATE PPID" */
static char state(pid_t pid, pid_t *parent)
{
	char path[32], text[256] = "", state = 'X';
	const char *at;
	int ppid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f && fgets(text, sizeof(text), f) && (at = strrchr(text, ')')))
		sscanf(at, ") %c %d", &state, &ppid);
	if (f)
		fclose(f);
	*parent = ppid;
	return state;
}

static void kill_behind(pid_t test, pid_t loader)
{
	pid_t parent;

	if (fork() > 0)
		return;
	prctl(PR_SET_PDEATHSIG, 0);
	setsid();
	while (!strchr("ZX", state(test, &parent)))
		usleep(1000);
	kill(loader, SIGKILL);
	_exit(0);
}

static void crash_unseen(void)
{
	pid_t speaker = getppid(), loader = speaker, parent;

	if (getenv("IN_CHILD"))
		state(speaker, &loader);
	if (getenv("IS_TOLD"))
		usleep(100000);
	kill(speaker, SIGSTOP);
	while (state(speaker, &parent) != 'T')
		usleep(1000);
	kill_behind(getpid(), loader);
	hostile_crash();
}

/* The loader has forked the worker, and cannot tell of it. */
static void hesitate(void)
{
	if (access(getenv("SEEN"), F_OK) != 0)
		usleep(1000000);
}

__attribute__((constructor)) static void be_slow(void)
{
	if (!getenv("IS_TOLD"))
		pthread_atfork(NULL, hesitate, NULL);
}

SHMRUN_TEST(seen, crashes_once)
{
	FILE *f;

	if (access(getenv("SEEN"), F_OK) == 0)
		return;
	f = fopen(getenv("SEEN"), "w");
	fclose(f);
	crash_unseen();
}
END
has_wrecks=
run -j 1 -f crash::segv "$SUITES/crash.so"
grep -q backtrace: <<<"$out" && has_wrecks=1
# crashes_once WHEN ARGUMENT...: with IS_TOLD the loader has told of the worker's
# start before.
crashes_once()
{
	local when=$1 count retries
	shift
	for count in '1 crash' '1 flaky'; do
		retries=0
		[ "$count" = '1 crash' ] || retries=1
		rm -f "$tmp/seen"
		SEEN=$tmp/seen run -j 1 --retries=$retries "$@" "$tmp/seen.so"
		like "$err" 'the loader died' \
			"the loader dies behind a crash, $when"
		if [ -n "${IN_CHILD-}" ] && [ -z "$has_wrecks" ]; then
			skip "nothing says how a test child died" \
				"it is not undone, $when, $retries retries"
			continue
		fi
		like "$out" "^$count(, 1 retry)?\$" \
			"it is not undone, $when, $retries retries"
	done
}
crashes_once 'worker, untold' --isolate=worker --backtrace=never
IS_TOLD=1 crashes_once 'worker, told' --isolate=worker --backtrace=never
IN_CHILD=1 crashes_once 'fork, untold' --isolate=fork
IN_CHILD=1 IS_TOLD=1 crashes_once 'fork, told' --isolate=fork

# Tests that fail fail as before.
start -j 2 "$SUITES/manycrash.so"
wait_until 30 has_workers || diag "no worker seen"
first=$(loader)
kill -KILL "$first" || diag "no loader"
finish
is "$status $(last_line "$out")" "1 98000 passed, 2000 failed" \
	"the loader dies in a storm: the same counts"
is "$(results | sort | uniq -d)" "" "the loader dies in a storm: none twice"

# Workers die every 10 ms, until a hundred have.
kill_workers()
{
	local of=$1 i victims
	for ((i = 0; i < 100; i++)); do
		is_gone "$pid" && break
		mapfile -t victims < <(children "$of")
		[ ${#victims[@]} -gt 0 ] &&
			kill -KILL "${victims[RANDOM % ${#victims[@]}]}" \
				2>/dev/null && echo
		sleep 0.01
	done >"$tmp/killed"
}

# check_killed WITH N
check_killed()
{
	local failed
	failed=$(results SIGKILL | wc -l)
	is "$(last_line "$out")" "$(($2 - failed)) passed, $failed failed" \
		"$1: passed + failed = $2 ($(wc -l <"$tmp/killed") killed)"
	is "$(results | sort | uniq -d)" "" "$1: none is told twice"
	is "$(results | wc -l)" "$failed" "$1: each failure is a SIGKILL"
	is "$status" $((failed > 0)) "$1: exit $((failed > 0))"
	ok "$1: workers were killed" test "$(wc -l <"$tmp/killed")" -gt 0
	ok "$1: no more failures than kills" \
		test "$failed" -le "$(wc -l <"$tmp/killed")"
	ok "$1: nothing is left" none_marked "$(run_id)"
}

SPIN_COUNT=200000 start -j 2 -f 'spin::*' \
	"$SUITES/sleepy.so"
wait_until 30 has_workers || diag "no worker seen"
kill_workers "$(loader)"
finish
check_killed "worker" 200000
SPIN_COUNT=20000 start --isolate=fork -j 2 -f 'spin::*' \
	"$SUITES/sleepy.so"
wait_until 30 has_workers || diag "no worker seen"
kill_workers "$(loader)"
finish
check_killed "fork" 20000

# One after the other: the run ends, and says why.
build_suite loaders <<'END_OF_SUITE'
#include <signal.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_RANGE(kill, loader, 30) { kill(getppid(), SIGKILL); usleep(1000000); }
END_OF_SUITE
run -j 1 --isolate=worker "$tmp/loaders.so"
is "$status $(grep -c 'no loader can be started: .' <<<"$err")" "3 1" \
	"each loader dies: no other one is started (PROC-4, EXIT-3)"

# Now and then, with tests that end in between: the run goes on, and each that
# was interrupted passes in its second go.
build_suite between <<'END_OF_SUITE'
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>
#include <shmrun.h>
SHMRUN_RANGE(kill, now_and_then, 60)
{
	char been[4096];

	snprintf(been, sizeof(been), "%s.%u", getenv("BEEN"), (unsigned)shmrun_index());
	if (shmrun_index() % 2 || mkdir(been, 0777) < 0)
		return;
	kill(getppid(), SIGKILL);
	usleep(1000000);
}
END_OF_SUITE
BEEN=$tmp/been run -j 1 --isolate=worker "$tmp/between.so"
is "$status $(last_line "$out") $(grep -c 'the loader died' <<<"$err")" \
	"0 60 passed, 0 failed 30" \
	"loaders die, and tests end in between: the run goes on (PROC-4)"

# A teardown that goes with its loader has not ended, and that is told.
build_suite falls <<'END_OF_SUITE'
#include <signal.h>
#include <unistd.h>
#include <shmrun.h>
static void up(void) { }
static void down(void) { kill(getppid(), SIGKILL); usleep(1000000); }
SHMRUN_WORKER_FIXTURE(all, up, down)
SHMRUN_RANGE(kill, passes, 3) { }
END_OF_SUITE
run -j 1 --isolate=worker "$tmp/falls.so"
is "$status $(last_line "$out")" "1 3 passed, 0 failed" \
	"a teardown kills the loader: the run does not pass (PROC-16)"
like "$err" "a fixture's teardown did not end: w0 was killed by SIGKILL" \
	"... and it is said why"
