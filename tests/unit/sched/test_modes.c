/* SPDX-License-Identifier: MIT */
/* How each mode lays its plan (section 7), and that it is always the same
 * (SHM-11, T-6). */
#include "scene.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct scene s;

static void begin(void)
{
	scene_init(&s);
}

static void end(void)
{
	scene_fini(&s);
}

TestSuite(modes, .init = begin, .fini = end);

static void plan(const char *mode, enum order order, uint32_t n_slots)
{
	cr_assert_eq(scene_plan(&s, mode, order, n_slots), 0, "%s",
		     s.err.text);
}

static uint32_t dealt(uint32_t slot)
{
	return s.plan.deals[slot].hi - s.plan.deals[slot].lo;
}

/* V-STEAL-1 */
Test(modes, slices_are_near_equal_with_the_rest_at_the_end)
{
	static const struct {
		uint32_t n, slots, first, n_first, second;
	} v[] = { { 2, 2, 1, 2, 0 },	  { 5, 3, 1, 1, 2 },
		  { 16, 2, 8, 2, 0 },	  { 17, 2, 8, 1, 9 },
		  { 100, 8, 12, 4, 13 },  { 1000, 64, 15, 24, 16 },
		  { 10, 10, 1, 10, 0 } };
	uint32_t i, k;

	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		scene_add_many(&s, "S", v[i].n);
		scene_list(&s);
		plan("worksteal", ORDER_DEFAULT, v[i].slots);
		cr_assert_eq(s.plan.n_deals, v[i].slots);
		for (k = 0; k < v[i].slots; k++) {
			cr_expect_eq(s.plan.deals[k].slot, k);
			cr_expect_eq(dealt(k), k < v[i].n_first ? v[i].first
								: v[i].second,
				     "(%u,%u) slot %u", v[i].n, v[i].slots, k);
		}
		/* STEAL-2: neighbours, in order. */
		cr_expect_eq(s.plan.n_segments, 1);
		scene_fini(&s);
		scene_init(&s);
	}
}

/* STEAL-3: or all the long ones were on the first slot. */
Test(modes, slices_of_another_order_are_dealt_round)
{
	uint32_t i;

	scene_add_many(&s, "S", 10);
	scene_list(&s);
	for (i = 0; i < 10; i++)
		scene_know(&s, i, 10 - i);
	plan("worksteal", ORDER_HISTORY, 4);
	cr_expect_str_eq(scene_names(&s, 0, 10),
			 "t0 t4 t8 t1 t5 t9 t2 t6 t3 t7");
}

/* Instances that are alike are dealt in as many as each would get. */
Test(modes, ranges_are_dealt_round_in_stretches)
{
	uint32_t i;

	scene_add_range(&s, "S", "r", 1001, NULL);
	scene_add_range(&s, "S", "q", 6, NULL);
	scene_list(&s);
	scene_know(&s, 1, 5);
	plan("worksteal", ORDER_HISTORY, 4);
	for (i = 0; i < 4; i++)
		cr_expect(dealt(i) == 251 || dealt(i) == 252);
}

/* EACH-1, EACH-3: n * J; bound to the slot; what is constrained is pinned. */
Test(modes, each_is_all_tests_for_each_slot)
{
	struct attrs lock = attrs_default, alone = attrs_default,
		     last = attrs_default;
	uint32_t i;

	lock.lock = "db";
	alone.exclusive = true;
	last.last = true;
	scene_add(&s, "S", "last", &last);
	scene_add(&s, "S", "a", NULL);
	scene_add(&s, "S", "lock", &lock);
	scene_add(&s, "S", "alone", &alone);
	scene_add(&s, "S", "b", NULL);
	scene_list(&s);
	plan("each", ORDER_DEFAULT, 3);
	cr_expect_eq(s.plan.n_positions, 15);
	cr_expect_str_eq(scene_names(&s, 0, 9),
			 "a b last a b last a b last");
	cr_assert_eq(s.plan.n_deals, 3);
	for (i = 0; i < 3; i++)
		cr_expect(s.plan.deals[i].bound && s.plan.deals[i].slot == i &&
			  dealt(i) == 3);
	cr_assert_eq(s.plan.n_gated, 6);
	for (i = 0; i < 6; i++) {
		cr_expect_eq(s.plan.gated[i].pin, i / 2 + 1);
		cr_expect_eq(s.plan.gated[i].weight, i % 2 ? 3 : 1);
	}
}

/* PLAN-8: turns of the selection are slots; order is as it stands, whatever
 * priorities say, and what is constrained is pinned. */
