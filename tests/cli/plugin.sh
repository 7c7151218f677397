#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Scheduler plug-ins: --dist ./x.so[:ARGS] (SEL-6).  What cannot be loaded is
# exit 2 before anything runs (PLUG-7).  A static one's order is the order of
# the run, what it leaves out comes last, what it names twice runs once, and
# that is told in one line (PLUG-3).  A dynamic one is told of every end once,
# of workers and of what they took along (PLUG-4, PLUG-5); it hands tests out
# when they run low, takes back what it assigned, and what it has not handed
# out runs for nobody (PLUG-10).  One that crashes, hangs, stalls, floods, lies,
# forks, exits, prints or closes what is not its own loses no test, runs none
# twice, fakes none, changes no exit status, leaves no process, and is named
# with the cause once (PLUG-1, PLUG-6, PLUG-8; T-4).  The examples do what they
# say.
. "${top_srcdir:-.}/tests/cli/lib.sh"

plugins=$SUITES/plugins
export PLUGIN_LOG="$tmp/log" PLUGIN_PIDS="$tmp/pids"

refused=9
static_modes="crash hang exit twice missing range noise close print fork flood
	status none open-crash open-hang open-exit open-push close-hang
	close-crash"
dynamic_modes="crash hang exit twice missing range slot long kind serial loaded
	noise close fork flood flood-recall none wait late-crash close-hang
	event-crash event-hang event-exit event-range event-noise event-close
	event-flood event-fork event-serial event-print"
n_static=$(wc -w <<<"$static_modes")
n_dynamic=$(wc -w <<<"$dynamic_modes")
plan $((refused * 2 + 2 + (n_static + n_dynamic) * 6 + 1 + 6 + 11 + 5 + 2 + 4 + 8))

# The bodies that were entered, one line each, in $ENTERED.
build_suite counted <<'END'
#define _GNU_SOURCE
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(counted, one, 40)
{
	char line[16];
	snprintf(line, sizeof(line), "%d", (int)shmrun_index());
	hostile_append("ENTERED", line);
}
SHMRUN_TEST(counted, last_fails)
{
	hostile_append("ENTERED", "last_fails");
	shmrun_check_eq_int(1, 2);
}
SHMRUN_TEST(counted, crashes)
{
	hostile_append("ENTERED", "crashes");
	hostile_crash();
}
SHMRUN_TEST(counted, disabled, .disabled = true)
{
	hostile_append("ENTERED", "disabled");
}
END
export ENTERED="$tmp/entered"

# ---- what cannot be used ----------------------------------------------

# refuses NAME REGEX --dist=...: nothing runs, and one sentence says why.
refuses()
{
	local name=$1 why=$2
	shift 2
	rm -f "$ENTERED"
	run --plugin-timeout=1s "$@" "$tmp/counted.so"
	is "$status:$(wc -l <<<"$err"):$(test -e "$ENTERED" && echo ran)" \
		"2:1:" "$name: exit 2, one line, nothing ran"
	like "$err" "$why" "$name: says why"
}

refuses "no such file" 'gone.so: cannot be loaded: .*No such file' \
	--dist="$tmp/gone.so"
refuses "no plug-in" 'no symbol shmrun_scheduler' \
	--dist="$plugins/no_symbol.so"
refuses "another ABI" 'scheduler ABI 999, and this shmrun has 1' \
	--dist="$plugins/abi.so"
refuses "no schedule()" 'has no schedule\(\)' --dist="$plugins/short.so"
refuses "a constructor that crashes" 'cannot be loaded: .*SIGABRT' \
	--dist="$plugins/ctor.so"
refuses "open() refuses" 'refuses to work: I would rather not' \
	--dist="$plugins/hostile.so:open-refuse"
refuses "not a path" "'shuffled' is not" --dist=shuffled
refuses "its own arguments" 'refuses to work: the only argument is longest' \
	--dist="$EXAMPLES/scheduler/shortest.so:fastest"
