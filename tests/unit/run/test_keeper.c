/* SPDX-License-Identifier: MIT */
/*
 * What the runner hands out itself, in a run without processes: GATE-1,
 * LOCK-1, LOCK-3, LOCK-5, WEIGHT-1, EXCL-1, AFTER-1, CRASH-2, CRASH-3, CAN-3,
 * PEER-3 to PEER-5.
 */
#include "run/keeper.h"

#include "base/id.h"
#include "base/vec.h"
#include "fake_run.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/stop.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#define N 20u
#define SLOTS 4u

static struct fake_run f;
static struct fake_worker w, other;

static void open_run(void)
{
	fake_run_open(&f, N, SLOTS);
	w = fake_worker_start(&f, 0, -1);
	other = fake_worker_start(&f, 1, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(keeper, .init = open_run, .fini = close_run);

/* ---- plans by hand: 0 .. 9 are the body, the rest is what a test adds --- */

enum { DB, GPU };

static void add_lock(const char *name, uint32_t units)
{
	struct plan *p = &f.plan;

	vec_room(p->locks, p->n_locks, p->cap_locks);
	p->locks[p->n_locks++] = (struct lock){
		.name = name,
		.name_len = (uint32_t)strlen(name),
		.units = units
	};
}

static struct gated *add_gated(uint32_t lo, uint32_t hi)
{
	struct plan *p = &f.plan;

	vec_room(p->gated, p->n_gated, p->cap_gated);
	p->gated[p->n_gated] = (struct gated){ .lo = lo,
					       .hi = hi,
					       .weight = 1,
					       .after = PLAN_NONE,
					       .first_use = p->n_uses };
	return &p->gated[p->n_gated++];
}

static void add_use(struct gated *g, uint32_t lock, uint32_t units)
{
	struct plan *p = &f.plan;

	vec_room(p->uses, p->n_uses, p->cap_uses);
	p->uses[p->n_uses++] = (struct lock_use){ .lock = lock,
						  .units = units };
	g->n_uses++;
}

static void add_bound(uint32_t lo, uint32_t hi)
{
	struct plan *p = &f.plan;

	vec_room(p->bounds, p->n_bounds, p->cap_bounds);
	p->bounds[p->n_bounds++] = (struct bound){ lo, hi };
}

static void add_late(uint32_t lo, uint32_t hi, bool alone)
{
	f.plan.late[f.plan.n_late++] = (struct late){ lo, hi, alone };
}

static void begin(void)
{
	keeper_open(&f.run);
	keeper_turn(&f.run);
}

/* ---- what comes out ------------------------------------------------------ */

static void expect_taken(uint32_t lo, uint32_t hi)
{
	struct range r = { 0 };

	cr_assert(fake_run_take(&f, &r), "%u-%u is there", lo, hi);
	cr_expect_eq(r.lo, lo, "lo is %u, not %u", r.lo, lo);
	cr_expect_eq(range_free(r).hi, hi, "hi is %u, not %u",
		     range_free(r).hi, hi);
	cr_expect(range_is_bound(r), "for one slot, in order");
}

static void expect_nothing(void)
{
	struct range r = { 0 };

	cr_expect_not(fake_run_take(&f, &r), "%u-%u should not be there", r.lo,
		      r.hi);
}

static void run_one(uint32_t position, enum outcome outcome)
{
	fake_worker_run(&w, position, outcome);
	collect_all(&f.run);
	keeper_turn(&f.run);
}

static void run_body(uint32_t n)
{
	uint32_t p;

	for (p = 0; p < n; p++)
		run_one(p, OUTCOME_PASS);
}

static void crash_worker(void)
{
	fake_worker_gone(&w, FAKE_KILLED(SIGSEGV));
	w = fake_worker_start(&f, 0, -1);
	keeper_turn(&f.run);
}

/* ---- locks --------------------------------------------------------------- */

Test(keeper, gives_a_lock_on_when_its_holder_has_ended)
{
	add_lock("db", 1);
	add_use(add_gated(10, 11), DB, 1);
	add_use(add_gated(12, 13), DB, 1);
	begin();
	expect_taken(10, 11);
	expect_nothing();
	run_one(3, OUTCOME_PASS);
	expect_nothing();
	run_one(10, OUTCOME_FAIL);
	expect_taken(12, 13);
	run_one(12, OUTCOME_PASS);
	expect_nothing();
}

/* LOCK-3, CRASH-2: the crashed test is over; what is left of its unit goes on
 * in the slot and still holds the lock. */
Test(keeper, keeps_the_locks_of_a_unit_whose_worker_died)
{
	add_lock("db", 1);
	add_use(add_gated(10, 13), DB, 1);
	add_bound(10, 13);
	add_use(add_gated(13, 14), DB, 1);
	begin();
	expect_taken(10, 13);
	fake_worker_begin(&w, 10);
	deque_install(&f.run.arena.deques[0].held, range_bind(11, 13));
	crash_worker();
	cr_expect_eq(fake_run_told(&f, 10)->test.outcome, OUTCOME_CRASH);
	expect_nothing();
	run_one(11, OUTCOME_PASS);
	expect_nothing();
	run_one(12, OUTCOME_PASS);
	expect_taken(13, 14);
}

/* Killed between its claim and its body: it is not over. */
Test(keeper, keeps_the_lock_of_a_test_that_was_not_entered)
{
	add_lock("db", 1);
	add_use(add_gated(10, 11), DB, 1);
	add_use(add_gated(11, 12), DB, 1);
	begin();
	expect_taken(10, 11);
	fake_worker_announce(&w, 10);
	cr_assert(fake_worker_claim(&w, 10));
	crash_worker();
	cr_expect_null(fake_run_told(&f, 10));
	cr_expect(fake_run_is_fed(&f, 10), "it is handed out again");
	cr_expect_not(fake_run_is_fed(&f, 11), "its lock is not free");
}

/* Disabled ones have ended before anything was handed out. */
Test(keeper, holds_nothing_for_tests_that_have_ended)
{
	add_lock("db", 1);
	add_use(add_gated(10, 11), DB, 1);
	add_use(add_gated(11, 12), DB, 1);
	keeper_open(&f.run);
	keeper_cancel(&f.run, (struct range){ 10, 11 }, NOTRUN_CHAIN);
	keeper_turn(&f.run);
	expect_taken(11, 12);
}

/* A sweep finds what is lost, not what waits; and lost units stay units. */
Test(keeper, shows_the_sweep_what_waits)
{
	add_lock("db", 1);
	add_use(add_gated(10, 13), DB, 1);
	add_bound(10, 13);
	add_use(add_gated(13, 15), DB, 1);
	add_late(15, N, true);
	begin();
	run_body(10);
	expect_taken(10, 13); /* and never installed */
	cr_expect_eq(feed_sweep(&f.run), 3);
	expect_taken(10, 13);
	expect_nothing();
}

/* LOCK-1: one had just taken it when the sweep looked, and runs the first. */
Test(keeper, leaves_what_was_given_to_who_has_begun_it)
{
	add_lock("db", 1);
	add_use(add_gated(10, 13), DB, 1);
	add_bound(10, 13);
	add_late(13, N, true);
	begin();
	run_body(10);
	expect_taken(10, 13);
	fake_worker_begin(&other, 10);
	cr_expect_eq(feed_sweep(&f.run), 0);
	expect_nothing();
	fake_worker_end(&other, 10, OUTCOME_PASS);
	fake_worker_push(&other, fake_worker_record(&other, 10, OUTCOME_PASS));
	collect_all(&f.run);
	cr_expect_eq(feed_sweep(&f.run), 2);
	expect_taken(11, 13);
}

Test(keeper, hands_nothing_out_after_a_stop)
{
	add_lock("db", 1);
	add_use(add_gated(10, 11), DB, 1);
	add_use(add_gated(11, 12), DB, 1);
	begin();
	expect_taken(10, 11);
	fake_worker_begin(&w, 10);
	stop_for_signal(&f.run, SIGINT);
	fake_worker_gone(&w, FAKE_KILLED(SIGINT));
	keeper_turn(&f.run);
	expect_nothing();
	stop_tell_rest(&f.run);
	cr_expect_eq(tally_done(&f.run.tally), N);
}

/* Locks are for running: no more is handed out than the slots can use soon. */
Test(keeper, does_not_hand_everything_out_at_once)
{
	struct range r;
	uint32_t n = 0;

	add_gated(10, N)->weight = 1;
	begin();
	while (fake_run_take(&f, &r))
		n++;
	cr_expect_eq(n, SLOTS * HOLDINGS_PER_SLOT);
}

/* ---- LOCK-5 -------------------------------------------------------------- */

static uint32_t holding_at(uint32_t position)
{
	uint32_t i;

	for (i = 0; i < SLOTS * HOLDINGS_PER_SLOT; i++) {
		struct range r = range_unpack(atom64_load_acquire(
			&f.run.arena.holdings[i].range));

		if (r.lo <= position && position < r.hi)
			return i;
	}
	return UINT32_MAX;
}

static uint32_t number_at(uint32_t position, uint32_t n)
{
	const struct holding *h;
	uint32_t i = holding_at(position);

	cr_assert_neq(i, UINT32_MAX);
	h = &f.run.arena.holdings[i];
	cr_assert_lt(n, atom32_load_relaxed(&h->n_units));
	cr_expect_eq(atom64_load_relaxed(&h->units[n].name),
		     id_bytes("gpu", 3));
	return atom32_load_relaxed(&h->units[n].number);
}

Test(keeper, says_which_unit_of_a_counted_lock_is_held)
{
	add_lock("db", 1);
	add_lock("gpu", 3);
	add_use(add_gated(10, 11), GPU, 1);
	add_use(add_gated(11, 12), GPU, 2);
	begin();
	expect_taken(10, 11);
	expect_taken(11, 12);
	cr_expect_eq(number_at(10, 0), 0);
	cr_expect_eq(number_at(11, 0), 1);
	cr_expect_eq(number_at(11, 1), 2);
	run_one(10, OUTCOME_PASS);
	cr_expect_eq(holding_at(10), UINT32_MAX, "it holds nothing any more");
}

/* ---- weights ------------------------------------------------------------- */

static void rest(struct fake_worker *worker)
{
	fake_worker_rest(worker);
	atom32_store_release(&worker->shared->resting, 1);
}

/* WEIGHT-1: slots are reserved and must be idle; the dead ones are. */
Test(keeper, makes_room_for_a_wide_unit)
{
	add_gated(10, 11)->weight = 4;
	begin();
	cr_expect_eq(keeper_limit(&f.run), 1);
	cr_expect(gate_signs(f.run.arena.gate) & GATE_HOLD);
	expect_nothing();
	rest(&other);
	keeper_turn(&f.run);
	expect_taken(10, 11);
	run_one(10, OUTCOME_PASS);
	cr_expect_eq(keeper_limit(&f.run), SLOTS);
	cr_expect_not(gate_signs(f.run.arena.gate) & GATE_HOLD);
}

/* JOBS-4: who is held back because memory is short does not make room. */
Test(keeper, keeps_its_room_when_others_are_held_back)
{
	add_gated(10, 11)->weight = 3;
	begin();
	cr_expect_eq(keeper_limit(&f.run), 2);
	f.run.pressure.limit = 1;
	keeper_hold(&f.run);
	cr_expect_eq(keeper_limit(&f.run), 1);
	cr_expect(gate_holds_back(f.run.arena.gate, 1));
	f.run.pressure.limit = 3;
	keeper_hold(&f.run);
	cr_expect_not(gate_holds_back(f.run.arena.gate, 1));
	cr_expect(gate_holds_back(f.run.arena.gate, 2));
	rest(&other);
	keeper_turn(&f.run);
	expect_taken(10, 11);
	run_one(10, OUTCOME_PASS);
	cr_expect_eq(keeper_limit(&f.run), 3);
	cr_expect(gate_signs(f.run.arena.gate) & GATE_HOLD);
}

/* One that sleeps with the rest of a unit in its hands is not idle. */
Test(keeper, waits_for_units_that_have_begun)
{
	add_gated(10, 11)->weight = 3;
	rest(&other);
	deque_install(&f.run.arena.deques[2].held, range_bind(4, 6));
	begin();
	expect_nothing();
	deque_install(&f.run.arena.deques[2].held, (struct range){ 0 });
	keeper_turn(&f.run);
	expect_taken(10, 11);
}

/* As long as the next one is as wide the slots stay reserved. */
Test(keeper, keeps_the_room_for_the_next_wide_unit)
{
	add_lock("db", 1);
	add_gated(10, 12)->weight = 4;
	rest(&other);
	begin();
	expect_taken(10, 11);
	expect_nothing();
	run_one(10, OUTCOME_PASS);
	cr_expect_eq(keeper_limit(&f.run), 1);
	expect_taken(11, 12);
}

Test(keeper, starts_no_worker_in_a_reserved_slot)
{
	add_gated(10, 11)->weight = 3;
	begin();
	feed_range(&f.run, (struct range){ 0, 5 });
	crew_fill(&f.run);
	cr_expect_eq(f.run.slots[2].state, CREW_EMPTY);
	cr_expect_eq(f.run.slots[3].state, CREW_EMPTY);
}

/* ---- pinned ones --------------------------------------------------------- */

/* EACH-1: into the slot's own inbox, when it rests. */
Test(keeper, brings_pinned_units_to_their_slots)
{
	struct deque *inbox = &f.run.arena.deques[1].inbox;

	add_lock("db", 1);
	add_gated(10, 11)->pin = 2;
	add_use(&f.plan.gated[0], DB, 1);
	begin();
	cr_expect(range_is_empty(deque_peek(inbox)), "it has other things to do");
	rest(&other);
	keeper_turn(&f.run);
	cr_expect_eq(deque_peek(inbox).lo, 10);
	cr_expect(range_is_bound(deque_peek(inbox)));
	expect_nothing();
	keeper_turn(&f.run);
	deque_install(inbox, (struct range){ 0 });
	fake_worker_run(&other, 10, OUTCOME_PASS);
	collect_all(&f.run);
	cr_expect_eq(fake_run_told(&f, 10)->test.slot, 1);
}

static struct range mail(uint32_t slot)
{
	return range_free(deque_peek(&f.run.arena.deques[slot].inbox));
}

/* Not beside a wide one, also when both are granted in one turn (WEIGHT-1);
 * behind it, not before it has ended. */
Test(keeper, counts_what_is_pinned_to_a_slot_that_is_to_be_reserved)
{
	struct fake_worker last = fake_worker_start(&f, 3, -1);

	add_gated(10, 11)->pin = 4;
	add_gated(11, 12)->pin = 1;
	f.plan.gated[1].weight = 2;
	add_gated(12, 13)->pin = 4;
	rest(&w);
	rest(&other);
	rest(&last);
	begin();
	cr_expect_eq(mail(3).lo, 10);
	cr_expect(range_is_empty(mail(0)), "slot 3 is not idle");
	deque_install(&f.run.arena.deques[3].inbox, (struct range){ 0 });
	fake_worker_run(&last, 10, OUTCOME_PASS);
	collect_all(&f.run);
	rest(&last);
	keeper_turn(&f.run);
	cr_expect_eq(mail(0).lo, 11);
	cr_expect(range_is_empty(mail(3)), "slot 3 is reserved");
	deque_install(&f.run.arena.deques[0].inbox, (struct range){ 0 });
	fake_worker_run(&w, 11, OUTCOME_PASS);
	collect_all(&f.run);
	keeper_turn(&f.run);
	cr_expect_eq(mail(3).lo, 12);
}

/* The worker died between the inbox and its test: to the same slot, and not
 * together with what was lost of the body. */
Test(keeper, brings_pinned_units_to_their_slots_again)
{
	add_gated(10, 12)->pin = 2;
	rest(&other);
	begin();
	cr_expect_eq(mail(1).lo, 10);
	deque_install(&f.run.arena.deques[1].inbox, (struct range){ 0 });
	feed_sweep(&f.run);
	cr_expect_eq(mail(1).lo, 10);
	deque_install(&f.run.arena.deques[1].inbox, (struct range){ 0 });
	feed_give_back(&f.run, 1, 10);
	cr_expect_eq(range_free(deque_peek(&f.run.arena.deques[1].held)).lo,
		     10);
}

/* ---- late ones ----------------------------------------------------------- */

/* EXCL-1: when all else has ended, one after the other, on one slot; then the
 * last. */
Test(keeper, hands_late_ranges_out_when_all_before_has_ended)
{
	struct range r;

	add_late(10, 12, true);
	add_late(12, N, false);
	begin();
	run_body(9);
	expect_nothing();
	run_one(9, OUTCOME_FAIL);
	expect_taken(10, 12);
	run_one(10, OUTCOME_PASS);
	expect_nothing();
	run_one(11, OUTCOME_PASS);
	cr_expect(fake_run_take(&f, &r));
	cr_expect_eq(r.lo, 12);
	cr_expect_eq(r.hi, N, "all slots share it");
}

Test(keeper, keeps_exclusive_tests_together_when_one_kills_its_worker)
{
	add_late(10, 13, true);
	begin();
	run_body(10);
	expect_taken(10, 13);
	fake_worker_begin(&w, 10);
	deque_install(&f.run.arena.deques[0].held, range_bind(11, 13));
	crash_worker();
	expect_nothing();
	cr_expect(feed_holds(&f.run, 0), "the next generation goes on");
}

/* ---- order --------------------------------------------------------------- */

static struct attrs member, serial;

/* All tests of the listing are one: its attributes are those of each. */
static void give_attributes(const struct attrs *attrs)
{
	f.listing.tests[0].attrs = attrs;
}

static void add_group(uint32_t n_members)
{
	struct plan *p = &f.plan;

	vec_room(p->groups, p->n_groups, p->cap_groups);
	p->groups[p->n_groups++] = (struct group){ "first", n_members };
	member = attrs_default;
	member.affinity = "other, first";
	give_attributes(&member);
}

/* AFTER-1 */
Test(keeper, lets_what_comes_after_a_group_go_then)
{
	add_group(10);
	add_gated(10, 11)->after = 0;
	begin();
	run_body(9);
	expect_nothing();
	run_one(9, OUTCOME_SKIP);
	expect_taken(10, 11);
}

Test(keeper, does_not_run_what_comes_after_a_failure)
{
	const char *why;

	add_group(10);
	add_gated(10, 12)->after = 0;
	begin();
	run_one(0, OUTCOME_FAIL);
	cr_expect_null(fake_run_told(&f, 10), "it waits for the others, too");
	for (uint32_t p = 1; p < 10; p++)
		run_one(p, OUTCOME_PASS);
	expect_nothing();
	cr_expect_eq(fake_run_told(&f, 10)->test.notrun, NOTRUN_PREREQUISITE);
	cr_expect_eq(fake_run_told(&f, 11)->test.notrun, NOTRUN_PREREQUISITE);
	cr_expect_eq(fake_run_state(&f, 10).state, STATE_DONE);
	for (uint32_t p = 12; p < N; p++)
		run_one(p, OUTCOME_PASS);
	cr_expect_eq(tally_exit(&f.run.tally, &why), EXIT_FAILED);
}

/* CRASH-3: what is left of a chain is not run; other units are. */
Test(keeper, breaks_the_chain_of_a_worker_that_died)
{
	serial = attrs_default;
	serial.serial = "chain";
	give_attributes(&serial);
	f.plan.chains = true;
	add_bound(2, 6);
	fake_worker_run(&w, 2, OUTCOME_PASS);
	fake_worker_begin(&w, 3);
	deque_install(&f.run.arena.deques[0].held, range_bind(4, 6));
	crash_worker();
	cr_expect_eq(fake_run_told(&f, 2)->test.outcome, OUTCOME_PASS);
	cr_expect_eq(fake_run_told(&f, 3)->test.outcome, OUTCOME_CRASH);
	cr_expect_eq(fake_run_told(&f, 4)->test.notrun, NOTRUN_CHAIN);
	cr_expect_eq(fake_run_told(&f, 5)->test.notrun, NOTRUN_CHAIN);
	cr_expect_null(fake_run_told(&f, 6));
	fake_run_finish(&f);
}

/* Between two of its tests: what it held is lost as well. */
Test(keeper, breaks_the_chain_of_a_worker_that_died_between_its_tests)
{
	serial = attrs_default;
	serial.serial = "chain";
	give_attributes(&serial);
	f.plan.chains = true;
	add_bound(2, 6);
	fake_worker_run(&w, 2, OUTCOME_PASS);
	fake_worker_announce(&w, 3);
	deque_install(&f.run.arena.deques[0].held, range_bind(4, 6));
	fake_worker_claim(&w, 3);
	crash_worker();
	cr_expect_eq(fake_run_told(&f, 3)->test.notrun, NOTRUN_CHAIN);
	cr_expect_eq(fake_run_told(&f, 5)->test.notrun, NOTRUN_CHAIN);
}

/* Before its first test nothing is lost. */
Test(keeper, leaves_a_chain_that_was_not_begun)
{
	serial = attrs_default;
	serial.serial = "chain";
	give_attributes(&serial);
	f.plan.chains = true;
	add_bound(2, 6);
	fake_worker_announce(&w, 2);
	deque_install(&f.run.arena.deques[0].held, range_bind(3, 6));
	crash_worker();
	cr_expect_null(fake_run_told(&f, 2));
	cr_expect_null(fake_run_told(&f, 3));
	fake_run_finish(&f);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], N);
}

