/* SPDX-License-Identifier: MIT */
#include "run/watchdog.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "run/tell.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#define LOOK_NS (500 * NS_PER_MS)
#define CONTINUE_NS NS_PER_S
#define GIVE_UP_NS (10 * NS_PER_S)

/* Is a worker dead of whose end nothing was heard yet? */
static bool watchdog_sees_dead(const struct run *run)
{
	struct pollfd *fds = mem_array(run->n_slots, sizeof(*fds));
	nfds_t n = 0;
	uint32_t i;
	bool dead;

	for (i = 0; i < run->n_slots; i++)
		if (run->slots[i].state == CREW_LIVE &&
		    run->slots[i].pidfd >= 0)
			fds[n++] = (struct pollfd){ .fd = run->slots[i].pidfd,
						    .events = POLLIN };
	dead = n > 0 && poll(fds, n, 0) > 0;
	free(fds);
	return dead;
}

void watchdog_look(struct run *run)
{
	uint64_t waited;

	if (run->now_ns < run->watched_ns + LOOK_NS)
		return;
	run->watched_ns = run->now_ns;
	if (run->n_forking == 0 && !watchdog_sees_dead(run)) {
		run->unheard_since_ns = 0;
		return;
	}
	if (!run->unheard_since_ns)
		run->unheard_since_ns = run->now_ns;
	waited = run->now_ns - run->unheard_since_ns;
	if (waited >= CONTINUE_NS)
		sys_pidfd_signal(run->args->loader->pidfd, SIGCONT);
	if (waited < GIVE_UP_NS)
		return;
	tell_warning(run, "the loader does not answer; it is killed");
	sys_pidfd_signal(run->args->loader->pidfd, SIGKILL);
	run->unheard_since_ns = 0;
}
