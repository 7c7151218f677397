#!/bin/bash
# SPDX-License-Identifier: MIT
# .lock in all its forms: two tests that want the same lock never run at once,
# all locks of a test are taken together, readers share, of a counted lock
# every holder has units of its own and is told which (LOCK-1 to LOCK-5,
# GATE-1); holders that crash, are killed, exit or fail give it to the next,
# whatever else dies, and nothing hangs or is lost (CRASH-2, PEER-3 to PEER-5);
# ten thousand quick tests behind one lock are quick (PEER-6).
#
# The tests find violations themselves (tests/fixtures/held.h): two at once
# fail, and sums that are not added to atomically are exact.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 82
suite=$SUITES/locks.so

# held FIELD: a number of the page in which the tests meet.
held()
{
	local at
	case $1 in
	sharing) at=256 ;;
	most) at=264 ;;
	sum) at=272 ;;
	violations) at=280 ;;
	esac
	od -An -t u8 -j "$at" -N 8 "$HELD_FILE" | tr -d ' '
}

for isolate in worker fork; do
	for jobs in 1 2 8 64; do
		with="$isolate, -j $jobs"
		fresh
		run --isolate=$isolate -j $jobs -f 'locks::*' "$suite"
		is "$status $(last_line "$out")" "0 380 passed, 0 failed" \
			"$with: nobody met whom he must not meet"
		is "$(held violations) $(held sum)" "0 240" \
			"$with: sums are exact"

		fresh
		run --isolate=$isolate -j $jobs --lock-size=port=6 \
			-f 'ports::*' "$suite"
		is "$status $(last_line "$out")" "0 130 passed, 0 failed" \
			"$with: each has ports of its own (LOCK-5)"

		# 5 crash, 5 are killed, 5 exit, 5 fail: and 20 pass.
		fresh
		run --isolate=$isolate -j $jobs \
			-f 'dying::*' -f 'locks::both*' "$suite"
		is "$status $(last_line "$out")" "1 60 passed, 20 failed" \
			"$with: holders that die give it to the next"
		is "$(results | sort | uniq -d)" "" "$with: none is told twice"
		is "$(held violations) $(held sum)" "0 80" \
			"$with: dying: sums are exact"
		ok "$with: nothing is left" none_marked "$(run_id)"
	done
done

# Readers do run at once.
fresh
run -j 8 -f 'locks::reads*' "$suite"
ok "up to $(held most) readers at once" test "$(held most)" -gt 1

# In every mode.
for dist in load longest worksteal loadscope loadfile loadgroup; do
	fresh
	run --dist=$dist -j 4 -f 'locks::*' -f 'dying::*' \
		"$suite"
	is "$(last_line "$out") $(held violations) $(held sum)" \
		"400 passed, 20 failed 0 280" "--dist=$dist"
done

# Every test once on every slot, apart all the same (EACH-1, EACH-3).
for isolate in worker fork; do
	fresh
	run --isolate=$isolate --dist=each -j 3 -v -f 'locks::both*' \
		-f 'locks::writes*' -f 'locks::reads[0-9]' "$suite"
	is "$(last_line "$out") $(held violations) $(held sum)" \
		"210 passed, 0 failed 0 120" "$isolate, --dist=each: apart"
	is "$(sed -n 's/.*\] \(locks::.* (w[0-9])\)$/\1/p' "$tmp/out" |
		sort -u | wc -l)" 210 "$isolate, --dist=each: on every slot"
done

# Unconstrained tests do not wait for those that do (GATE-1).
fresh
run -j 2 -f 'locks::db*' -f 'some::*' -f 'params::*' "$suite" "$SUITES/params.so"
is "$(last_line "$out")" "233 passed, 3 failed" "beside tests without locks"

