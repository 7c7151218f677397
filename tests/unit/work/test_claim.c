/* SPDX-License-Identifier: MIT */
/* Vectors of the rules, on the real code with a virtual clock (T-1). */
#include "stepper.h"

#include "base/rng.h"

#include <criterion/criterion.h>

#define MS (STEPPER_S / 1000)

static struct stepper s;

static void end(void)
{
	stepper_free(&s);
}

TestSuite(claim, .fini = end);

static void lasts(uint32_t lo, uint32_t hi, uint64_t ns)
{
	while (lo < hi)
		s.lasts_ns[lo++] = ns;
}

static void load(uint32_t n, uint32_t slots)
{
	stepper_make(&s, n, slots);
	plan_add_part(&s.plan, 0, n, 0);
}

/* STEAL-1: slot i gets P / (J - i) of what is left. */
static void worksteal(uint32_t n, uint32_t slots)
{
	uint32_t lo = 0, i;

	stepper_make(&s, n, slots);
	for (i = 0; i < slots; i++) {
		uint32_t len = (n - lo) / (slots - i);

		stepper_deal(&s, i, lo, lo + len, false);
		lo += len;
	}
}

/* ---- load ------------------------------------------------------------ */

/* V-LOAD-1 */
Test(claim, load_alternates_between_two_slots)
{
	load(16, 2);
	lasts(0, 16, 50 * MS);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 2 4 6 8 10 12 14");
	stepper_expect_ran(&s, 1, "1 3 5 7 9 11 13 15");
	stepper_expect_makespan(&s, 0.4);
}

