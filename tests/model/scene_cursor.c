/* SPDX-License-Identifier: MIT */
/* A part of the plan and who takes from it; the signs at the gate. */
#include "tests/model/scene.h"

#include "lockfree/cursor.h"
#include "lockfree/gate.h"

#include <string.h>

#define N_POSITIONS 4u

static struct cursor cursor;
static struct gate gate;
static uint32_t taken[N_POSITIONS];
static uint32_t sizes[] = { 1, 2, 1 };

static void begin(void)
{
	memset(taken, 0, sizeof(taken));
	memory_name(&cursor, sizeof(cursor), "cursor");
	memory_name(&gate, sizeof(gate), "gate");
}

/* ---- taking ---------------------------------------------------------- */

static void take(void *arg)
{
	struct range seen = cursor_peek(&cursor);
	uint32_t n, p;

	while (!range_is_empty(seen)) {
		n = *(uint32_t *)arg;
		if (n > range_len(seen))
			n = range_len(seen);
		if (!cursor_try_take(&cursor, &seen, n))
			continue;
		check(seen.lo + n <= N_POSITIONS);
		for (p = seen.lo; p < seen.lo + n; p++)
			taken[p]++;
		seen = cursor_peek(&cursor);
	}
}

static void setup_takers(void)
{
	begin();
	cursor_install(&cursor, (struct range){ 0, N_POSITIONS });
	explore_spawn("w0", take, &sizes[0]);
	explore_spawn("w1", take, &sizes[1]);
	explore_spawn("w2", take, &sizes[2]);
}

static void verify_takers(void)
{
	uint32_t p;

	for (p = 0; p < N_POSITIONS; p++)
		check(taken[p] == 1);
}

/* ---- K --------------------------------------------------------------- */

static void visit(void *arg)
{
	(void)arg;
	cursor_join(&cursor);
	check(cursor_count(&cursor) >= 1);
	cursor_leave(&cursor);
}

static void setup_visits(void)
{
	begin();
	explore_spawn("w0", visit, NULL);
	explore_spawn("w1", visit, NULL);
	explore_spawn("w2", visit, NULL);
}

static void verify_visits(void)
{
	check(memory_latest(&cursor.n_on) == 0);
}

/* ---- signs ----------------------------------------------------------- */

/* STOP-1: of two that fail, one stops the run. */
static void fail(void *arg)
{
	(void)arg;
	gate_count_failure(&gate, 2);
}

/* And the runner, which has other signs to change meanwhile. */
static void sign(void *arg)
{
	(void)arg;
	gate_raise(&gate, GATE_RING);
	gate_lower(&gate, GATE_RING);
	gate_hold(&gate, 1);
}

/* WEIGHT-1: who sees the hold sees its limit. */
static void obey(void *arg)
{
	(void)arg;
	if (gate_signs(&gate) & GATE_HOLD)
		check(!gate_holds_back(&gate, 0) && gate_holds_back(&gate, 1));
}

static void setup_signs(void)
{
	begin();
	explore_spawn("w0", fail, NULL);
	explore_spawn("w1", fail, NULL);
	explore_spawn("runner", sign, NULL);
}

static void verify_signs(void)
{
	check(memory_latest(&gate.signs) == (GATE_STOP | GATE_HOLD));
}

static void setup_hold(void)
{
	begin();
	explore_spawn("w0", obey, NULL);
	explore_spawn("runner", sign, NULL);
}

const struct scene scene_cursor[] = {
	{ .name = "cursor_takers",
	  .what = "three takers of one part, of one or two at a time",
	  .setup = setup_takers,
	  .verify = verify_takers,
	  .preemptions = -1 },
	{ .name = "cursor_visits",
	  .what = "three that come and go are counted",
	  .setup = setup_visits,
	  .verify = verify_visits,
	  .preemptions = -1 },
	{ .name = "gate_signs",
	  .what = "two failures stop the run while the runner signs",
	  .setup = setup_signs,
	  .verify = verify_signs,
	  .preemptions = -1 },
	{ .name = "gate_hold",
	  .what = "a worker sees a hold and its limit",
	  .setup = setup_hold,
	  .preemptions = -1 },
	{ 0 }
};
