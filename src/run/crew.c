/* SPDX-License-Identifier: MIT */
#include "run/crew.h"

#include "base/clock.h"
#include "base/fell.h"
#include "base/mem.h"
#include "base/sys.h"
#include "run/bury.h"
#include "run/core.h"
#include "run/feed.h"
#include "run/interim.h"
#include "run/keeper.h"
#include "run/plugin_impl.h"
#include "run/tell.h"
#include "run/unwind.h"
#include "shm/usage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Fork requests under way at once: few, so that no worker is started for work
 * that is done before it comes (SHM-10). */
#define FORKS_MAX 16u
/* Wait after a fork that the system refused. */
#define FORK_PAUSE_NS (100 * NS_PER_MS)
/* What a test has to say where it hangs, before it gets its SIGTERM. */
#define ANSWER_NS (20 * NS_PER_MS)
/* So many generations in a row that do nothing are not bad luck. */
#define FRUITLESS_MAX 20u

/* Its name is for `shmrun top` and people who look into /proc. */
static int crew_file(const char *what, uint32_t slot)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "shmrun-%s-%" PRIu32, what, slot);
	fd = sys_memfd(name);
	if (fd < 0)
		return fd;
	/* Appending is what makes a test's output one range of bytes; it
	 * cannot be cut off behind our back. */
	if (fcntl(fd, F_SETFL, O_APPEND) < 0 ||
	    sys_seal(fd, F_SEAL_SHRINK) < 0) {
		close(fd);
		return -errno;
	}
	return fd;
}

int crew_open(struct run *run, struct err *err)
{
	uint32_t i;

	run->slots = mem_array(run->n_slots, sizeof(*run->slots));
	for (i = 0; i < run->n_slots; i++)
		run->slots[i].spool_fd = run->slots[i].notes_fd =
			run->slots[i].pidfd = -1;
	for (i = 0; i < run->n_slots; i++) {
		struct crew_slot *s = &run->slots[i];

		s->spool_fd = crew_file("spool", i);
		s->notes_fd = crew_file("notes", i);
		if (s->spool_fd < 0 || s->notes_fd < 0)
			return err_sys(err, min_of(s->spool_fd, s->notes_fd),
				       "cannot make the files of worker %u", i);
	}
	return 0;
}

void crew_close(struct run *run)
{
	uint32_t i;

	for (i = 0; run->slots && i < run->n_slots; i++) {
		if (run->slots[i].spool_fd >= 0)
			close(run->slots[i].spool_fd);
		if (run->slots[i].notes_fd >= 0)
			close(run->slots[i].notes_fd);
		if (run->slots[i].pidfd >= 0)
			close(run->slots[i].pidfd);
		str_fini(&run->slots[i].evidence);
	}
	free(run->slots);
	run->slots = NULL;
}

uint32_t crew_count(const struct run *run)
{
	uint32_t n = 0, i;

	for (i = 0; i < run->n_slots; i++)
		n += run->slots[i].state != CREW_EMPTY;
	return n;
}

void crew_wake_all(struct run *run)
{
	struct gate *g = run->arena.gate;

	atom_fence_seq(); /* G19 */
	atom32_add_seq(&g->wake_seq, 1); /* G16 */
	sys_futex_wake(atom32_word(&g->wake_seq), INT_MAX);
}

/* ---- starting -------------------------------------------------------- */

static void crew_reset(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];

	arena_reset_slot(&run->arena, slot, s->generation);
	s->doom = DOOM_NONE;
	s->n_attempts = 0;
	s->has_usage = s->has_total = false;
	s->metered = (struct usage){ 0 };
	s->metered_at_ns = run->now_ns;
	s->seen_running = false;
	s->seen_seq = 0;
	s->pid = 0;
	s->quiet_since_ns = run->now_ns;
	s->kill_at_ns = s->polite_at_ns = 0;
	s->reader = (struct results_reader){
		.results = &run->arena.slots[slot].results,
		.cells = arena_cells(&run->arena, slot),
		.mask = run->arena.results_cap - 1,
	};
}

