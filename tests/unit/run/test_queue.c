/* SPDX-License-Identifier: MIT */
/* Which gated unit may go: GATE-1, LOCK-1, LOCK-2, WEIGHT-1, AFTER-1. */
#include "run/queue.h"

#include "base/compiler.h"
#include "base/rng.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4u
#define LONG_NS (10 * QUEUE_BATCH_NS)
#define SHORT_NS 10000u

enum { DB, NET, GPU };

static struct lock locks[] = { { "db", 2, 1 }, { "net", 3, 1 }, { "gpu", 3, 3 } };
static struct lock_use uses[] = {
	{ .lock = DB, .units = 1 },		     /* 0: db */
	{ .lock = NET, .units = 1 },		     /* 1: net */
	{ .lock = DB, .units = 1 },		     /* 2, 3: both */
	{ .lock = NET, .units = 1 },
	{ .lock = DB, .units = 1, .shared = true },  /* 4: db:r */
	{ .lock = GPU, .units = 1 },		     /* 5: gpu:1 */
};
static struct group groups[] = { { "first", 3 } };
static struct gated gated[20000];
static struct bound bounds[100];
static struct plan plan = { .locks = locks,
			    .n_locks = 3,
			    .uses = uses,
			    .n_uses = 6,
			    .groups = groups,
			    .n_groups = 1,
			    .gated = gated,
			    .bounds = bounds };
static struct queue q;
static uint32_t position;

static void begin(void)
{
	plan.n_gated = plan.n_bounds = position = 0;
}

TestSuite(queue, .init = begin);

/* A unit behind the ones before, of n tests. */
static struct gated *unit(uint32_t n, uint32_t first_use, uint32_t n_uses)
{
	struct gated *g = &gated[plan.n_gated++];

	*g = (struct gated){ .lo = position,
			     .hi = position + n,
			     .first_use = first_use,
			     .n_uses = n_uses,
			     .weight = 1,
			     .after = PLAN_NONE };
	position += n;
	return g;
}

static struct gated *bound_unit(uint32_t n, uint32_t first_use, uint32_t n_uses)
{
	struct gated *g = unit(n, first_use, n_uses);

	bounds[plan.n_bounds++] = (struct bound){ g->lo, g->hi };
	return g;
}

static void expect_at(uint32_t lo, uint32_t hi, uint32_t room, struct grant *g)
{
	cr_assert(queue_next(&q, room, g), "%u to %u can go", lo, hi);
	cr_expect_eq(g->lo, lo, "from %u, not %u", g->lo, lo);
	cr_expect_eq(g->hi, hi, "to %u, not %u", g->hi, hi);
}

static void expect_none(uint32_t room)
{
	struct grant g;

	cr_expect_not(queue_next(&q, room, &g), "%u to %u should wait", g.lo,
		      g.hi);
}

static void end(struct grant *g)
{
	queue_end(&q, g, LONG_NS);
}

/* GATE-1: the first that can go; later ones do not wait for one that cannot. */
Test(queue, goes_in_plan_order_past_those_that_must_wait)
{
	struct grant a, b, c;

	unit(1, 0, 1); /* db */
	unit(1, 2, 2); /* db and net */
	unit(1, 1, 1); /* net */
	queue_open(&q, &plan, SLOTS);
	expect_at(0, 1, 0, &a);
	expect_at(2, 3, 0, &b);
	expect_none(0);
	end(&a);
	expect_none(0);
	end(&b);
	expect_at(1, 2, 0, &c);
	end(&c);
	expect_none(0);
	cr_expect_eq(q.n_left, 0);
	cr_expect(locks_are_free(&q.locks));
	queue_close(&q);
}

/* LOCK-2: readers that keep coming do not keep a writer out for ever. */
Test(queue, lets_nobody_starve)
{
	struct grant readers[2], writer, g;
	uint32_t i;

	unit(1, 4, 1);
	unit(1, 0, 1); /* the writer */
	for (i = 0; i < 100; i++)
		unit(1, 4, 1);
	queue_open(&q, &plan, SLOTS);
	expect_at(0, 1, 0, &readers[0]);
	for (i = 0; i < SLOTS - 1; i++) {
		expect_at(2 + i, 3 + i, 0, &readers[1]);
		end(&readers[0]);
		readers[0] = readers[1];
	}
	/* Now it has been passed over once for each slot. */
	while (queue_next(&q, 0, &g))
		end(&g);
	end(&readers[0]);
	expect_at(1, 2, 0, &writer);
	cr_expect_geq(q.n_left, 90, "%u readers were left", q.n_left);
	expect_none(0);
	end(&writer);
	expect_at(SLOTS + 1, SLOTS + 2, 0, &g);
	end(&g);
	queue_close(&q);
}

