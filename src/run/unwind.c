/* SPDX-License-Identifier: MIT */
#include "run/unwind.h"

#include "base/clock.h"
#include "base/proc.h"
#include "base/compiler.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/vec.h"
#include "run/signals.h"
#include "run/unwinder.h"
#include "shm/wreck.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many events wait at once; a test beyond is told at once, without. */
#define HELD_MAX 64u
/* And so many of a run get one: nobody reads more, and the rest of the run is
 * not to pay for them. */
#define TRACES_MAX 50u
/* One answer.  The first one reads the suites' debug information. */
#define ANSWER_NS (2 * NS_PER_S)
/* All that still wait when the run is over. */
#define SETTLE_NS (5 * NS_PER_S)
/* Who has failed so often is not started again. */
#define FAILURES_MAX 3u

struct held {
	struct held *next;
	struct event ev;
	struct remains remains;
	struct usage usage;
	struct sigfault fault;
	uint64_t at, size; /* of its wreck */
};

/* A wreck that no test has been told for yet. */
struct salvage {
	uint32_t position;
	int signo;
	struct sigfault fault;
	uint64_t at, size;
};

struct unwind {
	struct unwinder process;
	int wrecks_fd;
	uint64_t read_to; /* heads up to here have been seen */
	struct salvage *found;
	uint32_t n_found, cap_found;
	struct held *first, **last; /* the first one is with the process */
	uint32_t n_held;
	uint64_t deadline_ns; /* of the first one; 0 = not asked yet */
	uint32_t n_failures;
	uint32_t n_taken;
	uint32_t n_without; /* crashed, and there was no room */
	char text[WRECK_TEXT_MAX + 1];
};

/* ---- open and close -------------------------------------------------- */

int unwind_open(struct run *run, struct err *err)
{
	char path[PATH_MAX];
	struct unwind *u;
	int fd;

	if (!WRECK_IS_LEFT || !run->args->backtrace || !unwinder_find(path))
		return 0;
	fd = sys_memfd("shmrun-wrecks");
	if (fd < 0)
		return err_sys(err, fd, "cannot make a memory file");
	fcntl(fd, F_SETFL, O_APPEND);
	sys_seal(fd, F_SEAL_SHRINK);
	u = run->unwind = mem_zalloc(sizeof(*u));
	u->wrecks_fd = fd;
	u->process.sock = -1;
	u->last = &u->first;
	return 0;
}

static void unwind_shut(struct run *run)
{
	struct unwind *u = run->unwind;

	if (u->process.sock >= 0)
		loop_unwatch(run->args->loop, u->process.sock);
	unwinder_stop(&u->process);
}

void unwind_close(struct run *run)
{
	struct unwind *u = run->unwind;

	if (!u)
		return;
	unwind_shut(run);
	close(u->wrecks_fd);
	free(u->found);
	free(u);
	run->unwind = NULL;
}

int unwind_fd(const struct run *run)
{
	return run->unwind ? run->unwind->wrecks_fd : -1;
}

/* ---- the queue ------------------------------------------------------- */

static void unwind_find_new(struct unwind *u)
{
	struct wreck_head head;
	uint64_t at = u->read_to;

	while (wreck_next(u->wrecks_fd, &at, &head)) {
		vec_room(u->found, u->n_found, u->cap_found);
		u->found[u->n_found++] =
			(struct salvage){ .position = head.position,
					  .signo = head.signo,
					  .fault = { .code = head.code,
						     .address = head.address },
					  .at = u->read_to,
					  .size = at - u->read_to };
		u->read_to = at;
	}
}

/* Its wreck, which is then used up. */
static bool unwind_claim(struct unwind *u, uint32_t position,
			 struct salvage *out)
{
	uint32_t i;

	unwind_find_new(u);
	for (i = u->n_found; i > 0; i--) {
		if (u->found[i - 1].position != position)
			continue;
		*out = u->found[i - 1];
		u->found[i - 1] = u->found[--u->n_found];
		return true;
	}
	return false;
}

