# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# record.sh pins recordings (OUT-5, NEW-1, RPT-5, DIR-2):
# - every run is recorded under XDG_STATE_HOME, `report last` and the beginning
#   of a run's id find it, those of the last 20 runs are kept, and none of a
#   run that goes on is taken away;
# - --record=none records nothing; without a place for it a run goes on, and
#   says so with -v only;
# - a full disk is exit 3 and one sentence, after the verdict (OUT-6);
# - two runs never record into one file at once;
# - a run that is killed at any moment by SIGKILL leaves a recording in which
#   each test has one end, no test passes that had not, the tests that were
#   running are named, and nothing older than a moment is missing;
# - a file that is no recording, is torn, or is damaged, is told so, and what
#   is whole in it is used.

. "${top_srcdir:-.}/tests/cli/lib.sh"
plan 39

state=$XDG_STATE_HOME/shmrun

recorded()
{
	find "$state" -name '*.shmres' 2>/dev/null | wc -l
}

# ---- where ---------------------------------------------------------------------

run -j 2 "$SUITES/pass.so"
is "$(recorded)" 1 "a run is recorded"
last=$(last_line "$out")
id=$(run_id)
run report last
is "$status:$(last_line "$out")" "0:$last" "report last tells of it"
run report "${id:0:8}"
is "$(run_id)" "$id" "so does the beginning of its id"
run report nonesuch
is "$status" 2 "a run that there is not is exit 2"
like "$err" "no recording 'nonesuch'" "... and said"
run -j 2 --record=none "$SUITES/pass.so"
is "$status:$(recorded)" 0:1 "--record=none records nothing"
run -j 2 --record="$tmp/own.shmres" "$SUITES/pass.so"
is "$(recorded):$(test -s "$tmp/own.shmres" && echo there)" 1:there \
	"--record=PATH records there alone"

XDG_STATE_HOME=/dev/null/no run -j 2 "$SUITES/pass.so"
is "$status:$err" 0: "no place for it is no error"
XDG_STATE_HOME=/dev/null/no run -j 2 -v "$SUITES/pass.so"
like "$err" 'no recording: ' "... and -v says why"
run_program env -u HOME -u XDG_STATE_HOME "$SHMRUN" -v "$SUITES/pass.so"
like "$err" 'no recording: neither HOME nor XDG_STATE_HOME' "nor is no HOME"

oldest=$(find "$state" -name '*.shmres')
exec 9<"$oldest"
flock 9
for _ in $(seq 24); do
	"$SHMRUN" -q -j 1 "$SUITES/pass.so" >"$tmp/many" 2>&1
done
is "$(recorded)" 21 "the last 20 are kept, and one whose run goes on"
ok "... which is that one" test -f "$oldest"
exec 9<&-

# ---- a full disk -----------------------------------------------------------------

run -j 2 --record=/dev/full "$SUITES/pass.so"
is "$status:$err" \
	"3:shmrun: exit 3: could not write the recording: No space left on device" \
	"a full disk is exit 3 and one sentence"
like "$out" '^[0-9]+ passed, 0 failed$' "... and the verdict is told"
is "$(grep '^exit ' <<<"$out")" "${err#*: }" "... which is that one (EXIT-10)"
run -j 2 --record="$tmp/no/such/folder" "$SUITES/pass.so"
is "$status" 3 "so is a place that cannot be written"

# ---- killed ----------------------------------------------------------------------

# Each quick test says in a file that it has ended; two never end.
export MARKS=$tmp/marks
build_suite work <<-'END'
	#include <fcntl.h>
	#include <shmrun.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <time.h>
	#include <unistd.h>

	SHMRUN_RANGE(quick, test, 2000)
	{
		struct timespec ms = { .tv_nsec = 1000000 };
		int fd = open(getenv("MARKS"), O_WRONLY | O_APPEND | O_CREAT,
			      0666);

		nanosleep(&ms, NULL);
		dprintf(fd, "quick::test[%u]\n", (unsigned)shmrun_index());
		close(fd);
	}
	SHMRUN_TEST(stuck, one) { for (;;) pause(); }
	SHMRUN_TEST(stuck, two) { for (;;) pause(); }
END