/* V-LOAD-2, PEER-13: nothing waits behind a long test. */
Test(claim, load_keeps_nothing_behind_a_long_test)
{
	load(16, 2);
	lasts(0, 16, 50 * MS);
	s.lasts_ns[0] = 5 * STEPPER_S;
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0");
	stepper_expect_ran(&s, 1, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15");
	stepper_expect_makespan(&s, 5);
}

/* V-LOAD-3 */
Test(claim, load_reaches_the_lower_bound)
{
	load(16, 2);
	lasts(8, 16, 10 * STEPPER_S);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_makespan(&s, 44);
}

/* V-LOAD-4, BAL-2 */
Test(claim, load_is_even_on_many_slots)
{
	load(1600, 16);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_makespan(&s, 100);
	stepper_free(&s);
	load(1600, 64);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_makespan(&s, 25);
}

static void expect_plan_order(void)
{
	uint32_t i;

	for (i = 0; i < s.n_started; i++)
		cr_assert_eq(s.order[i], i, "%u starts as number %u",
			     s.order[i], i);
}

/* LOAD-1: longer than q, 64 us. */
Test(claim, load_starts_in_plan_order)
{
	uint32_t i;

	load(5000, 3);
	for (i = 0; i < 5000; i++)
		s.lasts_ns[i] = 64001 + i * 7919 % 100000;
	stepper_start(&s);
	stepper_run(&s);
	expect_plan_order();
}

/* ---- batches --------------------------------------------------------- */

/* How many of the first tests that a slot started were neighbours. */
static uint32_t longest_run(uint32_t slot)
{
	const struct stepper_slot *w = &s.slots[slot];
	uint32_t best = 1, n = 1, i;

	for (i = 1; i < w->n_ran; i++) {
		n = w->ran[i] == w->ran[i - 1] + 1 ? n + 1 : 1;
		if (n > best)
			best = n;
	}
	return best;
}

/* BATCH-2: q is 64 us.  256 tests of 100 ns are less than half of that, 512
 * are not. */
Test(claim, takes_very_short_tests_several_at_a_time)
{
	load(100000, 4);
	lasts(0, 100000, 100);
	stepper_start(&s);
	stepper_run(&s);
	cr_expect_eq(s.n_ended, 100000);
	cr_expect_geq(longest_run(0), 400, "%u", longest_run(0));
	cr_expect_lt(longest_run(0), 1024, "%u", longest_run(0));
}

/* BATCH-2: never so many that others lack them at the end. */
Test(claim, takes_few_when_few_are_left)
{
	load(100, 4);
	lasts(0, 100, 100);
	stepper_start(&s);
	stepper_run(&s);
	cr_expect_leq(longest_run(0), 4);
}

/* BATCH-2: back to one after a test longer than q. */
Test(claim, takes_one_again_when_tests_grow_longer)
{
	uint32_t i;

	load(20000, 2);
	lasts(0, 10000, 100);
	lasts(10000, 20000, 100000);
	stepper_start(&s);
	stepper_run(&s);
	for (i = 11500; i < s.n_started; i++)
		cr_assert_eq(s.order[i], i, "%u starts as number %u",
			     s.order[i], i);
}

/* BATCH-4 */
Test(claim, takes_no_more_than_the_user_says)
{
	load(1000, 2);
	lasts(0, 1000, 100);
	s.batch_max = 1;
	stepper_start(&s);
	stepper_run(&s);
	expect_plan_order();
}

/* BATCH-3, SHM-2: what lies behind a test that hangs is not lost to others. */
Test(claim, leaves_the_rest_of_a_batch_to_thieves)
{
	load(2000, 2);
	lasts(0, 2000, 100);
	s.lasts_ns[1000] = 5 * STEPPER_S;
	stepper_start(&s);
	stepper_run(&s);
	cr_expect_lt(s.now_ns, 5 * STEPPER_S + MS);
}

/* ---- worksteal ------------------------------------------------------- */

/* V-STEAL-2 */
Test(claim, worksteal_steals_half_from_the_back)
{
	worksteal(16, 2);
	lasts(8, 16, 10 * STEPPER_S);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 1 2 3 4 5 6 7 12 13 14 15");
	stepper_expect_ran(&s, 1, "8 9 10 11");
	stepper_expect_makespan(&s, 48);
}

/* V-STEAL-3 */
Test(claim, worksteal_leaves_nothing_behind_a_hang)
{
	worksteal(16, 2);
	lasts(8, 16, 10 * STEPPER_S);
	s.lasts_ns[8] = 1000 * STEPPER_S;
	stepper_start(&s);
	stepper_run_to(&s, 999 * STEPPER_S);
	stepper_expect_ran(&s, 0, "0 1 2 3 4 5 6 7 12 13 14 15 10 11 9");
	cr_expect_eq(s.n_ended, 15);
	stepper_run(&s);
}

/* V-STEAL-4 */
Test(claim, worksteal_robs_the_longest_deque)
{
	worksteal(17, 4);
	lasts(0, 4, 4 * STEPPER_S);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 1");
	stepper_expect_ran(&s, 1, "4 5 6 7 3");
	stepper_expect_ran(&s, 2, "8 9 10 11 2");
	stepper_expect_ran(&s, 3, "12 13 14 15 16");
	stepper_expect_makespan(&s, 8);
}

/* V-STEAL-5: a slot that comes late. */
Test(claim, worksteal_gives_a_late_slot_its_share)
{
	stepper_make(&s, 5, 2);
	stepper_deal(&s, 0, 0, 5, false);
	s.slots[1].absent = true;
	stepper_start(&s);
	stepper_run_to(&s, STEPPER_S);
	s.slots[1].absent = false;
	s.slots[1].free_ns = s.now_ns;
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 1 2");
	stepper_expect_ran(&s, 1, "3 4");
}

/* V-STEAL-1 (100, 8), V-STEAL-6 */
Test(claim, worksteal_evens_out_what_does_not_divide)
{
	worksteal(100, 8);
	stepper_start(&s);
	stepper_run(&s);
	cr_expect_eq(s.slots[0].ran[12], 60);
	cr_expect_eq(s.slots[1].ran[12], 73);
	cr_expect_eq(s.slots[2].ran[12], 86);
	cr_expect_eq(s.slots[3].ran[12], 99);
	stepper_expect_makespan(&s, 13);
}

/* ---- bound units ----------------------------------------------------- */

/* V-SCOPE-1: b c::K a d, the largest first. */
Test(claim, scopes_run_whole_the_largest_first)
{
	load(10, 2);
	stepper_bind(&s, 0, 5);
	stepper_bind(&s, 5, 8);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 1 2 3 4");
	stepper_expect_ran(&s, 1, "5 6 7 8 9");
	stepper_expect_makespan(&s, 5);
}

/* V-SCOPE-2: a b c::K d, as they were collected; SCOPE-3: the next one when
 * the last has ended. */
Test(claim, scopes_run_whole_in_collection_order)
{
	load(10, 2);
	stepper_bind(&s, 1, 6);
	stepper_bind(&s, 6, 9);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 6 7 8 9");
	stepper_expect_ran(&s, 1, "1 2 3 4 5");
	stepper_expect_makespan(&s, 5);
}

/* V-SCOPE-3, DEQ-5: nobody helps with a unit that has begun. */
Test(claim, a_scope_is_not_stolen_from)
{
	load(6, 3);
	stepper_bind(&s, 0, 4);
	stepper_bind(&s, 4, 6);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 1 2 3");
	stepper_expect_ran(&s, 1, "4 5");
	stepper_expect_ran(&s, 2, "");
}

/* BATCH-1: of units nothing is taken together, and a batch ends before one. */
Test(claim, a_batch_ends_where_a_unit_begins)
{
	uint32_t i;

	load(10000, 2);
	lasts(0, 10000, 100);
	for (i = 0; i < 10000; i += 50)
		stepper_bind(&s, i + 20, i + 50);
	stepper_start(&s);
	stepper_run(&s);
	cr_expect_eq(s.n_ended, 10000);
	for (i = 0; i < 10000; i += 50)
		cr_expect_geq(s.started_ns[i + 49],
			      s.started_ns[i + 20] + 29 * 100);
}

/* EACH-1: a list is one slot's, and nobody steals. */
Test(claim, each_slot_runs_its_own_list)
{
	stepper_make(&s, 6, 2);
	stepper_deal(&s, 0, 0, 3, true);
	stepper_deal(&s, 1, 3, 6, true);
	lasts(3, 6, 9 * STEPPER_S);
	stepper_start(&s);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 1 2");
	stepper_expect_ran(&s, 1, "3 4 5");
}

/* ---- the fixture rule ------------------------------------------------ */

static void scopes(const uint32_t *sizes, uint32_t n, uint64_t setup_s,
		   uint32_t slots)
{
	uint32_t total = 0, i;

	for (i = 0; i < n; i++)
		total += sizes[i];
	stepper_make(&s, total, slots);
	for (total = 0, i = 0; i < n; total += sizes[i++])
		plan_add_part(&s.plan, total, total + sizes[i],
			      setup_s * STEPPER_S);
	stepper_start(&s);
	stepper_run(&s);
}

#define SCOPES(setup_s, slots, ...)                                           \
	scopes((const uint32_t[]){ __VA_ARGS__ },                             \
	       sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t),        \
	       setup_s, slots)

