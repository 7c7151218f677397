#!/bin/bash
# SPDX-License-Identifier: MIT
# Runner and loader are killed together, so that neither can clean up, twenty
# times in each tier, with control groups and without: workers, tests and the
# daemons that tests have made are gone, soon.  The same when the loader is
# stopped, when all of the run is (Ctrl-Z), or while a suite loads.  The warden
# holds nothing of the runner's, goes with it, ends by no polite signal, and
# does its work for a run in a test as well (PROC-4, HOST-8).

. "${top_srcdir:-.}/tests/cli/lib.sh"

: "${top_builddir:?the build folder}"
refuse="$top_builddir/tests/support/refuse"
rounds=10

plan 28

build_suite daemons <<'END'
#include <shmrun.h>
#include <signal.h>
#include "hostile.h"

/* Of a process that is gone already, in a session of its own. */
static void daemonise(const char *name)
{
	if (fork() > 0)
		return;
	setsid();
	if (fork() > 0)
		_exit(0);
	signal(SIGTERM, SIG_IGN);
	for (int fd = 0; fd < 64; fd++)
		close(fd);
	hostile_pid(name);
	hostile_sleep(60);
	_exit(0);
}

SHMRUN_TEST(daemons, of_two_forks)
{
	daemonise("daemon");
	hostile_pid("test");
	hostile_sleep(60);
}

SHMRUN_TEST(daemons, of_a_child)
{
	if (fork() == 0) {
		daemonise("grandchild");
		hostile_pid("child");
	} else {
		hostile_pid("test");
	}
	hostile_sleep(60);
	_exit(0);
}
END

build_suite nameless <<'END'
#include <shmrun.h>
#include "hostile.h"

/* Nothing says whose it is, but the group that it is in. */
SHMRUN_TEST(nameless, program)
{
	char *argv[] = { (char *)"sleep", (char *)"60", NULL }, *env[] = { NULL };

	if (fork() == 0) {
		setsid();
		hostile_pid("nameless");
		execve("/bin/sleep", argv, env);
		_exit(1);
	}
	hostile_sleep(60);
}
END

build_suite loading <<'END'
#include <shmrun.h>
#include "hostile.h"

SHMRUN_TEST(loading, nothing) {}

__attribute__((constructor)) static void load(void)
{
	if (fork() == 0) {
		setsid();
		hostile_pid("constructed");
		hostile_sleep(60);
		_exit(0);
	}
	hostile_pid("loader");
	hostile_sleep(60);
}
END

# begin HOW ARGUMENT...: start, with control groups if there are any, or so
# that none is used.
begin()
{
	if [ "$1" = groups ]; then
		start "${@:2}"
		return
	fi
	ran="without groups: ${*:2}"
	status="still running"
	env --default-signal "$refuse" clone3 "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" "${@:2}" \
		</dev/null >"$tmp/out" 2>"$tmp/err" &
	pid=$!
}

knows_loader()
{
	loader=
	read -r loader _ <"/proc/$pid/task/$pid/children"
	[ -n "$loader" ]
} 2>/dev/null

wardens()
{
	pgrep -x shmrun-warden -P "$pid"
}

has_warden()
{
	warden=$(wardens) && [ -n "$warden" ]
}

has_stopped()
{
	[ "$(sed 's/.*) //; s/ .*//' "/proc/$pid/stat")" = T ]
}

# once HOW TIER: what is left of a run whose runner and loader are killed.
once()
{
	rm -f "$HOSTILE_PIDS"
	begin "$1" --isolate="$2" -j 4 "$tmp/daemons.so" "$SUITES/hang.so" \
		-f 'daemons::*' -f 'hostile::hang_setsid' -f hostile::hang_tree
	wait_until 30 has_lines "$HOSTILE_PIDS" 9 || diag "tests never started"
	wait_until 30 knows_loader || diag "no loader"
	id=$(run_id)
	kill -KILL "$pid" "$loader"
	wait "$pid" 2>"$tmp/null"
	began=${EPOCHREALTIME/./}
	wait_until 10 all_gone "$HOSTILE_PIDS" || return 1
	wait_until 10 none_marked "$id" || return 1
	took=$((${EPOCHREALTIME/./} - began))
	[ $took -le $longest ] || longest=$took
}

# Pairs of what there is to be had.
hows=(groups)
if reason=$("$refuse" clone3 true); then
	hows+=(none)
else
	skip "$reason" "without groups" 8
