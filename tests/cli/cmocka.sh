#!/bin/bash
# SPDX-License-Identifier: MIT
# Programs of cmocka, unmodified, by a server of their own: the same names,
# outcomes and places as under cmocka's own runner, but where we differ on
# purpose; group fixtures once per worker; nothing that ends early, in a
# fixture or behind the tests passes for a success (CMK-1 to CMK-4, ADP-2,
# ADP-3, ADP-10, CRX-3, PROC-13, PROC-15, PIT-2).

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/criterion.sh"

[ -x "$SUITES/cmocka_group" ] || skip_all "cmocka 1.1 is not installed"

plan 69

# A child that a test abandons, and blocks that it leaks, are the point.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"

# ---- as in cmocka ----------------------------------------------------------

# cmocka_native FILE: names, outcomes and places of what cmocka printed.
cmocka_native()
{
	awk "$criterion_awk"'
	/^\[=+\] Running/ { on = 1 }
	/^\[=+\] .* run\.$/ { on = 0 }
	match($0, /[^ ]*:[0-9]+: error: /) {
		place(substr($0, RSTART, RLENGTH - 9))
	}
	on && /^\[ +(OK|FAILED|SKIPPED|ERROR) +\] / && !/ --- |GROUP/ {
		outcome = $2 == "OK" ? "PASS" : $2 == "FAILED" ? "FAIL" : \
			  $2 == "SKIPPED" ? "SKIP" : "ERROR"
		name = substr($0, 14)
		gsub(/ /, "_", name)
		flush()
	}' "$1" | sort
}

NATIVE=1 timeout 60 "$SUITES/cmocka_group" >"$tmp/printed" 2>&1
# What stands for a group of which no test was run.
cmocka_native "$tmp/printed" | grep -v '^broken_group' >"$tmp/theirs"
# A crash is a failure there, which it is here, too, but known as one.
sed -i 's/^crashes FAIL/crashes CRASH/' "$tmp/theirs"
run -v -j 2 "$SUITES/cmocka_group"
criterion_shmrun "$tmp/out" | grep -Ev '^(deadly|broken_group)::' |
	sed 's/^[a-z]*:://; s/^passes\.2/passes/' | sort >"$tmp/ours"
is "$status" 1 "some fail"
is "$(wc -l <"$tmp/theirs")" 17 "cmocka has run them all"
is "$(sed 's/^skips SKIP.*/skips SKIP/' "$tmp/ours")" "$(cat "$tmp/theirs")" \
	"the same tests, outcomes and places (CMK-3)"
is "$err" "" "nothing to complain about"
unlike "$out" 'LEAK' "nothing is left behind"

# ---- what is told ----------------------------------------------------------

like "$(told ends::fails)" '0x1 != 0x2' "what an assertion says"
like "$(told ends::fails_a_string)" '"one" != "two"' "of strings"
like "$(told ends::fails_by_hand)" 'ERROR: by hand' "fail_msg()"
like "$(told ends::crashes)" 'SIGSEGV' "a crash is one (CMK-3)"
like "$(told ends::leaks)" 'leaks leaked 1 block' "a leak"
like "$(told ends::wants_more)" 'remaining non-returned' "an unused value"
like "$(told ends::mocks_unsaid)" 'Could not get value to mock function mocked' \
	"a value that nobody gave: what cmocka says of it"
like "$(told ends::calls_unexpected)" 'No mock calls expected' \
	"a call that nobody expects"
like "$(told ends::skips)" 'skipped' "a skip"
like "$(told fixtures::never)" 'set-up returned -1' "a set-up that failed"
like "$(told fixtures::tear_down_fails)" 'teardown returned -1' \
	"a teardown that failed"
like "$(told deadly::aborts)" 'SIGABRT' "abort() costs one test (CMK-4)"
is "$(results FAIL | grep -c '^deadly::exits')" 2 \
	"exit(0) and _exit(0) are failures (PROC-15)"
