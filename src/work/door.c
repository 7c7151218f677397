/* SPDX-License-Identifier: MIT */
#include "work/door.h"

#include "base/clock.h"
#include "base/digits.h"
#include "base/raw.h"
#include "base/role.h"
#include "base/sys.h"
#include "shm/wire.h"
#include "work/counters.h"
#include "work/guard.h"
#include "work/holding.h"
#include "work/leftover.h"
#include "work/onset.h"
#include "work/stage.h"
#include "work/variables.h"
#include "work/worker.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

hot_path static struct door_id door_identify(int fd)
{
	struct door_id id = { 0 };
	struct stat st = { 0 };

	if (raw_syscall(SYS_fstat, fd, (long)&st, 0, 0, 0) == 0) {
		id.dev = st.st_dev;
		id.ino = st.st_ino;
	}
	return id;
}

hot_path bool door_is(int fd, const struct door_id *id)
{
	struct door_id now = door_identify(fd);

	return now.dev == id->dev && now.ino == id->ino;
}

hot_path static int door_lift(int fd, int lowest)
{
	long high = raw_syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, lowest, 0, 0);

	if (high < 0)
		die(WORKER_EXIT_START, "a worker cannot move descriptor %d to %d and up", fd,
		    lowest);
	return (int)high;
}

/* 0 to 2 for the test, ours high up, nothing else open (PROC-12).  The loader
 * has put those that all workers share in place, and /dev/null at 0. */
hot_path static void door_descriptors(struct worker *w, const struct heritage *h)
{
	int highest;

	w->arena_fd = h->arena_fd;
	w->doorbell_fd = h->doorbell_fd;
	w->spool_fd = door_lift(h->spool_fd, h->lowest_fd);
	w->notes_fd = door_lift(h->notes_fd, h->lowest_fd);
	if (likely(!(h->flags & HERITAGE_DEBUGGED))) {
		raw_syscall(SYS_dup3, w->spool_fd, STDOUT_FILENO, 0, 0, 0);
		raw_syscall(SYS_dup3, w->spool_fd, STDERR_FILENO, 0, 0, 0);
	}
	sys_close_range(3, h->lowest_fd - 1);
	highest = max_of(max_of(w->arena_fd, w->doorbell_fd),
			 max_of(w->spool_fd, w->notes_fd));
	highest = max_of(highest, h->wrecks_fd);
	sys_close_range(highest + 1, INT_MAX);
	w->spool_id = door_identify(w->spool_fd);
	w->notes_id = door_identify(w->notes_fd);
	w->doorbell_id = door_identify(w->doorbell_fd);
}

hot_path static void door_environment(const struct heritage *h)
{
	/* In place: setenv(3) would allocate, which costs a fresh fork several
	 * page faults. */
	if (h->env_slot)
		digits_write(h->env_slot + 1, h->slot); /* w0 */
	if (h->env_generation)
		digits_write(h->env_generation, h->generation);
}

hot_path static void door_memories(struct worker *w, const struct heritage *h)
{
	int ret;

	w->catalog = *h->catalog;
	/* A sentence of its own would be another page of the stack, which is
	 * copied for every worker. */
	ret = arena_attach(&w->arena, &w->catalog.header->arena, h->arena_at,
			   h->arena_fd, NULL);
	if (ret < 0)
		die(WORKER_EXIT_START, "cannot map the arena: %s",
		    strerror(-ret));
}

hot_path static void door_results(struct worker *w)
{
	w->self = &w->arena.slots[w->slot];
	w->results = (struct results_writer){
		.results = &w->self->results,
		.cells = arena_cells(&w->arena, w->slot),
		.mask = w->arena.results_cap - 1,
	};
	/* A fault for reading maps the pages around it too, and for writing:
	 * one for all that the workers before this one have used. */
	(void)*(const volatile uint32_t *)w->results.cells;
	(void)current_load(&w->self->current); /* C29 */
}

/* A debugger and LeakSanitizer cannot both trace (SIG-14). */
hot_path static uint8_t door_unusual(const struct heritage *h)
{
	if (unlikely(h->flags & HERITAGE_DEBUGGED))
		return UNUSUAL_DEBUGGED;
	return h->seeks_leaks ? UNUSUAL_LEAKS : 0;
}

hot_path void door_enter(struct worker *w, const struct heritage *h)
{
	*w = (struct worker){ .suites = h->suites,
			      .n_suites = h->n_suites,
			      .wrapper = h->wrapper,
			      .plain_exit = h->plain_exit,
			      .has_runtime = h->has_runtime,
			      .late_thread = h->late_thread,
			      .unusual = door_unusual(h),
			      .plain_fork = h->plain_fork,
			      .slot = h->slot,
			      .generation = h->generation,
			      .pid = getpid() };
	role_assert(ROLE_WORKER);
	raw_syscall(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	door_memories(w, h);
	door_descriptors(w, h);
	door_results(w);
	door_environment(h);
	guard_open(h->wrecks_fd);
	if (unlikely(h->has_runtime))
		leftover_accept(false); /* its own thread, if it has one */
	counters_open(h->suites, h->n_suites);
	fixture_open(w);
	w->holds = holding_open(w);
	variables_open(w);
	onset_open(w);
	stage_open(w->slot, w->generation, w->catalog.header->run_id,
		   w->notes_fd, fixture_data, w);
}
