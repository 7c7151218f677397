# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# replay.sh pins --replay (PLAN-8, NEW-9): the tests of a recorded run run again
# in the same order on the same slots, constraints kept, or what one worker ran
# in one process, also what was running when that run was killed, and as much
# as there still is of it; what cannot be replayed is one sentence and exit 2.

. "${top_srcdir:-.}/tests/cli/lib.sh"
plan 55

export POISON_LOG=$tmp/log
SHMRUN=$(realpath "$SHMRUN")
SUITES=$(realpath "$SUITES")
top_srcdir=$(realpath "${top_srcdir:-.}")
cp "$SUITES/poison.so" "$tmp/s.so"
cd "$tmp" || exit 99
behind='victim::many[0] victim::many[1] victim::many[2] victim::always stuck::x '

# log [SLOT]: the names of the tests that ran (there), in order.
log()
{
	sed -n "s/^[0-9]* ${1-w[0-9]*} //p" "$POISON_LOG"
}

# processes: how many ran them.
processes()
{
	cut -d ' ' -f 1 "$POISON_LOG" | sort -u | wc -l
}

# ---- the same tests, in the same order, in one process ------------------

# In that order poison::m comes first, and nothing fails.
run -j 3 --order=random:7 --record=a.shmres ./s.so
mv "$POISON_LOG" a.log
slot=$(tail -n 1 a.log | cut -d ' ' -f 2) # which ones work is not sure
run --replay="a.shmres:$slot"
is "$(log):$(processes)" "$(POISON_LOG=a.log log "$slot"):1" \
	"what a worker ran runs in the same order, in one process"
is "$status" 0 "... and how it ends is how its tests end"
like "$out" "^replay of a.shmres:$slot\$" "... and is told"
like "$out" ' 1 worker: .*--replay' "... with the one worker"

run -j 1 --order=collection ./s.so
is "$status:$(last_line "$out")" '1:17 passed, 1 failed' \
	"a test fails behind others"
like "$out" 'FAIL.* victim::z \(w0\)' "... and its line names the worker"
id=$(sed -n 's/.* run //p' <<<"$out")
rm "$POISON_LOG"
run --replay=last:w0.0
is "$status:$(last_line "$out")" '1:12 passed, 1 failed' \
	"... and fails in a replay of its process, without naming a suite"
is "$(log | tail -n 1):$(processes)" victim::z:1 "... of which it is the last"
like "$out" "^replay of $id:w0.0\$" "... and a run is called by what lasts"

# A replay is a recorded run like any other.
rm "$POISON_LOG"
run --replay=last:w0 -f 'victim::z' -f 'poison::*' --record=c.shmres
is "$status:$(log | tr '\n' ' ')" '1:poison::a poison::m victim::z ' \
	"a part of it runs in its order, of a replay too"
rm "$POISON_LOG"
run --replay="$id:w0" -E 'scope(poison) or scope(victim)' ./s.so
is "$(log | tr '\n' ' '):$(processes)" \
	'poison::a poison::m victim::z victim::many[0] victim::many[1] victim::many[2] victim::always :1' \
	"all processes of a worker run in one, also behind a failure"
like "$err" 'w0 ran 18 tests in 2 processes, .* :w0\.1 is the last' "... told"
rm "$POISON_LOG"
SHMRUN_OPTS='--dist=each -j 3 --retries=2 --canary=4' \
	run --replay="$id:w0" -f 'poison::*' -f victim::z
is "$status:$(log | tr '\n' ' ')" '1:poison::a poison::m victim::z ' \
	"no setting changes that, and nothing is tried again"
rm "$POISON_LOG"
run --replay="$id:w0.1"
is "$status:$(log | tr '\n' ' ')" "0:$behind" \
	"one process of several alone"

run --isolate=fork -j 1 --record=f.shmres ./s.so
rm "$POISON_LOG"
run --replay=f.shmres:w0 --record=none
like "$out" 'isolate fork' "tests run in the tier that they had"
is "$(processes)" 18 "... and those of forks in one each"

# ---- crashes and what never ended ---------------------------------------

rm "$POISON_LOG"
POISON_CRASH=1 run --replay="$id:w0" --backtrace=never
is "$status:$(last_line "$out")" '1:17 passed, 1 failed' "a test crashes now"
is "$(log | tail -n 6 | tr '\n' ' '):$(processes)" \
	"victim::z $behind:2" \
	"... and the next process goes on in the order"

# stick NAME: begins a run that ends when there is the file go.
stick()
{
	rm -f "$POISON_LOG" go
	POISON_GO=$tmp/go start -j 1 --order=collection --recycle=never \
		--record="$1" ./s.so
	wait_until 30 is_stuck "$1"
}

is_stuck()
{
	"$SHMRUN" report "$1" 2>/dev/null | grep -q 'ERROR.* stuck::x'
}

ok "a run hangs" stick k.shmres
kill -KILL "$pid"
finish
mv "$POISON_LOG" k.log
: >go
POISON_GO=$tmp/go run --replay=k.shmres:w0
is "$(log):$(processes)" "$(POISON_LOG=k.log log):1" \
	"what was running when the run was killed is the last"
like "$err" 'replay: the recording is damaged or has no end' "... told"

