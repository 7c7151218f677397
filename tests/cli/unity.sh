#!/bin/bash
# SPDX-License-Identifier: MIT
# Shared objects of Unity's tests, with their main(): the same names, outcomes
# and places as under Unity's own runner, but where we differ on purpose; an
# early end, a line that looks like Unity's, or another main() than was listed
# is no success; a program of Unity is one test (UNI-1 to UNI-3, ADP-2, ADP-3,
# ADP-10, PROC-13, PROC-15, PIT-2).  UNITY_DIR is the folder of unity.c.

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/criterion.sh"

[ -f "${UNITY_DIR-}/unity.c" ] ||
	skip_all "Unity is in no package: UNITY_DIR does not name its src"

plan 42

fixtures="$(cd "${top_srcdir:-.}" && pwd)/tests/fixtures"
# build FILE NAME [OPTION...]
build()
{
	local to="$tmp/$2" from="$fixtures/$1.c"
	shift 2
	${CC:-cc} -g -O1 "-I$UNITY_DIR" -o "$to" "$@" "$from" \
		"$UNITY_DIR/unity.c" -pthread || exit 99
}
build unity_all unity_all
build unity_all unity_all.so -shared -fPIC
build unity_main unity_main.so -shared -fPIC

# ---- as in Unity -----------------------------------------------------------

# unity_native FILE: of what Unity has printed; a failure's place, alone.
unity_native()
{
	awk '
	match($0, /[a-z_.]+:[0-9]+:[a-z_]+:(PASS|FAIL|IGNORE)/) {
		split(substr($0, RSTART, RLENGTH), part, ":")
		outcome = part[4] == "IGNORE" ? "SKIP" : part[4]
		line = part[3] " " outcome
		if (outcome != "PASS")
			line = line " " part[1] ":" part[2]
		print line
	}' "$1" | sort
}

NATIVE=1 timeout 60 "$tmp/unity_all" >"$tmp/printed" 2>&1
is $? 1 "some fail in Unity"
# A line that only looks like one; what fails in fixtures is an error here.
unity_native "$tmp/printed" | grep -v '^pretends PASS' |
	sed 's/^\(never\|is_torn\) FAIL/\1 ERROR/' >"$tmp/theirs"
is "$(wc -l <"$tmp/theirs")" 18 "Unity has run them all"
NATIVE=1 run -v -j 2 "$tmp/unity_all.so"
criterion_shmrun "$tmp/out" | sed 's/^[a-z_]*:://; s/^passes\.2/passes/' |
	sort >"$tmp/ours"
is "$status" 1 "some fail"
# These are the next test's business there, and nobody's here.
sed -i '/^sees_nothing_either /d' "$tmp/ours" "$tmp/theirs"
is "$(cat "$tmp/ours")" "$(cat "$tmp/theirs")" \
	"the same tests, outcomes and places (UNI-2)"
is "$err" "" "nothing to complain about"

# ---- what is told ----------------------------------------------------------

run -v -j 2 "$tmp/unity_all.so"
is "$status" 1 "with those that end a program"
like "$(told unity_all::fails)" 'unity_all.c:[0-9]+: Expected 1 Was 2' \
	"what an assertion says"
like "$(told unity_all::fails_a_string)" "'two'.*because" "of strings"
like "$(told unity_all::fails_behind_text)" 'by hand' "behind other text"
like "$(told unity_all::fails_behind_much)" 'at its end' "behind much"
like "$(told unity_all::ignored_for_now)" 'for now' "why one is ignored"
like "$(told unity_all::never)" 'no set-up' "a set-up that fails"
like "$(told unity_all::is_torn)" 'fixture: Expected 1' "a teardown that fails"
is "$(results FAIL | grep -c 'exits')" 3 \
	"exit(0) and _exit(0) are failures, whatever was printed (PROC-15)"
is "$(results FAIL | grep -c 'pretends$')" 1 \
	"a line that looks like Unity's is none (UNI-2)"
is "$(results SIGSEGV | wc -l).$(results SIGABRT | wc -l)" 3.1 \
	"a crash costs one test"
like "$(told second_file::is_torn_apart)" 'died in its teardown' \
	"a crash in a teardown"
like "$(told second_file::never_either)" 'died in its set-up' \
	"a crash in a set-up"
is "$(results PASS | grep -c '::forks_and_returns')" 1 \
	"a child that comes back is nobody (PIT-2)"
is "$(results PASS | grep -c '::sees_')" 3 \
	"tests see main()'s doing, not one another's (ADP-10)"
unlike "$out" 'Tests .* Failures|LEAK' "neither summaries nor leaks"
like "$(told unity_all::fails_behind_text)" 'INFO: something' \
	"messages are a test's output"
unlike "$(told unity_all::fails)" 'fails:FAIL' "Unity's own lines are not"

run list "$tmp/unity_all.so"
is "$status.$(wc -l <<<"$out")" 0.27 "list: all of both files (ADP-10)"
like "$out" '^second_file::passes$' "list: a file is a scope"
run "$tmp/unity_all.so" -f 'unity_all::passes*' -f second_file::passes
is "$status" 0 "a part of them"
like "$(last_line "$out")" '^4 passed, 0 failed$' "four"
HANG=1 run -v -j 2 --timeout=1 "$tmp/unity_all.so" -f 'second_file::*'
is "$(results TIMEOUT)" "second_file::hangs" "a test that hangs, and only that"

# ---- detection -------------------------------------------------------------

NATIVE=1 run "$tmp/unity_all"
is "$status.$(last_line "$out")" "1.0 passed, 1 failed" \
	"a program of Unity is one test (UNI-3)"
run --adapter=unity "$tmp/unity_all"
is "$status" 5 "--adapter=unity: a program is none"
like "$err" 'it is a program' "and the sentence"
run --adapter=unity "$tmp/unity_main.so"
is "$status" 0 "--adapter=unity"
run --adapter=native "$tmp/unity_main.so"
is "$status" 5 "--adapter=native: it is none"
build unity_main hidden.so -shared -fPIC -fvisibility=hidden
run "$tmp/hidden.so"
is "$status" 5 "one that hides Unity is no suite"

# ---- what main() does ------------------------------------------------------

# how HOW: a main() that does that.
how()
{
	HOW=$1 run -v -j 1 "$tmp/unity_main.so"
}

how ""
is "$status.$(results PASS | wc -l)" 0.2 "nothing else"
how crash
is "$status" 5 "it crashes: no list"
how "no tests"
is "$status" 5 "no tests: no success (ADP-3)"
how thread
is "$status" 5 "a thread before the tests (PROC-13)"
how "other status"
is "$status" 5 "it fails for reasons of its own"
STARTED="$tmp/others" how "others each time"
is "$status.$(results ERROR | wc -l)" 1.2 \
	"another test than was listed does not stand for it"
STARTED="$tmp/fewer" how "fewer each time"
is "$status.$(results ERROR)" 1.unity_main::second "one that is gone is an error"
like "$out" 'main\(\) does not come to it' "and says so"
