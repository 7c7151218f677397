#!/bin/bash
# SPDX-License-Identifier: MIT
# Criterion suites, unmodified: the same names, outcomes and places as under
# Criterion's own runner, but where we differ on purpose; nothing of its
# library is loaded; each kind of file that cannot be run is refused with a
# sentence (ADP-2, ADP-3, ADP-11, REG-3, REG-8 to REG-11, CRA-1 to CRA-7, CRV-1
# to CRV-14, CRD-1 to CRD-13, CRF-1 to CRF-5, PIT-2, PIT-3, PIT-9).

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/criterion.sh"

[ -f "$SUITES/criterion_old.so" ] || skip_all "Criterion 2.4 is not installed"

plan 90

# Under a sanitizer a test child that ends by exit() looks for leaks, as it
# would in Criterion (PIT-1); these suites leave some.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"

# ---- as in Criterion -------------------------------------------------------

# theirs NAME: its program under its own runner.
theirs()
{
	local try
	rm -f "$tmp/xml"
	# Once in some hundred times that one ends without a report.
	for try in 1 2 3; do
		timeout --kill-after=5 "$RUN_TIMEOUT" "$SUITES/$1" -j2 \
			--xml="$tmp/xml" >"$tmp/theirs.out" 2>&1
		status=$?
		[ ! -s "$tmp/xml" ] || break
		diag "$1, by its own runner, $try: status $status" \
			"$(tail -n 3 "$tmp/theirs.out")"
	done
	criterion_native "$tmp/xml" >"$tmp/theirs"
}

# ours ARGUMENT...: under shmrun.
ours()
{
	run -v -j 2 "$@"
	criterion_shmrun "$tmp/out" >"$tmp/ours"
}

# A test that throws has its place in our report, and none in theirs.
without_places_of_throws()
{
	sed -E '/::throws/s/ criterion_cxx.*//'
}

for suite in old:86 new:14 cxx:13; do
	name=criterion_${suite%:*}
	theirs "$name"
	ours "$SUITES/$name.so"
	is "$status" 1 "$name: some fail"
	is "$(wc -l <"$tmp/ours")" "${suite#*:}" "$name: all tests are there"
	is "$(without_places_of_throws <"$tmp/ours")" \
		"$(sed 's/^differ::\(.*\) FAIL/differ::\1 ERROR/' \
			"$tmp/theirs")" \
		"$name: the same tests, outcomes and places"
	is "$err" "" "$name: nothing to complain about"
	unlike "$out" 'LEAK' "$name: nothing is left behind"
done

theirs criterion_old
ours "$SUITES/criterion_alone.so"
is "$(cat "$tmp/ours")" "$(cat "$tmp/theirs")" \
	"linked without the library: the same (CRF-1)"

# With workers, tests of a process see each other: fork is the default.
run -v "$SUITES/criterion_old.so" -f 'state::*'
is "$status" 0 "each test has the state of the loaded suite"
ours --isolate=worker "$SUITES/criterion_old.so" --recycle=never -j1
is "$(diff "$tmp/theirs" "$tmp/ours" | grep '^>' | grep -v fixture::of_)" \
"> state::is_its_own_b FAIL criterion_old.c:$(grep -n is_its_own_b \
	"$top_srcdir/tests/fixtures/criterion_old.c" | cut -d: -f1)
> verdict::exits_with_zero FAIL" \
	"worker tier: the same but for shared state and exit() (CRD-13)" ||
	diag "$(diff "$tmp/theirs" "$tmp/ours")"

like "$(told verdict::fails_and_prints)" '^ +printed$' \
	"worker tier: output goes where it belongs behind redirections"

# ---- what is told ----------------------------------------------------------

run -v -j 2 "$SUITES/criterion_old.so"
like "$(told verdict::fails_twice_and_goes_on)" \
	'criterion_old\.c:[0-9]+: second 2$' "a message of the test's own"
like "$(told assertion::eq)" '\(1\) == \(2\) is false' "an expression"
like "$(told assertion::str)" 'actual "a", expected "b"' "strings"
like "$(told assertion::str_null)" 'expected "b"' "a string that is NULL"
like "$(told assertion::fail)" ': with words$' "cr_assert_fail()"
like "$(told assertion::fail_without_words)" ': assertion failed$' \
	"cr_assert_fail() without words"
like "$(told verdict::skips)" 'skipped: for a reason: 7' "why it skips"
like "$(told theory::breaks)" 'the theory fails for \(2, 5\)' \
	"arguments of a theory"
