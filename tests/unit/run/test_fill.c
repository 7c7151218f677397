/* SPDX-License-Identifier: MIT */
/*
 * What slots do that are kept free for a wide unit, and for how long they are
 * (WEIGHT-1), in a run without processes whose clock is the test's.
 */
#include "run/fill.h"

#include "base/clock.h"
#include "base/vec.h"
#include "fake_run.h"
#include "run/collect.h"
#include "run/feed.h"
#include "run/keeper.h"
#include "run/tick.h"

#include <criterion/criterion.h>

#define N 20u
#define SLOTS 4u
#define WIDE 10u /* behind the body, 0 .. 9 */
#define MS NS_PER_MS

static struct fake_run f;
static struct fake_worker workers[SLOTS];
static struct costs costs;

static void know(uint32_t position, uint64_t est_ns, uint64_t dev_ns)
{
	struct cost *row = &costs.rows[costs_row(&costs, 0, position)];

	row->est_ns = (float)est_ns;
	row->dev_ns = (float)dev_ns;
	row->known = true;
}

static struct gated *add_gated(uint32_t position, uint32_t weight)
{
	struct plan *p = &f.plan;

	vec_room(p->gated, p->n_gated, p->cap_gated);
	p->gated[p->n_gated] = (struct gated){ .lo = position,
					       .hi = position + 1,
					       .weight = weight,
					       .after = PLAN_NONE };
	return &p->gated[p->n_gated++];
}

static void rest(uint32_t slot)
{
	fake_worker_rest(&workers[slot]);
	atom32_store_release(&workers[slot].shared->resting, 1);
}

static void starts(uint32_t slot, uint32_t position)
{
	atom32_store_release(&workers[slot].shared->resting, 0);
	atom64_store_relaxed(&workers[slot].shared->start_ns, f.run.now_ns);
	fake_worker_begin(&workers[slot], position);
}

static void ends(uint32_t slot, uint32_t position)
{
	cr_assert(fake_worker_end(&workers[slot], position, OUTCOME_PASS));
	fake_worker_push(&workers[slot],
			 fake_worker_record(&workers[slot], position,
					    OUTCOME_PASS));
	collect_all(&f.run);
}

/* Slot 1 runs position 0 for a second, all others rest; one unit waits for
 * all of them. */
static void open_run(void)
{
	uint32_t i;

	fake_run_open(&f, N, SLOTS);
	costs_init(&costs, &f.listing);
	f.args.costs = &costs;
	plan_add_part(&f.plan, 0, WIDE, 0);
	add_gated(WIDE, SLOTS);
	feed_open(&f.run);
	for (i = 0; i < SLOTS; i++) {
		workers[i] = fake_worker_start(&f, i, -1);
		rest(i);
	}
	cursor_install(&f.run.arena.cursors[0], (struct range){ 1, WIDE });
	starts(1, 0);
	know(0, 1000 * MS, 0);
}

static void close_run(void)
{
	costs_fini(&costs);
	fake_run_close(&f);
}

TestSuite(fill, .init = open_run, .fini = close_run);

static void begin(void)
{
	keeper_open(&f.run);
	keeper_turn(&f.run);
}

static void mail_is(uint32_t slot, uint32_t lo, uint32_t hi)
{
	struct range r = deque_peek(&f.run.arena.deques[slot].inbox);

	cr_expect(range_is_empty(r) || range_is_bound(r), "slot %u", slot);
	r = range_free(r);
	cr_expect_eq(r.lo, lo, "slot %u has %u-%u", slot, r.lo, r.hi);
	cr_expect_eq(r.hi, hi, "slot %u has %u-%u", slot, r.lo, r.hi);
}

static struct range take_mail(uint32_t slot)
{
	struct deque *inbox = &f.run.arena.deques[slot].inbox;
	struct range r = range_free(deque_peek(inbox));

	deque_install(inbox, (struct range){ 0 });
	return r;
}

static bool wide_is_given(void)
{
	return fake_run_is_fed(&f, WIDE);
}

/* ---- what fits ------------------------------------------------------------ */

