/* SPDX-License-Identifier: MIT */
/* A deque: its owner against two thieves. */
#include "tests/model/scene.h"

#include "lockfree/deque.h"
#include "lockfree/state.h"

#include <string.h>

#define N_POSITIONS 4u
#define N_SLOTS 3u

static struct deque deques[N_SLOTS];
static struct atom64 states[N_POSITIONS];
static uint32_t taken[N_POSITIONS], claimed[N_POSITIONS];
static uint32_t slot_of[N_SLOTS] = { 0, 1, 2 };

static void deque_begin(void)
{
	memset(taken, 0, sizeof(taken));
	memset(claimed, 0, sizeof(claimed));
	memory_name(deques, sizeof(deques), "deque");
	memory_name(states, sizeof(states), "states");
}

static void take_all(uint32_t slot)
{
	struct range seen = deque_peek(&deques[slot]);

	while (!range_is_empty(seen)) {
		if (deque_try_take(&deques[slot], seen)) {
			check(seen.lo < N_POSITIONS);
			taken[seen.lo]++;
		}
		seen = deque_peek(&deques[slot]);
	}
}

static void own(void *arg)
{
	take_all(*(uint32_t *)arg);
}

/* Steals half of what the owner has, keeps it as its own, takes it. */
static void steal(void *arg)
{
	uint32_t slot = *(uint32_t *)arg;
	struct range got, seen = deque_peek(&deques[0]);

	if (!deque_try_steal(&deques[0], seen, &got))
		return;
	deque_install(&deques[slot], got);
	take_all(slot);
}

static void setup_thieves(void)
{
	deque_begin();
	deque_install(&deques[0], (struct range){ 0, N_POSITIONS });
	explore_spawn("w0", own, &slot_of[0]);
	explore_spawn("w1", steal, &slot_of[1]);
	explore_spawn("w2", steal, &slot_of[2]);
}

static void check_once(void)
{
	uint32_t i;

	for (i = 0; i < N_SLOTS; i++)
		take_all(i);
	for (i = 0; i < N_POSITIONS; i++)
		check(taken[i] == 1);
}

/* ---- what an installer knows ----------------------------------------- */

static void requeue_and_install(void *arg)
{
	struct state_word dead = { .state = STATE_CLAIMED, .slot = 3 };
	struct state_word pending = { .state = STATE_PENDING };

	(void)arg;
	check(state_try_move(&states[1], dead, pending));
	deque_install(&deques[0], (struct range){ 0, 2 });
}

static void take_and_claim(uint32_t slot)
{
	struct range seen = deque_peek(&deques[slot]);
	uint32_t attempt;

	if (range_is_empty(seen) || !deque_try_take(&deques[slot], seen))
		return;
	check(state_try_claim(&states[seen.lo], slot, 0, &attempt));
	claimed[seen.lo]++;
}

static void steal_and_claim(void *arg)
{
	uint32_t slot = *(uint32_t *)arg, victim = slot - 1;
	struct range got, seen = deque_peek(&deques[victim]);

	if (range_is_empty(seen) ||
	    !deque_try_steal(&deques[victim], seen, &got))
		return;
	deque_install(&deques[slot], got);
	take_and_claim(slot);
}

/* A position that was requeued is PENDING for whoever steals it, also from a
 * thief. */
static void setup_handed_on(void)
{
	uint32_t attempt;

	deque_begin();
	state_try_claim(&states[1], 3, 0, &attempt);
	explore_spawn("w0", requeue_and_install, &slot_of[0]);
	explore_spawn("w1", steal_and_claim, &slot_of[1]);
	explore_spawn("w2", steal_and_claim, &slot_of[2]);
}

/* The owner takes while a thief steals: every position is claimed by one. */
static void take_two(void *arg)
{
	(void)arg;
	take_and_claim(0);
	take_and_claim(0);
}

static void setup_claims(void)
{
	deque_begin();
	deque_install(&deques[0], (struct range){ 0, 3 });
	explore_spawn("w0", take_two, NULL);
	explore_spawn("w1", steal_and_claim, &slot_of[1]);
	explore_spawn("w2", steal_and_claim, &slot_of[2]);
}

static void check_claims(void)
{
	uint32_t i;

	for (i = 0; i < N_POSITIONS; i++)
		check(claimed[i] <= 1);
}

/* ---- an inbox ---------------------------------------------------------- */

static uint32_t cut[N_POSITIONS];

/* Puts what went back to PENDING, and then takes the last of it back. */
static void put_and_cut(void *arg)
{
	struct state_word dead = { .state = STATE_CLAIMED, .slot = 3 };
	struct state_word pending = { .state = STATE_PENDING };
	struct range seen;

	(void)arg;
	check(state_try_move(&states[0], dead, pending));
	check(deque_try_put(&deques[0], (struct range){ 0, 3 }));
	seen = deque_peek(&deques[0]);
	if (!range_is_empty(seen) && deque_try_cut(&deques[0], seen, 1))
		cut[seen.hi - 1]++;
}

static void claim_range(uint32_t slot, struct range r)
{
	uint32_t attempt;

	for (; r.lo < r.hi; r.lo++) {
		check(state_try_claim(&states[r.lo], slot, 0, &attempt));
		claimed[r.lo]++;
	}
}

static void empty_inbox(void *arg)
{
	struct range seen = deque_peek(&deques[0]);

	(void)arg;
	if (deque_try_empty(&deques[0], seen))
		claim_range(0, seen);
}

static void rob_inbox(void *arg)
{
	struct range got, seen = deque_peek(&deques[0]);

	(void)arg;
	if (deque_try_steal(&deques[0], seen, &got))
		claim_range(1, got);
}

static void setup_inbox(void)
{
	uint32_t attempt;

	deque_begin();
	memset(cut, 0, sizeof(cut));
	state_try_claim(&states[0], 3, 0, &attempt);
	explore_spawn("runner", put_and_cut, NULL);
	explore_spawn("w0", empty_inbox, NULL);
	explore_spawn("w1", rob_inbox, NULL);
}

/* Each is with one of them, or lies there still. */
static void check_inbox(void)
{
	struct range left = range_unpack(memory_latest(&deques[0].range));
	uint32_t i;

	for (i = 0; i < 3; i++)
		check(claimed[i] + cut[i] +
			      (i >= left.lo && i < left.hi) == 1);
}

const struct scene scene_deque[] = {
	{ .name = "deque_inbox",
	  .what = "an inbox, its owner, a thief, and what is taken back",
	  .setup = setup_inbox,
	  .verify = check_inbox,
	  .preemptions = -1 },
	{ .name = "deque_thieves",
	  .what = "an owner and two thieves",
	  .setup = setup_thieves,
	  .verify = check_once,
	  .preemptions = 3 },
	{ .name = "deque_claims",
	  .what = "what was taken or stolen can be claimed, once",
	  .setup = setup_claims,
	  .verify = check_claims,
	  .preemptions = 3 },
	{ .name = "deque_handed_on",
	  .what = "what was requeued can be claimed by a thief's thief",
	  .setup = setup_handed_on,
	  .verify = check_claims,
	  .preemptions = -1 },
	{ 0 }
};
