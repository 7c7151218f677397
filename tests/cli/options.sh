#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line: what is wrong ends with exit 2 and one sentence, before
# anything runs, with a suggestion where a word is nearly right; help and
# version (EXIT-2, DEF-1, JOBS-3).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 129

# usage WORDS ARGUMENT...: exit 2, one sentence with WORDS, nothing ran.
usage()
{
	local words=$1
	shift
	run_program "$SHMRUN" "$@"
	is "$status:$out" "2:" "$*: exit 2, nothing runs"
	is "$(grep -c . "$tmp/err") $(grep -cE "^shmrun: .*$words" "$tmp/err")" \
		"1 1" "$*: one sentence, with: $words" || diag "$err"
}

suite="$SUITES/pass.so"
usage "timeout" --timeuot=3 "$suite"
usage "jobs" --job=3 "$suite"
usage "unknown|-Z" -Z "$suite"
usage "unknown|nonsense" --nonsense "$suite"
usage "-j|jobs" "$suite" -j
usage "timeout" "$suite" --timeout
for value in 0 -0 x 2x 1.5 99999999999999999999 '' 0% -; do
	usage "jobs|-j" -j "$value" "$suite"
done
for value in x -1 3x '' 1y nan 1e999; do
	usage "timeout" "--timeout=$value" "$suite"
done
usage "grace" --grace=x "$suite"
usage "load-timeout" --load-timeout=x "$suite"
usage "slow" --slow=x "$suite"
usage "cpu-timeout" --cpu-timeout=x "$suite"
usage "fork" --isolate=frok "$suite"
usage "exec" --isolate=exec "$suite"
usage "uring" --backend=urign "$suite"
usage "never" --color=nevr "$suite"
usage "jsonl" --format=json list "$suite"
usage "failure" --recycle=fail "$suite"
usage "recycle" --recycle=never,0 "$suite"
usage "no-tests" --no-tests=x "$suite"
usage "max-fail" --max-fail=x "$suite"
usage "max-fail" --max-fail=-1 "$suite"
usage "jobs-max" --jobs-max=0 "$suite"
usage "jobs-max" --jobs-max=x "$suite"
usage "durations" --durations=x "$suite"
usage "durations" --durations=1001 "$suite"
usage "immediate" --max-fail=1:imediate "$suite"
usage "max-crashes" --max-crashes=-1 "$suite"
usage "deadline" --deadline=soon "$suite"
usage "skip-exit" --skip-exit=1 "$suite"
usage "suite" --
usage "suite" run
usage "suite" list
SHMRUN_JOBS=many usage "SHMRUN_JOBS" "$suite"

run_program "$SHMRUN"
ok "no argument: exit 2 (got $status)" test "$status" = 2
like "$err" 'suite|help' "no argument: it says what is missing"

run --help
is "$status" 0 "--help: exit 0"
like "$out" '^ *-j, --jobs' "--help: the options"
for word in jobs-max isolate timeout slow grace load-timeout backend filter recycle \
	fail-fast max-fail durations no-tests skip-exit color format verbose quiet \
	version help; do
	grep -q -- "--$word" "$tmp/out" || diag "missing: --$word"
done
is "$(grep -oE -- '--(jobs-max|isolate|timeout|slow|grace|load-timeout|backend|filter|recycle|fail-fast|max-fail|durations|no-tests|skip-exit|color|format|verbose|quiet|version|help)\b' \
	"$tmp/out" | sort -u | wc -l)" 20 "--help: all of them"
is "$err" "" "--help: nothing on stderr"
help=$out
run -h
is "$out" "$help" "-h is --help"
run --version
is "$status" 0 "--version: exit 0"
like "$out" '^shmrun [0-9]+\.[0-9]+\.[0-9]+' "--version: name and number"

# Values in all their forms.
for form in "--timeout=3" "--timeout 3s" "--timeout=3000ms" "--timeout 0" \
	"--timeout=none" "--timeout=1.5m" "--timeout=1h" "-j1" "-j 1" \
	"--jobs 1" "--jobs=50%" "-j -1" "-j auto" "--color=always" "-v -v" \
	"-q -j2"; do
	# shellcheck disable=SC2086 # a list of arguments
	run $form "$suite"
	is "$status" 0 "$form is understood"
done

# Colours: never off a terminal, always when asked for, and NO_COLOR.
run "$SUITES/mixed.so"
unlike "$out" $'\033' "no colours off a terminal"
run --color=always "$SUITES/mixed.so"
like "$out" $'\033\\[' "--color=always"
NO_COLOR=1 run --color=always "$SUITES/mixed.so"
like "$out" $'\033\\[' "--color goes before NO_COLOR"
FORCE_COLOR=1 run "$SUITES/mixed.so"
like "$out" $'\033\\[' "FORCE_COLOR"
NO_COLOR=1 FORCE_COLOR=1 run "$SUITES/mixed.so"
unlike "$out" $'\033' "NO_COLOR goes before FORCE_COLOR"
run --color=always "$SUITES/mixed.so"
is "$(last_line "$out")" "3 passed, 14 failed, 2 skipped" \
	"the last line has no colours"
SHMRUN_JOBS=3 run "$SUITES/params.so"
like "$out" ' 3 workers: SHMRUN_JOBS=3' "SHMRUN_JOBS"
SHMRUN_JOBS=3 run -j 2 "$SUITES/params.so"
like "$out" ' 2 workers: -j 2' "-j goes before SHMRUN_JOBS"
