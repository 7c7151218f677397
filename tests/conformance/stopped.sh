#!/bin/bash
# SPDX-License-Identifier: MIT
# Pauses as long as the rules have them, in each tier (PROC-10): a runner that is
# stopped for ten seconds by SIGSTOP times out no test, not one that needs longer
# than its limit and was not stopped itself; Ctrl-Z for six seconds is no time of
# a test that needs three of five (HOST-12).  What hangs times out all the same,
# and nothing is left.  In tests/cli/pause.sh both are four or five seconds.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 6

# Naps: time in which it is stopped ends at most one.
build_suite slow <<'END'
#include <stdlib.h>
#include <time.h>
#include <shmrun.h>
#include "hostile.h"
SHMRUN_TEST(slow, works)
{
	struct timespec nap = { .tv_nsec = 500000000 };

	hostile_pid("works");
	for (int i = 0; i < atoi(getenv("NAPS")); i++)
		nanosleep(&nap, NULL);
}
SHMRUN_TEST(slow, hangs)
{
	hostile_pid("hangs");
	hostile_sleep(120);
}
END
cat >"$tmp/works" <<'END'
#!/bin/sh
echo "$$ works" >>"$HOSTILE_PIDS"
for i in $(seq "$NAPS"); do sleep 0.5; done
END
cat >"$tmp/hangs" <<'END'
#!/bin/sh
echo "$$ hangs" >>"$HOSTILE_PIDS"
exec sleep 120
END
chmod +x "$tmp/works" "$tmp/hangs"

# stopped SIGNAL SECONDS TIER ARGUMENT...: says the status, who passed, who
# timed out, and whether anything is left.
stopped()
{
	local signal=$1 seconds=$2 tmp=$tmp/$1.$3 left=left
	shift 3
	mkdir "$tmp"
	export HOSTILE_PIDS="$tmp/pids"
	start -v -j 2 --record=none --no-timings "$@"
	wait_until 60 has_lines "$HOSTILE_PIDS" 2 || diag "not started"
	kill "-$signal" "$pid"
	# The time that passes is the test.
	sleep "$seconds"
	kill -CONT "$pid"
	finish
	wait_until 10 none_marked "$(run_id)" && left=
	echo "$status" "$(results PASS | sed 's/.*:://')" \
		"$(results TIMEOUT | sed 's/.*:://')" $left >"$tmp/said"
	cp "$tmp/out" "$tmp/log"
}

# All at once: they only wait.
cd "$tmp" || exit 99
for tier in worker fork exec; do
	tests=("--isolate=$tier" ./slow.so)
	[ $tier != exec ] || tests=(./works ./hangs)
	(NAPS=24 stopped STOP 10 $tier --timeout=8 --grace=1 "${tests[@]}") &
	(NAPS=6 stopped TSTP 6 $tier --timeout=5 --grace=1 "${tests[@]}") &
done
wait
for tier in worker fork exec; do
	for signal in STOP TSTP; do
		with="$tier: SIG$signal to the runner"
		is "$(cat $signal.$tier/said)" "1 works hangs" \
			"$with: who works passes, who hangs does not" ||
			diag "$(cat $signal.$tier/log)"
	done
done