/* V-FIX-1 */
Test(claim, joins_a_scope_when_it_pays)
{
	SCOPES(1, 3, 8, 2);
	stepper_expect_ran(&s, 1, "8 9 5");
	cr_expect_eq(s.n_setups, 4);
	stepper_expect_makespan(&s, 5);
}

/* V-FIX-2 */
Test(claim, sleeps_when_it_does_not_pay)
{
	SCOPES(3, 3, 8, 2);
	stepper_expect_ran(&s, 1, "8 9");
	cr_expect_eq(s.n_setups, 3);
	stepper_expect_makespan(&s, 7);
}

/* V-FIX-3 */
Test(claim, a_set_up_is_not_paid_twice_for_two_tests)
{
	/* One part alone has no K: another beside it. */
	SCOPES(3, 3, 3, 1);
	stepper_expect_ran(&s, 2, "");
	cr_expect_eq(s.n_setups, 2);
	stepper_expect_ran(&s, 0, "0 1 2");
	stepper_expect_makespan(&s, 6);
}

/* V-FIX-4 */
Test(claim, two_slots_help_with_what_is_left)
{
	SCOPES(2, 4, 40, 4, 4);
	cr_expect_eq(s.n_setups, 6);
	stepper_expect_makespan(&s, 15);
}

/* V-FIX-5, FIX-6 */
Test(claim, fixtures_without_cost_do_not_matter)
{
	SCOPES(0, 4, 40, 4, 4);
	stepper_expect_makespan(&s, 12);
}

/* V-FIX-6 */
Test(claim, nobody_joins_scopes_that_are_all_set_up)
{
	SCOPES(10, 4, 6, 6);
	cr_expect_eq(s.n_setups, 2);
	stepper_expect_ran(&s, 2, "");
	stepper_expect_ran(&s, 3, "");
	stepper_expect_makespan(&s, 16);
}