/* Short neighbours go together, more and more; a long one ends that. */
Test(queue, hands_short_neighbours_out_together)
{
	uint32_t n_grants = 0, longest = 0;
	struct grant g;

	unit(10000, 0, 1); /* instances of a range, one by one */
	queue_open(&q, &plan, SLOTS);
	while (queue_next(&q, 0, &g)) {
		cr_assert_leq(g.hi - g.lo, QUEUE_BATCH_MAX);
		expect_none(0);
		longest = max_of(longest, g.hi - g.lo);
		n_grants++;
		queue_end(&q, &g, (uint64_t)(g.hi - g.lo) * SHORT_NS);
	}
	cr_expect_eq(longest, QUEUE_BATCH_MAX);
	cr_expect_leq(n_grants, 10000 / QUEUE_BATCH_MAX + 10);
	queue_close(&q);
}

Test(queue, holds_a_lock_only_for_a_while)
{
	struct grant g;

	unit(1000, 0, 1);
	queue_open(&q, &plan, SLOTS);
	expect_at(0, 1, 0, &g);
	queue_end(&q, &g, SHORT_NS);
	expect_at(1, 3, 0, &g);
	queue_end(&q, &g, LONG_NS);
	expect_at(3, 4, 0, &g);
	queue_end(&q, &g, LONG_NS);
	expect_at(4, 5, 0, &g);
	queue_end(&q, &g, LONG_NS);
	queue_close(&q);
}

/* Where several can hold it at once no slot takes what others could. */
Test(queue, leaves_readers_for_every_slot)
{
	struct grant g[SLOTS];
	uint32_t i;

	unit(8 * SLOTS, 4, 1);
	queue_open(&q, &plan, SLOTS);
	for (i = 0; i < 6; i++) {
		cr_assert(queue_next(&q, 0, &g[0]));
		queue_end(&q, &g[0], SHORT_NS);
	}
	for (i = 0; i < SLOTS; i++)
		cr_expect(queue_next(&q, 0, &g[i]), "slot %u", i);
	for (i = 0; i < SLOTS; i++)
		end(&g[i]);
	queue_close(&q);
}

/* PLAN-1: a unit of several tests is never cut, nor joined where it is long. */
Test(queue, keeps_bound_units_whole)
{
	struct grant g;

	bound_unit(100, 0, 1);
	bound_unit(3, 0, 1);
	bound_unit(3, 0, 1);
	queue_open(&q, &plan, SLOTS);
	expect_at(0, 100, 0, &g);
	queue_end(&q, &g, SHORT_NS);
	expect_at(100, 103, 0, &g);
	queue_end(&q, &g, SHORT_NS);
	expect_at(103, 106, 0, &g);
	queue_end(&q, &g, SHORT_NS);
	expect_none(0);
	queue_close(&q);
}

/* ---- weights --------------------------------------------------------- */

/* CLAIM-1 (d): what stands behind what the body has come to waits for that. */
Test(queue, a_unit_waits_for_its_turn_in_the_body)
{
	struct grant a, b;

	unit(1, 4, 1)->before = 0;
	unit(1, 4, 1)->before = 7;
	unit(1, 1, 1)->before = 3;
	plan.in_turn = true;
	queue_open(&q, &plan, SLOTS);
	plan.in_turn = false;
	expect_at(0, 1, 0, &a);
	expect_none(0);
	cr_expect_not(queue_is_due(&q, 2));
	cr_expect(queue_is_due(&q, 3));
	queue_advance(&q, 3);
	expect_at(2, 3, 0, &b);
	end(&b);
	queue_advance(&q, 6);
	expect_none(0);
	/* It was there already: the cursor is a test's to scribble over. */
	queue_advance(&q, 4);
	end(&a);
	expect_none(0);
	queue_advance(&q, UINT32_MAX);
	expect_at(1, 2, 0, &a);
	end(&a);
	expect_none(0);
	cr_expect_eq(q.n_left, 0);
	queue_close(&q);
}

