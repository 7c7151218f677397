/* SPDX-License-Identifier: MIT */
/* The shared ring and the sweep: LF-1, LF-2, LF-6, SHM-3, DEQ-1. */
#include "run/feed.h"

#include "base/vec.h"
#include "fake_run.h"

#include <criterion/criterion.h>
#include <string.h>

#define N 100u

static struct fake_run f;

static void open_run(void)
{
	fake_run_open(&f, N, 2);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(feed, .init = open_run, .fini = close_run);

static void cover(uint32_t slot, uint32_t lo, uint32_t hi)
{
	deque_install(&f.run.arena.deques[slot].deque,
		      (struct range){ .lo = lo, .hi = hi });
}

static void expect_taken(uint32_t lo, uint32_t hi)
{
	struct range r = { 0 };

	cr_assert(fake_run_take(&f, &r), "%u-%u is there", lo, hi);
	cr_expect_eq(r.lo, lo, "lo is %u, not %u", r.lo, lo);
	cr_expect_eq(r.hi, hi, "hi is %u, not %u", r.hi, hi);
}

static void expect_empty(void)
{
	struct range r;

	cr_expect_not(fake_run_take(&f, &r));
}

/* ---- handing out ----------------------------------------------------- */

static void expect_left(uint32_t part, uint32_t lo, uint32_t hi)
{
	struct range r = cursor_peek(&f.run.arena.cursors[part]);

	cr_expect_eq(r.lo, lo, "lo is %u, not %u", r.lo, lo);
	cr_expect_eq(r.hi, hi, "hi is %u, not %u", r.hi, hi);
}

Test(feed, opens_with_each_part_behind_its_cursor)
{
	plan_add_part(&f.plan, 0, 60, 0);
	plan_add_part(&f.plan, 60, 99, 5);
	plan_add_part(&f.plan, 99, N, 0);
	feed_open(&f.run);
	expect_left(0, 0, 60);
	expect_left(1, 60, 99);
	expect_left(2, 99, N);
	expect_empty();
	cr_expect(feed_has_work(&f.run));
}

/* SHM-3: what a cursor has passed is not covered by it. */
Test(feed, sweeps_up_what_a_cursor_has_passed)
{
	plan_add_part(&f.plan, 0, 60, 0);
	plan_add_part(&f.plan, 60, N, 0);
	feed_open(&f.run);
	cr_expect_eq(feed_sweep(&f.run), 0);
	cursor_install(&f.run.arena.cursors[1], (struct range){ 63, N });
	cr_expect_eq(feed_sweep(&f.run), 3);
	expect_taken(60, 63);
	expect_empty();
}

/* LF-6: it covers nothing, and is no reason to start a worker. */
Test(feed, does_not_believe_a_scribbled_cursor)
{
	static const struct range scribbled[] = {
		{ 0, N - 1 }, { 0, N + 1 }, { 9, 2 }, { N, N }, { 0, 0 },
		{ 0, N | RANGE_BOUND },
	};
	size_t i;

	plan_add_part(&f.plan, 0, N, 0);
	feed_open(&f.run);
	for (i = 0; i < sizeof(scribbled) / sizeof(scribbled[0]); i++) {
		cursor_install(&f.run.arena.cursors[0], scribbled[i]);
		cr_expect_not(feed_has_work(&f.run));
		cr_expect_eq(feed_sweep(&f.run), N);
		expect_taken(0, N);
	}
}

/* FIX-3: nobody would begin with it, so a sleeper beside it is at ease; and
 * K of FIX-4: when the last slot has left, anybody would. */
Test(feed, knows_when_a_part_does_not_pay)
{
	uint64_t sums[N + 1];
	uint32_t i;

	for (i = 0; i <= N; i++)
		sums[i] = i;
	plan_add_part(&f.plan, 0, N, 10);
	f.run.sums = sums;
	feed_open(&f.run);
	cr_expect(feed_has_work(&f.run), "nobody is on it");
	cursor_join(&f.run.arena.cursors[0]);
	cursor_install(&f.run.arena.cursors[0], (struct range){ N - 11, N });
	cr_expect(feed_has_work(&f.run), "11 > 1 * 10");
	cursor_install(&f.run.arena.cursors[0], (struct range){ N - 10, N });
	cr_expect_not(feed_has_work(&f.run), "10 <= 1 * 10");
	cursor_leave(&f.run.arena.cursors[0]);
	cr_expect(feed_has_work(&f.run));
	f.run.sums = NULL;
}

/* A count that is wrong for good would keep all others away. */
Test(feed, counts_anew_when_all_are_idle)
{
	plan_add_part(&f.plan, 0, N, 10);
	feed_open(&f.run);
	cursor_join(&f.run.arena.cursors[0]);
	feed_sweep(&f.run);
	cr_expect_eq(cursor_count(&f.run.arena.cursors[0]), 0);
}

/* What the ring has no room for waits, in order, and is not lost. */
Test(feed, keeps_what_the_ring_has_no_room_for)
{
	uint32_t cap = f.run.layout.ring_cap, n = cap + 500, i;

	for (i = 0; i < n; i++)
		feed_range(&f.run, (struct range){ .lo = i, .hi = i + 1 });
	cr_expect_eq(f.run.n_backlog, 500);
	feed_top_up(&f.run);
	cr_expect_eq(f.run.n_backlog, 500, "still full");
	for (i = 0; i < n; i++) {
		expect_taken(i, i + 1);
		if (i % 7 == 0)
			feed_top_up(&f.run);
	}
	cr_expect_eq(f.run.n_backlog, 0);
	expect_empty();
}

/* CLAIM-1 c: who has work of its own must hear of the ring, and only while
 * something is in it. */
Test(feed, raises_a_sign_while_the_ring_holds_something)
{
	cr_expect_eq(gate_signs(f.run.arena.gate), 0);
	feed_range(&f.run, (struct range){ .lo = 0, .hi = 2 });
	cr_expect_eq(gate_signs(f.run.arena.gate), GATE_RING);
	feed_top_up(&f.run);
	cr_expect_eq(gate_signs(f.run.arena.gate), GATE_RING);
	expect_taken(0, 2);
	feed_top_up(&f.run);
	cr_expect_eq(gate_signs(f.run.arena.gate), 0);
}

/* ---- bound ranges ---------------------------------------------------- */

static void hold(uint32_t slot, uint32_t lo, uint32_t hi)
{
	deque_install(&f.run.arena.deques[slot].held, range_bind(lo, hi));
}

static void expect_held(uint32_t slot, uint32_t lo, uint32_t hi)
{
	struct range r = deque_peek(&f.run.arena.deques[slot].held);

	cr_expect(range_is_bound(r));
	cr_expect_eq(r.lo, lo, "lo is %u, not %u", r.lo, lo);
	cr_expect_eq(range_free(r).hi, hi);
}

static void bind(uint32_t lo, uint32_t hi)
{
	vec_room(f.plan.bounds, f.plan.n_bounds, f.plan.cap_bounds);
	f.plan.bounds[f.plan.n_bounds++] = (struct bound){ lo, hi };
}

/* CRASH-2, SCOPE-5: what a dead worker had taken and not begun is the next
 * generation's, in front of the rest of its unit. */
Test(feed, gives_a_position_back_to_the_unit_it_was_taken_from)
{
	bind(10, 14);
	hold(1, 12, 14);
	feed_give_back(&f.run, 1, 11);
	expect_held(1, 11, 14);
	feed_give_back(&f.run, 1, 11);
	expect_held(1, 11, 14);
	hold(1, 14, 14);
	feed_give_back(&f.run, 1, 13);
	expect_held(1, 13, 14);
	expect_empty();
}

/* Who died had it from a sweep, and another runs it: the rest is for that one,
 * or for the next sweep.  What comes from elsewhere is no matter of this. */
Test(feed, leaves_the_rest_of_a_unit_that_another_has_begun)
{
	hold(1, 12, 14);
	feed_leave_to_others(&f.run, 1, 5);
	expect_held(1, 12, 14);
	feed_leave_to_others(&f.run, 1, 11);
	cr_expect_not(feed_holds(&f.run, 1));
	expect_empty();
}

/* LF-6: only a scribbled word lets the two not meet. */
Test(feed, believes_no_unit_that_a_position_is_not_next_to)
{
	hold(1, 12, 14);
	feed_give_back(&f.run, 1, 20);
	expect_taken(20, 21);
	expect_held(1, 12, 14);
}

Test(feed, puts_nothing_over_what_an_inbox_has)
{
	cr_expect(feed_mail(&f.run, 1, (struct range){ 3, 5 }));
	cr_expect_not(feed_mail(&f.run, 1, (struct range){ 7, 9 }));
	cr_expect_eq(deque_peek(&f.run.arena.deques[1].inbox).lo, 3);
}

/* It may be anybody's: no reason to wait for this slot. */
Test(feed, gives_a_single_test_back_to_all)
{
	bind(10, 14);
	feed_give_back(&f.run, 1, 9);
	expect_taken(9, 10);
	cr_expect_not(feed_holds(&f.run, 1));
}

/* EACH-2: a list is one slot's, its last test too. */
Test(feed, gives_the_last_of_a_list_back_to_its_slot)
{
	vec_room(f.plan.deals, f.plan.n_deals, f.plan.cap_deals);
	f.plan.deals[f.plan.n_deals++] =
		(struct deal){ .slot = 1, .lo = 50, .hi = N, .bound = true };
	feed_open(&f.run);
	expect_held(1, 50, N);
	cr_expect_not(feed_has_work(&f.run), "for nobody else");
	hold(1, N, N);
	feed_give_back(&f.run, 1, N - 1);
	expect_held(1, N - 1, N);
	feed_release(&f.run, 1);
	expect_held(1, N - 1, N);
}

/* CRASH-6: no worker can be forked for the slot. */
Test(feed, releases_the_rest_of_a_unit_whole)
{
	hold(0, 4, 9);
	feed_release(&f.run, 0);
	cr_expect_not(feed_holds(&f.run, 0));
	expect_taken(4, 9 | RANGE_BOUND);
	feed_release(&f.run, 0);
	expect_empty();
}

/* STEAL-1: in the slots' deques, before the first fork. */
Test(feed, deals_slices)
{
	vec_room(f.plan.deals, f.plan.n_deals, f.plan.cap_deals);
	f.plan.deals[f.plan.n_deals++] =
		(struct deal){ .slot = 0, .lo = 0, .hi = 50 };
	vec_room(f.plan.deals, f.plan.n_deals, f.plan.cap_deals);
	f.plan.deals[f.plan.n_deals++] =
		(struct deal){ .slot = 1, .lo = 50, .hi = N };
	feed_open(&f.run);
	cr_expect_eq(deque_peek(&f.run.arena.deques[0].deque).hi, 50);
	cr_expect_eq(deque_peek(&f.run.arena.deques[1].deque).lo, 50);
	expect_empty();
}

/* Units that were lost together come back as units. */
Test(feed, sweeps_bound_units_up_whole)
{
	bind(10, 14);
	bind(14, 16);
	bind(90, 95);
	cover(0, 0, 8);
	cover(1, 92, N);
	cr_expect_eq(feed_sweep(&f.run), 84);
	expect_taken(8, 10);
	expect_taken(10, 14 | RANGE_BOUND);
	expect_taken(14, 16 | RANGE_BOUND);
	expect_taken(16, 90);
	expect_taken(90, 92 | RANGE_BOUND);
	expect_empty();
}

/* LOCK-1, SCOPE-5: all seemed asleep, but one had just taken the unit and has
 * begun it since: its rest would run beside it. */
Test(feed, leaves_the_rest_of_a_unit_to_who_has_begun_it)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	bind(10, 14);
	cover(0, 0, 10);
	cover(1, 14, N);
	fake_worker_begin(&w, 10);
	cr_expect_eq(feed_sweep(&f.run), 0);
	expect_empty();
	f.run.ended[10] = 1;
	cr_expect_eq(feed_sweep(&f.run), 3);
	expect_taken(11, 14 | RANGE_BOUND);
}