Test(fill, short_tests_are_shown_to_slots_that_rest)
{
	know(1, 2000 * MS, 0);
	know(2, 400 * MS, 0);
	know(3, 300 * MS, 0);
	know(4, 900 * MS, 0);
	know(5, 100 * MS, 0);
	begin();
	cr_expect_eq(keeper_limit(&f.run), 1);
	cr_expect(gate_signs(f.run.arena.gate) & GATE_FILL);
	mail_is(0, 0, 0);
	mail_is(2, 2, 4);
	mail_is(3, 4, 5);
	cr_expect_not(wide_is_given());
}

/* Nobody waits longer than without them; then the wide one goes. */
Test(fill, what_was_shown_ends_before_the_wide_unit_could_start)
{
	know(1, 400 * MS, 0);
	begin();
	mail_is(2, 1, 2);
	take_mail(2);
	starts(2, 1);
	f.run.now_ns += 400 * MS;
	ends(2, 1);
	rest(2);
	keeper_turn(&f.run);
	cr_expect_not(wide_is_given());
	f.run.now_ns += 600 * MS;
	ends(1, 0);
	rest(1);
	keeper_turn(&f.run);
	cr_expect(wide_is_given());
}

/* What fitted at the beginning does not any more. */
Test(fill, the_room_shrinks_as_time_passes)
{
	know(1, 800 * MS, 0);
	know(2, 300 * MS, 0);
	f.run.now_ns += 500 * MS;
	begin();
	mail_is(2, 2, 3);
	mail_is(3, 0, 0);
}

/* EST-3: est + 4 dev. */
Test(fill, an_erratic_test_needs_more_room)
{
	know(1, 400 * MS, 160 * MS);
	know(2, 400 * MS, 140 * MS);
	begin();
	mail_is(2, 2, 3);
}

Test(fill, what_nobody_knows_does_not_fit)
{
	costs.rows[costs_row(&costs, 0, 1)].est_ns = 1000; /* a guess */
	begin();
	mail_is(2, 0, 0);
	mail_is(3, 0, 0);
}

/* It may be in two places, and the chain in two processes. */
Test(fill, bound_units_are_left_where_they_are)
{
	struct plan *p = &f.plan;
	uint32_t i;

	vec_room(p->bounds, p->n_bounds, p->cap_bounds);
	p->bounds[p->n_bounds++] = (struct bound){ 2, 4 };
	for (i = 1; i < 6; i++)
		know(i, 10 * MS, 0);
	begin();
	mail_is(2, 1, 2);
	mail_is(3, 4, 6);
}

Test(fill, what_runs_or_has_ended_is_not_shown)
{
	uint32_t i;

	for (i = 1; i < 6; i++)
		know(i, 10 * MS, 0);
	starts(0, 1);
	ends(0, 1);
	rest(0);
	starts(0, 2);
	begin();
	mail_is(2, 3, 6);
}

/* ---- when nobody knows how long the others take ---------------------------- */

Test(fill, nothing_is_shown_when_a_busy_slot_is_a_riddle)
{
	costs.rows[costs_row(&costs, 0, 0)].known = false;
	know(1, MS, 0);
	begin();
	mail_is(2, 0, 0);
}

Test(fill, nothing_is_shown_when_a_test_takes_longer_than_it_did)
{
	know(1, MS, 0);
	f.run.now_ns += 1000 * MS;
	begin();
	mail_is(2, 0, 0);
}

/* All that was shown to another counts. */
Test(fill, what_others_have_in_front_of_them_counts)
{
	deque_install(&f.run.arena.deques[1].held, range_bind(7, 9));
	know(7, 500 * MS, 0);
	know(1, 1400 * MS, 0);
	begin();
	mail_is(2, 0, 0);
	know(8, 500 * MS, 0);
	keeper_turn(&f.run);
	mail_is(2, 1, 2);
}

