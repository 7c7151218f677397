#!/bin/bash
# SPDX-License-Identifier: MIT
# Fixtures of the four kinds: each in its place and order, the run's exactly
# once whatever -j and the tier; a failed set-up makes its tests errors with
# the place and runs no body; a failed teardown is exit 1; a set-up that crashes
# is blamed on its test, and the run's is tried once more and no oftener
# (NAT-12, NAT-13, STATE-7, ACC-13, CRV-8, CRV-10).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 80

# log LINE: how often it stands in the log of the last run.
log()
{
	grep -cx "$1" "$FIXTURE_LOG" 2>/dev/null || :
}

for isolate in worker fork; do
	for jobs in 1 2 8; do
		with="$isolate, -j $jobs"
		export FIXTURE_LOG="$tmp/log.$isolate.$jobs"
		run --isolate=$isolate -j $jobs "$SUITES/fixtures.so"
		is "$status $(last_line "$out")" \
			"0 401 passed, 0 failed, 20 skipped" \
			"$with: worker, scope, test: the order is right"
		is "$(log "run up") $(log "run down")" "1 1" \
			"$with: the run's fixture once"
		ok "$with: the worker's at most once per slot" test \
			"$(log "worker up")" -ge 1 -a \
			"$(log "worker up")" -le $((jobs + 4))
		is "$(log "worker down")" "$(log "worker up")" \
			"$with: each worker's is torn down"
		is "$(log "one down") $(log "two down")" \
			"$(log "one up") $(log "two up")" \
			"$with: each scope's is torn down"
	done
	is "$(head -n 1 "$tmp/log.$isolate.1") $(tail -n 1 "$tmp/log.$isolate.1")" \
		"run up run down" "$isolate, -j 1: the run's is around all" ||
		diag "$(cat "$tmp/log.$isolate.1")"

	# Set-ups and teardowns that fail.
	export FIXTURE_LOG="$tmp/log"
	run -v --isolate=$isolate "$SUITES/fixture_fail.so"
	is "$status $(last_line "$out")" "1 25 passed, 8 failed, 1 skipped" \
		"$isolate: failing fixtures: the counts"
	is "$(results ERROR | sort | xargs)" \
		"$(echo scope_up::body[{0..4}] test_down::body test_up::body \
			test_up_hard::body)" \
		"$isolate: their tests are errors"
	is "$(results SKIP)" test_skip::body \
		"$isolate: a set-up that skips skips its test"
	like "$(told test_up::body)" 'fixture_fail\.c:11: .*1 == 2$' \
		"$isolate: the place and the check of a set-up"
	like "$(told test_down::body)" 'fixture_fail\.c:11: .*1 == 2$' \
		"$isolate: the place and the check of a teardown"
	like "$(told scope_up::body[0])" 'fixture_fail\.c:11: .*1 == 2$' \
		"$isolate: the place and the check of a scope's"
	unlike "$out" 'the body ran' "$isolate: no body runs after a set-up failed"

	run --isolate=$isolate -f 'scope_down::*' "$SUITES/fixture_fail.so"
	is "$status $(last_line "$out")" "1 5 passed, 0 failed" \
		"$isolate: a scope's teardown that fails: exit 1"
	like "$out$err" 'fixture_fail\.c:11: ' "$isolate: and its place"
	like "$out" "^exit 1: .*teardown" "$isolate: and why, in words"
	run --isolate=$isolate -f 'calm::*' "$SUITES/fixture_fail.so"
	is "$status" 0 "$isolate: fixtures that nobody needs do not fail"

	run --isolate=$isolate "$SUITES/fixture_fail_worker.so"
	is "$status $(last_line "$out")" "1 0 passed, 10 failed" \
		"$isolate: the worker's set-up fails: the counts"
	is "$(results ERROR | wc -l)" 10 "$isolate: all are errors"
	like "$(told "worker::needs_it[0]")" 'fixture_fail_worker\.c:7: ' \
		"$isolate: the worker's set-up: its place"
	run --isolate=$isolate "$SUITES/fixture_fail_run.so"
	is "$status $(last_line "$out")" "1 0 passed, 10 failed" \
		"$isolate: the run's set-up fails: the counts"
	is "$(results ERROR | wc -l)" 10 "$isolate: all are errors"
	like "$out" 'fixture_fail_run\.c:8: ' \
		"$isolate: the run's set-up: its place"

	# Set-ups that crash.
	run --isolate=$isolate -j 2 "$SUITES/fixture_crash.so"
	is "$(last_line "$out")" "55 passed, 7 failed" \
		"$isolate: crashing fixtures: the others pass"
	is "$(results 'SIGABRT|ERROR' | sort | xargs)" \
		"$(echo scope_up::body[{0..4}] test_down::body test_up::body)" \
		"$isolate: crashing fixtures: blamed on their tests"
	run --isolate=$isolate -f 'scope_down::*' "$SUITES/fixture_crash.so"
	is "$status" 1 "$isolate: a scope's teardown that crashes: exit 1"

	export FIXTURE_LOG="$tmp/crash.$isolate.1"
	FIXTURE_CRASHES=1 run --isolate=$isolate -j 4 \
		"$SUITES/fixture_crash_run.so"
	is "$(log "run up")" 2 "$isolate: the run's set-up crashes once: one more try"
	is "$(last_line "$out")" "49 passed, 1 failed" \
		"$isolate: the test that died of it is blamed, the others pass"
	export FIXTURE_LOG="$tmp/crash.$isolate.2"
	# It is broken, and that is what is wanted: no canaries.
	FIXTURE_CRASHES=2 run --isolate=$isolate -j 4 --canary=off \
		"$SUITES/fixture_crash_run.so"
	is "$(log "run up")" 2 "$isolate: it crashes twice: no third try"
	is "$status $(last_line "$out")" "1 0 passed, 50 failed" \
		"$isolate: it crashes twice: all are failures"
done
