/* SPDX-License-Identifier: MIT */
#include "run/pause.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/sys.h"
#include "base/vec.h"
#include "run/keys.h"
#include "run/run_impl.h"
#include "run/tell.h"
#include "run/unwind.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define CHILDREN_MAX 1024
/* How long a process may take to stop before its children are looked at: one
 * that the kernel holds stops when it is let go. */
#define STOP_NS (100 * NS_PER_MS)

struct stopped {
	pid_t pid;
	bool ours; /* nobody else had stopped it before */
};

/* All processes of the run, parents before their children. */
struct herd {
	struct stopped *items;
	uint32_t n, cap;
};

static bool pause_is_stopped(char state)
{
	return state == 'T' || state == 't' || state == 'Z' || state == 'X';
}

static void pause_stop(struct herd *h, pid_t pid)
{
	struct proc_stat stat;

	if (!proc_stat(pid, &stat))
		return;
	vec_room(h->items, h->n, h->cap);
	h->items[h->n++] = (struct stopped){
		.pid = pid,
		.ours = !pause_is_stopped(stat.state),
	};
	if (h->items[h->n - 1].ours)
		kill(pid, SIGSTOP);
}

/* Only then it has no further children, and reaps none: their numbers stay
 * theirs (PROC-5). */
static void pause_await(pid_t pid, uint64_t deadline)
{
	struct timespec nap = { .tv_nsec = 500000 };
	struct proc_stat stat;

	while (proc_stat(pid, &stat) && !pause_is_stopped(stat.state) &&
	       clock_now_ns() < deadline)
		nanosleep(&nap, NULL);
}

/* From the loader down: who is stopped is asked for its children. */
static void pause_stop_all(struct herd *h, pid_t loader)
{
	uint64_t deadline = clock_now_ns() + STOP_NS;
	pid_t *pids = mem_array(CHILDREN_MAX, sizeof(*pids));
	uint32_t at;
	int n, i;

	pause_stop(h, loader);
	for (at = 0; at < h->n; at++) {
		pause_await(h->items[at].pid, deadline);
		n = proc_children(h->items[at].pid, pids, CHILDREN_MAX);
		for (i = 0; i < n; i++)
			pause_stop(h, pids[i]);
	}
	free(pids);
}

static void pause_continue_all(struct herd *h)
{
	while (h->n > 0)
		if (h->items[--h->n].ours)
			kill(h->items[h->n].pid, SIGCONT);
	free(h->items);
}

static void pause_shift_slot(struct run *run, struct crew_slot *s, uint64_t ns)
{
	s->seen_since_ns = min_of(s->seen_since_ns + ns, run->now_ns);
	s->progress_ns = min_of(s->progress_ns + ns, run->now_ns);
	s->quiet_since_ns = min_of(s->quiet_since_ns + ns, run->now_ns);
	s->mark.at_ns = min_of(s->mark.at_ns + ns, run->now_ns);
	if (s->slow_at_ns)
		s->slow_at_ns += ns;
	if (s->polite_at_ns)
		s->polite_at_ns += ns;
	if (s->kill_at_ns)
		s->kill_at_ns += ns;
}

void pause_shift(struct run *run, uint64_t ns)
{
	uint32_t i;

	for (i = 0; i < run->n_slots; i++)
		pause_shift_slot(run, &run->slots[i], ns);
	if (run->unheard_since_ns)
		run->unheard_since_ns += ns;
	if (run->closed_ns)
		run->closed_ns += ns;
	unwind_shift(run, ns);
	run->paused_ns += ns;
	run->last_tick_ns = run->now_ns;
}

static void pause_remember(struct run *run, uint64_t from_ns, uint64_t to_ns)
{
	vec_room(run->pauses, run->n_pauses, run->cap_pauses);
	run->pauses[run->n_pauses++] = (struct pause){ from_ns, to_ns };
}

void pause_run(struct run *run)
{
	struct herd herd = { 0 };
	uint64_t from_ns;

	tell_paused(run, 0);
	keys_leave();
	from_ns = clock_now_ns();
	pause_stop_all(&herd, run->args->loader->pid);
	raise(SIGSTOP);
	/* Somebody has continued us. */
	keys_enter();
	run->now_ns = clock_now_ns();
	pause_shift(run, run->now_ns - from_ns);
	pause_remember(run, from_ns, run->now_ns);
	pause_continue_all(&herd);
	tell_paused(run, run->now_ns - from_ns);
}

void pause_deduct(const struct run *run, struct event_test *t)
{
	uint64_t end_ns = t->start_ns + t->duration_ns, paused_ns = 0;
	uint32_t i;

	for (i = 0; i < run->n_pauses; i++) {
		uint64_t from = max_of(run->pauses[i].from_ns, t->start_ns);
		uint64_t to = min_of(run->pauses[i].to_ns, end_ns);

		if (from < to)
			paused_ns += to - from;
	}
	t->duration_ns -= paused_ns;
}

void pause_close(struct run *run)
{
	free(run->pauses);
}
