#!/bin/bash
# SPDX-License-Identifier: MIT
# Programs of Check and shared objects with their main(), unmodified: the same
# names, outcomes and places as under Check's own runner, but where we differ
# on purpose; all fixtures in the test's child; nothing that ends early, in a
# fixture or behind the tests passes for a success (CHK-1 to CHK-6, CRV-2,
# ADP-2, ADP-3, ADP-10, PROC-13, PROC-15, PIT-2, PIT-3, VAR-13).

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/criterion.sh"

[ -x "$SUITES/check_all" ] || skip_all "Check is not installed"

plan 53

# A child that a test abandons, and what it holds, are the point.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0:handle_segv=0"

# ---- as in Check -----------------------------------------------------------

# check_native FILE: what Check printed, as "case::test outcome place".
check_native()
{
	awk -F: '$3 ~ /^[PFES]$/ && NF >= 7 {
		n = split($1, parts, "/")
		outcome = $3 == "P" ? "PASS" : $7 ~ /timeout/ ? "TIMEOUT" : \
			  $7 ~ /signal/ ? "CRASH" : "FAIL"
		# Of an end it knows the last check alone, and we say none.
		place = $3 == "F" && $7 !~ /Early/ || outcome != "FAIL" && outcome != "PASS" ? \
			" " parts[n] ":" $2 : ""
		print $4 "::" $5 " " outcome place
	}' "$1" | sort
}

# comparable FILE: the same of ours.
comparable()
{
	# Check names the last check in front of a child's failure.
	criterion_shmrun "$1" | grep -Ev '^(Bad|Exit|Crash|Odd)' | sed -E \
		-e 's/\.2( |$)/\1/' -e 's/^(.*waits_for_a_fail.* FAIL).*/\1/' |
		sort
}

NATIVE=1 timeout 60 "$SUITES/check_all" >"$tmp/printed" 2>&1
check_native "$tmp/printed" >"$tmp/theirs"
# Check lets an exit test pass whose assertion has failed.
sed -i "s/^Expected::fails PASS/Expected::fails FAIL \
$(grep -o 'check_all.c:[0-9]*:F:Core:fails:' "$tmp/printed" |
	cut -d: -f1,2)/" "$tmp/theirs"
run -v -j 2 "$SUITES/check_all"
comparable "$tmp/out" >"$tmp/ours"
is "$status" 1 "some fail"
is "$(wc -l <"$tmp/theirs")" 27 "Check has run them all"
is "$(cat "$tmp/ours")" "$(cat "$tmp/theirs")" \
	"the same tests, outcomes and places (CHK-1, CHK-2)"
is "$err" "" "nothing to complain about"
unlike "$out" 'LEAK' "nothing is left behind"

# ---- what is told ----------------------------------------------------------

like "$(told Core::fails)" "Assertion '1 == 2' failed: 1 == 1, 2 == 2" \
	"what an assertion says"
unlike "$(told Core::fails)" 'unreached' "and that it ends the test (CHK-5)"
like "$(told Core::fails_in_words)" 'one is not 2' "words of the test's own"
like "$(told Core::fails_by_hand)" '100% by hand' "ck_abort_msg()"
like "$(told Core::fails_in_a_thread)" 'in a thread' "another thread's (PIT-3)"
is "$(results FAIL | grep loops)" "Core::loops[1]" "instances of a loop"
is "$(results SIGSEGV)" "Core::crashes" "a crash costs one test"
like "$(told Core::crashes)" 'check_all.c:[0-9]+: the last point' \
	"and the last point that it came to (CHK-5)"
is "$(results PASS | grep -c 'Expected::exits_with_0')" 2 \
	"an expected exit passes, and 0 is one (CRV-2)"
is "$(results PASS | grep -c 'Fixtures::has_fixtures')" 1 \
	"fixtures of both kinds, once each (CHK-4)"
is "$(results TIMEOUT)" "Time::hangs" "a timeout of the case"
is "$(results ERROR | grep -v '^Odd' | sort | xargs)" \
	"BadDown::passes BadDownOnce::passes \
BadUp::passes BadUpOnce::passes ExitDown::passes ExitDownOnce::passes \
ExitUp::passes ExitUpOnce::passes" \
	"what fails or exits in a fixture, with 0, too, is an error (PROC-15)"
like "$(told BadDown::passes)" 'check_all.c:[0-9]+: fixture: no teardown' \
	"with its place"
is "$(results SIGABRT | sort | xargs)" "CrashDown::passes Expected::aborts" \
	"a crash in a teardown, and of another signal than the expected one"
is "$(results PASS | grep -c '^Odd::lets_a_child_return')" 1 \
	"a child that comes back is nobody (PIT-2)"