/* Nor is it handed out while its first one waits somewhere by itself. */
Test(feed, hands_a_unit_out_from_its_front_only)
{
	bind(10, 14);
	cover(0, 0, 11);
	cover(1, 14, N);
	cr_expect_eq(feed_sweep(&f.run), 0);
	cover(0, 0, 10);
	cr_expect_eq(feed_sweep(&f.run), 4);
	expect_taken(10, 14 | RANGE_BOUND);
}

/* What a slot holds is covered. */
Test(feed, leaves_what_a_slot_holds_alone)
{
	hold(0, 0, N);
	cr_expect_eq(feed_sweep(&f.run), 0);
}

/* ---- order ----------------------------------------------------------- */

/* Behind the backlog, not before it. */
Test(feed, does_not_overtake_what_waits)
{
	uint32_t cap = f.run.layout.ring_cap, i;

	for (i = 0; i <= cap; i++)
		feed_range(&f.run, (struct range){ .lo = i, .hi = i + 1 });
	expect_taken(0, 1);
	feed_range(&f.run, (struct range){ .lo = 9999, .hi = 10000 });
	cr_expect_eq(f.run.n_backlog, 2);
	cr_expect_eq(f.run.backlog[0].lo, cap);
	cr_expect_eq(f.run.backlog[1].lo, 9999);
}

