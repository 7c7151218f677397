/* SPDX-License-Identifier: MIT */
#include "run/oom.h"

#include "base/mem.h"
#include "base/sys.h"
#include "run/run_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VMSTAT_CAP (64u << 10)

/* Of the machine, killings within a memory cgroup included; UINT64_MAX where
 * it is not told. */
static uint64_t oom_count(void)
{
	char *text = mem_alloc(VMSTAT_CAP);
	uint64_t n = UINT64_MAX;
	const char *at = NULL;

	if (sys_read_text("/proc/vmstat", text, VMSTAT_CAP) > 0)
		at = strstr(text, "\noom_kill ");
	if (!at || sscanf(at, "\noom_kill %" SCNu64, &n) != 1)
		n = UINT64_MAX;
	free(text);
	return n;
}

void oom_open(struct run *run)
{
	run->oom_kills = oom_count();
}

const char *oom_explain(struct run *run)
{
	uint64_t before = run->oom_kills;

	run->oom_kills = oom_count();
	if (run->oom_kills == UINT64_MAX)
		return "killed by SIGKILL, not by shmrun; out of memory?";
	if (run->oom_kills == before)
		return "killed by SIGKILL, not by shmrun, nor by the kernel "
		       "for lack of memory";
	return "out of memory: the kernel has killed a process, and counts "
	       "it in oom_kill of /proc/vmstat";
}
