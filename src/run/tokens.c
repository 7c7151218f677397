/* SPDX-License-Identifier: MIT */
#include "run/tokens.h"

#include "run/crew.h"
#include "run/feed.h"

void tokens_open(struct run *run)
{
	const struct run_tokens *t = run->args->tokens;

	if (t)
		run->n_withheld =
			run->n_slots - min_of(t->n_held + 1, run->n_slots);
}

static uint32_t tokens_held(const struct run *run)
{
	return run->n_slots - run->n_withheld - 1 - run->n_returned;
}

/* Workers that run a test or look for one. */
static uint32_t tokens_count_busy(const struct run *run)
{
	uint32_t n = 0, i;

	for (i = 0; i < run->n_slots; i++)
		n += run->slots[i].state != CREW_EMPTY &&
		     !atom32_load_acquire(&run->arena.slots[i].resting); /* P13 */
	return n;
}

/* Back in use: what a dead loader took along is queued again. */
static void tokens_take_again(struct run *run, const struct run_tokens *t,
			      uint32_t n_busy)
{
	uint32_t held = tokens_held(run);

	if (n_busy > held + 1)
		run->n_returned -= t->take(t->ctx, n_busy - held - 1);
}

static void tokens_take(struct run *run, const struct run_tokens *t,
			uint32_t n_left)
{
	uint32_t n_there = crew_count(run);
	uint32_t n = min_of(run->n_withheld, n_left - min_of(n_left, n_there));

	if (n > 0 && feed_has_work(run))
		run->n_withheld -= t->take(t->ctx, n);
}

/* Nothing is left to be claimed: who rests will rest. */
static void tokens_give(struct run *run, const struct run_tokens *t,
			uint32_t n_busy)
{
	uint32_t keep = max_of(n_busy, 1) - 1;
	uint32_t held = tokens_held(run);

	if (keep >= held)
		return;
	t->keep(t->ctx, keep);
	run->n_returned += held - keep;
}

void tokens_tick(struct run *run)
{
	const struct run_tokens *t = run->args->tokens;
	uint32_t n_left = run->layout.n_positions - run->n_ended, n_busy;

	if (!t)
		return;
	n_busy = tokens_count_busy(run);
	if (run->n_returned)
		tokens_take_again(run, t, n_busy);
	else if (n_left > n_busy && !run->stop.asked && !run->closed)
		tokens_take(run, t, n_left);
	if (n_left <= n_busy || run->closed)
		tokens_give(run, t, n_busy);
}