Test(feed, wakes_a_sleeper_for_new_work)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);
	uint32_t key;

	fake_worker_park(&w);
	key = atom32_load_relaxed(&f.run.arena.gate->wake_seq);
	feed_range(&f.run, (struct range){ .lo = 0, .hi = 1 });
	cr_expect_neq(atom32_load_relaxed(&f.run.arena.gate->wake_seq), key);
}

Test(feed, wakes_sleepers_when_the_backlog_moves)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);
	uint32_t cap = f.run.layout.ring_cap, key, i;

	for (i = 0; i <= cap; i++)
		feed_range(&f.run, (struct range){ .lo = i, .hi = i + 1 });
	expect_taken(0, 1);
	fake_worker_park(&w);
	key = atom32_load_relaxed(&f.run.arena.gate->wake_seq);
	feed_top_up(&f.run);
	cr_expect_neq(atom32_load_relaxed(&f.run.arena.gate->wake_seq), key);
}

/* Ring and deques, the dead ones' too; not what merely waits for a sweep. */
Test(feed, knows_whether_there_is_something_to_take)
{
	cr_expect_not(feed_has_work(&f.run));
	feed_range(&f.run, (struct range){ .lo = 0, .hi = 1 });
	cr_expect(feed_has_work(&f.run));
	expect_taken(0, 1);
	cr_expect_not(feed_has_work(&f.run));
	cover(1, 5, 6);
	cr_expect(feed_has_work(&f.run));
	cover(1, 6, 6);
	cr_expect_not(feed_has_work(&f.run));
}

