#!/bin/bash
# SPDX-License-Identifier: MIT
# --stress=N: N copies of a test begin together, on as many slots, volley after
# volley (RTY-3, NEW-8); the first failure ends it, a crash, a time out and a
# killed worker hold nothing up (STATE-1); --repeat and --stress-duration are
# limits (TIME-14), and what they leave is no test; counts, bound and reports
# (ACC-5); what cannot stand beside itself is refused, exit 2.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 43

suite="$SUITES/stress.so"
export STRESS="$tmp/page" COPIES=2
cd "$tmp" || exit 99

# stress N [OPTION...]: N copies at once, with a fresh page that they share.
stress()
{
	rm -f race.lock "$STRESS"
	truncate -s 8192 "$STRESS"
	COPIES=$1
	shift
	run --no-timings --stress="$COPIES" "$@" "$suite"
}

# ---- the gun ----------------------------------------------------------------

stress 2 --repeat=12 -f 'gun::volleys' --record=r.shmres --tap=tap --json=json \
	--junit=xml
is "$status $(last_line "$out")" "0 24 passed, 0 failed" \
	"all of a volley run at once, and none of another one"
like "$out" '^stress: 2 copies at once of 1 test, 12 volleys$' \
	"the plan is told"
like "$out" '^stress: 12 volleys of 2 copies, begun within [0-9.]+ [num]s of each other \(95 % within [0-9.]+ [num]s\)$' \
	"how many there were, and how near they began"
like "$out" '^0 of 24 copies failed, p\(fail\) < 12 % at 95 % confidence$' \
	"what no failure says (NEW-8)"
like "$(cat json)" '"event":"stress-ended",.*"volleys":12,"copies":24,"failed":0,"fails_less_ppb":1173[0-9]*,"apart_median_ns":[0-9]+,"apart_95_ns":' \
	"JSON: the same"
is "$(head -n 2 tap | tail -n 1 | cut -d' ' -f1) $(grep -c '^ok' tap) $(tail -n 1 tap)" \
	"ok 24 1..24" "TAP: the plan is last"
is "$(grep -c '<testcase' xml) $(grep -c 'tests="24"' xml)" "24 2" \
	"JUnit: each copy, once"
"$SHMRUN" report r.shmres --tap=tap2 --json=json2 --junit=xml2 >again 2>&1
for report in tap xml json; do
	ok "the recording makes the same $report" cmp "$report" "${report}2"
done
is "$(grep '^stress: .*begun' again)" "$(grep '^stress: .*begun' <<<"$out")" \
	"... and the same distances"

stress 4 --repeat=5 -j 6 -f 'gun::volleys'
is "$status $(last_line "$out")" "0 20 passed, 0 failed" \
	"with more copies than processors, and more workers than copies"
stress 3 --repeat=4 --isolate=fork -f 'gun::volleys'
is "$status $(last_line "$out")" "0 12 passed, 0 failed" \
	"... each in a process of its own"
stress 2 --repeat=3 -f 'gun::volleys' -f 'quick::*' /bin/true --tap=tap
is "$status $(last_line "$out")" "0 24 passed, 0 failed, 6 skipped" \
	"several tests, and a program"
is "$(sed -n 's/ (iteration [0-9]*)//; s/^ok [0-9]* - //p' tap |
	sed 's/ # SKIP.*//' | sort | uniq -c | sed 's/^ *//' | sort -u |
	cut -d' ' -f1 | uniq)" 6 "... each of them as often"
like "$out" '^0 of 24 copies failed, p\(fail\) of each test < 39 % ' \
	"... a skip says nothing"

# ---- what it is for ---------------------------------------------------------

stress 2 --repeat=500 -f 'gun::race' --junit=xml
is "$status" 1 "a race fails when its copies run at once"
like "$out" 'CANCELLED 1 failed \(--max-fail\)$' "... and that is the end"
ok "... at once" test "$(grep -c '<testcase' xml)" -lt 1000
is "$(sed -n 's/^\(.*\) passed, \(.*\) failed.*/\1 \2/p' <<<"$out" |
	awk '{ print $1 + $2 }')" \
	"$(sed -n 's/.*of \([0-9]*\) copies failed$/\1/p' <<<"$out")" \
	"what did not begin is no test"
rm -f race.lock
run -j 1 --no-timings --repeat=20 -f 'gun::race' "$suite"
is "$status $(last_line "$out")" "0 20 passed, 0 failed" \
	"... and never when they do not"

# ---- what goes wrong --------------------------------------------------------

stress 2 --repeat=50 -f 'gun::crashes' --record=r.shmres --json=json
# What begins beside it comes to its end; it may have been late.
like "$status $(last_line "$out")" \
	'^1 (5 passed, 1 failed|4 passed, 1 failed, 1 skipped)$' \
	"a crash ends it"
like "$out" '^ +1/[56] gun::crashes$' "... told as unstable"
is "$("$SHMRUN" report r.shmres 2>&1 | tail -n 1)" "$(last_line "$out")" \
	"... and by the recording"
stress 2 --repeat=10 --max-fail=0 -f 'gun::crashes'
is "$status $(last_line "$out")" "1 19 passed, 1 failed" \
	"--max-fail=0: it goes on, in the next worker"
like "$out" '^stress: 10 volleys of 2 copies' "... with all volleys"
stress 2 --repeat=50 -f 'gun::hangs' --grace=1s
is "$status $(last_line "$out")" "1 5 passed, 1 failed" \
	"one that is out of time, too"
stress 2 --repeat=30 -f 'gun::kills'
is "$status $(last_line "$out")" "0 60 passed, 0 failed" \
	"a worker that is killed between two volleys loses none"
like "$out" 'LOST worker w1, generation 0' "... and is told"

# ---- limits -----------------------------------------------------------------

stress 2 --stress-duration=100ms -f 'quick::empty' --tap=tap
is "$status" 0 "the time is over, and all passed (TIME-14)"
like "$out" 'CANCELLED the time to stress is over \(--stress-duration\)$' \
	"... which is said"
like "$(tail -n 1 tap)" '^1\.\.[0-9]*[02468]$' "... only whole volleys began"
unlike "$out" 'not run|skipped' "... and all that began ran"
stress 2 --repeat=3 --stress-duration=1h -f 'quick::empty'
is "$status $(last_line "$out")" "0 6 passed, 0 failed" \
	"what comes first counts"

# ---- what is refused ---------------------------------------------------------

refused()
{
	local why=$1
	shift
	run --no-timings "$@" "$suite"
	is "$status $(grep -c -- "$why" <<<"$err")" "2 1" "refused: $why"
}

refused 'alone cannot run at once: it is .exclusive' --stress=2 \
	-f 'forbidden::alone'
refused 'it belongs to a .serial chain' --stress=2 -f 'forbidden::chained'
refused 'it comes .after others' --stress=2 -f 'forbidden::later'
refused 'it holds a lock that it does not share' --stress=2 \
	-f 'forbidden::locked'
refused 'count as 4 workers (.weight): it needs -j 4' --stress=2 \
	-f 'wide::heavy'
refused 'stress=3 needs as many workers, and there are 2 workers: -j 2' \
	--stress=3 -j 2 -f 'quick::empty'
refused 'stress excludes --retries' --stress=2 --retries=1
refused 'stress-duration is for --stress' --stress-duration=1s
refused '1 is not within 2 to 1024' --stress=1