/* FIX-4: the last slot on a scope dies, and its successor may begin there,
 * although what is left does not pay for two. */
Test(claim, a_dead_slot_keeps_nobody_from_its_scope)
{
	stepper_make(&s, 4, 1);
	plan_add_part(&s.plan, 0, 3, 9 * STEPPER_S);
	plan_add_part(&s.plan, 3, 4, 9 * STEPPER_S);
	stepper_start(&s);
	stepper_run_to(&s, 0);
	stepper_crash(&s, 0);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 1 2 3");
}

/* ---- deaths ---------------------------------------------------------- */

/* V-CRASH-1 */
Test(claim, a_crash_moves_no_other_test)
{
	load(32, 4);
	stepper_start(&s);
	stepper_run_to(&s, 0);
	stepper_crash(&s, 0);
	stepper_run_to(&s, 0);
	stepper_expect_ran(&s, 0, "0 4");
	stepper_expect_ran(&s, 3, "3");
	stepper_run(&s);
	cr_expect_eq(s.n_ended, 32);
}

/* V-CRASH-2, BAL-11 */
Test(claim, a_dead_slots_deque_stays_and_can_be_robbed)
{
	worksteal(32, 4);
	stepper_start(&s);
	stepper_run_to(&s, 0);
	stepper_crash(&s, 0);
	cr_expect_eq(deque_peek(&s.arena.deques[0].deque).lo, 1);
	cr_expect_eq(deque_peek(&s.arena.deques[0].deque).hi, 8);
	s.slots[0].absent = true;
	stepper_run_to(&s, 8 * STEPPER_S);
	cr_expect_eq(s.slots[1].ran[8], 4, "half from the back: %u",
		     s.slots[1].ran[8]);
	s.slots[0].absent = false;
	s.slots[0].free_ns = s.now_ns;
	stepper_run(&s);
	cr_expect_eq(s.slots[0].ran[1], 1);
	cr_expect_eq(s.n_ended, 32);
}

/* V-CRASH-3, SCOPE-5: the rest of the unit stays with the slot. */
Test(claim, the_rest_of_a_unit_is_the_next_generations)
{
	load(8, 2);
	stepper_bind(&s, 0, 4); /* w0 */
	stepper_bind(&s, 4, 6); /* a.c: w1 */
	stepper_bind(&s, 6, 8); /* c.c: w1 */
	stepper_start(&s);
	stepper_run_to(&s, 2 * STEPPER_S);
	stepper_crash(&s, 1);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 1 2 3");
	stepper_expect_ran(&s, 1, "4 5 6 7");
}

/* ---- signs ----------------------------------------------------------- */

/* V-STOP-1, STOP-1: nothing is queued that outlives the stop. */
Test(claim, a_stop_lets_only_the_running_tests_end)
{
	load(400, 4);
	lasts(0, 400, 20 * MS);
	s.lasts_ns[0] = 0;
	s.max_fail = 1;
	s.fails = 0;
	stepper_start(&s);
	stepper_run(&s);
	cr_expect_leq(s.n_ended, 4, "%u", s.n_ended);
	cr_expect_leq(cursor_peek(&s.arena.cursors[0]).lo, 4,
		      "nothing is taken any more");
	stepper_free(&s);
	worksteal(400, 4);
	lasts(0, 400, 20 * MS);
	s.lasts_ns[0] = 0;
	s.max_fail = 1;
	s.fails = 0;
	stepper_start(&s);
	stepper_run(&s);
	cr_expect_leq(s.n_ended, 4, "%u", s.n_ended);
}

/* The runner hands a range out. */
static void hand_out(struct range r)
{
	static struct ring_producer p;

	p = (struct ring_producer){
		.ring = s.arena.ring,
		.mask = s.catalog.header->arena.ring_cap - 1
	};
	cr_assert(ring_push_sp(&p, r));
	gate_raise(s.arena.gate, GATE_RING);
}

/* CLAIM-1 c, CLAIM-6: before the own deque; a unit is no exception. */
Test(claim, what_the_runner_hands_out_goes_first)
{
	stepper_make(&s, 8, 1);
	stepper_deal(&s, 0, 0, 5, false);
	plan_add_part(&s.plan, 5, 8, 0);
	stepper_start(&s);
	cursor_install(&s.arena.cursors[0], (struct range){ 8, 8 });
	stepper_run_to(&s, 0);
	hand_out(range_bind(5, 8));
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 5 6 7 1 2 3 4");
}

