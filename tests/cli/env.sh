#!/bin/bash
# SPDX-License-Identifier: MIT
# What a test's process is given, whatever the runner was started with: signals
# with their default effect and an empty mask, umask 022, stdin from /dev/null,
# no foreign descriptor, the user's limits, a process group of its own, UTC, and
# the run's variables instead of an outer run's (VAR-1 to VAR-7, VAR-14, VAR-16,
# DEF-17, PROC-11, PROC-12, SIG-1).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 81

# shows NAME: the value that environ::show printed.
shows()
{
	told environ::show | sed -n "s/^        $1=//p"
}

# normal NAME: all but `show` passed.
normal()
{
	is "$(last_line "$out")" "10 passed, 1 failed" "$1: all as promised"
	is "$(results)" environ::show "$1: nothing else fails"
}

ENVIRON_NOFILE=$(ulimit -S -n)
export ENVIRON_NOFILE
ENVIRON_PGID=$(ps -o pgid= -p $$ | tr -d ' ')
export ENVIRON_PGID

for isolate in worker fork; do
	run --isolate=$isolate -j 3 --order=random:4711 "$SUITES/environ.so"
	normal "$isolate"
	is "$(shows SHMRUN_SEED)" 4711 "$isolate: SHMRUN_SEED (VAR-5)"
	is "$(shows SHMRUN)" 1 "$isolate: SHMRUN"
	is "$(shows SHMRUN_RUN_ID)" "$(run_id)" "$isolate: SHMRUN_RUN_ID"
	like "$(shows SHMRUN_VERSION)" '^[0-9]+\.[0-9]+\.[0-9]+' \
		"$isolate: SHMRUN_VERSION"
	is "$(shows SHMRUN_JOBS)" 3 "$isolate: SHMRUN_JOBS (VAR-5)"
	like "$(shows SHMRUN_SLOT)" '^w[0-2]$' "$isolate: SHMRUN_SLOT"
	like "$(shows SHMRUN_GENERATION)" '^[0-9]+$' "$isolate: SHMRUN_GENERATION"
	is "$(shows SHMRUN_ISOLATE)" $isolate "$isolate: SHMRUN_ISOLATE (VAR-7)"
	is "$(shows TZ)" UTC "$isolate: TZ"
	is "$(shows HOME)" "$HOME" "$isolate: what is not ours passes through"

	is "MALLOC_PERTURB_=$(shows MALLOC_PERTURB_)" \
		"$(grep '^MALLOC_PERTURB_=[1-9]' <<<"$out")" \
		"$isolate: memory is filled, with what is said (VAR-15)"
	run_program env MALLOC_PERTURB_=0 "$SHMRUN" --isolate=$isolate -j 1 \
		"$SUITES/environ.so"
	is "$(shows MALLOC_PERTURB_) $(grep -c ^MALLOC_P <<<"$out")" "0 0" \
		"$isolate: what is set stays (VAR-15)"

	# An outer run's variables are dropped, its identity is handed on.
	run_program env SHMRUN_RUN_ID=outer SHMRUN_SLOT=w9 SHMRUN_ANYTHING=x \
		GTEST_TOTAL_SHARDS=1 GTEST_SHARD_INDEX=0 TEST_TOTAL_SHARDS=1 \
		TEST_SHARD_INDEX=0 SHMRUN_SHARD=3/4 TZ=Asia/Tokyo SHMRUNNER=mine \
		"$SHMRUN" --isolate=$isolate -j 1 "$SUITES/environ.so"
	is "$(shows SHMRUN_PARENT_RUN_ID)" outer \
		"$isolate: SHMRUN_PARENT_RUN_ID (VAR-3)"
	is "$(shows SHMRUN_RUN_ID)" "$(run_id)" "$isolate: the inner identity"
	is "$(shows SHMRUN_SEED)" "" "$isolate: no order by chance, no seed (VAR-5)"
	is "$(shows SHMRUN_SLOT)" w0 "$isolate: the inner slot"
	is "$(shows SHMRUN_ANYTHING)" "" "$isolate: reserved names are dropped"
	is "$(shows GTEST_TOTAL_SHARDS)$(shows TEST_SHARD_INDEX)" "" \
		"$isolate: shard variables are dropped (VAR-14)"
	is "$(shows SHMRUN_SHARD)" 1/1 "$isolate: SHMRUN_SHARD is the inner one (VAR-5)"
	is "$(shows TZ)" UTC "$isolate: TZ is UTC, whatever it was (VAR-16)"
	is "$(shows SHMRUNNER)" mine "$isolate: a name that only looks reserved"

	# Started badly: signals ignored and blocked, descriptors open.
	run_program env --ignore-signal --block-signal "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" --isolate=$isolate \
		"$SUITES/environ.so"
	normal "$isolate: all signals ignored and blocked (PROC-11)"
	run_program env --ignore-signal=CHLD --ignore-signal=PIPE "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" --isolate=$isolate \
		--timeout=0.5 --grace=0.2 -j 4 \
		"$SUITES/crash.so" \
		"$SUITES/hang.so" "$SUITES/orphan.so"
	is "$(last_line "$out")" "66 passed, 15 failed" \
		"$isolate: SIGCHLD ignored: ends are still seen"
	run_program nohup "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" \
		--isolate=$isolate "$SUITES/environ.so"
	normal "$isolate: nohup"
	# shellcheck disable=SC2016 # expanded by that shell
	run_program bash -c 'for i in {3..50}; do
			eval "exec $i</dev/zero"
		done
		exec "$@"' - "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" \
		--isolate=$isolate "$SUITES/environ.so"
	normal "$isolate: descriptors 3 to 50 are open (PROC-12)"
	# shellcheck disable=SC2016 # expanded by that shell
	run_program bash -c 'umask 077; exec "$@"' - "$SHMRUN" \
		--isolate=$isolate "$SUITES/environ.so"
	normal "$isolate: umask 077 (VAR-1)"
	run_program setsid -w "$SHMRUN" --isolate=$isolate "$SUITES/environ.so"
	normal "$isolate: a session of its own, no terminal"

	# Standard descriptors of the runner that are closed, or a pipe.
	ran="closed descriptors"
	status=0
	shmrun --isolate=$isolate "$SUITES/environ.so" <&- 2>&- >"$tmp/out" ||
		status=$?
	out=$(cat "$tmp/out")
	normal "$isolate: stdin and stderr are closed"
	status=0
	shmrun --isolate=$isolate "$SUITES/pass.so" >&- 2>"$tmp/err" || status=$?
	is "$status" 3 "$isolate: stdout is closed: exit 3 (OUT-6)"
	yes | shmrun --isolate=$isolate "$SUITES/environ.so" >"$tmp/out" 2>&1
	out=$(cat "$tmp/out")
	normal "$isolate: stdin is a pipe that floods (DEF-17)"
