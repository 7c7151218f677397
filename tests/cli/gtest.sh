#!/bin/bash
# SPDX-License-Identifier: MIT
# Programs of GoogleTest, unmodified, by a server of their own: the same names,
# outcomes and places as under gtest's own runner, but where we differ on
# purpose; environments and SetUpTestSuite once per worker; nothing that ends
# early, in a fixture or behind the tests passes for a success (GTS-1 to GTS-4,
# GTS-8, ADP-2, ADP-3, ADP-7, CRX-3, PROC-13, PROC-15, PIT-2, PIT-3, VAR-13).

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/criterion.sh"

[ -x "$SUITES/gtest_all" ] || skip_all "GoogleTest is not installed"

plan 79

# What tests abandon is not the point.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0:handle_segv=0"

# ---- as in gtest -----------------------------------------------------------

# gtest_native FILE: names, outcomes and places of gtest's JSON.
gtest_native()
{
	jq -r '.testsuites[] | .testsuite[] | select(.status == "RUN") |
		[.classname + "::" + .name,
		 (if .failures then "FAIL" elif .result == "SKIPPED" then
		  "SKIP" else "PASS" end)] +
		[.failures[]?.failure | split("\n")[0] | split("/")[-1] |
		 select(test(":[0-9]+$"))] | join(" ")' "$1" |
		awk '{ for (i = 3; i <= NF; i++)
				print $1, $2, $i
			if (NF == 2)
				print }' | sort
}

NATIVE=1 timeout 60 "$SUITES/gtest_all" --gtest_output="json:$tmp/json" \
	>/dev/null 2>&1
# Of a suite that cannot be set up gtest skips the tests, and fails.
gtest_native "$tmp/json" | grep -Ev '^(Deadly|BadSuite)' >"$tmp/theirs"
run -v -j 2 "$SUITES/gtest_all"
criterion_shmrun "$tmp/out" | grep -Ev '^(Deadly|BadSuite|.*DISABLED)' |
	awk '{ for (i = 3; i <= NF; i++)
			print $1, $2, $i
		if (NF == 2)
			print }' | sed 's/ SKIP .*/ SKIP/' | sort -u \
	>"$tmp/ours"
is "$status" 1 "some fail"
is "$(cut -d' ' -f1 "$tmp/theirs" | sort -u | wc -l)" 25 \
	"gtest has run them all"
is "$(sed -E '/FailsAndSkips/s/:7[0-9]$//' "$tmp/ours" | sort -u)" \
	"$(sed -E '/FailsAndSkips/s/:7[0-9]$//' "$tmp/theirs" | sort -u)" \
	"the same tests, outcomes and places"
unlike "$out" 'LEAK' "nothing is left behind"

# ---- what is told ----------------------------------------------------------

like "$(told Plain::Fails)" '^ +in words$' "words of the test's own"
is "$(told Plain::FailsTwice | grep -c 'gtest_all.cc:')" 2 "every failure"
unlike "$(told Plain::FailsTwice)" 'unreached' "ASSERT ends a test"
like "$(told Plain::FailsInAThread)" 'gtest_all.cc:[0-9]+: Expected equality' \
	"a failure in another thread (PIT-3)"
like "$(told Plain::FailsInAHelper)" 'round 1' "SCOPED_TRACE"
like "$(told Plain::Skips)" 'skipped: for a reason' "a reason to skip"
like "$(told Plain::Throws)" 'went wrong' "an exception's text"
unlike "$(told Plain::Passes)" 'OK|RUN' "gtest's own lines are left out"
is "$(results SKIP | grep -c DISABLED)" 2 "disabled tests are listed (ADP-7)"
is "$(grep -c 'skipped: disabled' "$tmp/out")" 2 "and say so"
is "$(results ERROR | grep -c '^BadSuite::')" 2 \
	"SetUpTestSuite fails: errors, both"
like "$(told BadSuite::One)" 'gtest_all.cc:[0-9]+: .*Expected equality' \
	"with the place"
like "$(told BadSuite::Two)" 'in SetUpTestSuite' "each of them"
is "$(results SIGSEGV)" "Deadly::Crashes" "a crash costs one test"
like "$(told Deadly::FailsAndAborts)" 'gtest_all.cc:[0-9]+: Value of: false' \
	"what failed before an abort is kept"
is "$(results FAIL | grep -c '^Deadly::Exits')" 2 \
	"exit(0) and _exit(0) are failures (PROC-15)"
is "$(results PASS | grep -c '^Deadly::LetsAChildReturn')" 1 \
	"a child that comes back is nobody (PIT-2)"