# Workers are killed from outside while units run, with every tier: the test
# in flight is the only loss.
kill_workers()
{
	local of=$1 i victims
	for ((i = 0; i < 40; i++)); do
		is_gone "$pid" && break
		mapfile -t victims < <(cut -d' ' -f1 <"/proc/$of/task/$of/children" |
			tr ' ' '\n' | grep .)
		[ ${#victims[@]} -gt 0 ] &&
			kill -KILL "${victims[RANDOM % ${#victims[@]}]}" \
				2>/dev/null
		sleep 0.005
	done
}

# A file of /proc has no size.
has_children()
{
	is_gone "$pid" || grep -q . "/proc/$pid/task/$pid/children"
}

for isolate in worker fork; do
	fresh
	start --isolate=$isolate -j 4 -f 'locks::*' \
		-f 'many::*' "$suite"
	wait_until 30 has_children
	loader=$(cut -d' ' -f1 <"/proc/$pid/task/$pid/children")
	kill_workers "$loader"
	finish
	failed=$(results SIGKILL | wc -l)
	is "$(last_line "$out")" "$((10380 - failed)) passed, $failed failed" \
		"$isolate: killed workers: passed + failed = 10380"
	is "$(results | wc -l)" "$failed" "$isolate: each failure is a SIGKILL"
	is "$(held violations)" 0 "$isolate: killed workers: never two at once"
done

# PEER-6: a decision per test would take the runner ten thousand turns.
fresh
started=$SECONDS
run -j 2 -f 'many::*' "$suite"
took=$((SECONDS - started))
is "$(last_line "$out") $(held sum)" "10000 passed, 0 failed 10000" \
	"ten thousand behind one lock"
ok "ten thousand behind one lock: ${took} s" test "$took" -lt 20

# Where it is known what takes how long, nobody goes before his turn: readers
# hold up no giant (CLAIM-1).  And a line of those who want the same is as long
# as all of them.
build_suite turns <<'EOF'
#include <shmrun.h>
#include <unistd.h>
SHMRUN_RANGE(readers, r, 40, .cost = 0.01, .lock = "table:r") { usleep(1000); }
SHMRUN_RANGE(line, l, 6, .cost = 0.5, .lock = "db") { usleep(1000); }
SHMRUN_TEST(giant, g, .cost = 2) { usleep(50000); }
EOF
# starts PATTERN: when those tests began, the first one's first.
starts()
{
	grep '"test-finished"' "$tmp/events" | grep "\"$1" |
		sed -E 's/.*"start_ns": ?([0-9]+).*/\1/' | sort -n
}
run --no-timings --dist=longest -j 2 --report=json:"$tmp/events" "$tmp/turns.so"
is "$status $(last_line "$out")" "0 47 passed, 0 failed" "in their turns"
giant=$(starts giant)
ok "no reader begins before the giant" \
	test "$giant" -lt "$(starts readers | head -n 1)"
ok "of a line of 3 s one begins before the readers" \
	test "$(starts line | head -n 1)" -lt "$(starts readers | head -n 1)"

# Who gets the lock of one that died does not find it there any more, as a test
# that looks into another's file with a process number would.
build_suite heirs <<'EOF'
#include <shmrun.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
SHMRUN_RANGE(heirs, h, 1000, .lock = "db")
{
	int fd = open(getenv("HOLDER"), O_RDWR | O_CREAT, 0600);
	pid_t self = getpid(), before = 0;
	int n = (int)pread(fd, &before, sizeof(before), 0);

	pwrite(fd, &self, sizeof(self), 0);
	if (n == sizeof(before) && kill(before, 0) == 0)
		abort();
	kill(self, SIGKILL);
}
EOF
HOLDER=$tmp/holder run -j 4 --isolate=worker "$tmp/heirs.so"
is "$(results SIGKILL | wc -l) $(results SIGABRT | wc -l)" "1000 0" \
	"a dead holder is gone when its lock is taken over (LOCK-3)"

# What cannot be had is said before anything runs.
run -j 2 --lock-size=port=1 -f 'ports::two*' "$suite"
ok "more units than there are: exit 2 or 5 (got $status)" \
	test "$status" = 5 -o "$status" = 2
like "$err" "wants 2 of 'port', and there is 1" "and one sentence"