/* ---- canaries ------------------------------------------------------------ */

static void add_canaries(uint32_t n)
{
	struct plan *p = &f.plan;
	uint32_t i;

	for (i = 0; i < n; i++) {
		vec_room(p->deals, p->n_deals, p->cap_deals);
		p->deals[p->n_deals++] = (struct deal){ .slot = i,
							.lo = 2 * i,
							.hi = 2 * i + 2 };
	}
	p->n_canaries = n;
}

/* CAN-3, EXIT-3 */
Test(keeper, stops_when_every_canary_has_failed)
{
	const char *why;

	add_canaries(3);
	begin();
	run_one(0, OUTCOME_FAIL);
	run_one(1, OUTCOME_FAIL);
	run_one(2, OUTCOME_ERROR);
	cr_expect_not(f.run.stop.asked);
	run_one(4, OUTCOME_CRASH);
	cr_expect(f.run.stop.asked);
	cr_expect_eq(f.run.stop.reason, NOTRUN_ENVIRONMENT);
	stop_tell_rest(&f.run);
	cr_expect_eq(f.run.tally.notrun[NOTRUN_ENVIRONMENT], N - 4);
	cr_expect_eq(tally_exit(&f.run.tally, &why), EXIT_ENVIRONMENT);
}

Test(keeper, goes_on_when_a_canary_lives)
{
	add_canaries(2);
	begin();
	run_one(0, OUTCOME_FAIL);
	run_one(2, OUTCOME_PASS);
	cr_expect_not(f.run.stop.asked);
	cr_expect_not(f.run.tally.environment);
}
