# SPDX-License-Identifier: MIT
# successor.sh: the workers that the loader forks unasked (decision 0002): a
# worker that cannot start is no endless loop, nor is a lack of descriptors a
# standstill.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 8

build_suite atfork <<'SUITE'
#include <pthread.h>
#include <signal.h>
#include <shmrun.h>

static void die(void)
{
	raise(SIGSEGV);
}

__attribute__((constructor)) static void prepare(void)
{
	pthread_atfork(NULL, NULL, die);
}

SHMRUN_RANGE(never, starts, 100) {}
SUITE
run -j 2 "$tmp/atfork.so"
is "$status" 3 "workers that die at their start: exit 3"
is "$(cat "$tmp/out" "$tmp/err" |
	grep -c 'workers end before their first test')" 1 "... said once"
is "$(last_line "$out")" "0 passed, 0 failed, 100 skipped" "... and all are told"
like "$out" '^not run: 100 \(no-worker\)$' "... and why (CRASH-6)"

build_suite crashes <<'SUITE'
#include <stdlib.h>
#include <shmrun.h>

SHMRUN_RANGE(some, crash, 2000)
{
	if (shmrun_index() % 50 == 7)
		abort();
}
SUITE
for files in 30 40; do
	run_program bash -c "ulimit -Sn $files"' && exec "$@"' - \
		"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -j 16 \
		"$tmp/crashes.so"
	is "$status $(last_line "$out")" "1 1960 passed, 40 failed" \
		"$files descriptors, 16 workers: all is told"
	is "$(cat "$tmp/out" "$tmp/err" | grep -c 'does not answer')" 0 \
		"... and the loader answers"
done
