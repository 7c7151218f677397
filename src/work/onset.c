/* SPDX-License-Identifier: MIT */
#include "work/onset.h"

#include "base/clock.h"

#include <sched.h>

/* A fork, or what a program needs until it can be executed, comes first. */
#define ONSET_FORK_NS (400 * NS_PER_US)
/* Nobody waits longer: a test may have written to the arena. */
#define ONSET_MAX_NS (20 * NS_PER_MS)
/* Up to here others that need this processor may have it. */
#define ONSET_NEAR_NS (20 * NS_PER_US)

hot_path void onset_open(struct worker *w)
{
	if (w->catalog.header->list_len)
		w->unusual |= UNUSUAL_ONSET;
}

void onset_set(struct worker *w, bool forks)
{
	uint64_t now_ns;

	if (!(w->unusual & UNUSUAL_ONSET))
		return;
	now_ns = clock_now_ns();
	w->onset_ns = gun_start(&w->arena.gate->gun);
	if (forks)
		w->onset_ns += ONSET_FORK_NS;
	if (w->onset_ns > now_ns + ONSET_MAX_NS)
		w->onset_ns = 0;
}

/* The n'th of those that this process may use, counted around; -1 = none. */
static int onset_processor(const cpu_set_t *allowed, uint32_t n)
{
	int left = CPU_COUNT(allowed), i;

	if (left == 0)
		return -1;
	left = (int)(n % (uint32_t)left);
	for (i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, allowed) && left-- == 0)
			return i;
	return -1;
}

/* Who is woken often shares the processor of who woke it, or of another copy:
 * each goes to one of its own, and may leave it. */
static void onset_spread(const struct worker *w)
{
	cpu_set_t allowed, one;
	int cpu;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		return;
	cpu = onset_processor(&allowed, w->slot);
	if (cpu < 0 || cpu == sched_getcpu())
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one) == 0)
		sched_setaffinity(0, sizeof(allowed), &allowed);
}

uint64_t onset_await(const struct worker *w)
{
	uint64_t now_ns;

	if (clock_now_ns() < w->onset_ns)
		onset_spread(w);
	while ((now_ns = clock_now_ns()) < w->onset_ns)
		if (w->onset_ns - now_ns > ONSET_NEAR_NS)
			sched_yield();
	return now_ns;
}

void onset_note(struct worker *w, uint64_t began_ns)
{
	/* As shared fixtures, which came in front of it. */
	if (began_ns > w->now_ns && began_ns <= clock_now_ns())
		w->fixtures.spent_ns = began_ns - w->now_ns;
}