/* ---- the sweep: what is lost is found -------------------------------- */

/* A chunk that was taken and never installed. */
Test(feed, sweep_finds_what_nothing_covers)
{
	cr_expect_eq(feed_sweep(&f.run), N);
	expect_taken(0, N);
	expect_empty();
}

Test(feed, sweep_does_not_double_what_a_deque_covers)
{
	cover(0, 10, 40);
	cover(1, 60, 70);
	cr_expect_eq(feed_sweep(&f.run), N - 40);
	expect_taken(0, 10);
	expect_taken(40, 60);
	expect_taken(70, N);
	expect_empty();
}

Test(feed, sweep_does_not_double_what_the_ring_covers)
{
	feed_range(&f.run, (struct range){ .lo = 20, .hi = 30 });
	feed_range(&f.run, (struct range){ .lo = 0, .hi = 10 });
	cr_expect_eq(feed_sweep(&f.run), N - 20);
	expect_taken(20, 30);
	expect_taken(0, 10);
	expect_taken(10, 20);
	expect_taken(30, N);
	expect_empty();
}

/* Only what is still in the ring: a taken cell covers nothing. */
Test(feed, sweep_does_not_believe_cells_that_were_taken)
{
	feed_range(&f.run, (struct range){ .lo = 0, .hi = 50 });
	feed_range(&f.run, (struct range){ .lo = 50, .hi = N });
	expect_taken(0, 50);
	cr_expect_eq(feed_sweep(&f.run), 50);
	expect_taken(50, N);
	expect_taken(0, 50);
}

