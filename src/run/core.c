/* SPDX-License-Identifier: MIT */
#include "run/core.h"

#include "base/compiler.h"
#include "base/sys.h"
#include "run/tell.h"

#include <string.h>
#include <sys/resource.h>

static bool core_is_over(const struct run *run)
{
	return run->args->core == CORE_FIRST && run->has_crashed;
}

/* A process that is gone makes none. */
static void core_take_away(pid_t pid)
{
	const struct rlimit none = { .rlim_cur = sys_no_core(),
				     .rlim_max = sys_no_core() };

	if (pid > 0)
		prlimit(pid, RLIMIT_CORE, &none, NULL);
}


/* Without a folder in it, it is in that of the test (work/guard.c); the rest is
 * the machine's affair. */
static void core_tell(struct run *run)
{
	char pattern[256] = "";

	sys_read_text("/proc/sys/kernel/core_pattern", pattern,
		      sizeof(pattern));
	pattern[strcspn(pattern, "\n")] = '\0';
	tell_warning(run, "a core file was asked for: it is where "
		     "kernel.core_pattern says, '%s'", pattern);
}

void core_crashed(struct run *run)
{
	if (run->args->core == CORE_NONE || run->has_crashed)
		return;
	run->has_crashed = true;
	core_tell(run);
	core_renew(run);
}

void core_renew_slot(const struct run *run, uint32_t slot)
{
	const struct crew_slot *s = &run->slots[slot];

	/* While its number is not somebody else's. */
	if (unlikely(core_is_over(run)) && s->state == CREW_LIVE &&
	    s->pidfd >= 0 && sys_pidfd_signal(s->pidfd, 0) == 0)
		core_take_away(s->pid);
}

void core_renew(struct run *run)
{
	uint32_t i;

	if (!core_is_over(run))
		return;
	core_take_away(run->args->loader->pid);
	for (i = 0; i < run->n_slots; i++)
		core_renew_slot(run, i);
}
