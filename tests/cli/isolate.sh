#!/bin/bash
# SPDX-License-Identifier: MIT
# Which tests share a process: in the worker tier many, in the fork tier each
# has its own; a test's attribute asks for more than the run gives, never for
# less; a failure, a crash and a timeout cost a worker, --recycle=never keeps it
# after a failure; slots and generations (ISO-1, ISO-2, ADP-11, DEF-2, DEF-4,
# VAR-6, VAR-7).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 31

# Each test logs the process, slot and generation it ran in.
build_suite who <<'END'
#define _GNU_SOURCE
#include <shmrun.h>
#include "hostile.h"
static int touched;
static void say(const char *name)
{
	char line[100];
	snprintf(line, sizeof(line), "%s %ld %ld %s %s %d", name,
		 (long)getpid(), (long)getppid(), getenv("SHMRUN_SLOT"),
		 getenv("SHMRUN_GENERATION"), touched++);
	hostile_append("WHO_LOG", line);
}
SHMRUN_RANGE(who, plain, 50) { say("plain"); }
SHMRUN_RANGE(who, forked, 10, .isolate = SHMRUN_ISOLATE_FORK)
{
	say("forked");
	shmrun_check_eq_int(shmrun_role(), SHMRUN_ROLE_CHILD);
}
SHMRUN_RANGE(who, worker, 10, .isolate = SHMRUN_ISOLATE_WORKER) { say("worker"); }
SHMRUN_RANGE(who, fails, 3)
{
	say("fails");
	shmrun_check_true(false);
}
END

# processes NAME: how many different ones its tests had.
processes()
{
	awk -v name="$1" '$1 == name && !seen[$2]++ { n++ } END { print n + 0 }' \
		"$WHO_LOG"
}

export WHO_LOG="$tmp/worker"
run -j 2 --isolate=worker -f 'who::plain' "$tmp/who.so"
is "$status" 0 "worker: exit 0"
ok "worker: 50 tests in at most two processes" test "$(processes plain)" -le 2
is "$(awk '{ print $4 }' "$WHO_LOG" | grep -vcE '^w[01]$')" 0 \
	"worker: slots are w0 and w1 (VAR-6)"
is "$(awk '{ print $5 }' "$WHO_LOG" | sort -u)" 0 "worker: generation 0"

export WHO_LOG="$tmp/auto"
run -j 2 -f 'who::plain' -f 'who::forked' "$tmp/who.so"
is "$status" 0 "auto: exit 0"
ok "auto: a native suite runs in workers (DEF-2)" \
	test "$(processes plain)" -le 2
is "$(processes forked)" 10 "auto: tests that ask for it have a process each"

export WHO_LOG="$tmp/fork"
run -j 2 --isolate=fork -f 'who::plain' -f 'who::worker' "$tmp/who.so"
is "$status" 0 "fork: exit 0"
is "$(processes plain)" 50 "fork: each test has a process of its own"
is "$(awk '{ print $6 }' "$WHO_LOG" | sort -u)" 0 \
	"fork: no test sees another's changes"
is "$(awk '{ print $3 }' "$WHO_LOG" | sort -u | wc -l)" \
	"$(awk '{ print $4 }' "$WHO_LOG" | sort -u | wc -l)" \
	"fork: the worker of a slot stays"
is "$(processes worker)" 10 \
	"fork: a test's attribute cannot ask for less than the run gives"

# Recycling.
export WHO_LOG="$tmp/recycle"
run -j 1 --isolate=worker -f 'who::plain' -f 'who::fails' "$tmp/who.so"
is "$(last_line "$out")" "50 passed, 3 failed" "recycle: the counts"
is "$(processes fails)" 3 "recycle: a failed test's process runs no other"
is "$(awk '{ print $5 }' "$WHO_LOG" | sort -un | tail -n 1)" \
	"$(($(awk '{ print $2 }' "$WHO_LOG" | sort -u | wc -l) - 1))" \
	"recycle: each process is another generation"
# After so many tests, whatever else (CRASH-5).
for isolate in worker fork; do
	export WHO_LOG="$tmp/after.$isolate"
	run -j 2 --isolate=$isolate --recycle=never,7 -f 'who::plain' \
		-f 'who::worker' "$tmp/who.so"
	is "$status $(last_line "$out")" "0 60 passed, 0 failed" \
		"--recycle=never,7, $isolate: all run once"
	is "$(awk '{ n[$4 " " $5]++ } END { for (i in n) if (n[i] > most)
		most = n[i]; print most }' "$WHO_LOG")" 7 \
		"--recycle=never,7, $isolate: none has run more"
done
export WHO_LOG="$tmp/never"
run -j 1 --isolate=worker --recycle=never -f 'who::plain' -f 'who::fails' \
	"$tmp/who.so"
if [ -n "${SANITIZERS-}" ]; then
	# What a failed test leaked would be the next one's.
	skip "a failed test is its worker's last" "--recycle=never"
else
	is "$(awk '{ print $2 }' "$WHO_LOG" | sort -u | wc -l)" 1 \
		"--recycle=never: one process for all"
fi

for isolate in worker fork; do
	run --isolate=$isolate -j 4 "$SUITES/context.so"
	is "$status $(last_line "$out")" "0 23 passed, 0 failed" \
		"$isolate: slot, attempt, run and role as told to the test"
	run --isolate=$isolate "$SUITES/pass.so"
	like "$out" ", isolate $isolate, " "$isolate: the first line says so"
done

# 64 slots: no two running workers have the same (RTY-7).
build_suite slots <<'END'
#define _GNU_SOURCE
#include <sys/file.h>
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(slots, unique, 2000)
{
	char path[256];
	int fd;
	snprintf(path, sizeof(path), "%s/%s", getenv("SLOT_DIR"),
		 getenv("SHMRUN_SLOT"));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	shmrun_require_ge_int(fd, 0);
	shmrun_require_eq_int(flock(fd, LOCK_EX | LOCK_NB), 0);
	usleep(100);
	close(fd);
}
END
export SLOT_DIR="$tmp/slots"
mkdir "$SLOT_DIR"
for isolate in worker fork; do
	run --isolate=$isolate -j 16 "$tmp/slots.so"
	is "$status $(last_line "$out")" "0 2000 passed, 0 failed" \
		"$isolate: no two running tests have the same slot"
	is "$(find "$SLOT_DIR" -type f -name 'w*' | grep -vcE '/w([0-9]|1[0-5])$')" \
		0 "$isolate: slots are w0 to w15"
done

# A crash leaves the slot to the next generation, with the same number.
export WHO_LOG="$tmp/crash"
run -j 1 -f 'who::*' -f 'crash::segv' "$tmp/who.so" "$SUITES/crash.so"
is "$(awk '{ print $4 }' "$WHO_LOG" | sort -u)" w0 \
	"one slot: all generations are w0"
is "$(last_line "$out")" "70 passed, 4 failed" "one slot: the counts"
is "$(grep -c . "$WHO_LOG")" 73 "one slot: each test ran once"
