#!/bin/bash
# SPDX-License-Identifier: MIT
# What a test used is told where it is known: of each test child, also of one
# that crashed, and of long tests of a worker; CPU, peak memory, faults,
# switches; in JSON, in what is said of a failure, and in the recording.  Short
# tests of a worker are not measured (issue 5, line 4).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 21

build_suite uses <<'END'
#define _GNU_SOURCE
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

/* A tenth of a second of processor, whatever else runs. */
SHMRUN_TEST(uses, processor)
{
	double end = now(CLOCK_PROCESS_CPUTIME_ID) + 0.1;

	while (now(CLOCK_PROCESS_CPUTIME_ID) < end)
		;
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
	double end = now(CLOCK_PROCESS_CPUTIME_ID) + 0.05;

	while (now(CLOCK_PROCESS_CPUTIME_ID) < end)
		;
	hostile_crash();
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
		--record="$tmp/shmres" "$tmp/uses.so"
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