like "$(told deadly::exits)" 'it called exit' "and say so"
is "$(results PASS | grep -c '^deadly::forks')" 1 \
	"a child that comes back is nobody (PIT-2)"
like "$(told deadly::tear_down_crashes)" 'died in its teardown' \
	"a crash in a teardown"
is "$(results ERROR | grep -c '^broken_group::')" 2 \
	"a group that cannot be set up: all its tests are errors"
like "$(told broken_group::never_either)" 'cmocka_group.c:[0-9]+: .*0x1 != 0x2' \
	"each says why"

run list "$SUITES/cmocka_group"
is "$status" 0 "list"
is "$(wc -l <<<"$out")" 24 "list: all of all groups (ADP-10)"
like "$out" '^fixtures::a_name_with_spaces$' "list: a name is a word"
run "$SUITES/cmocka_group" -f 'ends::passes*'
is "$status" 0 "a part of them"
like "$(last_line "$out")" '^3 passed, 0 failed$' "three"

# ---- detection -------------------------------------------------------------

run --adapter=cmocka "$SUITES/cmocka_group" -f ends::passes
is "$status" 0 "--adapter=cmocka"
run --adapter=native "$SUITES/cmocka_group"
is "$status" 5 "--adapter=native: it is none"
run --adapter=cmocka "$SUITES/pass.so"
is "$status" 5 "--adapter=cmocka: a shared object is none"
like "$err" 'it has no main' "and the sentence"
run "$SUITES/cmocka_group" "$SUITES/pass.so" -f ends::passes -f 'pass::*'
is "$status" 0 "beside a native suite"
cp "$SUITES/cmocka_group" "$tmp/unrunnable"
chmod 644 "$tmp/unrunnable"
run "$tmp/unrunnable"
is "$status" 5 "a program without the permission"

# ---- what main() does ------------------------------------------------------

# how HOW [ARGUMENT...]: a program that does that.
how()
{
	export HOW=$1
	shift
	run -v "$@" "$SUITES/cmocka_main"
	unset HOW
}

how "" -j 1
is "$status" 0 "the group's set-up runs once per worker (CMK-2)"
how crash
is "$status" 5 "main() crashes: it cannot be listed"
like "$err" 'crashes when it is listed.*SIGABRT' "and the sentence"
how fail
is "$status" 5 "main() fails before any group"
how "no groups"
is "$status" 5 "main() without a group: no success (ADP-3)"
like "$err" 'it holds no tests' "and the sentence"
how "other main"
is "$status" 5 "main() fails for reasons of its own"
like "$err" 'ends with status 7' "and the sentence"
how "setup dies" -j 1
is "$(results SIGABRT | wc -l)" 2 "the group's set-up crashes"
how "setup exits" -j 1
is "$status.$(results ERROR | wc -l)" 1.2 "the group's set-up exits with 0"
how "teardown fails" -j 1
is "$status" 1 "the group's teardown fails"
like "$err$out" 'teardown of its group returned 1' "and is told"
how "teardown dies" -j 1
is "$status" 1 "the group's teardown crashes"
how "ignored" -j 1
is "$status" 1 "so it does where main() does not care"
how "filter" -j 1
is "$status.$(results ERROR | wc -l)" 1.2 \
	"tests that a filter of main() keeps away do not pass"
how "nested"
is "$status.$(results FAIL)" 1.nested::nests \
	"a group that a test runs is run, and fails"
STARTED="$tmp/started" how "others each time" -j 1
is "$status.$(results ERROR | wc -l)" 1.2 \
	"what is another test than was listed does not stand for it"
like "$out" 'this is another test now' "and says so"
how "hang" -j 1 --timeout=1
is "$(results TIMEOUT)" "others::hangs" "a test that hangs"
is "$(results PASS)" "others::filtered" "and only that"
ok "no process is left" test -z "$(pgrep -f "^$SUITES/cmocka_main" || true)"
how "old"
is "$status" 5 "cmocka's old interface is refused"
like "$err" 'old interface' "and the sentence"

