#!/bin/bash
# SPDX-License-Identifier: MIT
# A leak says who it was: pid and command, whether it held the test's output,
# a thread its name; many are not told one by one, and a group that forks
# faster than it can be listed is killed as one.  A child that a test had the
# kernel reap is not mistaken for another (PROC-1, PROC-2, PROC-3, PROC-5,
# STATE-11, DEF-9).  Both tiers; JUnit and JSON say the same.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 38

build_suite leaks <<'END'
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <shmrun.h>
#include "hostile.h"

SHMRUN_TEST(leak, program)
{
	if (fork() == 0) {
		hostile_pid("program");
		execlp("sleep", "sleep", "1234", (char *)NULL);
		_exit(1);
	}
	/* Until it is one. */
	usleep(200000);
}

SHMRUN_TEST(leak, fork)
{
	if (fork() == 0) {
		close(1);
		close(2);
		hostile_pid("fork");
		hostile_sleep(60);
	}
	usleep(100000);
}

SHMRUN_TEST(leak, many)
{
	for (int i = 0; i < 20; i++)
		if (fork() == 0) {
			hostile_pid("many");
			hostile_sleep(60);
		}
}

/* Each forks the next and ends: whoever is listed is gone. */
SHMRUN_TEST(leak, runaway)
{
	if (fork() > 0)
		return;
	setpgid(0, 0);
	for (int i = 0; i < 200000; i++)
		if (fork() > 0)
			_exit(0);
	_exit(0);
}

SHMRUN_TEST(leak, unreaped)
{
	signal(SIGCHLD, SIG_IGN);
	if (fork() == 0) {
		hostile_pid("unreaped");
		hostile_sleep(60);
	}
	usleep(100000);
}

static void *wait_long(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

SHMRUN_TEST(threads, stay, .isolate = SHMRUN_ISOLATE_WORKER)
{
	pthread_t thread;

	pthread_create(&thread, NULL, wait_long, NULL);
	pthread_setname_np(thread, "lingerer");
}
END

for isolate in worker fork; do
	export HOSTILE_PIDS="$tmp/pids.$isolate"
	run -v --isolate=$isolate -j 2 -f 'leak::*' \
		--junit="$tmp/$isolate.xml" --json="$tmp/$isolate.json" \
		"$tmp/leaks.so"
	is "$status $(last_line "$out")" "0 5 passed, 0 failed" \
		"$isolate: they pass"
	is "$(results 'PASS[+]LEAK' | wc -l)" 5 "$isolate: each is marked"
	ok "$isolate: nothing is left" none_marked "$(run_id)"
	ok "$isolate: all are gone" all_gone "$HOSTILE_PIDS"

	pid=$(awk '$2 == "program" { print $1 }' "$HOSTILE_PIDS")
	named="left process $pid \(sleep 1234\) behind, which held its output; killed"
	like "$(told leak::program)" "shmrun: $named" \
		"$isolate: pid, command and what it held"
	like "$(cat "$tmp/$isolate.xml")" "$named" "$isolate: so does JUnit"
	like "$(cat "$tmp/$isolate.json")" "$named" "$isolate: so does JSON"
	pid=$(awk '$2 == "fork" { print $1 }' "$HOSTILE_PIDS")
	like "$(told leak::fork)" "left process $pid \([^)]+\) behind; killed" \
		"$isolate: one that holds nothing"
	is "$(told leak::many | grep -c 'left process [0-9]')" 6 \
		"$isolate: six of many are named"
	like "$(told leak::many)" 'left more processes behind' \
		"$isolate: and that there were more"
	like "$(told leak::runaway)" 'left process [0-9]+ ' \
		"$isolate: one that forks all the time"
	like "$(told leak::unreaped)" 'left process [0-9]+ ' \
		"$isolate: one whose end the test does not want to hear of"
done

# However it ended: what a test left that is deaf to SIGTERM is gone (PROC-2).
build_suite outcomes <<'END'
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <shmrun.h>
#include "hostile.h"
static void leave(void)
{
	int fds[2];
	char c;

	if (pipe(fds) < 0)
		return;
	if (fork() == 0) {
		signal(SIGTERM, SIG_IGN);
		hostile_pid("deaf");
		close(fds[0]);
		close(fds[1]);
		hostile_sleep(60);
	}
	close(fds[1]);
	if (read(fds[0], &c, 1) == 0)
		close(fds[0]);
}
SHMRUN_TEST(left, passes) { leave(); }
SHMRUN_TEST(left, fails) { leave(); shmrun_require_true(0); }
SHMRUN_TEST(left, crashes) { leave(); abort(); }
SHMRUN_TEST(left, exits) { leave(); _exit(0); }
SHMRUN_TEST(left, skips) { leave(); shmrun_skip("no"); }
END
for isolate in worker fork; do
	export HOSTILE_PIDS="$tmp/pids.outcomes.$isolate"
	run --isolate=$isolate -j 2 "$tmp/outcomes.so"
	is "$(last_line "$out") $(wc -l <"$HOSTILE_PIDS")" \
		"1 passed, 3 failed, 1 skipped 5" \
		"$isolate: each outcome, with a process that is left"
	ok "$isolate: each outcome: they are gone" all_gone "$HOSTILE_PIDS"
done
export HOSTILE_PIDS="$tmp/pids.outcomes.exec"
for end in 'exit 0' 'exit 1' 'exit 77' 'kill -SEGV $$'; do
	echo "sh -c 'trap \"\" TERM; sleep 60 & echo \$! >>$HOSTILE_PIDS; $end'"
done >"$tmp/outcomes.list"
run -j 2 --programs="$tmp/outcomes.list"
ok "exec: each outcome: they are gone ($(last_line "$out"))" eval \
	'has_lines "$HOSTILE_PIDS" 4 && all_gone "$HOSTILE_PIDS"'

run -v --record="$tmp/r.shmres" -f threads::stay "$tmp/leaks.so"
like "$(results 'PASS[+]LEAK')" threads::stay "a thread is a leak"
like "$(told threads::stay)" 'left thread [0-9]+ \(lingerer\) behind; its worker is replaced' \
	"and is named"
run report -v "$tmp/r.shmres"
like "$out" 'left thread [0-9]+ \(lingerer\) behind' \
	"a recording remembers it"

run -v -j 1 -f 'pass::*' "$SUITES/pass.so"
unlike "$out" 'behind' "a test that leaves nothing is told nothing"

# The next test of the same worker hears nothing of it.
run -v --isolate=fork -j 1 -f leak::program "$tmp/leaks.so"
is "$(told leak::program | grep -c 'left process ')" 1 \
	"a process is named once"
run -v --isolate=fork -j 1 -f leak::unreaped -f leak::program \
	-f leak::fork "$tmp/leaks.so"
is "$(results 'PASS[+]LEAK' | wc -l)" 3 \
	"one worker: each has its own leak"
is "$(told leak::fork | grep -c 'left process ')" 1 \
	"and names no other's"
is "$status" 0 "a leak is no failure (DEF-15)"
like "$out" '^3 pass, 3 leaks$' "they are counted"