Test(modes, a_replay_gives_each_slot_what_it_had)
{
	struct attrs lock = attrs_default, first = attrs_default,
		     alone = attrs_default, last = attrs_default;
	uint32_t a, b, c, held, only, end_ix;

	lock.lock = "db";
	first.priority = 5;
	alone.exclusive = true;
	last.last = true;
	a = scene_add(&s, "S", "a", NULL);
	held = scene_add(&s, "S", "lock", &lock);
	b = scene_add(&s, "S", "b", &first);
	c = scene_add(&s, "S", "c", NULL);
	only = scene_add(&s, "S", "alone", &alone);
	end_ix = scene_add(&s, "S", "last", &last);
	scene_list(&s);
	plan_fini(&s.selected);
	plan_add(&s.selected, c, 0, 1);
	plan_add(&s.selected, held, 0, 1);
	plan_add(&s.selected, b, 0, 1);
	plan_begin_turn(&s.selected, 2); /* slot 1 had nothing */
	plan_add(&s.selected, a, 0, 1);
	plan_add(&s.selected, only, 0, 1);
	plan_add(&s.selected, end_ix, 0, 1);
	cr_assert_eq(scene_plan_full(&s, &(struct sched_request){
						 .ops = &sched_replay,
						 .n_slots = 3 }), 0);
	cr_assert_eq(s.plan.n_positions, 6, "each once");
	cr_expect_str_eq(scene_names(&s, 0, 6), "c b a lock alone last");
	cr_assert_eq(s.plan.n_deals, 2);
	cr_expect(s.plan.deals[0].bound && s.plan.deals[0].slot == 0 &&
		  dealt(0) == 2);
	cr_expect(s.plan.deals[1].bound && s.plan.deals[1].slot == 2 &&
		  dealt(1) == 1);
	cr_assert_eq(s.plan.n_gated, 2);
	cr_expect_eq(s.plan.gated[0].pin, 1);
	cr_expect_eq(s.plan.gated[1].pin, 3);
	cr_expect_eq(s.plan.gated[1].weight, 3);
	cr_assert_eq(s.plan.n_late, 1);
	cr_expect(s.plan.late[0].lo == 5 && !s.plan.late[0].alone);
	/* Alone nothing has to wait. */
	plan_fini(&s.selected);
	plan_add(&s.selected, held, 0, 1);
	plan_add(&s.selected, a, 0, 1);
	cr_assert_eq(scene_plan_full(&s, &(struct sched_request){
						 .ops = &sched_replay,
						 .n_slots = 1 }), 0);
	cr_expect_str_eq(scene_names(&s, 0, 2), "lock a");
	cr_expect_eq(s.plan.n_gated, 0);
}

/* ---- fixtures -------------------------------------------------------- */

static void know_setup(const char *scope, uint64_t ns)
{
	costs_add_setup(&s.costs, &(struct cost_setup){ .scope = scope,
							.setup_ns = ns });
	costs_sort_setups(&s.costs);
}

/* A part for each scope with a set-up, the one with the most work first, the
 * longest first in each (FIX-1, FIX-2); all others are one part. */
Test(modes, longest_has_a_part_for_each_dear_scope)
{
	uint32_t i;

	scene_add_many(&s, "plain", 2);
	scene_add_many(&s, "A", 2);
	scene_add_many(&s, "B", 3);
	scene_add_many(&s, "cheap", 1);
	scene_list(&s);
	for (i = 0; i < 8; i++)
		scene_know(&s, i, 1e9 * (i + 1));
	know_setup("A", 2000000000);
	know_setup("B", 1000000000);
	know_setup("cheap", 1000);
	plan("longest", ORDER_DEFAULT, 2);
	cr_assert_eq(s.plan.n_parts, 3);
	cr_expect_eq(s.plan.parts[0].setup_ns, 1000000000, "B: 18 s");
	cr_expect_eq(s.plan.parts[1].setup_ns, 0, "the others: 11 s");
	cr_expect_eq(s.plan.parts[2].setup_ns, 2000000000, "A: 7 s");
	cr_expect_str_eq(scene_names(&s, 0, 8), "t2 t1 t0 t0 t1 t0 t1 t0");
}

/* FIX-6 */
Test(modes, without_dear_setups_there_is_one_part)
{
	scene_add_many(&s, "A", 2);
	scene_add_many(&s, "B", 2);
	scene_list(&s);
	scene_know(&s, 3, 5);
	know_setup("A", 1000);
	know_setup("B", 0);
	plan("longest", ORDER_DEFAULT, 2);
	cr_expect_eq(s.plan.n_parts, 1);
}