# told_passes FILE: the names of what passed, sorted.
told_passes()
{
	"$SHMRUN" report "$1" -q --json 2>/dev/null |
		sed -n 's/.*"test":"\([^"]*\)","outcome":"pass".*/\1/p' | sort
}

# must_have_all: the recording of a run that goes on has each mark.
must_have_all()
{
	[ "$(told_passes "$tmp/k.shmres" | wc -l)" = "$(wc -l <"$MARKS")" ]
}
has_both()
{
	[ "$("$SHMRUN" report "$tmp/k.shmres" 2>/dev/null |
		grep -c 'ERROR.*stuck::')" -ge 2 ]
}

start -j 4 --record="$tmp/k.shmres" "$tmp/work.so"
wait_until 60 has_lines "$MARKS" 2000
ok "a live recording has all that has ended" \
	wait_until 20 must_have_all
ok "... and names what runs" wait_until 20 has_both
"$SHMRUN" --record="$tmp/k.shmres" "$SUITES/pass.so" >"$tmp/second" 2>&1
is "$? $(cat "$tmp/second")" \
	"3 shmrun: another run records into $tmp/k.shmres" \
	"another run into the same file is refused, before a test runs"
ok "... and nothing is lost by it" must_have_all
kill -KILL "$pid"
finish
sort "$MARKS" >"$tmp/sorted"
told_passes "$tmp/k.shmres" >"$tmp/told"
ok "after SIGKILL it has exactly what had ended" \
	cmp "$tmp/told" "$tmp/sorted"
run report "$tmp/k.shmres" --junit="$tmp/k.xml"
is "$status" 3 "... and its report is exit 3"
like "$out" 'was running in w[0-3] when the run was killed' "... says why"
is "$(grep -c '<error' "$tmp/k.xml")" 2 \
	"... and JUnit has the tests that ran as errors"
like "$out" '^exit 3: the recording has no end: the run was killed$' \
	"... and has a last word"

# At random moments: never more than had ended, each test told once.
lies() { comm -23 "$tmp/told" "$tmp/sorted"; }
for _ in 1 2 3 4 5 6; do
	rm -f "$MARKS" "$tmp/k.shmres"
	start -j 4 --record="$tmp/k.shmres" "$tmp/work.so"
	wait_until 20 test -s "$tmp/k.shmres"
	sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
	kill -KILL "$pid"
	finish
	sort "$MARKS" >"$tmp/sorted" 2>/dev/null
	told_passes "$tmp/k.shmres" >"$tmp/told"
	all=$("$SHMRUN" report "$tmp/k.shmres" -q --tap 2>/dev/null |
		grep -Ec '^(not )?ok')
	is "$(lies):$all" ":2002" \
		"killed at a random moment ($(wc -l <"$tmp/told") ended): no lie, all told"
done

# ---- files that are not whole ------------------------------------------------------

run -j 2 --record="$tmp/whole.shmres" "$SUITES/mixed.so" "$SUITES/params.so"
size=$(stat -c %s "$tmp/whole.shmres")
run report "$SUITES/pass.so"
is "$status" 3 "a file that is no recording is refused"
like "$err" 'is not a recording$' "... and said"
head -c $((size - 20)) "$tmp/whole.shmres" >"$tmp/torn.shmres"
run report "$tmp/torn.shmres"
is "$status" 3 "a torn one is exit 3"
like "$err" 'the recording has no end' "... and said"
"$SHMRUN" -q -j 4 --record="$tmp/d.shmres" "$SUITES/manyempty.so" >"$tmp/out2"
middle=$(($(stat -c %s "$tmp/d.shmres") / 2))
printf '\377\377\377\377' |
	dd of="$tmp/d.shmres" bs=1 seek="$middle" conv=notrunc status=none
run report "$tmp/d.shmres"
is "$status" 3 "a damaged one is exit 3"
like "$err" 'the recording is damaged: [1-9][0-9]* bytes' "... and said"
like "$(last_line "$out")" '^1[0-9]{6} passed, [1-9][0-9]* failed$' \
	"... and what is before and behind the damage is used"
head -c 40 "$tmp/whole.shmres" >"$tmp/head.shmres"
run report "$tmp/head.shmres"
like "$err" 'ends before the first test began$' \
	"one of a run that was killed while it began says that"
