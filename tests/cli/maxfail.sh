#!/bin/bash
# SPDX-License-Identifier: MIT
# --max-fail in both ways and --deadline: after the decision no test starts and
# no queue is drained; wait lets running tests finish, immediate ends them, and
# they count as not run, never as failed; a deadline ends a run that hangs, with
# its summary (SHM-5, STOP-1, STOP-3, STOP-5, EXIT-1, V-STOP-1; PEER-1, PEER-2).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 76

# adds_up SELECTED NAME
adds_up()
{
	is "$(last_line "$out" | tr -cs 0-9 '\n' | awk '{ n += $1 } END { print n }')" \
		"$1" "$2: all counts add up (STATE-1)"
}

# V-STOP-1, PEER-1: 400 tests of 20 ms, of which the first fails at once.
build_suite four_hundred <<'END'
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(four, hundred, 400)
{
	hostile_append("STARTED", "x");
	shmrun_require_true(shmrun_index() > 0);
	usleep(20000);
}
END

export STARTED="$tmp/started"
for isolate in worker fork; do
	for how in wait immediate; do
		for jobs in 1 2 4 64; do
			with="$isolate, -j $jobs, $how"
			rm -f "$STARTED"
			run --isolate=$isolate -j $jobs --max-fail=1:$how --order=collection \
				"$tmp/four_hundred.so"
			is "$status" 1 "$with: exit 1"
			adds_up 400 "$with"
			ok "$with: $(wc -l <"$STARTED") started, no queue is drained" \
				test "$(wc -l <"$STARTED")" -le $jobs
			like "$(last_line "$out")" ' 1 failed' \
				"$with: one has failed"
		done
	done
done

# Two that would run for a minute.
build_suite slow <<'END'
#include <shmrun.h>
#include "hostile.h"
SHMRUN_TEST(slow, fails)
{
	/* When the others run. */
	while (access(getenv("RUNNING"), F_OK))
		usleep(1000);
	shmrun_check_true(false);
}
SHMRUN_TEST(slow, sleeps)
{
	hostile_append("RUNNING", "x");
	sleep(50);
}
END
export RUNNING="$tmp/running"
for isolate in worker fork; do
	rm -f "$RUNNING"
	started=$SECONDS
	run --isolate=$isolate -j 2 -v --max-fail=1:immediate "$tmp/slow.so"
	took=$((SECONDS - started))
	ok "$isolate: immediate does not wait (${took}s)" test $took -lt 30
	is "$status $(last_line "$out")" "1 0 passed, 1 failed, 1 skipped" \
		"$isolate: what was ended has not failed"
	like "$out" '^not run: 1 \(max-fail\)$' "$isolate: and why"
	ok "$isolate: nothing is left" none_marked "$(run_id)"

	rm -f "$RUNNING"
	run --isolate=$isolate --deadline=0.3 --grace=0.2 -f slow::sleeps \
		"$tmp/slow.so"
	is "$status $(last_line "$out")" "1 0 passed, 0 failed, 1 skipped" \
		"$isolate: the deadline ends what hangs (STOP-5)"
	like "$out" '^not run: 1 \(deadline\)$' "$isolate: and why"
done
