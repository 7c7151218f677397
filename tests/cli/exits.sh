#!/bin/bash
# SPDX-License-Identifier: MIT
# Which of two exit statuses wins: signal, 3, 5, 6, 1, 4, 0, for each pair that
# can be had; the last words say which and why; a report of a run that ended
# badly is not all green (EXIT-3, EXIT-9, EXIT-10, STATE-13, OUT-10, HOST-7).
# A result is called "FIRST before SECOND".

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 47

# What makes each status.
bad="$SUITES/not_a_suite.so"
fails="$SUITES/params.so"
good="$SUITES/pass.so"
nothing="-f no::such"
full="--record=/dev/full"

build_suite broken <<'END'
#include <stdlib.h>
#include <shmrun.h>
SHMRUN_RANGE(quick, test, 200)
{
	shmrun_check_null(getenv("BROKEN"));
}
END
broken="$tmp/broken.so"

# breaks: the next run with BROKEN has canaries, which fail.
breaks()
{
	run -q -j 4 "$broken"
	[ "$status" = 0 ] || diag "it is broken before"
}

# ends STATUS NAME ARGUMENT...: with that status, told in words.
ends()
{
	local wanted=$1 name=$2
	shift 2
	run -j 4 "$@"
	is "$status" "$wanted" "$name"
	# Where nothing ran there is no summary but a sentence.
	like "$out
$err" "^(shmrun: )?exit $wanted: .$([ -n "$out" ] || echo "|^shmrun: ")" \
		"$name: in words"
}

# shellcheck disable=SC2086 # lists of words
{
	ends 3 "3 before 5" $full $good $bad
	breaks
	BROKEN=1 ends 3 "3 before 6" $full "$broken"
	ends 3 "3 before 1" $full $fails
	ends 3 "3 before 0" $full $good
	breaks
	BROKEN=1 ends 5 "5 before 6" "$broken" $bad
	ends 5 "5 before 1" $fails $bad
	ends 5 "5 before 4" $nothing $good $bad
	ends 5 "5 before 0" $good $bad
	breaks
	BROKEN=1 ends 6 "6 before 1" "$broken"
	ends 1 "1 before 0" $fails $good
	ends 4 "4 before 0" $nothing $good
	ends 2 "2 before all others" --nonsense $full $fails $bad
	ends 5 "5 before 77" --skip-exit "$SUITES/all_skipped.so" $bad
	ends 3 "3 before 77" --skip-exit $full "$SUITES/all_skipped.so"
}

# signalled NAME ARGUMENT...: while a test runs.
signalled()
{
	local name=$1
	shift
	export HOSTILE_PIDS="$tmp/pids.$name"
	start -j 2 --grace=0 -f hostile::hang "$@" "$SUITES/hang.so"
	wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "tests never started"
	kill -TERM "$pid"
	finish
	is "$status" 143 "signal before $name"
	like "$out" '^exit by SIGTERM' "signal before $name: in words"
}
signalled 3 $full
signalled 5 "$bad"
signalled 1 -f 'params::*' -f 'some::*' "$fails"
unset HOSTILE_PIDS

# No run ends with another status than those.
others=
for suite in mixed crash exit0 fixture_fail all_skipped disabled abi2; do
	without_leaks run -j 2 --timeout=2 --grace=0 "$SUITES/$suite.so"
	case $status in
	[0-6]) ;;
	*) others="$others $suite: $status" ;;
	esac
done
is "$others" "" "no other status"

# Not all green: JUnit and TAP of runs that ended with 5, and with 3 since
# something else could not be written.  Of a passing suite, so that no test says
# so.
# not_green STATUS NAME COMMAND...: which runs shmrun with $reports.
reports="--junit=$tmp/x.xml --tap=$tmp/x.tap"
not_green()
{
	local wanted=$1 name=$2 status=0
	shift 2
	rm -f "$tmp/x.xml" "$tmp/x.tap"
	"$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	like "$status $(cat "$tmp/x.xml")" "^$wanted <\\?xml" "$name: the status"
	like "$(cat "$tmp/x.xml")" '<error|<failure' \
		"$name: JUnit is not all green"
	like "$(cat "$tmp/x.tap")" '^(Bail out!|not ok)' \
		"$name: TAP is not all green"
}
to_full_disk()
{
	"$@" >/dev/full
}
# shellcheck disable=SC2086 # lists of words
{
	not_green 5 "exit 5" shmrun $reports "$good" $bad
	not_green 3 "exit 3, the recording" shmrun $reports $full "$good"
	not_green 3 "exit 3, another report" \
		shmrun $reports --json=/dev/full "$good"
	not_green 3 "exit 3, stdout" to_full_disk shmrun $reports "$good"
}
