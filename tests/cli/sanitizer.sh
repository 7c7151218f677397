#!/bin/bash
# SPDX-License-Identifier: MIT
# Suites built with the sanitizers of gcc and clang run as they are: the loader
# is started again with their runtime in front; what is found is a failure of
# the test that did it, with its text; all others pass.  Leaks are found in the
# test that leaked, whatever -j is, and in both tiers.  What cannot be had is a
# sentence and exit 5; time limits are longer and the record says so; the
# user's own options win (issue 5, item 7; ENV-4, VAR-15, STATE-4).  Where no
# process may trace another, under strace or a filter of calls, leaks cannot be
# found: it says so, once, and blames no test of any tier (ENV-6).

. "${top_srcdir:-.}/tests/cli/lib.sh"

[ -z "${SANITIZERS-}" ] || skip_all "this build has a sanitizer itself"

plan 90

RUN_TIMEOUT=300
source="$top_srcdir/tests/fixtures/sanitized.inc"

# build COMPILER NAME FLAG...: $tmp/NAME.so; false where that is not installed.
build()
{
	local compiler=$1 name=$2
	shift 2
	command -v "$compiler" >/dev/null &&
		"$compiler" -x c -g -O1 -fPIC -shared -pthread "$@" \
			-I"$top_srcdir/include" -o "$tmp/$name.so" \
			"$source" 2>/dev/null
}

# found TEST STATE TEXT WITH: it ended so, and its report says why.
found()
{
	like "$out" "^ *$2 \[.*\] ${1//[][]/.} \(" "$4: $1 is $2"
	like "$(told "$1")" "$3" "$4: and the report is the test's own"
}

# good WITH N: nothing else failed.
good()
{
	is "$status $(last_line "$out")" "1 21 passed, $2 failed, 5 skipped" \
		"$1: no other test is harmed"
	unlike "$out" '\+LEAK' "$1: what the runtime starts is no leak"
}

for isolate in worker fork; do
	for compiler in gcc clang; do
		shared=-g
		[ $compiler = gcc ] || shared=-shared-libsan
		with="$compiler address, $isolate"
		if build $compiler a -fsanitize=address $shared \
			-DBAD_ADDRESS -DBAD_LEAK; then
			run -j 2 --isolate=$isolate "$tmp/a.so"
			good "$with" 4
			found bad::address SIGABRT 'heap-use-after-free' "$with"
			found 'bad::leak[1]' FAIL \
				'1001 byte\(s\) leaked in 1 allocation' "$with"
		else
			skip "it is not installed" "$with" 6
		fi
		with="$compiler undefined, $isolate"
		if build $compiler u -fsanitize=undefined $shared \
			-DBAD_ARITHMETIC; then
			run -j 2 --isolate=$isolate "$tmp/u.so"
			good "$with" 1
			found bad::arithmetic SIGABRT 'signed integer overflow' \
				"$with"
		else
			skip "it is not installed" "$with" 4
		fi
	done
	with="gcc thread, $isolate"
	if build gcc t -fsanitize=thread -DBAD_RACE; then
		run -j 2 --isolate=$isolate "$tmp/t.so"
		good "$with" 1
		found bad::race SIGABRT 'data race' "$with"
	else
		skip "it is not installed" "$with" 4
	fi
	with="gcc leak, $isolate"
	if build gcc l -fsanitize=leak -DBAD_LEAK; then
		run -j 1 --isolate=$isolate "$tmp/l.so"
		good "$with" 3
		one=$(results FAIL | sort)
		run -j 64 --isolate=$isolate "$tmp/l.so"
		is "$(results FAIL | sort)" "$one" \
			"$with: -j 64 finds what -j 1 finds"
		like "$(told 'bad::leak[0]')" '1000 byte\(s\) leaked' \
			"$with: each its own"
	else
		skip "it is not installed" "$with" 4
	fi
done