/* An .affinity goes before the scope (section 10). */
Test(modes, an_affinity_is_a_fixture_scope)
{
	struct attrs a = attrs_default;

	a.affinity = "env";
	scene_add(&s, "A", "a", NULL);
	scene_add(&s, "A", "b", &a);
	scene_add(&s, "B", "c", &a);
	scene_add(&s, "C", "d", NULL);
	scene_list(&s);
	know_setup("A", 1000000000);
	plan("longest", ORDER_DEFAULT, 2);
	cr_assert_eq(s.plan.n_parts, 3);
	cr_expect_str_eq(scene_names(&s, 0, 4), "d a b c");
	cr_expect_eq(s.plan.parts[2].setup_ns, 1000000000);
}

/* ---- canaries -------------------------------------------------------- */

static void plan_canaries(const char *mode, uint32_t n_slots, uint32_t n)
{
	cr_assert_eq(scene_plan_full(&s, &(struct sched_request){
						 .ops = sched_find(mode),
						 .n_slots = n_slots,
						 .n_canaries = n }), 0);
}

/* CAN-1, CAN-2: quick ones that passed, of different suites if possible, each
 * the first of its slot. */
Test(modes, canaries_are_quick_and_of_many_suites)
{
	uint32_t i;

	scene_add_many(&s, "A", 6);
	listing_add_suite(&s.listing, "./b.so", "native");
	scene_add(&s, "B", "b", NULL);
	scene_list(&s);
	for (i = 0; i < 7; i++)
		scene_know(&s, i, 1e6 * (10 - i));
	scene_know(&s, 6, 40e6);
	s.costs.rows[5].last = OUTCOME_FAIL;
	s.costs.rows[4].todo = true;
	plan_canaries("load", 3, 4);
	cr_expect_eq(s.plan.n_canaries, 3);
	cr_expect_str_eq(scene_names(&s, 0, 3), "t3 b t2");
	for (i = 0; i < 3; i++)
		cr_expect(s.plan.deals[i].slot == i && dealt(i) == 1);
	/* In worksteal a slot's slice begins with it. */
	plan_canaries("worksteal", 2, 4);
	cr_expect_eq(s.plan.n_canaries, 2);
	cr_expect_str_eq(scene_names(&s, 0, 7), "t3 t0 t1 b t2 t4 t5");
	plan_canaries("each", 2, 4);
	cr_expect_eq(s.plan.n_canaries, 0);
}

/* One that fails is no proof; a slow or unknown one is no canary. */
Test(modes, without_two_canaries_there_is_none)
{
	scene_add_many(&s, "A", 4);
	scene_list(&s);
	scene_know(&s, 0, 51e6);
	scene_know(&s, 1, 1e6);
	plan_canaries("load", 4, 4);
	cr_expect_eq(s.plan.n_canaries, 0);
	scene_know(&s, 0, 50e6);
	plan_canaries("load", 4, 4);
	cr_expect_eq(s.plan.n_canaries, 2);
	plan_canaries("load", 1, 4);
	cr_expect_eq(s.plan.n_canaries, 0);
}

/* The first instance of a range can be one. */
Test(modes, a_canary_is_one_instance)
{
	scene_add_range(&s, "A", "r", 5, NULL);
	scene_add_range(&s, "B", "q", 5, NULL);
	scene_list(&s);
	scene_know(&s, 0, 1e6);
	scene_know(&s, 1, 1e6);
	plan_canaries("load", 2, 2);
	cr_expect_str_eq(scene_names(&s, 0, 10), "r[0] q[0] r[1] r[2] r[3] "
						 "r[4] q[1] q[2] q[3] q[4]");
}

/* ---- random scenes --------------------------------------------------- */

static const char *pick(struct rng *rng, const char *const *texts, uint32_t n)
{
	/* Most tests have none. */
	return rng_below(rng, 4) ? "" : texts[rng_below(rng, n)];
}

static void add_random(struct rng *rng, uint32_t i)
{
	static const char *const groups[] = { "g", "h", "g,h" },
		*const chains[] = { "x", "y" },
		*const locks[] = { "db", "db:r", "port:2", "a,db:r" },
		*const scopes[] = { "A", "B", "C" },
		*const files[] = { "a.c", "b.c" };
	struct attrs a = attrs_default;
	char name[16];

	a.affinity = pick(rng, groups, 3);
	a.serial = pick(rng, chains, 2);
	a.lock = pick(rng, locks, 4);
	a.weight = rng_below(rng, 6) ? 0 : (int32_t)rng_below(rng, 5);
	a.exclusive = rng_below(rng, 12) == 0;
	a.last = rng_below(rng, 12) == 0;
	a.priority = rng_below(rng, 4) ? 0 : (int32_t)rng_below(rng, 200) - 100;
	a.cost = rng_below(rng, 8) ? 0 : 1;
	snprintf(name, sizeof(name), "t%u", i);
	scene_add_range(&s, scopes[rng_below(rng, 3)], name,
			1 + (rng_below(rng, 4) ? 0 : rng_below(rng, 40)), &a);
	scene_set_file(&s, files[rng_below(rng, 2)]);
}