done

# A test in its own process leaves no trace in the worker that forked it.
build_suite after_fork <<'END'
#include <signal.h>
#include <shmrun.h>
static void check(void)
{
	for (int signo = 1; signo < SIGRTMAX; signo++) {
		struct sigaction action;

		if (sigaction(signo, NULL, &action) == 0)
			shmrun_check_true(action.sa_handler == SIG_DFL,
					  "signal %d", signo);
	}
}
SHMRUN_TEST(after, forked, .isolate = SHMRUN_ISOLATE_FORK) { check(); }
SHMRUN_TEST(after, plain) { check(); }
SHMRUN_TEST(after, forked_again, .isolate = SHMRUN_ISOLATE_FORK) { check(); }
SHMRUN_TEST(after, plain_again) { check(); }
END
run -j 1 "$tmp/after_fork.so"
is "$status $(last_line "$out")" "0 4 passed, 0 failed" \
	"signals have their default effect also after a forked test"

# A runner inside a test sees the outer run (VAR-3) and works.
build_suite nested <<'END'
#include <stdlib.h>
#include <shmrun.h>
SHMRUN_TEST(nested, run)
{
	shmrun_check_eq_int(system(getenv("NESTED")), 0);
}
END
for isolate in worker fork; do
	NESTED="$SHMRUN -j 2 $SUITES/params.so -f 'params::*'" \
		run --isolate=$isolate "$tmp/nested.so"
	is "$status $(last_line "$out")" "0 1 passed, 0 failed" \
		"$isolate: a run inside a test"
done