is "$(results SIGABRT | grep -c '^DeadlyTearDown')" 1 "a crash in TearDown"
is "$(results PASS | grep -c 'DeathTest::Dies')" 2 "death tests of both styles"
is "$(results PASS | grep -c '^Shared::')" 3 \
	"SetUpTestSuite once, what tests do to it stays with them (GTS-7)"

run list "$SUITES/gtest_all"
is "$status.$(wc -l <<<"$out")" 0.35 "list: all of them"
like "$out" '^Some/Rows::AreSmall/2$' "parameters"
like "$out" '^Named/Rows::AreSmall/n5$' "with names"
like "$out" '^Typed/1::IsAByte$' "types"
run list --format=jsonl "$SUITES/gtest_all" -f 'Plain::Fails'
is "$(jq -r '[.adapter, (.file | split("/")[-1]), .line] | @text' <<<"$out")" \
"[\"gtest\",\"gtest_all.cc\",$(grep -n 'Plain, Fails)' \
	"$top_srcdir/tests/fixtures/gtest_all.cc" | cut -d: -f1)]" \
	"adapter and place"
export GTEST_FILTER=nothing GTEST_REPEAT=3 GTEST_TOTAL_SHARDS=2 \
	GTEST_SHARD_INDEX=1 GTEST_OUTPUT="xml:$tmp/xml" GTEST_FAIL_FAST=1 \
	GTEST_ALSO_RUN_DISABLED_TESTS=1 GTEST_SHUFFLE=1
run --shard=1/1 "$SUITES/gtest_all" -f 'Shared::*'
is "$status" 0 "the environment does not choose tests (VAR-13)"
like "$(last_line "$out")" '^3 passed, 0 failed$' "nor leave some out"
not_ok "nor write reports" test -e "$tmp/xml"
unset "${!GTEST_@}"

# ---- detection -------------------------------------------------------------

run --adapter=gtest "$SUITES/gtest_all" -f Plain::Passes
is "$status" 0 "--adapter=gtest"
run --adapter=gtest "$SUITES/pass.so"
is "$status" 5 "--adapter=gtest: a shared object is none"
strip -s -o "$tmp/stripped" "$SUITES/gtest_all"
run --adapter=gtest "$tmp/stripped"
is "$status" 5 "a stripped program"
like "$err" 'is it stripped' "and the sentence (GTS-8)"
run list "$tmp/stripped"
is "$status $out" "0 program::stripped" "not named, it is one test"
like "$err" 'stripped: it is one test: GoogleTest is in it' "and a warning"
run list --adapter=program "$tmp/stripped"
is "$status $err" "0 " "as a program, by name, no warning"
# What nothing can be preloaded into would run all its tests to list them.
cat >"$tmp/alone.cc" <<-'EOS'
	#include <gtest/gtest.h>
	TEST(Alone, Fails) { ASSERT_TRUE(false); }
EOS
if g++ -static -o "$tmp/alone" "$tmp/alone.cc" -lgtest -lgtest_main -pthread \
	2>/dev/null; then
	run "$tmp/alone"
	is "$status $(results FAIL)" "1 program::alone" "linked statically: one"
	like "$err" 'alone: it is one test' "and a warning"
	run list --adapter=gtest "$tmp/alone"
	like "$status $err" '^5 .*it is linked statically: nothing can be put' \
		"named: refused"
else
	skip "it cannot be linked statically here" "linked statically" 3
fi
run "$SUITES/gtest_all" "$SUITES/pass.so" -f Plain::Passes -f 'pass::*'
is "$status" 0 "beside a native suite"

# ---- shared objects --------------------------------------------------------

XDG_STATE_HOME="$tmp/new" run -v -j 2 "$SUITES/gtest_all.so"
criterion_shmrun "$tmp/out" | grep -Ev '^(Deadly|BadSuite|.*DISABLED)' |
	awk '{ for (i = 3; i <= NF; i++)
			print $1, $2, $i
		if (NF == 2)
			print }' | sed 's/ SKIP .*/ SKIP/' | sort -u \
	>"$tmp/carried"
is "$(cat "$tmp/carried")" "$(cat "$tmp/ours")" \
	"one without main(): the same tests, outcomes and places (GTS-1)"
is "$(results PASS | grep -c 'DeathTest::Dies')" 2 \
	"death tests, also that which starts its program anew"
strip -s -o "$tmp/stripped.so" "$SUITES/gtest_all.so"
run "$tmp/stripped.so" -f 'Plain::Passes' -f 'SlowDeathTest::Dies'
is "$status" 0 "what is stripped is exported still"
run "$SUITES/gtest_all.so" "$SUITES/gtest_all" -f Plain::Passes
is "$status.$(last_line "$out")" "0.2 passed, 0 failed" "beside the program"

