#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests that write over the memory they share with the runner: never a pass of
# the run, never a hang, never a crash of the runner, never more or fewer tests
# than there are; in the fork tier nothing but the test is hurt (ACC-4, STATE-1,
# LF-6, EXIT-3).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 55

RUN_TIMEOUT=30

# survives NAME SELECTED ARGUMENT...: it ends by itself and all adds up.
survives()
{
	local name=$1 selected=$2
	shift 2
	run --timeout=5 --grace=0 "$@"
	ok "$name: exit 1 or 3, no hang, no crash (got $status)" \
		test "$status" = 1 -o "$status" = 3
	is "$(last_line "$out" | tr -cs 0-9 '\n' |
		awk '{ n += $1 } END { print n }')" "$selected" \
		"$name: all counts add up"
	is "$(results | sort | uniq -d)" "" "$name: none is told twice"
	ok "$name: nothing is left" none_marked "$(run_id)"
}

for jobs in 1 2 8; do
	survives "worker, -j $jobs" 103 --isolate=worker -j $jobs \
		"$SUITES/scribble.so"
done
survives "zeros" 101 -j 2 -f 'calm::*' -f scribble::zeros \
	"$SUITES/scribble.so"
survives "ones" 101 -j 2 -f 'calm::*' -f scribble::ones "$SUITES/scribble.so"
survives "beside another suite" 139 -j 4 "$SUITES/scribble.so" \
	"$SUITES/params.so"

# Damage that is harder to notice; where it hits nothing the test passes.
wrong=
for seed in {1..40}; do
	HOSTILE_SEED=$seed run -j 2 --timeout=5 --grace=0 -f scribble::random \
		-f 'calm::*' "$SUITES/scribble.so"
	case $status in
	0 | 1 | 3) ;;
	*) wrong="$wrong seed $seed: exit $status;" ;;
	esac
	[ "$(last_line "$out" | tr -cs 0-9 '\n' |
		awk '{ n += $1 } END { print n }')" = 101 ] ||
		wrong="$wrong seed $seed: $(last_line "$out");"
done
is "$wrong" "" "40 kinds of random damage: 0, 1 or 3, and all adds up"

# In the fork tier the arena is not there.
for jobs in 1 4; do
	run --isolate=fork -j $jobs "$SUITES/scribble.so"
	is "$(last_line "$out" | sed 's/[0-9]* passed, //; s/^[0-3] failed$/ok/')" \
		ok "fork, -j $jobs: nothing but the three can be hurt"
	is "$(results | grep -vc scribble)" 0 "fork, -j $jobs: no neighbour is"
	ok "fork, -j $jobs: the result can be trusted (got $status)" \
		test "$status" -lt 2
done

# What a child counts lies where it can write: a failure that it wipes out there
# is no pass, however the test says that it will end.
build_suite wipe <<'END'
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <shmrun.h>
#include "hostile.h"
static void wipe(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	void *from[64];
	size_t size[64], n = 0;
	while (maps && n < 64 && fgets(line, sizeof(line), maps)) {
		unsigned long a, b;
		char mode[5];
		if (sscanf(line, "%lx-%lx %4s", &a, &b, mode) == 3 &&
		    mode[1] == 'w' && mode[3] == 's') {
			from[n] = (void *)a;
			size[n++] = b - a;
		}
	}
	while (n-- > 0)
		memset(from[n], 0, size[n]);
}
SHMRUN_TEST(wipe, exits, .exit_code = 3) { shmrun_check_true(0); wipe(); _exit(3); }
SHMRUN_TEST(wipe, dies, .signal = SIGKILL) { shmrun_check_true(0); wipe(); raise(SIGKILL); }
SHMRUN_TEST(wipe, returns) { wipe(); }
END
run -v --isolate=fork "$tmp/wipe.so"
is "$status $(results ERROR | sort | xargs)" \
	"1 wipe::dies wipe::exits wipe::returns" \
	"fork: a verdict that was written over is an error"
like "$(told wipe::dies)" 'wrote over memory that it shares' "and says so"

