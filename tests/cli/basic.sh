#!/bin/bash
# SPDX-License-Identifier: MIT
# What every run has in common: how suites are named, what the first and the
# last lines say, that each test is counted once whatever -j is, that passing
# tests are silent, and exit codes 0, 1 and 77 (EXIT-0, EXIT-1, EXIT-7, EXIT-10,
# STATE-1, OUT-9, DEF-1).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 50

run "$SUITES/pass.so"
is "$status" 0 "all pass: exit 0 (EXIT-0)"
is "$(last_line "$out")" "10 passed, 0 failed" "all pass: the last line"
like "$out" '^exit 0: all selected tests passed$' "the status in words (EXIT-10)"
is "$err" "" "all pass: nothing on stderr"
is "$(results)" "" "tests that pass are silent"
like "$out" '^shmrun [0-9.]+: 10 tests from 1 suite, [0-9]+ workers?: .*, run [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' \
	"the first line: tests, workers and why, identity (DEF-1)"

run "$SUITES/mixed.so"
is "$status" 1 "some fail: exit 1 (EXIT-1)"
is "$(last_line "$out")" "3 passed, 14 failed, 2 skipped" \
	"some fail: the last line"
like "$out" '^3 pass, 14 fail, 2 skip$' "some fail: the states"
like "$out" '^exit 1: a test failed$' "some fail: the status in words"
is "$(results | wc -l)" 14 "a result line for each failure only"
is "$(results | sort | uniq -d)" "" "none twice"
is "$(results FAIL | sort)" \
	"$(shmrun list -f 'fails::*' "$SUITES/mixed.so" | sort)" \
	"exactly those that fail"
is "$(sed '1,/^failed:$/d' "$tmp/out" | sed -n 's/^ *FAIL //p' | sort)" \
	"$(results FAIL | sort)" "the summary names them again"
is "$err" "" "some fail: nothing on stderr"

run -v "$SUITES/mixed.so"
is "$(results | sort)" "$(shmrun list "$SUITES/mixed.so" | sort)" \
	"-v: each test once"
is "$(results SKIP | sort | xargs)" "mixed::skip mixed::skip_ends" \
	"-v: skipped tests"
like "$(told mixed::skip)" 'needs 4 wheels' "-v: why a test was skipped (SEL-6)"

run -q "$SUITES/mixed.so"
is "$(last_line "$out")" "3 passed, 14 failed, 2 skipped" "-q: the last line"
is "$(results)" "" "-q: no result lines"

# Each way to say which suite, and where options stand.
ln -s "$(realpath "$SUITES/pass.so")" "$tmp/pass.so"
ln -s "$(realpath "$SUITES/pass.so")" "$tmp/list"
ln -s "$(realpath "$SUITES/mixed.so")" "$tmp/with space.so"
SHMRUN=$(realpath "$SHMRUN")
SUITES=$(realpath "$SUITES")
EXAMPLES=$(realpath "${EXAMPLES:-.}")
cd "$tmp" || exit 99
for arguments in pass.so ./pass.so "$PWD/pass.so" "run pass.so" "run ./list" \
	./list "-j 2 pass.so" "pass.so -j 2" "run -j2 -- pass.so" \
	"--jobs=2 run pass.so"; do
	# shellcheck disable=SC2086 # a list of arguments
	run $arguments
	is "$status $(last_line "$out")" "0 10 passed, 0 failed" \
		"shmrun $arguments"
done
run "with space.so"
is "$status $(last_line "$out")" "1 3 passed, 14 failed, 2 skipped" \
	"a space in a name"

run "$SUITES/pass.so" "$SUITES/mixed.so" "$EXAMPLES/hello/hello.so"
is "$status $(last_line "$out")" "1 1017 passed, 14 failed, 2 skipped" \
	"three suites: the sum"
like "$out" ': 1033 tests from 3 suites, ' "three suites: the first line"
mkdir other
cp "$SUITES/params.so" other/params.so
run "$SUITES/params.so" other/params.so
is "$status $(last_line "$out")" "1 66 passed, 6 failed" \
	"two suites with the same tests (OUT-9)"

# The number of workers changes no result.
for jobs in 1 2 3 8 64; do
	run -j "$jobs" "$SUITES/params.so" "$SUITES/mixed.so"
	is "$status $(last_line "$out")" "1 36 passed, 17 failed, 2 skipped" \
		"-j $jobs: the same counts"
done
run -j 64 "$SUITES/pass.so"
like "$out" ' 10 workers: -j 64, 10 tests,' "no more workers than tests"

run "$SUITES/all_skipped.so"
is "$status $(last_line "$out")" "0 0 passed, 0 failed, 2 skipped" \
	"all skipped: exit 0"
run --skip-exit "$SUITES/all_skipped.so"
is "$status $(last_line "$out")" "77 0 passed, 0 failed, 2 skipped" \
	"all skipped, --skip-exit: 77 (EXIT-7)"
run --skip-exit "$SUITES/all_skipped.so" "$SUITES/pass.so"
is "$status" 0 "--skip-exit with a pass: 0"
run --skip-exit "$SUITES/mixed.so"
is "$status" 1 "--skip-exit replaces 0 and nothing else"

for isolate in worker fork; do
	run --isolate=$isolate "$SUITES/thread_check.so"
	is "$status $(last_line "$out")" "1 21 passed, 2 failed" \
		"$isolate: checks in threads are the test's (PIT-3)"
	like "$(told thread::requires)" '1 == 2' \
		"$isolate: a requirement in a thread is told"
	if [ ! -f "$SUITES/cxx.so" ]; then
		skip "no compiler for C++ made it" "$isolate: a suite in C++"
		continue
	fi
	run --isolate=$isolate "$SUITES/cxx.so"
	is "$status $(last_line "$out")" "1 13 passed, 2 failed" \
		"$isolate: a suite in C++"
done