bool crew_start(struct run *run, uint32_t slot, uint32_t flags)
{
	struct crew_slot *s = &run->slots[slot];
	struct wire_head head = { .kind = WIRE_FORK,
				  .slot = slot,
				  .generation = s->generation,
				  .flags = flags };
	int fds[] = { s->spool_fd, s->notes_fd };

	crew_reset(run, slot);
	if (wire_send(run->args->loader->sock, &head, NULL, fds, 2) < 0)
		return false;
	s->state = CREW_STARTING;
	run->n_forking++;
	return true;
}

void crew_fill(struct run *run)
{
	uint32_t limit = keeper_limit(run), i;
	uint32_t n_granted = run->n_slots - run->n_withheld;
	bool work = true;

	if (run->stop.asked || run->fatal ||
	    run->n_ended == run->args->plan->n_positions ||
	    run->now_ns < run->fork_after_ns)
		return;
	for (i = 0; i < n_granted && run->n_forking < FORKS_MAX; i++) {
		if (run->slots[i].state != CREW_EMPTY)
			continue;
		work = work && i < limit && feed_has_work(run);
		if ((work || feed_holds(run, i) || feed_has_mail(run, i)) &&
		    !crew_start(run, i, 0))
			return;
	}
}

/* ---- hearing --------------------------------------------------------- */

static void crew_started(struct run *run, const struct wire_head *head,
			 int pidfd)
{
	struct crew_slot *s = &run->slots[head->slot];

	s->state = CREW_LIVE;
	s->pidfd = pidfd;
	s->pid = head->pid;
	core_renew_slot(run, head->slot);
	plugin_node_up(run, head->slot);
	/* It was doomed before it had a name. */
	if (s->doom != DOOM_NONE)
		crew_kill(run, head->slot);
}

/* Is nobody there, or all who are have nothing to do? */
static bool crew_is_idle(const struct run *run)
{
	uint32_t i;

	for (i = 0; i < run->n_slots; i++)
		if (run->slots[i].state != CREW_EMPTY &&
		    !atom32_load_acquire(&run->arena.slots[i].resting)) /* P12 */
			return false;
	return true;
}

/* Others do what is left, but for what is this slot's alone (EACH-1): so it is
 * not enough that somebody lives. */
static void crew_refused(struct run *run, const struct wire_head *head)
{
	bool first = run->now_ns >= run->fork_after_ns;

	run->slots[head->slot].state = CREW_EMPTY;
	run->fork_after_ns = run->now_ns + FORK_PAUSE_NS;
	if (crew_count(run) > 0)
		feed_release(run, head->slot);
	/* Rounds count, and only while nobody works. */
	if (!crew_is_idle(run))
		run->n_refused = 0;
	else if (first && ++run->n_refused > FRUITLESS_MAX)
		tell_fatal(run, "no worker can be forked: %s",
			   strerror((int)-(int64_t)head->status));
}

/* A generation that died without having touched any test. */
static void crew_count_fruit(struct run *run, const struct crew_slot *s,
			     bool judged)
{
	if (s->n_attempts || judged || run->stop.asked)
		run->n_fruitless = 0;
	else if (++run->n_fruitless > FRUITLESS_MAX + run->n_slots)
		tell_fatal(run, "workers end before their first test");
}

/* A worker that the loader forked unasked waits until its predecessor is
 * buried and the slot is as new. */
static void crew_admit(struct run *run, uint32_t slot)
{
	crew_reset(run, slot);
	sys_futex_wake(atom32_word(&run->arena.slots[slot].admitted), 1);
	run->slots[slot].state = CREW_STARTING;
	run->n_forking++;
}

static void crew_gone(struct run *run, const struct wire_head *head)
{
	struct crew_slot *s = &run->slots[head->slot];
	bool judged;

	s->total = head->used;
	s->has_total = true;
	judged = bury(run, head->slot, head->status);

	if (s->pidfd >= 0)
		close(s->pidfd);
	s->pidfd = -1;
	s->state = CREW_EMPTY;
	crew_count_fruit(run, s, judged);
	s->generation = (s->generation + 1) & 0xffffu;
	if (head->flags & WIRE_SUCCEEDED)
		crew_admit(run, head->slot);
}