Test(fill, no_slot_that_belongs_to_a_wide_unit_that_runs)
{
	f.plan.gated[0].weight = 2;
	add_gated(WIDE + 1, 2);
	know(1, MS, 0);
	begin();
	cr_expect(wide_is_given(), "slot 3 is idle");
	cr_expect_eq(keeper_limit(&f.run), 2);
	mail_is(3, 0, 0);
}

/* ---- how long slots are kept free ------------------------------------------ */

static void add_lock(struct gated *g)
{
	struct plan *p = &f.plan;

	if (p->n_locks == 0) {
		vec_room(p->locks, p->n_locks, p->cap_locks);
		p->locks[p->n_locks++] = (struct lock){
			.name = "db", .name_len = 2, .units = 1 };
	}
	vec_room(p->uses, p->n_uses, p->cap_uses);
	g->first_use = p->n_uses;
	g->n_uses = 1;
	p->uses[p->n_uses++] = (struct lock_use){ .lock = 0, .units = 1 };
}

/* No longer than it takes itself: then the others go on, also with its locks,
 * and it goes when they have nothing left. */
Test(fill, a_drain_is_no_longer_than_what_it_is_for)
{
	add_lock(&f.plan.gated[0]);
	add_lock(add_gated(WIDE + 1, 1));
	know(WIDE, 100 * MS, 0);
	begin();
	cr_expect_eq(keeper_limit(&f.run), 1);
	f.run.now_ns += 99 * MS;
	keeper_turn(&f.run);
	cr_expect_eq(keeper_limit(&f.run), 1);
	cr_expect_not(fake_run_is_fed(&f, WIDE + 1), "its lock is taken");
	f.run.now_ns += 2 * MS;
	keeper_turn(&f.run);
	cr_expect_eq(keeper_limit(&f.run), SLOTS);
	cr_expect(fake_run_is_fed(&f, WIDE + 1));
	cr_expect_not(wide_is_given());
	ends(1, 0);
	rest(1);
	keeper_turn(&f.run);
	cr_expect_eq(keeper_limit(&f.run), SLOTS, "the body is not over");
	cr_expect_not(wide_is_given());
}

/* That its slot is kept free is no excuse when all are told to leave. */
Test(fill, a_sleeper_that_does_not_leave_is_ended)
{
	f.args.timeout_ns = 1000 * MS;
	know(WIDE, 900000 * MS, 0);
	begin();
	fake_worker_park(&workers[3]);
	cr_expect_eq(keeper_limit(&f.run), 1);
	f.run.now_ns += 1500 * MS;
	tick_run(&f.run);
	f.run.now_ns += 1500 * MS;
	tick_run(&f.run);
	cr_expect_eq(f.run.slots[3].doom, DOOM_NONE);
	f.run.closed = true;
	f.run.now_ns += 1500 * MS;
	tick_run(&f.run);
	cr_expect_eq(f.run.slots[3].doom, DOOM_CONDEMNED);
}

Test(fill, who_gave_way_goes_when_nothing_else_is_left)
{
	struct range r;

	know(WIDE, 100 * MS, 0);
	begin();
	f.run.now_ns += 101 * MS;
	keeper_turn(&f.run);
	cr_expect_eq(keeper_limit(&f.run), SLOTS);
	cursor_install(&f.run.arena.cursors[0], (struct range){ WIDE, WIDE });
	f.run.now_ns += 500 * MS;
	keeper_turn(&f.run);
	cr_expect_eq(keeper_limit(&f.run), 1, "it waits for the last one");
	cr_expect_not(wide_is_given());
	f.run.now_ns += 500 * MS;
	keeper_turn(&f.run);
	cr_expect_eq(keeper_limit(&f.run), 1, "for as long as that takes");
	ends(1, 0);
	rest(1);
	keeper_turn(&f.run);
	cr_assert(fake_run_take(&f, &r));
	cr_expect_eq(r.lo, WIDE);
}

Test(fill, of_what_nobody_knows_a_drain_takes_as_long_as_it_takes)
{
	begin();
	f.run.now_ns += 3600 * NS_PER_S;
	keeper_turn(&f.run);
	cr_expect_eq(keeper_limit(&f.run), 1);
}