fi
for how in "${hows[@]}"; do
	for isolate in worker fork; do
		export HOSTILE_PIDS="$tmp/pids.$how.$isolate"
		longest=0 left=0
		for ((i = 0; i < rounds; i++)); do
			once $how $isolate || left=$((left + 1))
		done
		is $left 0 "$isolate, $how: both are killed, $rounds times: nothing is left"
		diag "$isolate, $how: the slowest took $((longest / 1000)) ms"

		# It hears nothing when the runner goes; the tests do not, either.
		rm -f "$HOSTILE_PIDS"
		begin $how --isolate=$isolate -j 4 "$tmp/daemons.so"
		wait_until 30 has_lines "$HOSTILE_PIDS" 5 || diag "no tests"
		wait_until 30 knows_loader || diag "no loader"
		kill -STOP "$loader"
		kill -KILL "$pid"
		wait "$pid" 2>"$tmp/null"
		ok "$isolate, $how: the loader was stopped: nothing is left" \
			wait_until 10 all_gone "$HOSTILE_PIDS"
		ok "$isolate, $how: nor the loader" wait_until 10 is_gone "$loader"

		rm -f "$HOSTILE_PIDS"
		begin $how --isolate=$isolate -j 4 "$tmp/daemons.so"
		wait_until 30 has_lines "$HOSTILE_PIDS" 5 || diag "no tests"
		kill -TSTP "$pid"
		wait_until 30 has_stopped || diag "did not stop"
		kill -KILL "$pid"
		wait "$pid" 2>"$tmp/null"
		ok "$isolate, $how: all was stopped: nothing is left" \
			wait_until 10 all_gone "$HOSTILE_PIDS"
	done
done

for how in "${hows[@]}"; do
	export HOSTILE_PIDS="$tmp/pids.loading.$how"
	begin $how "$tmp/loading.so"
	wait_until 30 has_lines "$HOSTILE_PIDS" 2 || diag "never loaded"
	wait_until 30 knows_loader || diag "no loader"
	kill -KILL "$pid" "$loader"
	wait "$pid" 2>"$tmp/null"
	ok "$how: both are killed while a suite loads: nothing is left" \
		wait_until 10 all_gone "$HOSTILE_PIDS"
done
[ ${#hows[@]} = 2 ] || skip "$reason" "without groups, while a suite loads"

# What has no mark is found in a group, and only there.
export HOSTILE_PIDS="$tmp/pids.nameless"
if "$SHMRUN" doctor | grep -q '^ok  cgroup kill '; then
	begin groups "$tmp/nameless.so"
	wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "never started"
	wait_until 30 knows_loader || diag "no loader"
	kill -KILL "$pid" "$loader"
	wait "$pid" 2>"$tmp/null"
	ok "groups: one without the run's environment is gone, too" \
		wait_until 10 all_gone "$HOSTILE_PIDS"
	parent=$("$SHMRUN" doctor | sed -n 's/^ok  cgroup kill  *works at //p')
	ok "groups: and so is the group" \
		wait_until 10 test ! -e "$parent/shmrun-$pid-0"
else
	skip "no control group is delegated" "without an environment" 2
fi

# ---- the warden itself -------------------------------------------------------

export HOSTILE_PIDS="$tmp/pids.warden"
start -f 'hostile::hang' --grace=0.2 "$SUITES/hang.so"
wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "never started"
ok "there is one" wait_until 10 has_warden
is "$(find "/proc/$warden/fd" -lname '/dev/null' | wc -l)" \
	"$(find "/proc/$warden/fd" -type l | wc -l)" "it has nothing open"
is "$(tr -d '\0' <"/proc/$warden/environ")" "" "it has no environment"
kill -INT "$warden"
kill -TERM "$warden"
kill -HUP "$warden"
sleep 0.1
not_ok "polite signals do not end it" is_gone "$warden"
kill -TERM "$pid"
finish
is "$status" 143 "the run ends"
ok "and it goes with it" is_gone "$warden"

start -f 'hostile::hang' --grace=0.2 "$SUITES/hang.so"
wait_until 30 has_lines "$HOSTILE_PIDS" 2 || diag "never started"
wait_until 10 has_warden || diag "no warden"
kill -KILL "$warden"
kill -TERM "$pid"
finish
is "$status" 143 "a run whose warden was killed ends as ever"

# The outer warden kills the inner runner; what it leaves is the inner one's.
export HOSTILE_PIDS="$tmp/pids.inner"
cat >"$tmp/inner" <<END
#!/bin/sh
exec "$refuse" clone3 "$SHMRUN" "$tmp/daemons.so"
END
chmod +x "$tmp/inner"
if [ ${#hows[@]} = 2 ]; then
	begin none "$tmp/inner"
	wait_until 30 has_lines "$HOSTILE_PIDS" 2 || diag "never started"
	wait_until 30 knows_loader || diag "no loader"
	kill -KILL "$pid" "$loader"
	wait "$pid" 2>"$tmp/null"
	ok "a run in a test: nothing of it is left" \
		wait_until 10 all_gone "$HOSTILE_PIDS"
else
	skip "$reason" "a run in a test"
fi