/* To a request for a worker; the watchdog waits for it. */
static bool crew_is_answer(const struct wire_head *head)
{
	return head->kind == WIRE_STARTED || head->kind == WIRE_NOFORK ||
	       head->kind == WIRE_GONE;
}

/* *pidfd is taken when it is wanted, and then -1. */
static void crew_obey(struct run *run, const struct wire_head *head,
		      int *pidfd)
{
	struct crew_slot *s;

	if (head->slot >= run->n_slots ||
	    head->generation != run->slots[head->slot].generation)
		return;
	s = &run->slots[head->slot];
	if (s->state == CREW_STARTING && crew_is_answer(head) &&
	    run->n_forking > 0)
		run->n_forking--;
	if (head->kind == WIRE_STARTED && s->state == CREW_STARTING) {
		crew_started(run, head, *pidfd);
		*pidfd = -1;
	} else if (head->kind == WIRE_NOFORK && s->state == CREW_STARTING) {
		crew_refused(run, head);
	} else if (head->kind == WIRE_GONE && s->state != CREW_EMPTY) {
		crew_gone(run, head);
	}
}

bool crew_hear(struct run *run)
{
	struct wire_msg msg;
	int fds[SYS_MAX_FDS], n_fds, ret;

	while ((ret = wire_recv(run->args->loader->sock, &msg, fds,
				&n_fds)) > 0) {
		int pidfd = n_fds > 0 ? fds[0] : -1;

		if (msg.head.kind == WIRE_WARNED)
			tell_warning(run, "%.400s", msg.text);
		crew_obey(run, &msg.head, &pidfd);
		if (pidfd >= 0)
			close(pidfd);
		while (n_fds > 1)
			close(fds[--n_fds]);
	}
	return ret == -EAGAIN || ret == -EWOULDBLOCK;
}

int crew_watch_loader(struct run *run, struct err *err)
{
	struct loader *l = run->args->loader;
	int ret = loop_watch(run->args->loop, l->sock, RUN_TAG_LOADER, err);

	if (ret == 0)
		ret = loop_watch(run->args->loop, l->pidfd, RUN_TAG_LOADER_END,
				 err);
	return ret;
}

int crew_attach_loader(struct run *run, struct err *err)
{
	struct wire_head head = { .kind = WIRE_ATTACH };
	int fds[] = { run->catalog_fd, run->arena_fd, run->doorbell_fd,
		      unwind_fd(run) };
	int sock = run->args->loader->sock;
	int ret = wire_send(sock, &head, NULL, fds, fds[3] < 0 ? 3 : 4);

	core_renew(run);
	if (ret == 0 && fcntl(sock, F_SETFL, O_NONBLOCK) < 0)
		ret = -errno;
	return ret < 0 ? err_sys(err, ret, "cannot speak to the loader") : 0;
}

void crew_unwatch_loader(struct run *run)
{
	struct loader *l = run->args->loader;

	if (l->sock >= 0)
		loop_unwatch(run->args->loop, l->sock);
	if (l->pidfd >= 0)
		loop_unwatch(run->args->loop, l->pidfd);
}

static bool crew_spares(void *ctx, pid_t pid)
{
	const struct run *run = ctx;
	int i;

	/* They make backtraces and reports, and were no loader's. */
	if (pid == unwind_pid(run) || pid == interim_pid(run) ||
	    pid == run->debug.gdb)
		return true;
	for (i = 0; i < run->n_spared; i++)
		if (run->spared[i] == pid)
			return true;
	return false;
}

/* Was it the worker of that slot?  One whose start was never told has left its
 * number where any test could scribble: it only says which of our children,
 * whose end the kernel told, that was. */
static bool crew_was(const struct run *run, uint32_t slot, pid_t pid)
{
	const struct crew_slot *s = &run->slots[slot];

	if (s->state == CREW_STARTING)
		return atom32_load_relaxed(&run->arena.slots[slot].pid) ==
		       (uint32_t)pid; /* B16 */
	return s->state == CREW_LIVE && s->pid == pid;
}