# Debian has no libcmocka.a: CMOCKA_STATIC is one.  Without, what is known it by.
if [ -n "${CMOCKA_STATIC-}" ]; then
	linked=("${top_srcdir:-.}/tests/fixtures/cmocka_group.c"
		"$CMOCKA_STATIC")
else
	echo 'int main(void) { return __builtin_printf("%s",
		"CMOCKA_MESSAGE_OUTPUT") != 21; }' >"$tmp/linked.c"
	linked=("$tmp/linked.c")
fi
${CC:-cc} -o "$tmp/linked" "${linked[@]}" || exit 99
run list "$tmp/linked"
is "$status $out" "0 program::linked" "cmocka linked in: one test (CMK-5)"
like "$err" 'linked: it is one test: cmocka is in it' "and a warning"
run --adapter=cmocka "$tmp/linked"
is "$status" 5 "--adapter=cmocka refuses it"

# What libtool makes in place of a program whose libraries are not installed:
# with what it writes at its top, and the program where it says (CRX-4).
wrap()
{
	mkdir -p "$tmp/.libs"
	cp "$1" "$tmp/.libs/wrapped"
	cat >"$tmp/wrapped" <<-'EOS'
		#! /bin/bash

		# wrapped - temporary wrapper script for .libs/wrapped
		# Generated by libtool (GNU libtool) 2.4.7
		exec "$(dirname "$0")/.libs/wrapped" "$@"
	EOS
	chmod +x "$tmp/wrapped"
}
wrap "$SUITES/cmocka_group"
run list "$tmp/wrapped"
is "$status $out" "0 program::wrapped" "a script of libtool: one test"
like "$err" 'wrapped: it is one test: a script of libtool' "and a warning"
run list --adapter=program "$tmp/wrapped"
is "$status $err" "0 " "as a program, by name, no warning"
wrap "$tmp/linked"
run list "$tmp/wrapped"
is "$status $err" "0 " "nor where the program behind it is one test, too"

# A symbol that is nowhere costs the test that calls it, as natively; all are
# bound at a server's start, where that can be.
cat >"$tmp/part.c" <<-'EOS'
	void nowhere(void);
	void part(int calls) { if (calls) nowhere(); }
EOS
cat >"$tmp/lacks.c" <<-'EOS'
	#include <setjmp.h>
	#include <stdarg.h>
	#include <stddef.h>
	#include <stdint.h>
	#include <cmocka.h>
	void part(int calls);
	static void passes(void **state) { (void)state; part(0); }
	static void calls_it(void **state) { (void)state; part(1); }
	int main(void)
	{
		const struct CMUnitTest all[] = {
			cmocka_unit_test(passes), cmocka_unit_test(calls_it),
		};
		return cmocka_run_group_tests(all, NULL, NULL);
	}
EOS
${CC:-cc} -shared -fPIC -o "$tmp/libpart.so" "$tmp/part.c" &&
	${CC:-cc} -Wl,--allow-shlib-undefined,-z,lazy \
		-o "$tmp/lacks" "$tmp/lacks.c" -L"$tmp" -lpart \
		-Wl,-rpath,"$tmp" -lcmocka || exit 99
run -v -j 1 "$tmp/lacks"
is "$status.$(results PASS).$(results FAIL)" 1.all::passes.all::calls_it \
	"a symbol that is nowhere"
like "$out" 'undefined symbol: nowhere' "and the sentence of the linker"

# ---- shared objects --------------------------------------------------------

run -v -j 1 "$SUITES/cmocka_main.so"
is "$status.$(results PASS | wc -l)" 0.2 \
	"the same main() in a shared object (CMK-1)"
HOW="filter" run -v -j 1 "$SUITES/cmocka_main.so"
is "$status.$(results ERROR | wc -l)" 1.2 "a filter of main() there"
HOW="hang" run -v -j 1 --timeout=1 "$SUITES/cmocka_main.so"
is "$(results TIMEOUT).$(results PASS)" "others::hangs.others::filtered" \
	"a test that hangs there"
