#!/bin/bash
# SPDX-License-Identifier: MIT
# --order, --last-failed and the late ones: random is the seed's, which is
# told (PLAN-6); failed-first and --last-failed go by the last run, in parallel
# too (PLAN-7, STOP-3); .priority, .exclusive and .last (PLAN-3, PLAN-4);
# constraints that contradict each other are the suite's fault (AFTER-1).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 31

suite="$SUITES/modes.so"
export MODES_LOG

# names FILE
names()
{
	awk '{ print $1 }' "$1" | xargs
}

MODES_LOG="$tmp/first" run --no-timings -j 1 --order=random "$suite"
is "$status $(last_line "$out")" "0 20 passed, 0 failed" "random: the counts"
seed=$(sed -n 's/^dist .*, order random:\([0-9]*\)$/\1/p' "$tmp/out")
ok "the seed is told" test -n "$seed"
MODES_LOG="$tmp/second" run --no-timings -j 1 --order=random:"$seed" "$suite"
is "$(names "$tmp/second")" "$(names "$tmp/first")" "the seed is the order"
MODES_LOG="$tmp/third" run --no-timings -j 1 --order="random:$((seed + 1))" \
	"$suite"
ok "another seed is another order" \
	test "$(names "$tmp/third")" != "$(names "$tmp/first")"
is "$(names "$tmp/third" | xargs -n 1 | sort)" \
	"$(names "$tmp/first" | xargs -n 1 | sort)" "of the same tests"
for value in random:x random: random:-1 sorted; do
	run --order=$value "$suite"
	is "$status" 2 "--order=$value: exit 2"
done

build_suite mayfail <<'EOF'
#include <shmrun.h>
#include "hostile.h"
static void may(void)
{
	hostile_append("MODES_LOG", shmrun_test_name());
	shmrun_check_false(hostile_number("FAIL", 0), "told to");
}
SHMRUN_TEST(s, a) { hostile_append("MODES_LOG", shmrun_test_name()); }
SHMRUN_TEST(s, b) { may(); }
SHMRUN_TEST(s, c) { hostile_append("MODES_LOG", shmrun_test_name()); }
SHMRUN_TEST(s, d) { may(); }
EOF
FAIL=1 run -j 2 --last-failed "$tmp/mayfail.so"
is "$status $(last_line "$out")" "1 2 passed, 2 failed" \
	"--last-failed: all when nothing is known"
like "$out" '^no test is known to have failed last time: all are run$' \
	"and that is told"
FAIL=1 MODES_LOG="$tmp/failed" run -j 1 --dist=load --order=failed-first \
	"$tmp/mayfail.so"
is "$(names "$tmp/failed")" "s::b s::d s::a s::c" "failed-first"
FAIL=1 MODES_LOG="$tmp/last" run -j 2 --last-failed "$tmp/mayfail.so"
is "$(names "$tmp/last" | xargs -n 1 | sort | xargs)" "s::b s::d" \
	"--last-failed: only those"
like "$out" '^last failed: 2 of 4 tests$' "and that is told"
run -j 2 --last-failed "$tmp/mayfail.so"
is "$status $(last_line "$out")" "0 2 passed, 0 failed" "now they pass"
run -j 2 --last-failed "$tmp/mayfail.so"
is "$status $(last_line "$out")" "0 4 passed, 0 failed" "so all are run"

# Whoever leans on the tests before it runs with them.
build_suite linked <<'EOF'
#include <shmrun.h>
#include "hostile.h"
static int built;
SHMRUN_TEST(c, one, .serial = "x") { built = 1; }
SHMRUN_TEST(c, other) { }
SHMRUN_TEST(c, two, .serial = "x")
{
	shmrun_require_true(built);
	shmrun_check_false(hostile_number("FAIL", 0), "told to");
}
SHMRUN_TEST(c, three, .serial = "x") { shmrun_check_true(built); }
SHMRUN_TEST(d, four, .serial = "y") { }
SHMRUN_TEST(d, five, .serial = "y") { }
EOF
FAIL=1 run -j 2 "$tmp/linked.so"
is "$status" 1 "one of a chain fails"
run -j 2 -v --last-failed "$tmp/linked.so"
is "$status $(last_line "$out")" "0 3 passed, 0 failed" \
	"--last-failed: the whole chain"
like "$out" '^last failed: 3 of 6 tests, whole \.serial chains among them$' \
	"and that is told"
is "$(sed -n 's/.*\] \([cd]::[a-z]*\) (w[0-9])$/\1/p' "$tmp/out" | sort |
	xargs)" \
	"c::one c::three c::two" "no other"
FAIL=1 run -j 2 "$tmp/linked.so"
run -j 2 --last-failed -f 'c::t*' "$tmp/linked.so"
like "$out" '^last failed: 2 of 2 tests' "of it what is selected"

export ORDER_LOG="$tmp/order"
run --no-timings -j 1 "$SUITES/order.so"
is "$(head -n 1 "$ORDER_LOG")" order::early ".priority 100 is first"
is "$(tail -n 2 "$ORDER_LOG" | xargs)" "order::mango order::at_the_end" \
	".priority -100 is last of the body, .last behind it"

build_suite circle <<'EOF'
#include <shmrun.h>
SHMRUN_TEST(s, a, .affinity = "x", .after = "y") {}
SHMRUN_TEST(s, b, .affinity = "y", .after = "x") {}
EOF
run "$tmp/circle.so"
is "$status:$out" "5:" "a circle of .after: exit 5, nothing runs"
like "$err" 'y -> \(s::b\) -> x -> \(s::a\) -> y$' "and the circle"

build_suite twice <<'EOF'
#include <shmrun.h>
SHMRUN_TEST(s, a, .lock = "db:r,db:w") {}
EOF
run "$tmp/twice.so"
is "$status:$out" "5:" "a lock in two ways: exit 5, nothing runs"
like "$err" "'db' is asked for in two ways" "and which"

build_suite ports <<'EOF'
#include <shmrun.h>
SHMRUN_TEST(s, a, .lock = "ports:3") {}
EOF
run --lock-size=ports=2 "$tmp/ports.so"
is "$status" 5 "more than there is: exit 5"
for value in ports ports= ports=x; do
	run --lock-size=$value "$tmp/ports.so"
	is "$status" 2 "--lock-size=$value: exit 2"
done
