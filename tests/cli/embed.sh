#!/bin/bash
# SPDX-License-Identifier: MIT
# A suite that is a program and runs itself (shmrun-main.h): the same counts and
# statuses in both tiers, under its own main() too; no name of ours is in a
# suite's way; a sanitizer's runtime may be linked in, also clang's static one,
# and leaks are the same at -j 1 and -j 64 (issue 5, item 7; ENV-4, ENV-5).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 24

backend=--backend=$SHMRUN_TEST_BACKEND
run_program "$EXAMPLES/hello/hello" $backend -j 2
is "$status $(last_line "$out")" "0 1004 passed, 0 failed" "the example runs"
run_program "$EXAMPLES/hello/hello" list -f hello::adds
is "$status $out" "0 hello::adds" "its tests are listed"
run_program "$EXAMPLES/hello/hello" doctor
is "$status" 0 "other commands want no suite"
run_program "$EXAMPLES/hello/hello" --nonsense
is "$status" 2 "wrong usage: exit 2"

# link NAME COMPILER FLAG...: $tmp/NAME from the source on stdin.
link()
{
	local name=$1 libs flags
	shift
	libs=$(sed -n 's/^Libs: -L[^ ]* //p' "$top_builddir/shmrun-main.pc")
	flags=$(sed -n 's/^BUILD_LDFLAGS = *//p' "$top_builddir/Makefile")
	# shellcheck disable=SC2086 # lists of words
	$1 -g -I"$top_srcdir/include" -o "$tmp/$name" -x c - -x none "${@:2}" \
		-L"$top_builddir" $libs $flags 2>"$tmp/link.err" ||
		diag "$(cat "$tmp/link.err")"
}

link mixed "${CC:-gcc}" <<'END'
#include <shmrun.h>
#include <signal.h>
#include <stdlib.h>
/* Names of ours. */
int err_set, run_tests;
int str_add(int a) { return a + 1; }
SHMRUN_TEST(m, calls_its_own) { shmrun_check_eq_int(str_add(err_set), 1); }
SHMRUN_RANGE(m, many, 1000) {}
SHMRUN_TEST(m, fails) { shmrun_check_eq_int(1, 2); }
SHMRUN_TEST(m, exits) { exit(0); }
SHMRUN_TEST(m, crashes) { raise(SIGSEGV); }
END
for isolate in worker fork; do
	run_program "$tmp/mixed" $backend -j 2 --isolate=$isolate
	is "$status $(last_line "$out")" "1 1001 passed, 3 failed" \
		"$isolate: the counts"
	is "$(results SIGSEGV) $(results FAIL | sort | xargs)" \
		"m::crashes m::exits m::fails" "$isolate: and the states"
	ok "$isolate: nothing is left" none_marked "$(run_id)"
done
(cd "$tmp" && PATH=$tmp:$PATH mixed $backend -f m::calls_its_own) \
	>"$tmp/out" 2>&1
is "$? $(last_line "$(cat "$tmp/out")")" "0 1 passed, 0 failed" \
	"one that is found by PATH"

link own "${CC:-gcc}" <<'END'
#include <shmrun.h>
#include <shmrun-main.h>
static int set;
SHMRUN_TEST(own, sees_what_main_did) { shmrun_check_eq_int(set, 7); }
int main(int argc, char **argv)
{
	set = 7;
	return shmrun_main(argc, argv);
}
END
run_program "$tmp/own" $backend
is "$status $(last_line "$out")" "0 1 passed, 0 failed" "with a main() of its own"

echo 'int nothing;' | link none "${CC:-gcc}"
run_program "$tmp/none"
is "$status" 5 "without a test: exit 5"
like "$err" '^shmrun: this program holds no tests' "without a test: why"

for compiler in gcc clang; do
	with="$compiler, address sanitizer linked in"
	if [ -n "${SANITIZERS-}" ] || ! command -v "$compiler" >"$tmp/null"; then
		skip "not with this build, or not installed" "$with" 5
		continue
	fi
	link sane "$compiler" -fsanitize=address <<-'END'
		#include <shmrun.h>
		#include <stdlib.h>
		SHMRUN_RANGE(s, clean, 100) { free(malloc(shmrun_index())); }
		SHMRUN_RANGE(s, leaks, 3)
		{
			char *volatile bytes = malloc(1000 + shmrun_index());

			bytes = NULL;
		}
		SHMRUN_TEST(s, overruns)
		{
			char *volatile bytes = malloc(8);

			bytes[8] = 1;
			free(bytes);
		}
	END
	for jobs in 1 64; do
		run_program "$tmp/sane" $backend -j $jobs
		is "$status $(last_line "$out")" "1 100 passed, 4 failed" \
			"$with, -j $jobs: the counts"
		is "$(results FAIL | sort | xargs)" \
			"s::leaks[0] s::leaks[1] s::leaks[2]" \
			"$with, -j $jobs: the leaks"
	done
	like "$(told s::overruns)" 'heap-buffer-overflow' "$with: it is told"
done