Test(feed, sweep_does_not_double_the_backlog)
{
	uint32_t cap = f.run.layout.ring_cap, i;

	for (i = 0; i < cap; i++)
		feed_range(&f.run, (struct range){ .lo = 0, .hi = 1 });
	feed_range(&f.run, (struct range){ .lo = 1, .hi = N - 1 });
	cr_expect_eq(feed_sweep(&f.run), 1);
	cr_expect_eq(f.run.n_backlog, 2);
	cr_expect_eq(f.run.backlog[1].lo, N - 1);
}

Test(feed, sweep_copes_with_covers_that_overlap)
{
	cover(0, 10, 90);
	cover(1, 20, 30);
	feed_range(&f.run, (struct range){ .lo = 0, .hi = 12 });
	cr_expect_eq(feed_sweep(&f.run), 10);
	expect_taken(0, 12);
	expect_taken(90, N);
	expect_empty();
}

/* LF-6: hints may be anything. */
Test(feed, sweep_cuts_covers_that_are_too_long)
{
	cover(0, 50, UINT32_MAX);
	cover(1, UINT32_MAX - 1, UINT32_MAX);
	cr_expect_eq(feed_sweep(&f.run), 50);
	expect_taken(0, 50);
	expect_empty();
}

Test(feed, sweep_ignores_covers_that_are_empty)
{
	cover(0, 40, 10);
	cover(1, 7, 7);
	cr_expect_eq(feed_sweep(&f.run), N);
	expect_taken(0, N);
}

/* Who ended or is claimed by one who lives is left out; gaps are ranges. */
Test(feed, sweep_leaves_out_what_is_done_or_claimed)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	fake_worker_begin(&w, 5);
	fake_run_set_state(&f, 9, state_pack((struct state_word){
					  .state = STATE_DONE,
					  .outcome = OUTCOME_PASS }));
	f.run.ended[9] = 1;
	cr_expect_eq(feed_sweep(&f.run), N - 2);
	expect_taken(0, 5);
	expect_taken(6, 9);
	expect_taken(10, N);
	expect_empty();
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_FINISHED), 0);
}

Test(feed, sweep_of_a_finished_run_finds_nothing)
{
	memset(f.run.ended, 1, N);
	cr_expect_eq(feed_sweep(&f.run), 0);
	expect_empty();
}

/* A retry waits with its attempt. */
Test(feed, sweep_finds_a_pending_retry)
{
	fake_run_set_state(&f, 3, state_pack((struct state_word){
					  .attempt = 1 }));
	cr_expect_eq(feed_sweep(&f.run), N);
	expect_taken(0, N);
}

/* ---- the sweep: what is damaged is judged ---------------------------- */

static void expect_damaged(uint32_t position)
{
	const struct heard *h = fake_run_told(&f, position);

	cr_assert_not_null(h, "position %u", position);
	cr_expect_eq(h->test.outcome, OUTCOME_ERROR);
	cr_expect(f.run.tally.untrusted);
	cr_expect_eq(f.run.ended[position], 1);
}

/* LF-6: no word can hang the run or pass by itself. */
Test(feed, sweep_judges_words_that_cannot_be_true)
{
	static const uint64_t words[] = {
		3,				   /* no state */
		15,
		UINT64_MAX,
		UINT64_C(1) << 48,		   /* PENDING, spare bits set */
		0x12,				   /* DONE: pass, says who? */
		0x1 | 0x7 << 8,			   /* CLAIMED by no slot */
		0x1 | UINT64_C(1) << 32,	   /* by no generation */
		0x1 | 0x1 << 8,			   /* by a slot without worker */
	};
	size_t n = sizeof(words) / sizeof(words[0]), i;

	fake_worker_start(&f, 0, -1);
	for (i = 0; i < n; i++)
		fake_run_set_state(&f, (uint32_t)i * 10, words[i]);
	cr_expect_eq(feed_sweep(&f.run), N - n);
	for (i = 0; i < n; i++)
		expect_damaged((uint32_t)i * 10);
	cr_expect_eq(f.run.n_ended, n);
	cr_expect_eq(f.run.tally.count[OUTCOME_ERROR], n);
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 1, "said once");
	expect_taken(1, 10);
}

