#!/bin/bash
# SPDX-License-Identifier: MIT
# shmrun top: a run is seen from another process, also when its runner is
# stopped, and is not disturbed by that (NEW-4, RPT-2).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 26

export WAITS_GATE=$tmp/gate
runner=

# start OPTION...: a run in the background; $runner is its pid.
start()
{
	rm -f "$tmp/gate"
	"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -j 4 "$@" "$SUITES/waits.so" \
		>"$tmp/run.out" 2>"$tmp/run.err" &
	runner=$!
}

# finish: lets the tests go; $run_status and $run_last are how the run ended.
finish()
{
	touch "$tmp/gate"
	run_status=0
	wait "$runner" || run_status=$?
	run_last=$(tail -n 1 "$tmp/run.out")
}

# top_until FILTER: looks until jq finds what FILTER says, at most a minute.
top_until()
{
	local i

	for ((i = 0; i < 600; i++)); do
		run_program "$SHMRUN" top "$runner" --format=jsonl
		[ "$status" = 0 ] &&
			jq -e "$1" <"$tmp/out" >/dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}

slot_of()
{
	jq -c ".slots[] | select(.test == \"$1\")" <"$tmp/out"
}

# ---- a run that goes on ----------------------------------------------------

start
ok "two tests are seen to run, two to have ended" top_until \
	'([.slots[] | select(.state == "runs")] | length == 2) and .claimed == 2'
is "$(jq -c '[.pass, .fail, .pending, .claimed]' <"$tmp/out")" "[1,1,0,2]" \
	"how many tests have ended"
ok "the test's last line of output" top_until \
	'.slots[] | select(.test == "waits::says") | .output | startswith("second line")'
is "$(slot_of waits::silent | jq -r .output)" "" "none of a silent one"
ok "since when" test "$(slot_of waits::silent | jq .age_ns)" -gt 0
pid=$(slot_of waits::says | jq .pid)
like "$(tr '\0' ' ' <"/proc/$pid/cmdline")" 'loader' "the worker's process"
is "$(jq .runner <"$tmp/out")" "$runner" "the runner's process"

run_program "$SHMRUN" top "$runner"
is "$status" 0 "for people: exit 0"
like "$out" 'runs .* waits::says' "a worker's line"
like "$out" '\| second line\\x1B\[31m' "its output, made safe"
like "$out" '2 of 4 tests have ended, 1 pass, 1 fail' "and the counts"
id=$(sed -n 's/^run \([0-9a-f-]*\),.*/\1/p' <<<"$out")
run_program "$SHMRUN" top "${id:0:13}"
like "$out" "^run $id," "found by the beginning of its identity"

# ---- its runner is stopped -------------------------------------------------

kill -STOP "$runner"
ok "a runner that is stopped" top_until '.runner_state == "STOPPED"'
is "$(slot_of waits::says | jq -r .state)" runs "and its workers, all the same"
touch "$tmp/gate"
ok "they go on" top_until '[.slots[] | select(.state == "runs")] == []'
run_program "$SHMRUN" top "$runner"
like "$out" '^2 of 4 tests .*; 2 more, of which the runner does not hear$' \
	"... which is told"
kill -CONT "$runner"

finish
is "$run_last" "3 passed, 1 failed" "the run did not notice"
is "$run_status" 1 "nor its exit status"

# ---- no names --------------------------------------------------------------

start --record=none
ok "nobody records it: a test has its number" top_until \
	'[.slots[] | select(.test // "" | startswith("#"))] | length == 2'

# ---- a terminal ------------------------------------------------------------

# watch_on NAME=VALUE...: $tmp/NAME=VALUE has what top wrote, $watcher writes it.
watch_on()
{
	: >"$tmp/$1"
	TERM=xterm timeout 120 env "$1" script -qfec "$SHMRUN top $runner" \
		"$tmp/$1" </dev/null >/dev/null &
	watcher=$!
}

# has_seen NAME=VALUE: more than once.
has_seen()
{
	[ "$(grep -ac 'w0 ' "$tmp/$1")" -ge 2 ]
}

if command -v script >/dev/null; then
	watch_on COLUMNS=80
	redrawn=$watcher
	watch_on NO_COLOR=1
	wait_until 60 has_seen COLUMNS=80
	wait_until 60 has_seen NO_COLOR=1
	finish
	ok "again and again on a terminal" has_seen COLUMNS=80
	like "$(cat "$tmp/COLUMNS=80")" $'\x1b\\[H' "... in the same place"
	ok "until the run ends" wait "$redrawn" "$watcher"
	not_ok "where nothing is to be redrawn, one below the other (OUT-8)" \
		grep -aq $'\x1b' "$tmp/NO_COLOR=1"
else
	finish
	skip "script is missing" "on a terminal" 4
fi

# ---- what is no run --------------------------------------------------------

run_program "$SHMRUN" top "$runner"
is "$status" 2 "a run that is over is exit 2"
like "$err" "no run '$runner' goes on" "in a sentence"
run_program "$SHMRUN" top a b
like "$err" 'top takes one \[run\]: b' "two words"
