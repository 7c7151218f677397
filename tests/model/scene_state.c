/* SPDX-License-Identifier: MIT */
/* The state word: one claim per attempt, and no word of a dead generation. */
#include "tests/model/scene.h"

#include "lockfree/state.h"

#include <string.h>

#define N_WORKERS 2u

static struct atom64 state;
static uint32_t claims[2]; /* by attempt */
static uint32_t n_done, n_requeued;
static uint32_t slot_of[N_WORKERS] = { 0, 1 };

static void claim(void *arg)
{
	uint32_t attempt;

	if (state_try_claim(&state, *(uint32_t *)arg, 0, &attempt)) {
		check(attempt < 2);
		claims[attempt]++;
	}
}

/* The runner judges slot 0: a record of it, or its death, once. */
static void judge(void *arg)
{
	struct state_word of_0 = { .state = STATE_CLAIMED };
	struct state_word done = { .state = STATE_DONE, .outcome = 1 };
	struct state_word again = { .state = STATE_PENDING, .attempt = 1 };

	(void)arg;
	n_requeued += state_try_move(&state, of_0, again);
	/* A record of the dead generation comes late. */
	n_done += state_try_move(&state, of_0, done);
}

static void state_setup(void)
{
	memset(claims, 0, sizeof(claims));
	n_done = n_requeued = 0;
	memory_name(&state, sizeof(state), "state");
	explore_spawn("w0", claim, &slot_of[0]);
	explore_spawn("w1", claim, &slot_of[1]);
	explore_spawn("runner", judge, NULL);
}

static void state_verify(void)
{
	struct state_word w = state_unpack(memory_latest(&state));

	check(claims[0] == 1);
	check(claims[1] <= n_requeued);
	check(n_done + n_requeued <= 1);
	check(w.state != STATE_DONE || n_done);
	check(w.attempt == n_requeued);
}

const struct scene scene_state[] = {
	{ .name = "state",
	  .what = "two claims, a death, and a late record",
	  .setup = state_setup,
	  .verify = state_verify,
	  .preemptions = -1 },
	{ 0 }
};