# All shared memory, of whatever kind, and every descriptor above 2.
build_suite worse <<'END'
#define _GNU_SOURCE
#include <string.h>
#include <sys/stat.h>
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(calm, before, 50) {}
SHMRUN_TEST(worse, shared)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	while (maps && fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		char mode[5];
		if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) == 3 &&
		    mode[1] == 'w' && mode[3] == 's')
			memset((void *)from, 0xa5, to - from);
	}
}
SHMRUN_TEST(worse, descriptors)
{
	char block[4096];
	memset(block, 0x5a, sizeof(block));
	for (int fd = 3; fd < 1100; fd++)
		for (int i = 0; i < 4; i++)
			if (write(fd, block, sizeof(block)) < 0)
				break;
}
SHMRUN_TEST(worse, truncate)
{
	for (int fd = 0; fd < 1100; fd++)
		if (ftruncate(fd, 0) < 0)
			continue;
}
SHMRUN_RANGE(calm, after, 50) {}
END
for isolate in worker fork; do
	for name in shared descriptors truncate; do
		run --timeout=5 --grace=0 --isolate=$isolate -j 2 \
			-f 'calm::*' -f "worse::$name" "$tmp/worse.so"
		ok "$isolate: $name: exit 0, 1 or 3 (got $status)" \
			test "$status" = 0 -o "$status" = 1 -o "$status" = 3
		is "$(last_line "$out" | tr -cs 0-9 '\n' |
			awk '{ n += $1 } END { print n }')" 101 \
			"$isolate: $name: all counts add up"
	done
done

# One page of the arena after the other: header, states, cursors, rings, slots,
# each by itself, whoever they belong to.  Nothing but the truth: all of these
# tests pass, so that exit 0 is with all of them, and whatever is missing or was
# hurt is 1 or 3.
build_suite page <<'END'
#define _GNU_SOURCE
#include <string.h>
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(calm, before, 50) {}
/* Writes over one page of what is shared and writable. */
SHMRUN_TEST(page, one)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long wanted = hostile_number("PAGE", 0), n = 0;
	char line[512], said[64];
	int fill = (int)hostile_number("FILL", 0xa5);

	while (maps && fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		char mode[5];

		if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) != 3 ||
		    mode[1] != 'w' || mode[3] != 's' || !strstr(line, "arena"))
			continue;
		for (; from < to; from += 4096, n++) {
			unsigned char *page = (unsigned char *)from;
			int used = 0;

			if (n != wanted)
				continue;
			for (int i = 0; i < 4096; i++)
				used |= page[i];
			snprintf(said, sizeof(said), "%s", used ? "used" : "free");
			hostile_append("PAGE_LOG", said);
			memset(page, fill, 4096);
			return;
		}
	}
	hostile_append("PAGE_LOG", "none");
}
SHMRUN_RANGE(calm, after, 50) {}
END
export PAGE_LOG="$tmp/pages"

# write_over PAGE FILL: sets $wrong; false behind the last page.
write_over()
{
	: >"$PAGE_LOG"
	PAGE=$1 FILL=$2 run -j 2 --isolate=worker --timeout=5 --grace=0 \
		"$tmp/page.so"
	[ "$(cat "$PAGE_LOG")" != none ] || return 1
	case "$status $(last_line "$out")" in
	"0 101 passed, 0 failed" | 1\ * | 3\ *) ;;
	*) wrong="$wrong page $1: $status $(last_line "$out");" ;;
	esac
	[ "$(last_line "$out" | tr -cs 0-9 '\n' |
		awk '{ n += $1 } END { print n }')" = 101 ] ||
		wrong="$wrong page $1: $(last_line "$out");"
	[ -z "$(results | sort | uniq -d)" ] || wrong="$wrong page $1: twice;"
	hurt=$((hurt + (status != 0)))
}

for fill in 0 165 255; do
	wrong=
	hurt=0
	page=0
	while [ $page -lt 100 ] && write_over $page $fill; do
		page=$((page + 1))
	done
	is "$wrong" "" "worker: a page of $fill: 0 with all passed, or 1 or 3"
	ok "worker: a page of $fill: $page pages, $hurt of them hurt" \
		test $page -gt 5 -a $page -lt 100 -a $hurt -gt 0
	ok "worker: a page of $fill: nothing is left" none_marked "$(run_id)"
done
: >"$PAGE_LOG"
PAGE=0 run --isolate=fork -f page::one "$tmp/page.so"
is "$status $(cat "$PAGE_LOG")" "0 none" "fork: there is no arena to write to"