static void make_random(struct rng *rng)
{
	uint32_t n = 1 + rng_below(rng, 60), i;

	for (i = 0; i < n; i++)
		add_random(rng, i);
	scene_list(&s);
	for (i = 0; i < s.costs.n_rows; i++)
		if (rng_below(rng, 2))
			s.costs.rows[i] = (struct cost){
				.est_ns = (float)rng_below(rng, 100000000),
				.known = true,
				.todo = rng_below(rng, 5) == 0,
				.last = OUTCOME_PASS,
			};
	if (rng_below(rng, 2))
		know_setup("A", rng_below(rng, 1000000000));
}

#define SAME(a, b, items, n)                                                  \
	cr_assert((a)->n == (b)->n &&                                         \
		  (!(a)->n || memcmp((a)->items, (b)->items,                  \
				     (a)->n * sizeof(*(a)->items)) == 0),     \
		  #items)

/* Those with bytes between their members. */
static void expect_same_padded(const struct plan *a, const struct plan *b)
{
	uint32_t i;

	cr_assert(a->n_deals == b->n_deals && a->n_uses == b->n_uses &&
		  a->n_groups == b->n_groups);
	for (i = 0; i < a->n_deals; i++)
		cr_assert(a->deals[i].slot == b->deals[i].slot &&
			  a->deals[i].lo == b->deals[i].lo &&
			  a->deals[i].hi == b->deals[i].hi &&
			  a->deals[i].bound == b->deals[i].bound);
	for (i = 0; i < a->n_uses; i++)
		cr_assert(a->uses[i].lock == b->uses[i].lock &&
			  a->uses[i].units == b->uses[i].units &&
			  a->uses[i].shared == b->uses[i].shared);
	for (i = 0; i < a->n_groups; i++)
		cr_assert(a->groups[i].name == b->groups[i].name &&
			  a->groups[i].n_members == b->groups[i].n_members);
}

static void expect_same_gated(const struct plan *a, const struct plan *b)
{
	uint32_t i;

	cr_assert_eq(a->n_gated, b->n_gated);
	for (i = 0; i < a->n_gated; i++) {
		const struct gated *x = &a->gated[i], *y = &b->gated[i];

		cr_assert(x->lo == y->lo && x->hi == y->hi &&
			  x->before == y->before && x->pin == y->pin &&
			  x->first_use == y->first_use &&
			  x->n_uses == y->n_uses && x->weight == y->weight &&
			  x->after == y->after && x->last == y->last);
	}
}

static void expect_same(const struct plan *a, const struct plan *b)
{
	expect_same_gated(a, b);
	expect_same_padded(a, b);
	SAME(a, b, segments, n_segments);
	SAME(a, b, parts, n_parts);
	SAME(a, b, bounds, n_bounds);
	SAME(a, b, locks, n_locks);
	cr_assert_eq(a->n_late, b->n_late);
	cr_assert_eq(a->n_positions, b->n_positions);
}

/* T-5, T-6: any suite, in any mode and order, is dealt exactly once (by
 * scene_check() in each plan), and twice the same. */
Test(modes, any_suite_is_dealt_once_and_always_alike)
{
	struct rng rng = { .state = 2026 };
	struct plan first;
	uint32_t round, mode, order;

	for (round = 0; round < 60; round++) {
		make_random(&rng);
		for (mode = 0; sched_table[mode]; mode++)
			for (order = 0; order < N_ORDERS; order++) {
				uint32_t slots = 1 + rng_below(&rng, 9);
				struct sched_request rq = {
					.ops = sched_table[mode],
					.ordering = { .order = order,
						      .seed = round },
					.n_slots = slots,
					.n_canaries = rng_below(&rng, 6),
				};

				cr_assert_eq(scene_plan_full(&s, &rq), 0, "%s",
					     s.err.text);
				first = s.plan;
				plan_init(&s.plan);
				scene_plan_full(&s, &rq);
				expect_same(&first, &s.plan);
				plan_fini(&first);
			}
		scene_fini(&s);
		scene_init(&s);
	}
}