int unwind_has_wreck(struct run *run, uint32_t position)
{
	struct unwind *u = run->unwind;
	uint32_t i;

	if (!u)
		return 0;
	unwind_find_new(u);
	for (i = u->n_found; i > 0; i--)
		if (u->found[i - 1].position == position)
			return u->found[i - 1].signo;
	return 0;
}

/* A note may point into what it was copied with. */
static void unwind_move_summary(struct held *held, const struct remains *from)
{
	size_t i;

	for (i = 0; i < held->remains.n_notes; i++)
		if (from->notes[i].text == from->summary)
			held->remains.notes[i].text = held->remains.summary;
}

/* Who finds the file full leaves nothing: it is a hole. */
static void unwind_enough(struct unwind *u)
{
	if (ftruncate(u->wrecks_fd, (off_t)WRECKS_FULL) == 0)
		u->read_to = WRECKS_FULL;
}

static bool unwind_is_full(const struct unwind *u)
{
	return u->n_held >= HELD_MAX || u->read_to >= WRECKS_FULL;
}

/* It has no handler of ours. */
static bool unwind_is_program(const struct run *run, uint32_t position)
{
	const struct listing *l = run->args->listing;
	uint32_t test_ix = plan_at(run->args->plan, position).test_ix;

	return l->suites[l->tests[test_ix].suite_ix].isolate == ISOLATE_EXEC;
}

/* Who has no handler for the question would die of it: a worker with a
 * sanitizer's runtime, which has handlers of its own. */
bool unwind_question(const struct run *run, uint32_t slot)
{
	const struct unwind *u = run->unwind;
	int pidfd = run->slots[slot].pidfd;

	return u && pidfd >= 0 &&
	       !unwind_is_program(run, run->slots[slot].seen_position) &&
	       u->n_failures < FAILURES_MAX &&
	       !unwind_is_full(u) &&
	       proc_catches(run->slots[slot].pid, SIGTRAP) &&
	       sys_pidfd_queue(pidfd, SIGTRAP, WRECK_QUESTION) == 0;
}

bool unwind_take(struct run *run, const struct event *ev,
		 struct remains *remains)
{
	struct unwind *u = run->unwind;
	struct salvage wreck = { 0 };
	struct held *held;
	bool found;

	if (!u || (ev->test.outcome != OUTCOME_CRASH &&
		   ev->test.outcome != OUTCOME_TIMEOUT))
		return false;
	/* In any case: its next attempt left none. */
	found = unwind_claim(u, ev->test.position, &wreck);
	if (u->n_failures >= FAILURES_MAX)
		return false;
	if (unwind_is_full(u) || !found) {
		u->n_without += unwind_is_full(u) &&
				ev->test.outcome == OUTCOME_CRASH;
		return false;
	}
	held = mem_zalloc(sizeof(*held));
	held->ev = *ev;
	held->remains = *remains;
	held->ev.test.notes = held->remains.notes;
	/* The slot's is its next test's. */
	if (ev->test.usage) {
		held->usage = *ev->test.usage;
		held->ev.test.usage = &held->usage;
	}
	held->fault = wreck.fault;
	if (ev->test.outcome == OUTCOME_CRASH && ev->test.signo == wreck.signo)
		held->ev.test.fault = &held->fault;
	unwind_move_summary(held, remains);
	held->at = wreck.at;
	held->size = wreck.size;
	*u->last = held;
	u->last = &held->next;
	u->n_held++;
	if (++u->n_taken == TRACES_MAX)
		unwind_enough(u);
	return true;
}

/* The first one is told, with what there is. */
static void unwind_release(struct run *run, const char *text)
{
	struct unwind *u = run->unwind;
	struct held *held = u->first;

	u->first = held->next;
	if (!u->first)
		u->last = &u->first;
	u->n_held--;
	u->deadline_ns = 0;
	if (*text)
		tell_add_note(&held->ev.test, &held->remains, NOTE_TRACE,
			      text);
	tell_event(run, &held->ev);
	remains_fini(&held->remains);
	free(held);
}

