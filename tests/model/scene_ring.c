/* SPDX-License-Identifier: MIT */
/* The shared ring: one producer, two takers, more ranges than cells. */
#include "tests/model/scene.h"

#include "lockfree/ring.h"
#include "lockfree/state.h"

#include <string.h>

#define CAP 2u
#define N_RANGES 3u

static union {
	struct ring ring;
	char bytes[sizeof(struct ring) + CAP * sizeof(struct atom64)];
} memory;
static struct ring *const ring = &memory.ring;
static struct ring_producer producer;
static struct atom64 states[N_RANGES];
static uint32_t taken[N_RANGES], n_pushed, n_strange, n_claimed;

static struct range nth(uint32_t n)
{
	return (struct range){ .lo = n, .hi = n + 1 };
}

static void ring_begin(void)
{
	producer = (struct ring_producer){ .ring = ring, .mask = CAP - 1 };
	memset(taken, 0, sizeof(taken));
	n_pushed = n_strange = n_claimed = 0;
	memory_name(&memory, sizeof(memory), "ring");
	memory_name(states, sizeof(states), "states");
}

static void push(uint32_t n)
{
	if (ring_push_sp(&producer, nth(n)))
		n_pushed |= 1u << n;
}

static void produce(void *arg)
{
	uint32_t i;

	(void)arg;
	for (i = 1; i < N_RANGES; i++)
		push(i);
}

static void took(struct range r)
{
	if (r.lo < N_RANGES && r.hi == r.lo + 1)
		taken[r.lo]++;
	else
		n_strange++;
}

/* Looks until one look finds nothing. */
static void take(void *arg)
{
	struct ring_look look;

	(void)arg;
	while (ring_peek_mc(ring, CAP - 1, &look))
		if (ring_try_take_mc(ring, &look))
			took(look.range);
}

static void setup_wrap(void)
{
	ring_begin();
	push(0);
	explore_spawn("runner", produce, NULL);
	explore_spawn("w0", take, NULL);
	explore_spawn("w1", take, NULL);
}

/* Every range that went in came out once or is still there. */
static void check_all(void)
{
	struct ring_look look;
	uint32_t i;

	while (ring_peek_mc(ring, CAP - 1, &look)) {
		check(ring_try_take_mc(ring, &look));
		took(look.range);
	}
	check(n_strange == 0);
	for (i = 0; i < N_RANGES; i++)
		check(taken[i] == (n_pushed >> i & 1u));
}

/* A position goes back to PENDING and into the ring again: who takes it must
 * be able to claim it, and so must who steals it from him. */
static void requeue(void *arg)
{
	struct state_word dead = { .state = STATE_CLAIMED, .slot = 1 };
	struct state_word pending = { .attempt = 0 };

	(void)arg;
	check(state_try_move(&states[0], dead, pending));
	push(0);
}

static void take_and_claim(void *arg)
{
	struct ring_look look;
	uint32_t attempt;

	(void)arg;
	if (!ring_peek_mc(ring, CAP - 1, &look) ||
	    !ring_try_take_mc(ring, &look))
		return;
	took(look.range);
	check(look.range.lo < N_RANGES);
	check(state_try_claim(&states[look.range.lo], 2, 0, &attempt));
}

static void setup_requeue(void)
{
	uint32_t attempt;

	ring_begin();
	state_try_claim(&states[0], 1, 0, &attempt);
	explore_spawn("runner", requeue, NULL);
	explore_spawn("w0", take_and_claim, NULL);
	explore_spawn("w2", take_and_claim, NULL);
}

const struct scene scene_ring[] = {
	{ .name = "ring_wrap",
	  .what = "a producer and two takers, across the wrap",
	  .setup = setup_wrap,
	  .verify = check_all,
	  .preemptions = 3 },
	{ .name = "ring_requeue",
	  .what = "what was requeued can be claimed by who takes it",
	  .setup = setup_requeue,
	  .verify = check_all,
	  .preemptions = -1 },
	{ 0 }
};
