#!/bin/bash
# SPDX-License-Identifier: MIT
# A worker that dies at any instruction between the end of a body and the begin
# of the next one: every instruction is tried, by the trap flag of the
# processor.  Each test is told once; up to some instruction the test is blamed
# and behind it it has passed, with nothing between: half a record is none; the
# body of no test is entered twice (ACC-3, LF-1, LF-2).

. "${top_srcdir:-.}/tests/cli/lib.sh"

[ "$(uname -m)" = x86_64 ] || skip_all "only x86-64 has this trap flag"
[ -z "${SANITIZERS-}" ] || skip_all "sanitizers make each step a thousand"

plan 5

# Test n dies n instructions behind its body, in a handler of SIGTRAP.
build_suite step <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <shmrun.h>
static volatile long left;
static void count(int signo)
{
	(void)signo;
	if (left-- == 0)
		kill(getpid(), SIGKILL);
}
SHMRUN_RANGE(step, behind, 550)
{
	struct sigaction action = { .sa_handler = count };
	char line[32];
	int fd = open(getenv("STEP_LOG"), O_WRONLY | O_APPEND | O_CREAT, 0666);

	left = 1L << 40;
	if (write(fd, line, (size_t)snprintf(line, sizeof(line), "%ld\n",
					     (long)shmrun_index())) < 0)
		_exit(1);
	close(fd);
	sigaction(SIGTRAP, &action, NULL);
	left = 2 * (long)shmrun_index() + atol(getenv("STEP_FIRST"));
	__asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq" ::: "cc",
			 "memory");
}
END

# Every second instruction with one back end, the others with the other one:
# the worker knows of neither.
export STEP_LOG="$tmp/entered" STEP_FIRST=0
[ "$SHMRUN_TEST_BACKEND" = epoll ] || STEP_FIRST=1
run -v -j 1 --batch=1 --timeout=none "$tmp/step.so"
is "$(last_line "$out" | tr -cs 0-9 '\n' | awk '{ n += $1 } END { print n }')" \
	550 "every test is counted"
is "$(results | sort -u | wc -l):$(results | wc -l)" 550:550 \
	"each is told once"
is "$(sort "$STEP_LOG" | uniq -d | head -n 3)" "" "no body is entered twice"
is "$(results 'SIGKILL|PASS' | wc -l)" 550 "each is blamed or has passed"
ok "$(results SIGKILL | wc -l) died before their end was made, the others behind it" \
	test "$(results SIGKILL | wc -l)" -gt 50 -a "$(results PASS | wc -l)" -gt 50