cp "$EXAMPLES/scheduler/shortest.so" "$tmp/colon.so"
refuses "a folder" 'cannot be loaded' --dist="$tmp/:x"
(cd "$tmp" && ENTERED="$tmp/bare" && run --dist colon.so counted.so &&
	echo "$status" >"$tmp/status")
is "$(cat "$tmp/status")" 1 "a name with .so and no slash is a file here"
is "$(sort "$tmp/bare" | uniq -d | wc -l)" 0 "and runs each test once"

# ---- hostile ones -----------------------------------------------------

causes()
{
	case ${1#event-} in
	crash | open-crash | late-crash | close-crash)
		echo 'was ended: it was killed by SIG' ;;
	hang)
		case $1 in
		event-*) echo 'was ended: it is stuck: .* no event for 1 s' ;;
		*) echo 'was ended: schedule\(\) takes longer than 1 s' ;;
		esac ;;
	open-hang) echo 'was ended: open\(\) takes longer than 1 s' ;;
	close-hang) echo 'was ended: close\(\) takes longer than 1 s' ;;
	exit | open-exit) echo 'was ended: it exited with status [03]' ;;
	status) echo 'was ended: its schedule\(\) returned -9' ;;
	close) echo 'was ended: it (exited with status 1|closed its conn)' ;;
	range | slot) echo 'was ended: it named a (test|slot) that there is' ;;
	flood | flood-recall) echo 'was ended: it (floods|talks nonsense)' ;;
	twice) echo '10 .*more than once' ;;
	missing | none | wait)
		echo 'was ended: it has stalled|is wrong; [0-9]+ tests that' ;;
	*) echo 'was ended: it talks nonsense' ;;
	esac
}

# survives PLUGIN MODE: a run that is as one without a plug-in.
survives()
{
	local name="$1 $2" words limit=1s
	rm -f "$ENTERED" "$PLUGIN_PIDS"
	: >"$PLUGIN_PIDS"
	# On a busy machine so many messages take longer.
	case $2 in *flood*) limit=30s ;; esac
	run -j 3 --plugin-timeout=$limit --dist="$plugins/$1.so:$2" \
		"$tmp/counted.so"
	is "$status" 1 "$name: the exit status is the tests'"
	like "$(last_line "$out")" '^40 passed, 2 failed, 1 skipped$' \
		"$name: exact totals"
	is "$(sort "$ENTERED" | uniq -d):$(wc -l <"$ENTERED")" ":42" \
		"$name: each body was entered once"
	words=$(grep -c 'the scheduler ' "$tmp/err" "$tmp/out" |
		awk -F: '{ n += $2 } END { print n }')
	case ${2#event-} in
	print | fork)
		is "$words" 0 "$name: nothing to complain of"
		unlike "$out" '1000 passed' "$name: not on standard output" ;;
	*)
		is "$words" 1 "$name: one warning"
		like "$out$err" "the scheduler .*($(causes "$2"))" \
			"$name: says why" ;;
	esac
	ok "$name: no process is left" all_gone "$PLUGIN_PIDS"
}

for mode in $static_modes; do
	survives hostile_static "$mode"
done
for mode in $dynamic_modes; do
	survives hostile "$mode"
done
is "$(wc -l <"$PLUGIN_PIDS")" 0 "(the last of them did not fork)"

# ---- a static order ---------------------------------------------------

rm -f "$ENTERED"
if [ -f "$plugins/reverse.so" ]; then
	run -j 1 --recycle=never --dist="$plugins/reverse.so" -f 'counted::one*' \
		"$tmp/counted.so"
	is "$status" 0 "in C++: passes"
	is "$(tr '\n' ' ' <"$ENTERED")" "$(seq 39 -1 0 | tr '\n' ' ')" \
		"in C++: the order is the plug-in's"
else
	skip "no compiler for C++ made it" "in C++" 2
fi
rm -f "$ENTERED"
run -j 1 --dist="$plugins/hostile_static.so:missing" -f 'counted::one*' \
	"$tmp/counted.so"
is "$(tr '\n' ' ' <"$ENTERED")" "$(seq 0 39 | tr '\n' ' ')" \
	"what it leaves out comes last, in order"
