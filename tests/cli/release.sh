#!/bin/bash
# SPDX-License-Identifier: MIT
# A run fixture comes down once, when its last user has ended and not at the
# end of the run: after the worker's and scope's fixtures of its suite, in the
# opposite order of the set-ups, whatever became of the worker that set it up;
# at the end of the run where users are left (SHM-9, NAT-12, REC-5).  A
# teardown that fails or dies is told and not done again; a set-up that hangs
# ends at its test's limit, is tried once more, and then all are errors.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 52

a="$SUITES/release.so" own="$SUITES/release_own.so" b="$SUITES/release_late.so"

# run_logged NAME ARGUMENT...: with a log of its own.
run_logged()
{
	export FIXTURE_LOG="$tmp/log.$1"
	rm -f "$FIXTURE_LOG"
	shift
	run "$@"
}

# log REGEX: how often it stands in the log of the last run.
log()
{
	grep -cx "$1" "$FIXTURE_LOG" 2>/dev/null || :
}

# where REGEX: the line of its last occurrence.
where()
{
	grep -nx "$1" "$FIXTURE_LOG" | tail -n 1 | cut -d : -f 1
}

# once NAME: both went up and down once, second down first.
once()
{
	is "$(log "first up") $(log "second up") $(log "first down") $(log "second down")" \
		"1 1 1 1" "$1: each once" || diag "$(cat "$FIXTURE_LOG")"
	ok "$1: in the opposite order" \
		test "$(where "second down")" -lt "$(where "first down")"
}

for isolate in worker fork; do
	with="--isolate=$isolate --order=collection"
	# shellcheck disable=SC2086 # a list of options
	{
	# A test that runs sees it go: somebody who is idle does it.
	run_logged wait $with -j 3 -f 'user::*' -f late::waits "$a" "$b"
	is "$status $(last_line "$out")" "0 10 passed, 0 failed" \
		"$isolate: while another suite runs"
	once "$isolate: while another suite runs"

	# With fixtures that lean on it, in workers that have other tests to run.
	run_logged own $with -j 3 -f 'user::*' -f 'late::goes_on*' "$own" "$b"
	is "$status $(last_line "$out")" "0 209 passed, 0 failed" \
		"$isolate: with a worker's and a scope's"
	once "$isolate: with a worker's and a scope's"
	is "$(log "worker down") $(log "scope down")" \
		"$(log "worker up") $(log "scope up")" \
		"$isolate: these come down as often as they went up"
	ok "$isolate: all of them before the run's" test \
		"$(where "worker down")" -lt "$(where "second down")" -a \
		"$(where "scope down")" -lt "$(where "second down")"
	ok "$isolate: and the run's before the end" \
		test "$(where "first down")" -lt "$(where "late")"

	# Killed: a test's worker, which had set it up with -j 1.
	RELEASE_DIE="test" run_logged kill $with -j 1 -f 'user::*' \
		-f 'late::goes_on*' "$a" "$b"
	is "$(last_line "$out")" "208 passed, 1 failed" \
		"$isolate: its owner is killed"
	once "$isolate: its owner is killed"
	ok "$isolate: its owner is killed: before the end" \
		test "$(where "first down")" -lt "$(where "late")"

	# Teardowns that die or fail: told, exit 1, not done again.
	RELEASE_DIE=down run_logged die $with -j 2 -f 'user::*' \
		-f 'late::goes_on*' "$a" "$b"
	is "$status $(last_line "$out")" "1 209 passed, 0 failed" \
		"$isolate: a teardown is killed: exit 1, all tests pass"
	is "$(log "second down") $(log "first down")" "1 1" \
		"$isolate: it is not done again, the other is"
	like "$err" "teardown did not end" "$isolate: and told"
	RELEASE_FAIL=1 run_logged fail $with -j 2 -f 'user::*' \
		-f 'late::goes_on*' "$a" "$b"
	is "$status $(last_line "$out")" "1 209 passed, 0 failed" \
		"$isolate: a teardown fails: exit 1, all tests pass"
	like "$err" 'release\.h:[0-9]+: ' "$isolate: and where"
	once "$isolate: a teardown fails"

	# Users are left when the run stops: at its end.
	run_logged stop $with -j 1 -x -f 'user::*' -f 'crash::*' \
		"$SUITES/crash.so" "$a"
	is "$(log "first up")" "$(log "first down")" \
		"$isolate: a run that stops early"
	run_logged alone $with -j 2 -f 'user::a_first' "$a"
	once "$isolate: one test, which is the whole run"

	# A set-up that hangs keeps nobody waiting for ever.
	RELEASE_HANG=1 run_logged hang $with -j 3 --timeout=0.5 --grace=0.1 \
		"$a"
	is "$status $(last_line "$out")" "1 0 passed, 9 failed" \
		"$isolate: a set-up that hangs: all fail"
	# Each try ends one test, and one that came at the same moment.
	ok "$isolate: two tries, then errors" test \
		"$(results TIMEOUT | wc -l)" -ge 2 -a \
		"$(results TIMEOUT | wc -l)" -le 4
	is "$(log "first down") $(log "second down")" "1 0" \
		"$isolate: only what was up comes down"
	}
done
