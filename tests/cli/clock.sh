#!/bin/bash
# SPDX-License-Identifier: MIT
# A clock that jumps by years with each look, another zone and another locale:
# durations, limits and results are as ever, since nothing is measured by the
# time of day (ENV-10).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 9

# Loaded in front of everything: the time of day jumps, the other clocks do not.
cat >"$tmp/jump.c" <<'END'
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static long jump(void)
{
	static long n;

	return (++n % 2 ? 40 : -40) * 31557600L * (n % 7);
}
int clock_gettime(clockid_t clock, struct timespec *ts)
{
	int ret = (int)syscall(SYS_clock_gettime, clock, ts);

	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		ts->tv_sec += jump();
	return ret;
}
time_t time(time_t *t)
{
	time_t now = 1700000000 + jump();

	if (t)
		*t = now;
	return now;
}
int gettimeofday(struct timeval *tv, void *zone)
{
	(void)zone;
	tv->tv_sec = 1700000000 + jump();
	tv->tv_usec = 0;
	return 0;
}
END
if [ -n "${SANITIZERS-}" ] || ! ${CC:-gcc} -shared -fPIC -o "$tmp/jump.so" \
	"$tmp/jump.c" 2>"$tmp/null"; then
	skip "nothing can be loaded in front" "a clock that jumps" 6
else
	for isolate in worker fork; do
		export HOSTILE_PIDS="$tmp/pids.$isolate"
		LD_PRELOAD="$tmp/jump.so" run --isolate=$isolate -j 4 \
			--timeout=1 --grace=0.2 --json="$tmp/json" \
			"$SUITES/params.so" "$SUITES/hang.so"
		is "$status $(last_line "$out")" "1 34 passed, 10 failed" \
			"$isolate: a clock that jumps: the counts"
		is "$(results TIMEOUT | wc -l)" 7 \
			"$isolate: a clock that jumps: what hangs runs out of time"
		is "$(sed -n 's/.*"duration_ns":\([0-9-]*\).*/\1/p' \
			"$tmp/json" | awk '$1 < 0 || $1 > 60e9')" "" \
			"$isolate: a clock that jumps: durations are true"
	done
fi

for zone in Asia/Kathmandu UTC-14 :/no/such; do
	TZ=$zone LC_ALL=C.UTF-8 run -j 2 "$SUITES/params.so"
	is "$status $(last_line "$out")" "1 33 passed, 3 failed" "TZ=$zone"
done