like "$out$err" 'is wrong; 30 tests that it did not hand out come last' \
	"and is counted"
run -j 1 --dist="$plugins/hostile_static.so:fine" "$SUITES/pass.so"
is "$status" 0 "one that does all as it should: passes"
unlike "$out$err" 'the scheduler' "and there is nothing to say"

# ---- events -----------------------------------------------------------

run -j 2 --dist="$plugins/watch.so" "$tmp/counted.so"
log=$(cat "$PLUGIN_LOG")
is "$status" 1 "events: the exit status is the tests'"
like "$log" '^open 43 tests 2 slots$' "open() knows how many"
like "$log" '^test 0 counted::' "what it is told of a test"
like "$log" '^no test 1$' "a number that no test has"
like "$log" '^low [0-3]$' "it is asked when tests run low"
is "$(grep -c '^end ' <<<"$log"):$(grep '^end ' <<<"$log" | sort | uniq -d)" \
	"43:" "each test's end is told once"
like "$log" '^end counted::crashes 3$' "with its outcome"
like "$log" '^end counted::disabled 5$' "also of one that does not run"
like "$log" '^down [01] [0-9]+ counted::crashes$' "a dead worker's test, exactly"
is "$(grep -c '^up ' <<<"$log")" "$(grep -c '^down ' <<<"$log")" \
	"every worker that was told to go had been told to come"
is "$(tail -n 1 <<<"$log")" "close pending 0 finished 1" \
	"in the end all is finished"

run -j 2 --dist="$plugins/watch.so:recall" "$tmp/counted.so"
log=$(cat "$PLUGIN_LOG")
like "$log" '^recalled 4 from 9$' "what was assigned is taken back, the last first"
like "$log" '^recalled 0 of another$' "not from another slot"
like "$log" '^refused 1 1 1$' "numbers that mean nothing are refused"
is "$(grep '^end ' <<<"$log" | sort -u | wc -l)" 43 "every test ends"
like "$(last_line "$out")" '^40 passed, 2 failed, 1 skipped$' "exact totals"

build_suite slow <<'END'
#include <shmrun.h>
#include <unistd.h>
SHMRUN_RANGE(slow, one, 40)
{
	usleep(20000);
}
END
run -j 2 --dist="$plugins/watch.so:place" "$tmp/slow.so"
is "$status" 0 "assigned: passes"
n=$(grep -c 'in its half' "$PLUGIN_LOG")
ok "assigned: a slot prefers what is its own ($n of 40)" [ "$n" -ge 30 ]

# Slower than the tests: events are missed, and made up for.
build_suite many <<'END'
#include <shmrun.h>
#include <unistd.h>
SHMRUN_RANGE(many, one, 30000) {}
SHMRUN_TEST(many, waits)
{
	sleep(3);
}
END
run -j 2 --plugin-timeout=20s --dist="$plugins/watch.so:slow" "$tmp/many.so"
is "$status" 0 "a slow plug-in: passes"
like "$(last_line "$out")" '^30001 passed, 0 f' "a slow plug-in: exact totals"
like "$(cat "$PLUGIN_LOG")" '^end .* 1 late$' "a slow plug-in: a gap is told"
is "$(grep '^end ' "$PLUGIN_LOG" | sort | uniq -d | wc -l)" 0 \
	"a slow plug-in: nothing is told twice"

# ---- the examples -----------------------------------------------------

for args in shortest.so shortest.so:longest by_file.so; do
	run -j 2 --dist="$EXAMPLES/scheduler/$args" "$EXAMPLES/hello/hello.so"
	is "$status:$(last_line "$out")" "0:1004 passed, 0 failed" "$args"
	unlike "$out$err" 'the scheduler' "$args: nothing to complain of"
done
for suite in mixed fixtures; do
	run -j 3 "$SUITES/$suite.so"
	wanted="$status $(last_line "$out")"
	run -j 3 --dist="$EXAMPLES/scheduler/by_file.so" "$SUITES/$suite.so"
	is "$status $(last_line "$out")" "$wanted" "by_file.so: $suite"
done