# ---- what main() and shared fixtures do ------------------------------------

# how HOW [ARGUMENT...]: a program that does that.
how()
{
	export HOW=$1
	shift
	run -v -j 1 "$@" "$SUITES/gtest_main"
	unset HOW
}

how ""
is "$status" 0 "all pass"
like "$(last_line "$out")" '^4 passed, 0 failed$' "four"
how "environment fails"
is "$status.$(results ERROR | wc -l)" 1.4 "an environment fails: all errors"
like "$(told Other::Passes)" 'no world' "with its words"
how "environment skips"
is "$(results SKIP | wc -l)" 4 "an environment skips: all skip"
how "environment exits"
is "$status.$(results ERROR | wc -l)" 1.4 "an environment exits: all errors"
how "environment's end fails"
is "$status" 1 "an environment's end fails"
like "$err$out" 'no end' "and is told"
how "suite exits"
is "$status.$(results ERROR | wc -l)" 1.2 "SetUpTestSuite exits with 0"
is "$(results PASS | wc -l)" 2 "the other suite's tests pass"
how "suite crashes"
is "$status.$(results SIGABRT | wc -l)" 1.2 "SetUpTestSuite crashes"
how "suite throws"
is "$status.$(results ERROR | wc -l)" 1.2 "SetUpTestSuite throws"
how "suite skips"
is "$status.$(results PASS | wc -l)" 0.4 "SetUpTestSuite skips: as gtest 1.12"
how "suite's end fails"
is "$status" 1 "TearDownTestSuite fails"
like "$err$out" 'no end of the suite' "and is told"
is "$(results PASS | wc -l)" 4 "TearDownTestSuite fails: no other suite's fault"
how "suite's end crashes"
is "$status" 1 "TearDownTestSuite crashes"
how "filter"
is "$status.$(results PASS | wc -l).$(results ERROR | wc -l)" 1.2.2 \
	"tests that a filter of main() keeps away do not pass"
how "filter one"
is "$(results PASS).$(results ERROR | wc -l)" Suite::One.3 \
	"nor do those that it keeps away of a suite"
failed=
for seed in 1 2 3 4 5 6; do
	SEED=$seed how "shuffle"
	failed+=" $(results FAIL)"
done
is "$(xargs -n 1 <<<"$failed" | sort | uniq -c | xargs)" "6 Suite::Two" \
	"main() has gtest shuffle: each test is itself"
SEED=3 how "shuffle" -f Suite::Two
is "$status" 1 "also one alone"
how "code"
is "$(results PASS | wc -l)" 4 "of the program's code only gtest's is copied"
how "before"
is "$status" 1 "a failure before RUN_ALL_TESTS()"
how "other main"
is "$status" 5 "main() fails for reasons of its own"
how "no run"
is "$status" 5 "main() without RUN_ALL_TESTS(): no success (ADP-3)"
like "$err" 'it holds no tests' "and the sentence"
how "thread"
is "$status" 5 "a thread before the tests (PROC-13)"
how "no children"
is "$(results SIGKILL).$(results PASS | wc -l)" "Other::Hangs.3" \
	"a program that ignores SIGCHLD: ends are known"
how "hang" --timeout=1
is "$(results TIMEOUT).$(results PASS | wc -l)" "Other::Hangs.3" \
	"a test that hangs costs one"

# ---- mocks that are left behind ---------------------------------------------

# natively_good: the tests after which the program ends with 0.
natively_good()
{
	local name
	while read -r name; do
		"$SUITES/gmock_left" --gtest_filter="${name/::/.}" \
			>/dev/null 2>&1 && echo "$name"
	done
}

if [ ! -x "$SUITES/gmock_left" ]; then
	skip "GoogleMock is not installed" "mocks" 3
elif ! PROBE=1 "$SUITES/gmock_left"; then
	skip "a child may not look into its parent" "mocks" 3
else
	run -v -j 1 "$SUITES/gmock_left"
	is "$(results PASS | sort)" \
		"$("$SHMRUN" list "$SUITES/gmock_left" | natively_good | sort)" \
		"what a test leaves fails it, as it does the program"
	is "$(results FAIL | sed 's/::.*//' | sort | uniq -c | xargs)" \
		"4 Left 1 Shared" "but not what the server has"
	like "$(told Left::Unsatisfied)" 'should be deleted but never is' \
		"and gmock says what it was"
fi
