#!/bin/bash
# SPDX-License-Identifier: MIT
# A member of a .serial chain that is run again: all before it run once more,
# in order and in a worker that has run nothing else, and keep the outcome that
# they had; what died with the chain before it began runs then; a chain that
# breaks again is broken; all reports agree (CRASH-3, CRASH-2, ACC-5, LF-1,
# SHM-1, RTY-1, RTY-3, STATE-8, LOCK-1, EACH-1).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 43

build_suite again <<'END_OF_SUITE'
#include <shmrun.h>
#include "hostile.h"
static int used, state;
static bool first(void) { return shmrun_attempt() == 1; }
/* Only in order, and from the first one on in a process of their own. */
static void step(const char *log, const char *name, int n)
{
	hostile_append(log, name);
	if (n == 0 && !first())
		shmrun_check_false(used);
	shmrun_check_true(n == 0 || state == n);
	state = n + 1;
	used = 1;
}
SHMRUN_RANGE(filler, uses, 200) { used = 1; }
SHMRUN_TEST(dies, a, .serial = "dies") { step("DIES", "a", 0); }
SHMRUN_TEST(dies, b, .serial = "dies") { step("DIES", "b", 1); if (first()) hostile_crash(); }
SHMRUN_TEST(dies, c, .serial = "dies") { step("DIES", "c", 2); }
SHMRUN_TEST(dies, d, .serial = "dies") { step("DIES", "d", 3); if (first()) hostile_crash(); }
SHMRUN_TEST(dies, e, .serial = "dies") { step("DIES", "e", 4); }
SHMRUN_TEST(fails, a, .serial = "fails", .lock = "l") { step("FAILS", "a", 0); }
SHMRUN_TEST(fails, b, .serial = "fails", .lock = "l") { step("FAILS", "b", 1); shmrun_check_true(!first()); }
SHMRUN_TEST(fails, c, .serial = "fails", .lock = "l") { step("FAILS", "c", 2); shmrun_check_true(!first()); }
SHMRUN_TEST(fails, d, .serial = "fails", .lock = "l") { step("FAILS", "d", 3); }
SHMRUN_TEST(never, a, .serial = "never") { step("NEVER", "a", 0); }
SHMRUN_TEST(never, b, .serial = "never") { step("NEVER", "b", 1); hostile_crash(); }
SHMRUN_TEST(never, c, .serial = "never") { step("NEVER", "c", 2); }
SHMRUN_TEST(worse, a, .serial = "worse") { step("WORSE", "a", 0); if (!first()) hostile_crash(); }
SHMRUN_TEST(worse, b, .serial = "worse") { step("WORSE", "b", 1); shmrun_check_true(!first()); }
SHMRUN_TEST(worse, c, .serial = "worse") { step("WORSE", "c", 2); }
SHMRUN_TEST(single, a, .serial = "single") { step("SINGLE", "a", 0); shmrun_check_true(!first()); }
END_OF_SUITE

again()
{
	for log in DIES FAILS NEVER WORSE SINGLE; do
		rm -f "$tmp/$log"
		export $log="$tmp/$log"
	done
	run --isolate=worker --backtrace=never --retries=1 --no-timings "$@" \
		"$tmp/again.so"
}

# How a chain went, over all processes.
went()
{
	xargs <"$tmp/$1"
}

for how in '-j1' '-j2 --dist=longest' '-j4 --dist=worksteal' \
	'-j3 --dist=loadscope'; do
	again $how --junit="$tmp/r.xml" --tap="$tmp/r.tap" \
		--json="$tmp/r.json" --record="$tmp/r.shmres"
	is "$status $(last_line "$out")" "1 213 passed, 2 failed, 1 skipped" \
		"$how: each has one end"
	like "$out" '208 pass, 1 fail, 1 crash, 5 flaky, 1 notrun, 7 retries' \
		"$how: and it is of the last attempt"
	is "$(went DIES)" "a b a b c d a b c d e" \
		"$how: a crash, what it took along, and another"
	is "$(went FAILS)" "a b c d a b c" \
		"$how: what passed behind the last that failed is left"
	is "$(went NEVER)/$(went SINGLE)" "a b a b/a a" \
		"$how: a chain that breaks again is broken"
	is "$(went WORSE)" "a b c a" "$how: it breaks before its turn"
	is "$(grep -c '"event":"test-rerun"' "$tmp/r.json")" 7 \
		"$how: JSON has the extra attempts"
done
like "$out" 'RERUN SIG[A-Z]* .*worse::a' "an extra attempt that dies is told"
is "$(grep -o '^.*ok .*worse::[a-c]' "$tmp/r.tap" | sed 's/ok.* - /ok /' |
	sort | xargs)" "not ok worse::b ok worse::a ok worse::c" \
	"TAP: it keeps its outcome"
is "$(grep -c 'did not end well when its chain was run again' "$tmp/r.tap")" 1 \
	"TAP: and a remark"
is "$(grep -c 'did not end well when its chain was run again' "$tmp/r.xml")" 1 \
	"JUnit: likewise"
like "$(cat "$tmp/r.xml")" 'chain broke' "JUnit: why one was not run again"
same_again "$tmp/r.shmres" "$tmp/r"
run merge "$tmp/r.shmres"
like "$out" "208 pass, 1 fail, 1 crash, 5 flaky, 1 notrun, 7 retries" \
	"and merge counts the same"

# On each slot by itself.
again -j2 --dist=each -f 'dies::*'
is "$status $(last_line "$out")" "0 10 passed, 0 failed" "each: on both slots"
is "$(went DIES | tr -d ' ' | fold -w1 | sort | uniq -c | xargs)" \
	"6 a 6 b 4 c 4 d 2 e" "each: as often as on one"

# Nothing of a chain waits for ever, and nothing is lost, when the run stops.
again -j1 --retry-delay=30 --deadline=0.3 -f 'dies::*' -f 'fails::*'
is "$(last_line "$out")" "3 passed, 3 failed, 3 skipped" \
	"a stop while chains wait"
like "$out" 'run ended before it was run again' "what failed has failed"

# Only the times of a chain in which one failed, and each in a fresh worker,
# also where all of them are handed out together: an exclusive chain.
build_suite times <<'END_OF_SUITE'
#include <shmrun.h>
static int used;
static bool first(void) { return shmrun_attempt() == 1; }
SHMRUN_TEST(times, a, .serial = "t", .exclusive = true) { shmrun_check_true(first() || !used); used = 1; }
SHMRUN_TEST(times, b, .serial = "t") { shmrun_check_true(shmrun_iteration() == 1 || !first()); }
SHMRUN_TEST(times, c, .serial = "t") {}
END_OF_SUITE
run -j2 --isolate=worker --recycle=never --no-timings --retries=1 --repeat=3 \
	--json="$tmp/r.json" "$tmp/times.so"
is "$status $(last_line "$out")" "0 9 passed, 0 failed" "repeated: all passed"
is "$(sed -n '/test-rerun/s/.*"test":"\([^"]*\)","iteration":\([0-9]\),"outcome":"\([a-z]*\)".*/\1 \2 \3/p' \
	"$tmp/r.json" | sort | xargs)" "times::a 2 pass times::a 3 pass" \
	"repeated: what passed is left, and none meets another's worker"