Test(queue, without_turns_all_go_at_once)
{
	struct grant a;

	unit(1, 1, 1)->before = 3;
	queue_open(&q, &plan, SLOTS);
	expect_at(0, 1, 0, &a);
	end(&a);
	queue_close(&q);
}

/* WEIGHT-1: it goes when enough slots are reserved and idle. */
Test(queue, a_wide_unit_waits_for_room)
{
	struct grant g, narrow;

	unit(1, 0, 0)->weight = 3;
	unit(1, 1, 1);
	queue_open(&q, &plan, SLOTS);
	cr_expect_eq(queue_wants_room(&q), 0);
	expect_at(1, 2, 0, &narrow);
	cr_expect_eq(queue_wants_room(&q), 2);
	expect_none(1);
	expect_at(0, 1, 2, &g);
	cr_expect_eq(g.weight, 3);
	cr_expect_eq(queue_wants_room(&q), 2, "as long as it runs");
	end(&g);
	cr_expect_eq(queue_wants_room(&q), 0);
	end(&narrow);
	queue_close(&q);
}

Test(queue, wide_units_run_beside_each_other_as_far_as_there_are_slots)
{
	struct grant a, b, c;

	unit(1, 0, 0)->weight = 2;
	unit(1, 0, 0)->weight = 2;
	unit(1, 0, 0)->weight = 2;
	queue_open(&q, &plan, SLOTS);
	expect_none(0);
	cr_expect_eq(queue_wants_room(&q), 1);
	expect_at(0, 1, 1, &a);
	expect_none(1);
	cr_expect_eq(queue_wants_room(&q), 2);
	expect_at(1, 2, 2, &b);
	expect_none(2);
	cr_expect_eq(queue_wants_room(&q), 2, "a third would be too many");
	end(&a);
	expect_at(2, 3, 2, &c);
	end(&b);
	end(&c);
	queue_close(&q);
}

/* Wider than the run is as wide as the run. */
Test(queue, a_weight_is_at_most_all_slots)
{
	struct grant g;

	unit(1, 0, 0)->weight = UINT32_MAX;
	queue_open(&q, &plan, SLOTS);
	expect_none(0);
	cr_expect_eq(queue_wants_room(&q), SLOTS - 1);
	expect_at(0, 1, SLOTS - 1, &g);
	cr_expect_eq(g.weight, SLOTS);
	end(&g);
	queue_close(&q);
}

/* ---- groups ---------------------------------------------------------- */

/* AFTER-1 */
Test(queue, waits_for_a_group)
{
	struct grant g;

	unit(1, 0, 0)->after = 0;
	queue_open(&q, &plan, SLOTS);
	expect_none(0);
	queue_group_over(&q, 0, false);
	expect_at(0, 1, 0, &g);
	cr_expect_not(g.doomed);
	end(&g);
	queue_close(&q);
}

Test(queue, of_a_group_that_failed_nothing_goes)
{
	struct grant g;

	unit(3, 0, 1)->after = 0;
	bound_unit(2, 0, 1)->after = 0;
	unit(1, 0, 1);
	queue_open(&q, &plan, SLOTS);
	expect_at(5, 6, 0, &g);
	queue_group_over(&q, 0, true);
	end(&g);
	expect_at(0, 5, 0, &g);
	cr_expect(g.doomed);
	expect_none(0);
	cr_expect_eq(q.n_left, 0);
	cr_expect(locks_are_free(&q.locks));
	queue_close(&q);
}

/* EACH-1, EACH-3: it does not take its lock before its slot has time. */
Test(queue, pinned_units_wait_for_their_slots)
{
	struct grant a, b;

	unit(2, 0, 1)->pin = 2;
	unit(1, 0, 1)->pin = 1;
	queue_open(&q, &plan, SLOTS);
	expect_none(0);
	queue_open_slot(&q, 0);
	expect_at(2, 3, 0, &b);
	cr_expect_eq(b.pin, 1);
	end(&b);
	queue_open_slot(&q, 1);
	expect_at(0, 1, 0, &a);
	end(&a);
	expect_none(0);
	queue_open_slot(&q, 1);
	expect_at(1, 2, 0, &a);
	end(&a);
	queue_close(&q);
}

