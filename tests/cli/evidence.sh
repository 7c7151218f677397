#!/bin/bash
# SPDX-License-Identifier: MIT
# A timeout comes with evidence, taken before the signal: whether the test hung,
# was stopped, or got no processor; the call it waited in and the descriptor;
# its threads and children; the tail of its output.  All reports have it
# (TIME-6, PROC-8, ACC-11, HOST-5).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/terminal.sh"

plan 39

build_suite stuck <<'END'
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <shmrun.h>
#include "hostile.h"

SHMRUN_TEST(stuck, reads)
{
	int fds[2];
	char c;

	shmrun_require_eq_int(pipe(fds), 0);
	printf("waiting for an answer\n");
	fflush(stdout);
	while (read(fds[0], &c, 1) <= 0)
		;
}

SHMRUN_TEST(stuck, awaits)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("sleep", "sleep", "1234", (char *)NULL);
		_exit(1);
	}
	while (waitpid(pid, NULL, 0) < 0)
		;
}

SHMRUN_TEST(stuck, stops)
{
	raise(SIGSTOP);
	hostile_sleep(60);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *lock(void *arg)
{
	pthread_mutex_lock(&mutex);
	return arg;
}

SHMRUN_TEST(stuck, deadlocks)
{
	pthread_t thread;

	pthread_mutex_lock(&mutex);
	pthread_create(&thread, NULL, lock, NULL);
	pthread_setname_np(thread, "locker");
	pthread_join(thread, NULL);
}

SHMRUN_TEST(naps, for_a_second)
{
	hostile_sleep(1);
}

SHMRUN_TEST(stuck, spins)
{
	for (volatile unsigned long turns = 0;; turns++)
		;
}
END

# Not where /proc does not tell, as under some sandboxes.
tells()
{
	grep -Eq '^[0-9]' /proc/self/syscall 2>/dev/null
}

for isolate in worker fork; do
	run --isolate=$isolate -j 4 --timeout=1 --grace=1 -f 'stuck::[!s]*' \
		-f stuck::stops --junit="$tmp/x.xml" --json="$tmp/x.json" \
		--record="$tmp/x.shmres" "$tmp/stuck.so"
	is "$status $(results TIMEOUT | wc -l)" "1 4" "$isolate: timeouts"
	like "$(told stuck::stops)" 'shmrun: was stopped \(by SIGSTOP' \
		"$isolate: one that stopped itself (HOST-5)"
	like "$(told stuck::reads)" 'shmrun: hung: it waited; of the last [0-9.]+s it ran for 0' \
		"$isolate: one that waits has hung"
	like "$(told stuck::reads)" 'waiting for an answer' \
		"$isolate: its output is told"
	if tells; then
		like "$(told stuck::reads)" 'in read of descriptor [0-9]+ \(pipe:' \
			"$isolate: what it waited for"
		like "$(told stuck::awaits)" 'state S, in wait4' \
			"$isolate: one that waits for a child"
		like "$(told stuck::deadlocks)" 'thread [0-9]+ \(locker\): state S, in futex' \
			"$isolate: each thread"
	else
		skip "/proc/PID/syscall cannot be read" "$isolate: calls" 3
	fi
	like "$(told stuck::awaits)" 'child [0-9]+ \(sleep 1234\): state S, 0.0.s of CPU' \
		"$isolate: the child that it waits for"
	like "$(cat "$tmp/x.xml")" 'child [0-9]+ \(sleep 1234\)' \
		"$isolate: JUnit has it"
	like "$(cat "$tmp/x.json")" 'child [0-9]+ \(sleep 1234\)' \
		"$isolate: so has JSON"
	run report "$tmp/x.shmres"
	like "$(told stuck::awaits)" 'child [0-9]+ \(sleep 1234\)' \
		"$isolate: so has the recording"
	# What it got depends on the machine; that it wanted to run does not.
	run --isolate=$isolate --timeout=1 --grace=0 -f stuck::spins \
		"$tmp/stuck.so"
	like "$(told stuck::spins)" 'shmrun: (hung: it ran without an end|starved: it wanted to run)' \
		"$isolate: one that spins"
done

# A limit of processor time ends who uses it, and nobody who waits (ACC-11).
for isolate in worker fork; do
	run --isolate=$isolate -j 2 --cpu-timeout=500ms --timeout=20 --grace=0 \
		-f stuck::spins -f "naps::*" \
		"$tmp/stuck.so"
	is "$status $(last_line "$out") $(results TIMEOUT | wc -l)" \
		"1 1 passed, 1 failed 1" \
		"$isolate: --cpu-timeout ends one that spins (ACC-11)"
	like "$(told stuck::spins)" 's of CPU are more than its 0\.50s' \
		"$isolate: --cpu-timeout: and says why (ACC-11)"
done

# So it is when the set-up before it took longer than a look, and in a program
# that forks its tests itself.
build_suite late <<'END'
#include <unistd.h>
#include <shmrun.h>
static void up(void) { usleep(700000); }
SHMRUN_SCOPE_FIXTURE(late, up, NULL)
SHMRUN_TEST(late, spins)
{
	for (volatile unsigned long turns = 0;; turns++)
		;
}
END
run --isolate=fork --cpu-timeout=300ms --timeout=20 --grace=0 "$tmp/late.so"
like "$(told late::spins)" 's of CPU are more than its 0\.30s' \
	"--cpu-timeout behind a slow set-up (ACC-11)"
if ${CC:-gcc} -x c -o "$tmp/served" - -lcmocka 2>/dev/null <<'END'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>
static void naps(void **state) { (void)state; usleep(700000); }
static void spins(void **state)
{
	volatile unsigned long turns = 0;
	for (;;)
		turns += state != NULL;
}
int main(void)
{
	const struct CMUnitTest served[] = {
		cmocka_unit_test(naps), cmocka_unit_test(spins),
	};
	return cmocka_run_group_tests(served, NULL, NULL);
}
END
then
	run -j 1 --cpu-timeout=300ms --timeout=20 --grace=0 "$tmp/served"
	is "$(last_line "$out") $(results TIMEOUT)" \
		"1 passed, 1 failed served::spins" \
		"--cpu-timeout: a test that its program forks (ACC-11)"
	like "$(told served::spins)" 's of CPU are more than its 0\.30s' \
		"--cpu-timeout: and says why, of that process (ACC-11)"
else
	skip "no cmocka" "--cpu-timeout: a served test" 2
fi

# A tenth of a processor: who spins is starved, who sleeps is not.
in_small_cgroup()
{
	local folder
	for folder in /sys/fs/cgroup/cpu /sys/fs/cgroup; do
		folder+=/shmrun-test.$$
		mkdir "$folder" 2>/dev/null || continue
		small=$folder
		if { echo 100000 >"$folder/cpu.cfs_period_us" &&
			echo 10000 >"$folder/cpu.cfs_quota_us" ||
			echo 10000 100000 >"$folder/cpu.max"; } 2>/dev/null &&
			sh -c "echo \$\$ >$folder/cgroup.procs" 2>/dev/null; then
			return 0
		fi
		rmdir "$folder"
	done
	return 1
}
if in_small_cgroup; then
	# shellcheck disable=SC2016 # of the inner shell
	run_program sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$small" \
		"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -j 2 --timeout=8 \
		--grace=0 -f stuck::spins -f stuck::reads "$tmp/stuck.so"
	like "$(told stuck::spins)" 'shmrun: starved: it wanted to run' \
		"a tenth of a processor: one that spins is starved (ACC-11)"
	like "$(told stuck::spins)" 'quota of its control group was used up in [0-9]+ of [0-9]+ periods' \
		"a tenth of a processor: and by what (ACC-11)"
	like "$(told stuck::reads)" 'shmrun: hung: it waited' \
		"one that waits has hung all the same"
	wait_until 20 rmdir "$small" 2>/dev/null
else
	skip "no cgroup can be made" "starved" 3
fi

# Who reads the terminal is stopped: it is the runner's (PROC-8).
build_suite tty <<'END'
#include <fcntl.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_TEST(tty, reads)
{
	int fd = open("/dev/tty", O_RDWR);
	char c;

	shmrun_require_ge_int(fd, 0);
	while (read(fd, &c, 1) <= 0)
		;
}
END
printf '#!/bin/sh\nread x </dev/tty\n' >"$tmp/reads"
chmod +x "$tmp/reads"
# reads_terminal TIER ARGUMENT...
reads_terminal()
{
	local tier=$1
	shift
	on_terminal -j 1 --timeout=1 --grace=0.2 "$@"
	like "$(ended) $(tr -d '\r' <"$tmp/screen" | grep -a 'was stopped')" \
		'^1 icanon=1 echo=1 +shmrun: was stopped \(by .*SIGTTIN' \
		"$tier: one that reads the terminal (PROC-8)"
}
if [ -x "${top_builddir-}/tests/support/pty" ]; then
	reads_terminal worker --isolate=worker "$tmp/tty.so"
	reads_terminal fork --isolate=fork "$tmp/tty.so"
	reads_terminal exec "$tmp/reads"
else
	skip "no helper for terminals" "who reads the terminal" 3
fi

# What ends in time has no evidence.
run -v --timeout=30 "$SUITES/pass.so"
unlike "$out" 'shmrun: (hung|starved)' "a test that ends in time has none"
is "$status" 0 "and passes"
