#!/bin/bash
# SPDX-License-Identifier: MIT
# A test that dies of a SIGKILL that shmrun did not send is told with what is
# known of the sender: the kernel, for lack of memory, or somebody.  The one
# that takes the memory is killed, the runner and the neighbours are not
# (PROC-18).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 12

build_suite hog <<'END'
#define _GNU_SOURCE
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <shmrun.h>
#include "hostile.h"

SHMRUN_TEST(hog, eats)
{
	size_t size = (size_t)1 << 30, at;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (at = 0; at < size; at += 4096)
		p[at] = 1;
}

SHMRUN_TEST(hog, ends_itself)
{
	kill(getpid(), SIGKILL);
	hostile_sleep(60);
}

SHMRUN_TEST(calm, one) {}
SHMRUN_TEST(calm, two) {}
END

# small_memory: $small is a cgroup with little of it.
small_memory()
{
	local folder
	for folder in /sys/fs/cgroup/memory /sys/fs/cgroup; do
		folder+=/shmrun-test.$$
		mkdir "$folder" 2>/dev/null || continue
		small=$folder
		if { echo 128M >"$folder/memory.limit_in_bytes" ||
			echo 128M >"$folder/memory.max"; } 2>/dev/null &&
			sh -c "echo \$\$ >$folder/cgroup.procs" 2>/dev/null; then
			{
				echo 128M >"$folder/memory.memsw.limit_in_bytes"
				echo 0 >"$folder/memory.swap.max"
			} 2>/dev/null
			return 0
		fi
		rmdir "$folder"
	done
	return 1
}

for isolate in worker fork; do
	run --isolate=$isolate -f hog::ends_itself -f 'calm::*' "$tmp/hog.so"
	is "$status $(results SIGKILL)" "1 hog::ends_itself" \
		"$isolate: a test that kills itself is a crash"
	# Elsewhere on the machine memory may be short at this moment.
	like "$(told hog::ends_itself)" \
		'shmrun: (killed by SIGKILL, not by shmrun|out of memory: )' \
		"$isolate: and it was not shmrun"
	# Ours is not told as somebody's.
	run --isolate=$isolate --timeout=0.3 --grace=0 -f hostile::hang_ignoring \
		"$SUITES/hang.so"
	unlike "$out" 'killed by SIGKILL, not by' \
		"$isolate: a SIGKILL of ours is not somebody's"
	# Sanitizers take more than there is.
	if [ -n "${SANITIZERS-}" ] || ! grep -q '^oom_kill ' /proc/vmstat ||
		! small_memory; then
		skip "no small memory cgroup" "$isolate: out of memory" 3
		continue
	fi
	# shellcheck disable=SC2016 # of the inner shell
	run_program sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$small" \
		"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -j 1 \
		--isolate=$isolate -f hog::eats -f 'calm::*' "$tmp/hog.so"
	is "$(results SIGKILL)" hog::eats "$isolate: the hog is killed"
	is "$status $(last_line "$out")" "1 2 passed, 1 failed" \
		"$isolate: the runner lives, the others pass"
	like "$(told hog::eats)" 'shmrun: out of memory: the kernel' \
		"$isolate: it is told that memory was short"
	wait_until 20 rmdir "$small" 2>/dev/null
done