stick e.shmres
: >go
finish
head -c $(($(stat -c %s e.shmres) - 9)) e.shmres >t.shmres
rm "$POISON_LOG"
run --replay=t.shmres:w0
is "$(log)" "$(POISON_LOG=k.log log)" \
	"a torn recording is replayed as far as it goes"
like "$err" 'replay: the recording is damaged or has no end' "... told"

# ---- all workers --------------------------------------------------------

# slots: a line for each slot that worked, with its tests in order.
slots()
{
	local slot

	while read -r slot; do
		echo "$slot $(log "$slot" | xargs)"
	done < <(cut -d ' ' -f 2 "$POISON_LOG" | sort -u)
}

# In that order stuck::x comes first, and waits for the others.
rm -f "$POISON_LOG" go
POISON_GO=$tmp/go start -j 3 --order=random:7 --record=all.shmres ./s.so
all_but_one_ran()
{
	[ "$(log | wc -l)" = 18 ]
}
ok "all others run beside a test that waits" wait_until 30 all_but_one_ran
: >go
finish
before=$(slots)
rm "$POISON_LOG"
run --replay=all.shmres --record=again.shmres
is "$status:$(last_line "$out")" '0:18 passed, 0 failed' \
	"a whole run is replayed"
is "$(slots)" "$before" "... the same tests in the same order on each slot"
ok "... which are several" [ "$(wc -l <<<"$before")" -gt 1 ]
like "$out" '^replay of all.shmres$' "... told"
like "$out" ' 3 workers: .*--replay' "... with as many workers"
rm "$POISON_LOG"
run --replay=again.shmres -f 'victim::*' -f 'stuck::*'
is "$(log | wc -l)" 6 "a part of it, of a replay"
is "$(slots)" "$(sed -E 's/ (poison|filler)::[^ ]*//g' <<<"$before" |
	grep ' ')" "... in its order, on its slots"

run -j 2 --dist=each --record=each.shmres ./s.so
before=$(slots)
rm "$POISON_LOG"
run --replay=each.shmres
is "$status:$(last_line "$out")" '1:34 passed, 2 failed' \
	"what each worker ran each runs"
like "$out" 'FAIL .* victim::z \(w1\)$' "... and is told apart"
run -j 2 --repeat=2 --record=twice.shmres -f 'filler::*' ./s.so
run --replay=twice.shmres
is "$(last_line "$out")" '10 passed, 0 failed' "what was repeated runs once"
like "$err" 'replay: 10 times a test ran again: each runs once$' "... told"

export HELD_FILE=$tmp/held HELD_SLOTS=3
run -j 3 --record=held.shmres -f 'weights::*' -f 'order::*' -f 'alone::*' \
	"$SUITES/constraints.so" "$SUITES/order.so"
ended=$(last_line "$out")
rm "$HELD_FILE"
run --replay=held.shmres
is "$status:$(last_line "$out")" "0:$ended" \
	"constraints are kept, and each runs once"
like "$out" '^replay: [0-9]+ tests with locks .* when these allow it$' "... told"

rm "$POISON_LOG"
POISON_CRASH=1 run --replay=each.shmres --backtrace=never
is "$status:$(slots | wc -w)" 1:38 "behind a crash its slot goes on"
like "$out" 'SIGABRT .* victim::z \(w1\)$' "... on each"

# ---- what has changed since ---------------------------------------------

build_suite s <<-END
	#define POISON_LESS 1
	#include "poison.c"
END
rm "$POISON_LOG"
run --replay=k.shmres:w0
is "$status:$(log | wc -l)" 1:13 "what is still there runs"
like "$err" 'replay: of 18 tests 5 are gone$' "... and the rest is counted"
cp "$SUITES/pass.so" s.so
run --replay=k.shmres:w0
is "$status" 4 "nothing is left: exit 4"
like "$err" 'no test is selected$' "... told"
cp "$SUITES/poison.so" s.so

# ---- what is wrong ------------------------------------------------------

refused() # RECORDING:wK SENTENCE NAME [OPTION...]
{
	local target=$1 sentence=$2 name=$3
	shift 3
	run --replay="$target" "$@"
	is "$status:$(grep -Ec -- "$sentence" <<<"$err"):$(wc -l <<<"$err")" \
		2:1:1 "$name is exit 2 and one sentence"
}

refused a.shmres:w9 'a.shmres has no worker w9: the last one is w2$' \
	"a worker that there was not"
refused "$id:w0.7" 'w0\.7 ran no test; the last of w0 .* is w0\.1$' \
	"a process that there was not"
refused none.shmres:w0 "no recording 'none.shmres'" "no such recording"
refused ./s.so:w0 's.so: .*is not a recording$' "what is none"
head -c 100 a.shmres >h.shmres
refused h.shmres:w0 'h.shmres: ' "one without a whole head"
refused a.shmres:3 "no recording 'a.shmres:3'" "no worker"
refused "" "not a RECORDING, nor RECORDING:wK, such as last:w3$" "nothing"
refused a.shmres:wx "neither a worker" "no number"
refused a.shmres:w0 'would overwrite what is replayed$' "its own recording" \
	--record=a.shmres
refused a.shmres:w0 '--replay excludes --dist$' "a plan of one's own" \
	--dist=load
refused a.shmres:w0 '--replay excludes --gdb$' "a debugger" --gdb=victim::z
refused a.shmres:w0 '--replay excludes --repeat$' "more than one time" --repeat=2
