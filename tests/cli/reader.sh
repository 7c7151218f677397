#!/bin/bash
# SPDX-License-Identifier: MIT
# Nobody reads the runner's stdout for a while, though there is more than a pipe
# holds: the tests end meanwhile, and every other report and the recording are
# whole; then the reader gets everything, in order.  A reader that goes away at
# the end, and one of stderr that never reads (OUT-3, SIG-10).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 16

build_suite talks <<'END'
#include <stdlib.h>
#include <shmrun.h>
#include "hostile.h"
/* A few lines for each, so that a pipe is full soon. */
SHMRUN_RANGE(talks, fails, 5000)
{
	hostile_append("TALKS_LOG", "ran");
	shmrun_check_eq_str("what is expected of it", "what it is");
}
END

# unread REDIRECTION ARGUMENT...: a run whose reader opens its eyes when $tmp/go
# is there.
unread()
{
	local to=$1
	shift
	rm -f "$tmp/go" "$tmp/got" "$tmp/xml" "$TALKS_LOG" "$tmp/r.shmres"
	{
		eval '"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -j 2 "$@" \
			--junit="$tmp/xml" --record="$tmp/r.shmres" \
			"$tmp/talks.so" '"$to"
		echo $? >"$tmp/status"
	} | {
		wait_until 100 test -e "$tmp/go"
		cat >"$tmp/got"
	} &
	reader=$!
}

# ended NAME: all that can be without a reader is there.
ended()
{
	ok "$1: all tests end" wait_until 60 has_lines "$TALKS_LOG" 5000
	ok "$1: JUnit is there" wait_until 60 test -s "$tmp/xml"
	is "$(grep -c '<testcase' "$tmp/xml")" 5000 "$1: and whole"
	is "$("$SHMRUN" report "$tmp/r.shmres" -q | tail -n 1)" \
		"0 passed, 5000 failed" "$1: so is the recording"
}

for isolate in worker fork; do
	export TALKS_LOG="$tmp/log.$isolate"
	unread '2>"$tmp/err"' --isolate=$isolate
	ended "$isolate"
	: >"$tmp/go"
	wait $reader
	is "$(cat "$tmp/status") $(tail -n 1 "$tmp/got")" \
		"1 0 passed, 5000 failed" "$isolate: the reader gets the end"
	is "$(grep -c '^ *FAIL \[' "$tmp/got")" 5000 \
		"$isolate: and every test before it"
done

# stderr into the same pipe; and a reader that leaves without a look.
export TALKS_LOG="$tmp/log.both"
unread '2>&1'
ok "stderr, too: JUnit is there" wait_until 150 test -s "$tmp/xml"
: >"$tmp/go"
wait $reader
is "$(grep -c '^ *FAIL \[' "$tmp/got")" 5000 "stderr, too: nothing is lost"
{
	"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -j 2 \
		--junit="$tmp/left" "$tmp/talks.so" 2>"$tmp/err"
	echo $? >"$tmp/status"
} | wait_until 60 test -s "$tmp/left"
is "$(cat "$tmp/status")" 141 "it leaves at the end: by SIGPIPE"
is "$(grep -c '<testcase' "$tmp/left")" 5000 "it leaves at the end: JUnit is whole"
