#!/bin/bash
# SPDX-License-Identifier: MIT
# A process that dies after its test's body has returned: in the fork tier the
# test has not passed, whatever was written before; in the worker tier the run
# is exit 1 and says which worker was lost, if no test can be blamed.  Handlers
# of atexit() and destructors are not run where they could hurt (PROC-16).

. "${top_srcdir:-.}/tests/cli/lib.sh"

[ "$(uname -m)" = x86_64 ] || skip_all "only x86-64 has this trap flag"
[ -z "${SANITIZERS-}" ] || skip_all "sanitizers make each step a thousand"

plan 10

# The test aborts so many instructions behind its body, and leaves a mark.
build_suite late <<'END'
#define _GNU_SOURCE
#include <signal.h>
#include <shmrun.h>
#include "hostile.h"
static volatile long left;
static void count(int signo)
{
	(void)signo;
	if (left-- > 0)
		return;
	hostile_append("LATE_MARK", "died");
	abort();
}
SHMRUN_RANGE(calm, before, 5) {}
SHMRUN_TEST(late, aborts)
{
	struct sigaction action = { .sa_handler = count };

	sigaction(SIGTRAP, &action, NULL);
	left = (long)hostile_number("LATE_STEPS", 0);
	__asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq" ::: "cc",
			 "memory");
}
END

for isolate in worker fork; do
	died=0
	wrong=
	silent=
	for ((steps = 0; steps <= 1500; steps += 25)); do
		rm -f "$tmp/mark"
		LATE_STEPS=$steps LATE_MARK="$tmp/mark" run -v -j 1 \
			--no-timings --isolate=$isolate "$tmp/late.so"
		[ -e "$tmp/mark" ] || continue
		died=$((died + 1))
		[ "$status" = 1 ] || wrong="$wrong $steps: exit $status;"
		grep -Eq '^ *SIGABRT |^ *LOST worker w0, .*SIGABRT' "$tmp/out" ||
			silent="$silent $steps"
	done
	ok "$isolate: it died behind its body ($died times)" test $died -gt 3
	is "$wrong" "" "$isolate: and the run is exit 1"
	is "$silent" "" "$isolate: and the signal is told, with who died of it"
	run --isolate=$isolate -j 1 "$SUITES/atexit.so"
	is "$status $(last_line "$out")" "0 2 passed, 0 failed" \
		"$isolate: handlers of atexit() are not run"
	ok "$isolate: nothing is left" none_marked "$(run_id)"
done
