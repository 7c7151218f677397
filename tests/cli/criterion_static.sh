#!/bin/bash
# SPDX-License-Identifier: MIT
# Programs with libcriterion.a in them, unmodified: each test by --filter, with
# a notice; the same tests, outcomes and places as Criterion's own; what is not
# run, or not told of, is never a pass (ADP-2, ADP-7, CRX-5, CRV-5).

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/criterion.sh"

# CRITERION_STATIC_DIR: a folder of another libcriterion.a and what it needs.
libraries=("-Wl,-Bstatic" -lcriterion -lprotobuf-nanopb "-Wl,-Bdynamic"
	-lboxfort -lnanomsg -lgit2 -lffi -lm -lpthread)
[ -z "${CRITERION_STATIC_DIR-}" ] || libraries=("-L$CRITERION_STATIC_DIR"
	"-Wl,-rpath,$CRITERION_STATIC_DIR" "${libraries[@]}")
fixtures="$(cd "${top_srcdir:-.}" && pwd)/tests/fixtures"
cd "$tmp" || exit 99
# build NAME SOURCE [OPTION...]
build()
{
	local to=$1 from=$2
	shift 2
	# Not ${CFLAGS}: a sanitizer is no matter of this.
	${CC:-cc} -g -O1 -o "$to" "$@" "$from" "${libraries[@]}"
}
cat >some.c <<-'EOS'
	#include <criterion/criterion.h>
	#include <criterion/parameterized.h>
	#include <signal.h>
	#include <stdio.h>
	#include <stdlib.h>
	Test(some, passes, .init = NULL) { cr_assert(1); }
	Test(some, passes_too) { puts("not ok - some::passes_too"); }
	Test(some, fails)
	{
		cr_expect_eq(1, 2, "two\nlines");
		cr_assert(0);
	}
	Test(some, skips) { cr_skip_test("not today"); }
	Test(some, crashes) { raise(SIGSEGV); }
	Test(some, aborts, .signal = SIGABRT) { abort(); }
	Test(some, quits) { exit(3); }
	Test(some, off, .disabled = true) { cr_assert(0); }
	Test(some, warns) { cr_log_warn("it does"); }
	ParameterizedTestParameters(some, rows)
	{
		static int rows[] = { 1, 2, 3 };
		return cr_make_param_array(int, rows, 3);
	}
	ParameterizedTest(int *row, some, rows) { cr_expect_neq(*row, 2); }
EOS
build some some.c 2>why ||
	skip_all "libcriterion.a cannot be linked here: $(head -n 1 why)"

plan 17

run list some
is "$status" 0 "it is a suite of Criterion"
is "$(wc -l <"$tmp/out") $(grep -c ^some:: "$tmp/out")" "10 10" \
	"its tests by name"
LC_ALL=C.UTF-8 run list some
is "$(grep -c ^some:: "$tmp/out")" 10 "... also as drawn in UTF-8"
./some -j1 --xml=some.xml >/dev/null 2>&1 || true
criterion_native some.xml >theirs
run -v -j 2 some
is "$status" 1 "some fail"
like "$err" 'some: libcriterion.a is linked into it: it is started anew' \
	"the notice"
# How a process died is not in Criterion's report.
sed -i 's/ \(CRASH\|TIMEOUT\).*/ FAIL/; s/warns PASS/warns FAIL/' theirs
criterion_shmrun "$tmp/out" >ours
is "$(sort -u ours)" "$(sort theirs | awk '{ key = $1 }
	key == last { if (/FAIL/) line = $0; next }
	{ if (line) print line; line = $0; last = key }
	END { print line }')" "the same tests, outcomes and places"
like "$(told some::crashes)" '^ +unexpected signal after some.c:[0-9]+' \
	"a crash"
like "$(told some::quits)" 'did not end as it is expected' "an early end"
like "$(told some::fails)" '^ +some.c:10: .*two$' "a failure's text and place"
like "$(told some::warns)" 'exit status 1, although no test of it failed' \
	"the exit status counts"
like "$out" '^ +skipped: disabled' "a disabled test"

build new "$fixtures/criterion_new.c"
./new -j1 --xml=new.xml >/dev/null 2>&1 || true
run -v -j 2 new
is "$(criterion_shmrun "$tmp/out")" "$(criterion_native new.xml)" \
	"asserts of the new kind: the same"

# A main() that takes no filter runs all tests, or none, whatever was asked.
cat some.c - >main.c <<-'EOS'
	int main(int argc, char **argv)
	{
		struct criterion_test_set *set = criterion_initialize();
		int ok = 1;
		if (argc > 1 && strcmp(argv[1], "--list") == 0 &&
		    !getenv("NO_LIST"))
			criterion_handle_args(argc, argv, false);
		else if (getenv("ALL") && criterion_handle_args(1, argv, false))
			ok = criterion_run_all_tests(set);
		else if (getenv("OTHER")) {
			argv[2] = (char *)"--filter=some/passes";
			if (criterion_handle_args(argc, argv, false))
				ok = criterion_run_all_tests(set);
		}
		criterion_finalize(set);
		return !ok;
	}
EOS
sed -i '1i #include <string.h>' main.c
build main main.c || exit 99
run main -f some::passes_too
is "$status" 1 "none was run"
like "$out" 'its report has nothing about this test' "... which is an error"
OTHER=1 run main -f some::passes_too
like "$out" 'ERROR .* some::passes_too' "a filter that means another test"
ALL=1 run main -f some::passes_too
is "$status" 1 "a main() that takes no arguments"
NO_LIST=1 ALL=1 run list main
like "$status $err" '^5 .*cannot say what tests there are|no list of Crit' \
	"one that does not list"