# The search is left out where a test leaves nothing allocated: not where it
# only drops what another one had, which may be anywhere.
cat >"$tmp/d.c" <<'END'
#include <shmrun.h>
#include <stdio.h>
#include <stdlib.h>
static char *volatile kept;
SHMRUN_TEST(d, prints) { printf("something\n"); }
SHMRUN_TEST(d, keeps) { kept = malloc(55); }
SHMRUN_TEST(d, does_nothing) { free(malloc(3)); }
SHMRUN_TEST(d, drops) { kept = NULL; }
SHMRUN_TEST(d, is_fresh) { shmrun_check_null(kept); }
END
if gcc -g -fPIC -shared -fsanitize=address -I"$top_srcdir/include" \
	-o "$tmp/d.so" "$tmp/d.c" 2>/dev/null; then
	run -j 1 --isolate=worker --dist=no "$tmp/d.so"
	is "$status $(last_line "$out")" "1 4 passed, 1 failed" \
		"what an earlier test had allocated: one leaks"
	found d::drops FAIL '55 byte\(s\) leaked' "the one that drops it"
else
	skip "it is not installed" "leaks across tests" 3
fi

# What is left of a test in registers and on the stack hides no leak.
cat >"$tmp/m.c" <<'END'
#include <shmrun.h>
#include <stdlib.h>
SHMRUN_RANGE(m, leaks, LEAKS)
{
	char *volatile bytes = malloc(77);

	bytes = NULL;
}
END
for isolate in worker fork; do
	n=300
	[ $isolate = fork ] && n=100 # a search there takes longer
	if gcc -g -fPIC -shared -fsanitize=address -DLEAKS=$n \
		-I"$top_srcdir/include" -o "$tmp/m.so" "$tmp/m.c" 2>/dev/null
	then
		run -j 2 --canary=0 --isolate=$isolate "$tmp/m.so"
		is "$status $(last_line "$out")" "1 0 passed, $n failed" \
			"$isolate: of $n leaks each is found"
	else
		skip "it is not installed" "$isolate: leaks"
	fi
done

# ---- what cannot be had -------------------------------------------------

# With clang 14 its thread sanitizer's library crashes every program.
if build clang ct -fsanitize=thread -shared-libsan -DBAD_RACE; then
	run "$tmp/ct.so"
	if [ "$status" = 5 ]; then
		like "$err" 'libclang_rt\.tsan.*with which no program starts' \
			"a runtime that does not work is named"
	else
		like "$out" 'SIGABRT \[.*\] bad::race' "clang thread works"
	fi
else
	skip "it is not installed" "clang thread"
fi
if build clang s -fsanitize=address; then
	run "$tmp/s.so"
	is "$status" 5 "a static runtime: exit 5"
	like "$err" 'AddressSanitizer.*-shared-libsan' \
		"a static runtime: what to do about it"
else
	skip "it is not installed" "a static runtime" 2
fi
if [ -f "$tmp/t.so" ] && [ -f "$tmp/l.so" ]; then
	run "$tmp/t.so" "$tmp/l.so" "$SUITES/pass.so"
	like "$err" 'LeakSanitizer.*ThreadSanitizer: run them apart' \
		"two runtimes do not fit into one process"
	is "$status" 5 "and the rest has run"
else
	skip "it is not installed" "two runtimes" 2
fi

# ---- limits, options, other programs -----------------------------------

cat >"$tmp/o.c" <<'END'
#include <shmrun.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
SHMRUN_TEST(o, slow, .timeout = 0.8) { usleep(1200000); }
SHMRUN_TEST(o, environment)
{
	const char *preload = getenv("LD_PRELOAD");

	shmrun_check_true(!preload || !strstr(preload, "libasan"));
	shmrun_check_true(strstr(getenv("ASAN_OPTIONS"), "abort_on_error=1"));
}
SHMRUN_TEST(o, leaks)
{
	char *volatile bytes = malloc(77);

	bytes = NULL;
}
END
if gcc -g -fPIC -shared -fsanitize=address -I"$top_srcdir/include" \
	-o "$tmp/o.so" "$tmp/o.c" 2>/dev/null; then
	run --record="$tmp/o.shmres" "$tmp/o.so"
	is "$status $(last_line "$out")" "1 2 passed, 1 failed" \
		"limits are scaled, programs get no preload, leaks are told"
	run report -v "$tmp/o.shmres"
	like "$out" 'libasan.* is preloaded; time limits are 3 times as long' \
		"the record says so"
	ASAN_OPTIONS=detect_leaks=0 run "$tmp/o.so"
	is "$status $(last_line "$out")" "0 3 passed, 0 failed" \
		"the user's options win"