like "$(told Odd::runs_a_suite)" 'runs tests of its own' \
	"a runner in a test is a failure"
is "$(results ERROR | grep '^Odd' | sort | xargs)" \
	"Odd::fails_in_atexit Odd::leaves_in_atexit" \
	"handlers of atexit() run in the child, and their word counts (PROC-16)"
like "$(told Odd::fails_in_atexit)" 'check_all.c:[0-9]+: fixture: at the end' \
	"with its place"
like "$(told Odd::fails)" 'unchecked down' \
	"a failure does not keep unchecked fixtures from their end"

run list "$SUITES/check_all"
is "$(wc -l <<<"$out").$(grep -c '^Core::loops\[0..2\]$' <<<"$out")" 38.1 \
	"list: all of them, a loop is one"
run list "$SUITES/check_all" -E 'tag(slow)'
is "$out" "Fixtures::has_fixtures"$'\n'"Fixtures::fails[0..1]" "tags"
run list --format=jsonl "$SUITES/check_all" -f 'Core::fails'
is "$(jq -r '[.adapter, (.file | split("/")[-1]), .line] | @text' <<<"$out")" \
	"[\"check\",\"check_all.c\",$(grep -n 'START_TEST(fails)' \
	"$top_srcdir/tests/fixtures/check_all.c" | cut -d: -f1)]" \
	"adapter and place"
export CK_RUN_CASE=Time CK_FORK=no CK_DEFAULT_TIMEOUT=0.001 CK_EXCLUDE_TAGS=slow
run "$SUITES/check_all" -f 'Fixtures::has_fixtures'
is "$status" 0 "the environment does not choose tests (VAR-13)"
unset "${!CK_@}"
name="CK_NOFORK: they belong to the program, which main() ends"
if [ -n "${SANITIZERS-}" ]; then
	skip "under a sanitizer's runtime children end by exit(3)" "$name"
else
	NOFORK=1 run "$SUITES/check_all" -f 'Odd::*_in_atexit'
	is "$status" 0 "$name"
fi

# ---- shared objects, detection ---------------------------------------------

run -v -j 2 "$SUITES/check_all.so"
is "$(comparable "$tmp/out")" "$(cat "$tmp/ours")" \
	"a shared object with libcheck in it: all the same (CHK-1)"
run -v "$SUITES/check_main.so"
is "$status.$(results FAIL).$(results PASS | sort | xargs)" \
	"1.Third::fails.First::one Second::two" "one without libcheck"
strip -s -o "$tmp/stripped" "$SUITES/check_main"
run --adapter=check "$tmp/stripped"
is "$status" 5 "a stripped program"
like "$err" 'is it stripped' "and the sentence (CHK-6)"
run list "$tmp/stripped"
like "$err" 'stripped: it is one test: Check is in it' "not named: a warning"
run "$tmp/stripped"
is "$status" 1 "as a program like any other it is one test"
run --adapter=check "$SUITES/pass.so"
is "$status" 5 "--adapter=check: a shared object without main()"
run "$SUITES/check_main" "$SUITES/pass.so" -f First::one -f 'pass::*'
is "$status" 0 "beside a native suite"

# ---- what main() does ------------------------------------------------------

# how HOW: a program that does that.
how()
{
	HOW=$1 run -v -j 1 "$SUITES/check_main${2-}"
}

how "suite"
is "$status.$(results PASS)" 0.Second::two "srunner_run() of a suite"
how "case"
is "$status.$(results FAIL)" 1.Third::fails "of a case"
how "tags"
is "$status.$(results PASS)" 0.First::one "of tags"
how "two runners"
is "$status.$(results PASS | sort | xargs).$(results FAIL | sort | xargs)" \
	"1.First::one More::one Second::two.More::fails Third::fails" \
	"two runners (ADP-10)"
how "exits behind"
is "$status.$(results FAIL)" 1.Third::fails "_exit(0) behind the tests"
how "fails behind"
is "$status" 5 "main() fails for reasons of its own"
how "no run"
is "$status" 5 "main() without srunner_run(): no success (ADP-3)"
like "$err" 'it holds no tests' "and the sentence"
how "exits"
is "$status" 5 "main() exits with 0 in front of its tests"
how "exits" .so
is "$status" 5 "so does a shared object's"
how "crashes"
is "$status" 5 "main() crashes"
how "crashes" .so
is "$status" 5 "so does a shared object's"
how "asserts"
is "$status" 5 "main() has an assertion that fails"
how "in a child"
is "$(results PASS | wc -l)" 0 "a runner in a child of main() passes nothing"
how "thread"
is "$status" 5 "a thread before the tests (PROC-13)"
LISTED="$tmp/listed" how "changes"
is "$status.$(results ERROR)" 1.Second::two \
	"main() makes other tests next time: none is taken for another"
