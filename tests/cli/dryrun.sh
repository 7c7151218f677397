#!/bin/bash
# SPDX-License-Identifier: MIT
# --dry-run prints each test once with where it stands and why, and --explain
# one of them; both run nothing and learn nothing.  What will be the critical
# path is told before a run (JOBS-5, LOCK-4, SCOPE-7).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 29

suite="$SUITES/modes.so"
export MODES_LOG="$tmp/log"

# planned: the names in the plan, in order.
planned()
{
	sed -En 's/^ +[0-9]+ +[0-9.]+s ([^ ]+) \(.*/\1/p' "$tmp/out"
}

run --dry-run -j 2 "$suite"
is "$status" 0 "exit 0"
is "$(planned | grep -v range)" "$(shmrun list "$suite" | grep -v range)" \
	"each test, as listed"
is "$(planned | grep range)" "$(printf 'b::range[%d]\n' {0..3}; printf 'c::range[%d]\n' {0..7})" \
	"each instance, as listed"
ok "nothing ran" test ! -e "$MODES_LOG"
like "$out" ' \(shared; never seen\)$' "why"
like "$out" '^predicted end: nothing is known' "and the end"

# shared COUNT: bytes.
shared()
{
	EMPTY_COUNT=$1 run --dry-run -j 8 "$SUITES/manyempty.so"
	sed -n 's/^shared memory: \([0-9]*\) bytes$/\1/p' "$tmp/out"
}
more=$(($(shared 40000) - $(shared 20000)))
ok "shared memory: $more bytes for 20,000 tests (ENV-3)" \
	[ $((more > 0 && more <= 20000 * 32)) = 1 ]

run --dry-run -j 2 --dist=worksteal "$suite"
is "$(grep -c '(w0; never seen)$' "$tmp/out") $(sed -En \
	's/.* ([^ ]+) \(w1; never seen\)$/\1/p' "$tmp/out" | head -n 1)" \
	"10 d::one" "worksteal: a slice for each slot"
run --dry-run -j 3 --dist=each "$suite"
is "$(planned | wc -l)" 60 "each: all copies"
run --dry-run -j 2 --dist=loadscope "$suite"
like "$out" ' a::two \(shared, unit of 3 tests; ' "loadscope: the unit"

MODES_LOG="$tmp/log" run -j 2 "$suite"
run --dry-run -j 2 "$suite"
like "$out" '\(shared; history\)$' "after a run: from the history"
like "$out" '^predicted end: [0-9.]+ s, of [0-9.]+ s of tests$' \
	"and a prediction"
is "$(wc -l <"$tmp/log")" 20 "still nothing ran again"

run --explain='b::range[2]' -j 2 "$suite"
is "$status" 0 "--explain: exit 0"
like "$out" '^b::range\[2\] of .*modes\.so$' "which"
like "$out" '^  estimate +0\.[0-9]+s, from: history$' "estimate and source"
like "$out" '^  order +history$' "order"
like "$out" '^  unit +by itself$' "unit"
like "$out" '^  position +[0-9]+ of 20$' "position"
run --explain=b::tow -j 2 "$suite"
is "$status:$out" "2:" "an unknown one: exit 2"
like "$err" 'did you mean b::two\?' "and the nearest"
run --explain=b::two -f 'b::range' -j 2 "$suite"
unlike "$err" 'did you mean b::two' "... which is not what was asked for"
run --explain=b::range -j 2 "$suite"
like "$status:$err" '^2:.*b::range is a range; .* such as b::range\[0\]$' \
	"one test of a range is asked for"

build_suite long <<'EOF'
#include <shmrun.h>
SHMRUN_TEST(big, a, .cost = 60) {}
SHMRUN_TEST(big, b, .cost = 10) {}
SHMRUN_TEST(s, c, .cost = 5) {}
SHMRUN_TEST(s, d, .cost = 5) {}
SHMRUN_TEST(t, e, .cost = 30, .lock = "db") {}
SHMRUN_TEST(u, f, .cost = 35, .lock = "db") {}
EOF
run --no-timings -j 16 "$tmp/long.so"
like "$out" '^more than 3 jobs cannot help: big::a alone is 60 s$' \
	"what limits the run (JOBS-5)"
like "$out" "^the lock 'db' is held for 65 s in all: " "LOCK-4"
is "$status $(last_line "$out")" "0 6 passed, 0 failed" "and it runs"
run --no-timings -j 2 --dist=loadscope "$tmp/long.so"
like "$out" '^dist loadscope, order history$' "loadscope"
run --no-timings -j 4 --dist=loadscope --dry-run "$tmp/long.so"
like "$out" '^loadscope: big is 70 s of 145 s; 3 jobs are enough; --dist longest would take 60 s$' \
	"SCOPE-7"
like "$out" 'f \(gated before [0-9]+, lock db; \.cost\)$' "what it needs"