/* How a worker ended, and what it used, its loader cannot say now. */
static void crew_reap(struct run *run, pid_t pid)
{
	struct rusage used;
	int status;
	uint32_t i;

	if (wait4(pid, &status, WNOHANG, &used) != pid)
		return;
	for (i = 0; i < run->n_slots; i++)
		if (crew_was(run, i, pid)) {
			run->slots[i].total = usage_make(&used);
			run->slots[i].has_total = true;
			run->slots[i].end = status;
		}
}

static bool crew_kill_adopted(struct run *run)
{
	pid_t pids[256];
	int n = sys_children(pids, 256), i, left = 0;

	for (i = 0; i < n; i++) {
		if (crew_spares(run, pids[i]))
			continue;
		left++;
		kill(pids[i], SIGKILL);
		crew_reap(run, pids[i]);
	}
	return left > 0;
}

void crew_reap_all(struct run *run)
{
	struct fell fell = { .spares = crew_spares, .ctx = run,
			     .nap_ns = NS_PER_MS };

	fell_begin(&fell, clock_now_ns());
	while (crew_kill_adopted(run) && fell_again(&fell))
		;
}

static void crew_bury_all(struct run *run)
{
	uint32_t i;

	for (i = 0; i < run->n_slots; i++) {
		if (run->slots[i].state == CREW_EMPTY)
			continue;
		bury_with_loader(run, i);
		/* Tests have ended since the last death. */
		if (run->slots[i].n_attempts)
			run->n_fruitless = 0;
	}
}

void crew_survive_loader(struct run *run)
{
	struct loader *l = run->args->loader;
	struct err err = { 0 };

	crew_unwatch_loader(run);
	loader_stop(l, 0);
	crew_reap_all(run);
	crew_bury_all(run);
	run->n_forking = 0;
	if (run->stop.asked)
		return;
	tell_warning(run, "the loader died; a new one is started");
	if (++run->n_fruitless > FRUITLESS_MAX)
		tell_fatal(run, "no loader can be started: each one dies");
	else if (loader_restart(l, run->args->loader_args, &err) < 0 ||
		 crew_attach_loader(run, &err) < 0 ||
		 crew_watch_loader(run, &err) < 0)
		tell_fatal(run, "no loader can be started: %s", err.text);
}

/* ---- signalling ------------------------------------------------------ */

void crew_kill(struct run *run, uint32_t slot)
{
	if (run->slots[slot].pidfd >= 0)
		sys_pidfd_signal(run->slots[slot].pidfd, SIGKILL);
}

void crew_cut(struct run *run, uint32_t slot, enum crew_doom why)
{
	struct crew_slot *s = &run->slots[slot];
	struct atom64 *current = &run->arena.slots[slot].current;
	struct current_word seen = current_load(current); /* C25 */

	/* A test that is in it is not blamed for our SIGKILL. */
	if (seen.phase == PHASE_RUN)
		current_try_end(current, seen, PHASE_KILL,
				OUTCOME_NONE); /* C26 */
	s->doom = why;
	s->kill_at_ns = run->now_ns + run->args->grace_ns;
	crew_kill(run, slot);
}

void crew_doom(struct run *run, uint32_t slot, enum crew_doom why, int signo)
{
	struct crew_slot *s = &run->slots[slot];

	s->doom = why;
	s->kill_at_ns = run->now_ns + run->args->grace_ns;
	if (s->pidfd < 0)
		return;
	sys_pidfd_signal(s->pidfd, signo);
	/* A stopped test hears nothing until it is continued (PROC-8). */
	sys_pidfd_signal(s->pidfd, SIGCONT);
}

void crew_doom_late(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];

	s->doom = DOOM_TIMEOUT;
	s->polite_at_ns = run->now_ns + ANSWER_NS;
	s->kill_at_ns = s->polite_at_ns + run->args->grace_ns;
}

void crew_be_polite(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];

	s->polite_at_ns = 0;
	if (s->pidfd < 0)
		return;
	sys_pidfd_signal(s->pidfd, SIGTERM);
	sys_pidfd_signal(s->pidfd, SIGCONT);
}

void crew_condemn(struct run *run, uint32_t slot, const char *why)
{
	if (run->slots[slot].doom == DOOM_CONDEMNED)
		return;
	tell_warning(run, "w%u %s; it is replaced", slot, why);
	crew_cut(run, slot, DOOM_CONDEMNED);
}