/* Its own slot may be one of the reserved ones. */
Test(queue, a_wide_pinned_unit_reserves_all_that_it_weighs)
{
	struct grant g;
	struct gated *u = unit(1, 0, 0);

	u->pin = 3;
	u->weight = SLOTS;
	queue_open(&q, &plan, SLOTS);
	queue_open_slot(&q, 2);
	expect_none(0);
	cr_expect_eq(queue_wants_room(&q), SLOTS);
	expect_none(SLOTS - 1);
	expect_at(0, 1, SLOTS, &g);
	end(&g);
	cr_expect_eq(queue_wants_room(&q), 0);
	queue_close(&q);
}

/* .last beside other constraints. */
Test(queue, the_last_ones_wait_for_the_body)
{
	struct grant a, b;

	unit(1, 0, 1)->last = true;
	unit(1, 0, 1);
	queue_open(&q, &plan, SLOTS);
	expect_at(1, 2, 0, &a);
	end(&a);
	expect_none(0);
	queue_body_over(&q);
	expect_at(0, 1, 0, &b);
	end(&b);
	queue_close(&q);
}

/* ---- all of it ------------------------------------------------------- */

static bool is_shared(const struct lock_use *a, const struct lock_use *b)
{
	return a->lock == b->lock && !(a->shared && b->shared) &&
	       a->lock != GPU;
}

static bool exclude(const struct gated *a, const struct gated *b)
{
	uint32_t i, k;

	for (i = 0; i < a->n_uses; i++)
		for (k = 0; k < b->n_uses; k++)
			if (is_shared(&uses[a->first_use + i],
				      &uses[b->first_use + k]))
				return true;
	return false;
}

static const struct gated *unit_at(uint32_t p)
{
	uint32_t i = 0;

	while (gated[i].hi <= p)
		i++;
	return &gated[i];
}

/* What runs never excludes each other, weighs at most what there is, and
 * each position goes exactly once, whatever ends when. */
Test(queue, keeps_its_rules_in_any_sequence)
{
	static const uint32_t first[] = { 0, 1, 2, 4, 5, 0 };
	static const uint32_t n_of[] = { 1, 1, 2, 1, 1, 0 };
	struct rng rng = { .state = 5 };
	uint32_t round, i, k, n, weight, n_gone;
	struct grant run[64], g;

	for (round = 0; round < 300; round++) {
		begin();
		for (i = 0; i < 40; i++) {
			uint32_t what = rng_below(&rng, 6);
			uint32_t len = 1 + rng_below(&rng, 3);
			struct gated *u = rng_below(&rng, 3)
				? unit(len, first[what], n_of[what])
				: bound_unit(len + 1, first[what], n_of[what]);

			if (rng_below(&rng, 4) == 0)
				u->weight = 2 + rng_below(&rng, 4);
		}
		queue_open(&q, &plan, SLOTS);
		for (n = n_gone = 0; n_gone < position;) {
			uint32_t room = queue_wants_room(&q);

			while (n < SLOTS && queue_next(&q, room, &g)) {
				n_gone += g.hi - g.lo;
				run[n++] = g;
			}
			for (i = weight = 0; i < n; i++) {
				weight += run[i].weight > 1 ? run[i].weight : 0;
				for (k = 0; k < i; k++)
					cr_assert_not(exclude(
						unit_at(run[i].lo),
						unit_at(run[k].lo)));
			}
			cr_assert_leq(weight, SLOTS);
			if (n == 0) {
				cr_assert_gt(queue_wants_room(&q), room,
					     "nothing runs, nothing can go");
				continue;
			}
			i = rng_below(&rng, n);
			queue_end(&q, &run[i],
				  rng_below(&rng, 2) ? SHORT_NS : LONG_NS);
			run[i] = run[--n];
		}
		cr_assert_eq(q.n_left, 0);
		while (n > 0)
			queue_end(&q, &run[--n], 0);
		cr_assert(locks_are_free(&q.locks));
		queue_close(&q);
	}
}

/* PEER-6: what one decision costs does not grow with the number of units. */
Test(queue, ten_thousand_units_are_a_few_kinds)
{
	struct grant g;
	uint32_t i;

	for (i = 0; i < 20000; i++)
		unit(1, i % 2, 1);
	queue_open(&q, &plan, SLOTS);
	cr_expect_eq(q.n_kinds, 2);
	while (queue_next(&q, 0, &g))
		end(&g);
	cr_expect_eq(q.n_left, 0);
	queue_close(&q);
}