is "$(told theory::breaks | grep -c 'theory fails')" 2 \
	"and only those that fail"
is "$(results FAIL | grep -c '^rows::from_memory\[1[89]\]$')" 2 \
	"rows that fail are known by their index (CRD-6)"
like "$(told 'rows::of_structs[1]')" ': two$' "a row is its own copy (REG-9)"
like "$(told verdict::exits_otherwise)" 'another status' "another exit status"
like "$(told verdict::returns_where_a_signal_is_expected)" 'expected signal' \
	"no signal where one is expected"
run -v "$SUITES/criterion_new.so"
like "$(told fails::of_int)" '^ +actual: 1$' "the value that is"
like "$(told fails::of_int)" '^ +expected: 2$' "the value that should be"
like "$(told fails::of_int)" 'eq\(int, 1, 2\)' "the expression"
like "$(told fails::with_words)" 'one is 1' "words of the test's own"
like "$(told fails::of_str)" '"a\\n"' "a string of lines, line by line"
like "$(told fails::of_wcs)" 'L"sch.*n"' "a wide string"
like "$(told fails::of_type)" '\(1, 3\)' "a type of the suite's own"
like "$(told fails::of_memory)" '0010: 71727374 75767778 795a' "memory"
like "$(told fails::of_a_stream)" '6f6e6520 7468696e 67' "a stream"
is "$(told fails::of_many_children | grep -c 'expected:')" 6 \
	"every part of a tree that fails"
run -v "$SUITES/criterion_cxx.so"
like "$(told cxx::throws)" 'exception.*: went wrong' "an exception's text"

run list "$SUITES/criterion_old.so"
like "$out" '^rows::from_memory\[0\.\.19\]$' "list: rows are a range"
is "$(sort -c <(cut -d: -f1 <<<"$out") 2>&1)" "" "list: in order of scopes"
run list --format=jsonl "$SUITES/criterion_old.so" -f verdict::has_a_description
is "$(jq -r '.adapter, .description, .isolate' <<<"$out" | xargs)" \
	"criterion what it is for auto" "list: adapter, description"
run list --format=jsonl "$SUITES/criterion_old.so" -f 'inherit_*'
is "$(jq -r '[.name, .timeout, .disabled, .signal] | @text' <<<"$out" | sort)" \
'["inherit_not::passes",0,false,0]
["inherit_off::is_not_run",0,true,0]
["inherit_time::has_its_own",20,false,0]
["inherit_time::runs_out",0.3,false,0]' "list: what a TestSuite hands down (REG-8)"

# ---- where we differ -------------------------------------------------------

ours "$SUITES/criterion_differ.so"
# differs NAME OUTCOME
differs()
{
	like "$(cat "$tmp/ours")" "^$1 $2( |$)" "$1: $2${3:+, $3}"
}
differs init::fails ERROR CRV-8
differs init::crashes CRASH CRV-7
differs init::exits ERROR CRV-9
differs init::fails_where_a_signal_is_expected ERROR CRV-8
differs init::crashes_where_that_is_expected CRASH CRV-7
differs init::fails_and_the_body_exits ERROR
differs init::fails_and_the_body_dies ERROR
differs fini::fails ERROR CRV-10
differs fini::fails_after_the_body FAIL CRV-14
differs fini::crashes CRASH CRV-11
differs fini::exits ERROR CRV-12
differs fini::exits_with_one ERROR CRV-12
differs other::dies_of_another_signal CRASH CRV-3
differs other::has_no_library PASS CRA-1
differs other::fails_in_atexit ERROR PROC-16
differs fork::child_returns PASS PIT-2
differs fork::child_fails PASS PIT-2
like "$(told init::fails)" 'criterion_differ\.c:[0-9]+: fixture: within' \
	"a fixture's failure has its place"
differs other::fails_behind_a_theory FAIL CRA-7
build_suite behind <<'END'
#include <criterion/criterion.h>
#include <stdlib.h>
static void leave(void) { cr_assert(0, "behind the end"); }
Test(behind, leaves) { atexit(leave); }
END
run -v "$tmp/behind.so"
is "$(results FAIL)$(told behind::leaves | grep -o 'behind the end')" \
	"behind::leavesbehind the end" "nothing is left behind a test's end"
run --isolate=worker -j 1 "$SUITES/criterion_differ.so" -f 'tidy::*'
is "$status $(last_line "$out")" "0 2 passed, 0 failed" \
	"worker tier: redirections are undone (CRD-13)"