else
	skip "it is not installed" "limits and options" 3
fi

# ---- where no process may trace another ---------------------------------

cat >"$tmp/leaks.c" <<'END'
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv)
{
	char *volatile bytes = malloc(77);

	bytes = NULL;
	return argc > 1 && !strcmp(argv[1], "fails");
}
END
cat >"$tmp/served.c" <<'END'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
static void leaks(void **state)
{
	char *volatile bytes = malloc(77);

	bytes = NULL;
}
static void fails(void **state) { fail(); }
int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(leaks),
					    cmocka_unit_test(fails) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
END
for compiler in gcc clang; do
	for of in address leak; do
		$compiler -g -fsanitize=$of -o "$tmp/$compiler-$of" \
			"$tmp/leaks.c" 2>/dev/null ||
			rm -f "$tmp/$compiler-$of"
	done
done
gcc -g -fsanitize=address -o "$tmp/served" "$tmp/served.c" -lcmocka \
	2>/dev/null || rm -f "$tmp/served"
for program in "$tmp"/{gcc,clang}-{address,leak}; do
	[ -x "$program" ] || continue
	echo "@name=${program##*/} $program"
	echo "@name=own-${program##*/} ASAN_OPTIONS=halt_on_error=1 $program"
	echo "@name=fails-${program##*/} $program fails"
done >"$tmp/leaks.list"
n=$(wc -l <"$tmp/leaks.list")

# untraced WITH COUNTS ARGUMENT...: so many end so, and why is said once.
untraced()
{
	local with=$1 counts=$2
	shift 2
	run_program "${how[@]}" "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" "$@"
	is "$(last_line "$out")" "$counts" "$with: no test is blamed for it"
	is "$(grep -c 'leaks are not looked for' "$tmp/err") $(
		grep -c . "$tmp/err")" "1 1" \
		"$with: that leaks cannot be looked for is said"
}

refuse=$top_builddir/tests/support/refuse
for with in "under strace" "no ptrace"; do
	how=(strace -f -qq -o /dev/null)
	[ "$with" = "under strace" ] || how=("$refuse" ptrace)
	if ! [ -f "$tmp/o.so" ] || ! "${how[@]}" true >/dev/null 2>&1; then
		skip "it is refused, or not installed" "$with" 9
		continue
	fi
	untraced "$with, worker" "3 passed, 0 failed" \
		--isolate=worker "$tmp/o.so"
	untraced "$with, fork" "3 passed, 0 failed" \
		--isolate=fork "$tmp/o.so"
	untraced "$with, exec" "$((n * 2 / 3)) passed, $((n / 3)) failed" \
		--programs="$tmp/leaks.list"
	if [ -x "$tmp/served" ]; then
		untraced "$with, a server" "1 passed, 1 failed" "$tmp/served"
	else
		skip "cmocka is not installed" "$with: a server" 2
	fi
	ASAN_OPTIONS=detect_leaks=0 LSAN_OPTIONS=detect_leaks=0 \
		run_program "${how[@]}" "$SHMRUN" "$tmp/gcc-address"
	is "$status $err" "0 " "$with: who wants no search is told nothing"
done

# A filter alone refuses nothing of that.
if [ -f "$tmp/o.so" ] && "$refuse" inotify true >/dev/null; then
	run_program "$refuse" inotify "$SHMRUN" "$tmp/o.so"
	is "$(last_line "$out") $err" "2 passed, 1 failed " \
		"some filter: leaks are looked for in suites"
	run_program "$refuse" inotify "$SHMRUN" "$tmp/gcc-address"
	is "$(last_line "$out") $err" "0 passed, 1 failed " \
		"some filter: and in programs"
else
	skip "it is refused, or not installed" "some filter" 2
fi
run "$SUITES/pass.so"
unlike "$out" 'preloaded' "other suites have none of this"
