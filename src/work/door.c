/* SPDX-License-Identifier: MIT */
#include "work/door.h"

#include "base/clock.h"
#include "base/role.h"
#include "base/sys.h"
#include "work/child.h"
#include "work/stage.h"
#include "work/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define N_OWN_FDS 4

/* Our descriptors live just below this number, out of the way of tests that
 * open files: those get the lowest free ones. */
static int door_ceiling(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > 1024)
		return 1024;
	return (int)limit.rlim_cur;
}

static int door_lift(int fd, int lowest)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, lowest);

	if (high < 0)
		die(1, "a worker cannot move descriptor %d to %d and up", fd,
		    lowest);
	return high;
}

/* 0 to 2 for the test, ours high up, nothing else open (PROC-12). */
static void door_descriptors(struct worker *w, const struct heritage *h)
{
	int lowest = door_ceiling() - N_OWN_FDS, null;

	w->arena_fd = door_lift(h->arena_fd, lowest);
	w->doorbell_fd = door_lift(h->doorbell_fd, lowest);
	w->spool_fd = door_lift(h->spool_fd, lowest);
	w->notes_fd = door_lift(h->notes_fd, lowest);
	null = open("/dev/null", O_RDWR);
	if (null > 0)
		dup2(null, STDIN_FILENO);
	dup2(w->spool_fd, STDOUT_FILENO);
	dup2(w->spool_fd, STDERR_FILENO);
	sys_close_range(3, lowest - 1);
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

static void door_environment(const struct worker *w)
{
	char text[16];

	snprintf(text, sizeof(text), "w%u", w->slot);
	setenv("SHMRUN_SLOT", text, 1);
	snprintf(text, sizeof(text), "%u", w->generation);
	setenv("SHMRUN_GENERATION", text, 1);
	snprintf(text, sizeof(text), "%u", w->catalog.header->jobs);
	setenv("SHMRUN_JOBS", text, 1);
}

static void door_memories(struct worker *w, const struct heritage *h)
{
	struct err err = { 0 };
	int ret = catalog_attach(&w->catalog, h->catalog_fd, &err);

	if (ret == 0)
		ret = arena_attach(&w->arena, &w->catalog.header->arena,
				   h->arena_fd, &err);
	if (ret < 0)
		die(1, "%s", err.text);
	ret = child_open(w);
	if (ret < 0)
		die(1, "a worker cannot map a page: %d", ret);
}

static void door_results(struct worker *w)
{
	w->self = &w->arena.slots[w->slot];
	w->results = (struct results_writer){
		.results = &w->self->results,
		.cells = arena_cells(&w->arena, w->slot),
		.mask = w->arena.results_cap - 1,
	};
}

void door_enter(struct worker *w, const struct heritage *h)
{
	uint32_t i;

	*w = (struct worker){ .suites = h->suites,
			      .n_suites = h->n_suites,
			      .slot = h->slot,
			      .generation = h->generation,
			      .pid = getpid() };
	role_assert(ROLE_WORKER);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	door_memories(w, h);
	door_descriptors(w, h);
	door_results(w);
	door_environment(w);
	fixture_open(w);
	stage_open(w->slot, w->generation, w->catalog.header->run_id,
		   w->notes_fd, fixture_data, w);
	for (i = 0; i < w->n_suites; i++)
		stage_bind(w->suites[i]);
	capture_open(w);
	w->now_ns = clock_now_ns();
}