run --isolate=worker "$SUITES/criterion_differ.so" -f 'fork::*'
is "$status $(last_line "$out")" "0 3 passed, 0 failed" \
	"worker tier: a child that comes back is nobody's (PIT-2)"
run "$SUITES/criterion_hooks.so"
is "$status $(last_line "$out")" "0 1 passed, 0 failed" "hooks: the test runs"
is "$err" "shmrun: $SUITES/criterion_hooks.so: its report hooks (2) are not called" \
	"hooks: one warning (CRD-10)"

# PIT-1: what exit(3) would do is done, also where it is not called because
# nobody has registered a function.
export END_LOG="$tmp/ends"
for kind in registers:-DREGISTERS destructor:-DDESTRUCTOR streams:-DPLAIN; do
	: >"$END_LOG"
	{
		echo "#${kind#*:}" | sed 's/-D/define /'
		cat <<'SUITE'
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
static FILE *f;
#ifdef REGISTERS
static void at_end(void) { fputs("ended", f); fclose(f); }
#elif defined(DESTRUCTOR)
__attribute__((destructor)) static void at_end(void)
{
	if (f) { fputs("ended", f); fclose(f); }
}
#endif
Test(ends, well)
{
	f = fopen(getenv("END_LOG"), "a");
#ifdef REGISTERS
	atexit(at_end);
#elif defined(PLAIN)
	fputs("ended", f);
#endif
}
SUITE
	} | build_suite "${kind%:*}"
	run "$tmp/${kind%:*}.so"
	is "$status $(cat "$END_LOG")" "0 ended" \
		"the end of a test child: ${kind%:*}"
done

# ---- what is refused -------------------------------------------------------

# refused FILE WORDS NAME
refused()
{
	run "$1"
	is "$status" 5 "$3: exit 5"
	like "$err" "^shmrun: cannot run .*$2" "$3: why"
}
objcopy --remove-section=cr_tst "$SUITES/criterion_old.so" "$tmp/none.so" 2>/dev/null
refused "$tmp/none.so" 'cr_tst' "no section of tests (CRF-3)"
sed 's/libcriterion\.so\.3/libcriterion.so.9/' "$SUITES/criterion_old.so" \
	>"$tmp/soname.so"
refused "$tmp/soname.so" 'libcriterion\.so\.9' "another library (CRF-5)"
# A program that is one suite's main() and all: libcriterion within it.
echo 'void criterion_internal_test_main(void (*f)(void)) { f(); }
void *p __attribute__((section("cr_tst"), used));' | build_suite inside
refused "$tmp/inside.so" 'libcriterion\.a' "the library within it (CRF-4)"
{ cat "$SUITES/criterion_hooks.so"; } >"$tmp/bare.so"
printf '\0\0\0\0\0\0\0\0' |
	dd of="$tmp/bare.so" bs=1 seek=40 conv=notrunc status=none
refused "$tmp/bare.so" 'section headers' "no section headers (CRF-2)"
run --adapter=native "$SUITES/criterion_old.so"
like "$status $err" '^5 .*shmrun\.h' "--adapter=native: it is none"
run --adapter=criterion "$SUITES/pass.so"
like "$status $err" '^5 .*cr_tst' "--adapter=criterion: it is none"

# ADP-2: a file that is of two kinds is the user's to decide.
build_suite both <<'SUITE'
#include <criterion/criterion.h>
#include <shmrun.h>
Test(both, criterion) { }
SHMRUN_TEST(both, native) { }
SUITE
refused "$tmp/both.so" 'native.*criterion.*--adapter' "both at once (ADP-2)"
run -v --adapter=criterion "$tmp/both.so"
is "$status $(results)" "0 both::criterion" "--adapter=criterion chooses"
run -v --adapter=native "$tmp/both.so"
like "$status $err" '^5 .*undefined symbol: criterion_' \
	"--adapter=native chooses: nobody stands for Criterion"

# A symbol that nobody has, and that no test needs.
build_suite lacks <<'SUITE'
#include <criterion/criterion.h>
void nowhere(void);
Test(lacks, nothing) { }
Test(lacks, a_symbol) { nowhere(); }
SUITE
run -v "$tmp/lacks.so"
is "$status $(results PASS)" "1 lacks::nothing" \
	"an undefined symbol is the loss of the test that needs it"
like "$err" 'nowhere' "and there is a warning"