/* SHM-2: but not before the rest of a bound unit. */
Test(claim, a_unit_that_has_begun_is_ended_first)
{
	load(6, 1);
	stepper_bind(&s, 0, 3);
	stepper_start(&s);
	stepper_run_to(&s, 0);
	hand_out((struct range){ 5, 6 });
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 1 2 5 3 4");
}

/* WEIGHT-1: slots are kept free for a wide test; a unit is ended. */
Test(claim, a_hold_lets_units_end_and_nothing_begin)
{
	load(10, 3);
	stepper_bind(&s, 2, 5);
	stepper_start(&s);
	stepper_run_to(&s, 0);
	gate_hold(s.arena.gate, 1);
	stepper_run_to(&s, 100 * STEPPER_S);
	stepper_expect_ran(&s, 0, "0 5 6 7 8 9");
	stepper_expect_ran(&s, 1, "1");
	stepper_expect_ran(&s, 2, "2 3 4");
}

/* WEIGHT-1: but what such a slot is shown meanwhile, and only with the sign
 * for it: what lies in an inbox for another reason waits.  It stays in the
 * part, too, and nobody runs it twice (CLAIM-2). */
Test(claim, a_held_slot_takes_what_it_is_shown)
{
	load(10, 2);
	stepper_start(&s);
	stepper_run_to(&s, 0);
	gate_hold(s.arena.gate, 1);
	cr_assert(deque_try_put(&s.arena.deques[1].inbox, range_bind(7, 9)));
	gate_wake(s.arena.gate, s.slots[0].claim.ops, 2);
	stepper_run_to(&s, 3 * STEPPER_S);
	stepper_expect_ran(&s, 1, "1");
	gate_raise(s.arena.gate, GATE_FILL);
	gate_wake(s.arena.gate, s.slots[0].claim.ops, 2);
	stepper_run(&s);
	stepper_expect_ran(&s, 0, "0 2 3 4 5 6 9");
	stepper_expect_ran(&s, 1, "1 7 8");
}

/* Makespan by the lower bound of what s.lasts_ns says. */
static double waste(uint32_t n, uint32_t slots)
{
	uint64_t sum = 0, longest = 0, end = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		sum += s.lasts_ns[i];
		longest = max_of(longest, s.lasts_ns[i]);
	}
	stepper_start(&s);
	stepper_run(&s);
	for (i = 0; i < n; i++)
		end = max_of(end, s.started_ns[i] + s.lasts_ns[i]);
	return (double)end / max_of((double)sum / slots, (double)longest);
}

enum { BATCH_N = 20000, BATCH_SLOTS = 8 };

/* One in a hundred a hundred times as long as its neighbours, anywhere. */
static double waste_of_mixed(uint32_t batch_max)
{
	struct rng rng = { .state = 7 };
	double wasted;
	uint32_t i;

	load(BATCH_N, BATCH_SLOTS);
	s.batch_max = batch_max;
	for (i = 0; i < BATCH_N; i++)
		s.lasts_ns[i] = 1000 + rng_below(&rng, 2000) +
				(rng_below(&rng, 100) == 0 ? 300000 : 0);
	wasted = waste(BATCH_N, BATCH_SLOTS);
	stepper_free(&s);
	return wasted;
}

/* BATCH-1: what estimates could win over batches that adapt is at most what
 * these lose against one by one, whose claims cost nothing here: no more than
 * a batch of 64 us in 12.6 ms.  With the longest first it is nothing. */
Test(claim, batches_that_adapt_leave_estimates_nothing_to_win)
{
	double one_by_one = waste_of_mixed(1), adapting = waste_of_mixed(0);
	double sorted;
	uint32_t i;

	load(BATCH_N, BATCH_SLOTS);
	for (i = 0; i < BATCH_N; i++)
		s.lasts_ns[i] = i < 200 ? 300000 : 1000 + (BATCH_N - i) / 8;
	sorted = waste(BATCH_N, BATCH_SLOTS);
	cr_expect_lt(sorted, 1.002, "%.4f", sorted);
	cr_expect_lt(adapting, one_by_one + 0.0052, "%.4f against %.4f",
		     adapting, one_by_one);
}
