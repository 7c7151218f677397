#!/bin/bash
# SPDX-License-Identifier: MIT
# A suite with so much private memory that each fork is slow: that is told, with
# how slow and by what, once, and the tests run.  Shared memory of that size
# costs nothing and is no reason for a word (ENV-7).

. "${top_srcdir:-.}/tests/cli/lib.sh"

[ -z "${SANITIZERS-}" ] || skip_all "sanitizers have such memory of their own"
[ "$(awk '$1 == "MemAvailable:" { print ($2 > 3000000) }' /proc/meminfo)" = 1 ] ||
	skip_all "not enough memory"

plan 11

build_suite heavy <<'END'
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <shmrun.h>
/* A gigabyte of small pages, of which there are many. */
__attribute__((constructor)) static void load(void)
{
	size_t size = (size_t)1 << 30;
	const char *kind = getenv("KIND");
	int fd = strcmp(kind, "mapped") == 0 ? open("/dev/zero", O_RDWR) : -1;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       (fd < 0 ? MAP_ANONYMOUS : 0) |
		       (strcmp(kind, "shared") == 0 ? MAP_SHARED : MAP_PRIVATE),
		       fd, 0);

	if (fd >= 0)
		close(fd);
	madvise(p, size, MADV_NOHUGEPAGE);
	memset(p, 1, size);
}
SHMRUN_RANGE(calm, tests, 40) {}
END

for isolate in worker fork; do
	KIND=private run --isolate=$isolate -j 2 "$tmp/heavy.so"
	is "$status $(last_line "$out")" "0 40 passed, 0 failed" \
		"$isolate: the tests pass"
	like "$err" '^warning: a fork takes [0-9]+\.[0-9] ms' \
		"$isolate: how slow forks are is told"
	like "$err" '1[0-9]{3} MiB of private memory, most of it anonymous memory \(10' \
		"$isolate: and by which memory"
	is "$(wc -l <"$tmp/err")" 1 "$isolate: once"
done
KIND=mapped run -j 1 "$tmp/heavy.so"
like "$err" 'most of it /dev/zero \(10' "a mapped file is named"
KIND=shared run -j 2 "$tmp/heavy.so"
is "$status $err" "0 " "shared memory costs forks nothing"
run -j 2 "$SUITES/pass.so"
is "$status $err" "0 " "nor does a usual suite"
