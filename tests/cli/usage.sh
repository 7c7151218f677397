#!/bin/bash
# SPDX-License-Identifier: MIT
# What a test used is told where it is known: of each test child, also of one
# that crashed, and of long tests of a worker, also when the worker dies of it,
# by a crash, out of time or with the loader; CPU, peak memory, faults, switches;
# in JSON, in what is said of a failure, and in the recording.  Short tests of a
# worker are not measured (issue 5, line 4).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 31

build_suite uses <<'END'
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <shmrun.h>
#include "hostile.h"

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* So much of a processor, whatever else runs. */
static void burn(double seconds)
{
	double end = now(CLOCK_PROCESS_CPUTIME_ID) + seconds;

	while (now(CLOCK_PROCESS_CPUTIME_ID) < end)
		;
}

SHMRUN_TEST(uses, processor)
{
	burn(0.1);
	shmrun_check_eq_int(1, 2);
}

SHMRUN_TEST(uses, memory)
{
	size_t size = 64 << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	shmrun_require_ge_int(p != MAP_FAILED, 1);
	memset(p, 1, size);
	munmap(p, size);
}

SHMRUN_TEST(uses, naps)
{
	for (int i = 0; i < 20; i++)
		usleep(1000);
}

SHMRUN_TEST(uses, crashes, .isolate = SHMRUN_ISOLATE_FORK)
{
	burn(0.05);
	hostile_crash();
}

SHMRUN_TEST(dies, crashes)
{
	burn(0.05);
	hostile_crash();
}

SHMRUN_TEST(dies, hangs, .timeout = 0.8)
{
	burn(0.05);
	pause();
}

/* The loader is the parent of the worker; it is started again, once. */
SHMRUN_TEST(dies, along)
{
	burn(0.05);
	kill(getppid(), SIGKILL);
	pause();
}

SHMRUN_TEST(uses, fails) { shmrun_check_eq_int(1, 2); }
SHMRUN_TEST(uses, little) {}
END

# of TEST KEY: its value in the last JSON.
of()
{
	sed -n "/\"test\":\"$1\"/s/.*\"usage\":{[^}]*\"$2\":\([0-9]*\).*/\1/p" \
		"$tmp/json"
}

# On a busy machine so much may lie between two tests of a worker that what the
# second one used is not known.
long_are_measured()
{
	unwatched run --isolate=$isolate -j 1 --recycle=never --json="$tmp/json" \
		--record="$tmp/shmres" -f 'uses::*' "$tmp/uses.so"
	[ -n "$(of uses::processor user_ns)" ] &&
		[ -n "$(of uses::memory peak_kib)" ] &&
		[ -n "$(of uses::naps switches)" ]
}

for isolate in worker fork; do
	wait_until 60 long_are_measured
	is "$(last_line "$out")" "3 passed, 3 failed" "$isolate: the counts"
	cpu=$(($(of uses::processor user_ns) + $(of uses::processor system_ns) + 0))
	ok "$isolate: CPU time: $cpu" test $cpu -ge 90000000
	peak=$(of uses::memory peak_kib)
	ok "$isolate: peak memory: $peak" test "${peak:-0}" -ge 65536
	ok "$isolate: faults" test "$(of uses::memory minor_faults)" -gt 0
	ok "$isolate: switches" test "$(of uses::naps switches)" -ge 15
	like "$(told uses::processor)" \
		'used 0\.[0-9]{3}s of CPU \(.*system\), .*faults \([0-9]+ major\), [0-9]+ \+ [0-9]+ switches' \
		"$isolate: a failure says it"
	like "$(told uses::crashes)" 'used 0\.' "$isolate: so does a crash"
	unlike "$(told uses::fails)" 'used' "$isolate: nothing worth a line"
	run report --json "$tmp/shmres"
	is "$(grep -c '"usage":{"user_ns":' <<<"$out")" \
		"$(grep -c '"usage":{"user_ns":' "$tmp/json")" \
		"$isolate: the recording has as many"
done
is "$(grep -c '"usage"' "$tmp/json")" 6 "fork: each test is measured"

# On a busy machine a short one may take long, now and then.
short_is_unmeasured()
{
	run --isolate=worker -j 1 --json="$tmp/json" -f uses::little \
		"$tmp/uses.so"
	! grep -q '"usage"' "$tmp/json"
}
ok "a short test of a worker is not" wait_until 60 short_is_unmeasured
is "$status" 0 "and passes"

# CPU TEST: of the last JSON, in ms; nothing if it is not told.
cpu()
{
	[ -z "$(of "$1" user_ns)" ] ||
		echo $((($(of "$1" user_ns) + $(of "$1" system_ns)) / 1000000))
}

# dead_is_measured TEST: on a busy machine too much may lie between a worker's
# start and its test, and too little before its end.
dead_is_measured()
{
	unwatched run --isolate=$isolate -j 1 --json="$tmp/json" \
		-f "dies::$1" "$tmp/uses.so"
	ms=$(cpu "dies::$1")
	[ "${ms:-0}" -ge 50 ]
}

# What another used in the same worker is not its.
both_are_measured()
{
	unwatched run --isolate=worker -j 1 --recycle=never \
		--json="$tmp/json" -f uses::processor -f dies::crashes \
		"$tmp/uses.so"
	[ "$(cpu uses::processor)" -ge 90 ] && ms=$(cpu dies::crashes) &&
		[ "${ms:-0}" -ge 50 ]
}
wait_until 40 both_are_measured
is "$(last_line "$out")" "0 passed, 2 failed" "one worker: the count"
ok "one worker: CPU behind another's: $ms ms" [ $((ms < 100)) = 1 ]

for test in worker/crashes worker/hangs worker/along fork/hangs; do
	isolate=${test%/*}
	wait_until 40 dead_is_measured "${test#*/}"
	is "$(last_line "$out")" "0 passed, 1 failed" "$test: the count"
	ok "$test: CPU: $ms ms" [ "$((ms >= 50 && ms < 1000))" = 1 ]
done