/* ---- the process ----------------------------------------------------- */

/* It has died, or must. */
static void unwind_fail(struct run *run)
{
	struct unwind *u = run->unwind;

	unwind_shut(run);
	if (++u->n_failures == FAILURES_MAX)
		tell_warning(run, "no more backtraces: the process that makes "
			     "them has failed %u times", FAILURES_MAX);
	unwind_release(run, "");
}

static bool unwind_start(struct run *run)
{
	struct unwind *u = run->unwind;
	struct err err;

	if (u->process.pid)
		return true;
	return unwinder_start(&u->process, u->wrecks_fd) == 0 &&
	       loop_watch(run->args->loop, u->process.sock, RUN_TAG_UNWIND,
			  &err) == 0;
}

/* The first one is asked about. */
static void unwind_push(struct run *run)
{
	struct unwind *u = run->unwind;

	while (u->first && u->n_failures >= FAILURES_MAX)
		unwind_release(run, "");
	if (!u->first || u->deadline_ns)
		return;
	u->deadline_ns = run->now_ns + ANSWER_NS;
	if (!unwind_start(run) ||
	    !unwinder_ask(&u->process, u->first->at, u->first->size))
		unwind_fail(run);
}

void unwind_turn(struct run *run)
{
	struct unwind *u = run->unwind;
	int heard;

	if (likely(!u || !u->first))
		return;
	unwind_push(run);
	while (u->first && u->deadline_ns) {
		heard = unwinder_hear(&u->process, u->text);
		if (heard == 0)
			break;
		if (heard > 0)
			unwind_release(run, u->text);
		else
			unwind_fail(run);
		unwind_push(run);
	}
	/* An answer that has come is heard however late that is: it may be us
	 * who did not run meanwhile. */
	if (u->first && u->deadline_ns && run->now_ns >= u->deadline_ns)
		unwind_fail(run);
}

void unwind_shift(struct run *run, uint64_t ns)
{
	if (run->unwind && run->unwind->deadline_ns)
		run->unwind->deadline_ns += ns;
}

pid_t unwind_pid(const struct run *run)
{
	return run->unwind ? run->unwind->process.pid : 0;
}

uint64_t unwind_due(const struct run *run)
{
	const struct unwind *u = run->unwind;

	if (!u || !u->first)
		return LOOP_FOREVER;
	return u->deadline_ns > run->now_ns ? u->deadline_ns - run->now_ns : 0;
}

void unwind_give_up(struct run *run)
{
	while (run->unwind && run->unwind->first)
		unwind_release(run, "");
}

static void unwind_tell_without(struct run *run)
{
	struct unwind *u = run->unwind;

	if (u->n_without)
		tell_warning(run, "%u crashed test%s no backtrace: there "
			     "were too many", u->n_without,
			     u->n_without == 1 ? " has" : "s have");
}

/* For an answer or a signal: all else that the loop watches is of no interest
 * any more, and stays as it is.  False: somebody does not want to wait. */
static bool unwind_await(struct run *run, uint64_t most_ns)
{
	struct pollfd fds[] = {
		{ .fd = run->unwind->process.sock, .events = POLLIN },
		{ .fd = run->signal_fd, .events = POLLIN },
	};
	struct timespec most = clock_timespec(most_ns);
	uint32_t n_signals = run->stop.n_signals;

	if (ppoll(fds, array_size(fds), &most, NULL) > 0)
		signals_read(run);
	return run->stop.n_signals == n_signals;
}

void unwind_settle(struct run *run)
{
	struct unwind *u = run->unwind;
	uint64_t deadline_ns = run->now_ns - run->paused_ns + SETTLE_NS;

	if (!u)
		return;
	while (u->first) {
		unwind_turn(run);
		if (!u->first)
			break;
		if (run->now_ns - run->paused_ns >= deadline_ns ||
		    !unwind_await(run, unwind_due(run)))
			u->n_failures = FAILURES_MAX;
		run->now_ns = clock_now_ns();
	}
	unwind_tell_without(run);
}