/* One may have woken and claimed it since; but not for a second. */
Test(feed, sweep_gives_a_claim_by_the_living_some_time)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	fake_worker_announce(&w, 0);
	fake_worker_claim(&w, 0);
	memset(f.run.ended + 1, 1, N - 1);
	cr_expect_eq(feed_sweep(&f.run), 0);
	cr_expect_null(fake_run_told(&f, 0));
	f.run.n_vain_sweeps = 100;
	feed_sweep(&f.run);
	cr_expect_null(fake_run_told(&f, 0), "not yet");
	f.run.n_vain_sweeps = 101;
	feed_sweep(&f.run);
	expect_damaged(0);
}

/* A test wrote a range where a slot holds the rest of a unit: it covers what
 * nobody takes, as its worker knows that it holds none (ACC-4). */
Test(feed, sweep_forgets_a_hint_that_nobody_follows)
{
	fake_worker_start(&f, 0, -1);
	deque_install(&f.run.arena.deques[0].held, range_bind(10, N));
	cr_expect_eq(feed_sweep(&f.run), 10);
	expect_taken(0, 10);
	expect_empty();
	f.run.n_vain_sweeps = 99;
	cr_expect_eq(feed_sweep(&f.run), 10, "not yet");
	cr_expect_not(f.run.tally.untrusted);
	expect_taken(0, 10);
	f.run.n_vain_sweeps = 100;
	cr_expect_eq(feed_sweep(&f.run), N);
	cr_expect(f.run.tally.untrusted);
	expect_taken(0, N);
}

/* ---- the sweep: a scribbled ring ------------------------------------- */

static void fill_ring(void)
{
	feed_range(&f.run, (struct range){ .lo = 0, .hi = 50 });
	feed_range(&f.run, (struct range){ .lo = 50, .hi = N });
}

/* All hints of the ring are gone; the tests are not. */
Test(feed, sweep_begins_the_ring_afresh_after_a_damaged_head)
{
	static const uint32_t heads[] = { 3, 0x80000000u, UINT32_MAX - 5000 };
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		fill_ring();
		atom32_store_relaxed(&f.run.arena.ring->head,
				     f.run.ring.tail + heads[i]);
		cr_expect_eq(feed_sweep(&f.run), N, "head + %u", heads[i]);
		expect_taken(0, N);
		expect_empty();
	}
}

/* A head behind shows old cells once more: only hints. */
Test(feed, sweep_survives_a_head_that_went_back)
{
	struct range r;
	uint32_t n = 0;

	fill_ring();
	expect_taken(0, 50);
	expect_taken(50, N);
	atom32_store_relaxed(&f.run.arena.ring->head, 0);
	feed_sweep(&f.run);
	while (fake_run_take(&f, &r))
		n += range_len(r);
	cr_expect_geq(n, N, "still reachable");
}

Test(feed, sweep_survives_scribbled_cells)
{
	uint32_t i;

	fill_ring();
	for (i = 0; i < f.run.layout.ring_cap; i++)
		atom64_store_relaxed(&f.run.arena.ring->cells[i],
				     UINT64_C(0xfffffffeffffffff));
	cr_expect_eq(feed_sweep(&f.run), N, "nothing leads there any more");
}

/* LF-6: workers believe the arena's tail; the runner's is the true one. */
Test(feed, sweep_makes_a_ring_with_a_damaged_tail_usable)
{
	struct range r;
	uint32_t n = 0, round;

	fill_ring();
	atom32_store_relaxed(&f.run.arena.ring->tail, 0);
	for (round = 0; round < 3 && n == 0; round++) {
		feed_top_up(&f.run);
		feed_sweep(&f.run);
		while (fake_run_take(&f, &r))
			n += range_len(r);
	}
	cr_expect_eq(n, N, "the workers see nothing: the run hangs");
}

Test(feed, sweep_survives_a_tail_that_went_ahead)
{
	struct range r;

	fill_ring();
	atom32_store_relaxed(&f.run.arena.ring->tail, 100);
	while (fake_run_take(&f, &r))
		;
	cr_expect_eq(feed_sweep(&f.run), N);
	expect_taken(0, N);
	expect_empty();
}
