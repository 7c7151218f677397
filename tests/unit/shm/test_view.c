/* SPDX-License-Identifier: MIT */
/* What is seen from outside is a copy that makes sense, whatever a test has
 * written over it (NEW-4, ENV-3). */
#include "shm/view.h"

#include "base/rng.h"
#include "shm/arena.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct test tests[] = {
	{ .name = "A::range", .file = "a.c", .count = 100, .indexed = true },
};

static struct listing listing;
static struct plan plan;
static struct arena_layout layout;
static struct arena arena;
static struct view view;
static int catalog_fd, arena_fd;

static void open_run(void)
{
	struct catalog_args args = { .listing = &listing, .plan = &plan,
				     .layout = &layout, .run_id = "id",
				     .jobs = 2 };
	struct err err = { 0 };

	listing_init(&listing);
	plan_init(&plan);
	listing_add_suite(&listing, "./a.so", "native");
	listing_add_test(&listing, &tests[0]);
	plan_add(&plan, 0, 0, 100);
	layout = arena_layout_make(100, 2, 1, 0, 0);
	catalog_fd = catalog_write(&args, &err);
	arena_fd = arena_create(&arena, &layout, &err);
	cr_assert_geq(catalog_fd, 0, "%s", err.text);
	cr_assert_geq(arena_fd, 0, "%s", err.text);
	cr_assert_eq(view_open(&view, catalog_fd, arena_fd, &err), 0, "%s",
		     err.text);
}

static void close_run(void)
{
	view_close(&view);
	arena_detach(&arena);
	close(arena_fd);
	close(catalog_fd);
	plan_fini(&plan);
	listing_fini(&listing);
}

TestSuite(view, .init = open_run, .fini = close_run);

static void put_state(uint32_t position, enum state state,
		      enum outcome outcome)
{
	atom64_store_relaxed(&arena.states[position],
			     state_pack((struct state_word){
				     .state = state, .outcome = outcome }));
}

Test(view, counts_what_has_ended)
{
	struct view_counts counts;

	put_state(0, STATE_DONE, OUTCOME_PASS);
	put_state(1, STATE_DONE, OUTCOME_PASS);
	put_state(2, STATE_DONE, OUTCOME_CRASH);
	put_state(3, STATE_CLAIMED, OUTCOME_NONE);
	counts = view_count(&view);
	cr_expect_eq(counts.ended[OUTCOME_PASS], 2);
	cr_expect_eq(counts.ended[OUTCOME_CRASH], 1);
	cr_expect_eq(counts.claimed, 1);
	cr_expect_eq(counts.pending, 96);
}

Test(view, says_what_a_slot_does)
{
	struct view_slot seen = view_slot(&view, 1);

	cr_expect_eq(seen.phase, PHASE_IDLE);
	cr_expect_not(seen.asleep);
	current_store(&arena.slots[1].current,
		      (struct current_word){ .position = 42,
					     .phase = PHASE_RUN });
	atom64_store_relaxed(&arena.slots[1].start_ns, 7);
	atom64_store_relaxed(&arena.slots[1].output, 9);
	deque_install(&arena.deques[1].deque,
		      (struct range){ .lo = 50, .hi = 53 });
	deque_install(&arena.deques[1].inbox,
		      (struct range){ .lo = 60, .hi = 61 });
	seen = view_slot(&view, 1);
	cr_expect_eq(seen.phase, PHASE_RUN);
	cr_expect_eq(seen.position, 42);
	cr_expect_eq(seen.start_ns, 7);
	cr_expect_eq(seen.output, 9);
	cr_expect_eq(seen.waiting, 4);
	cr_expect_eq(view_slot(&view, 0).waiting, 0);
}

/* Nonsense is not shown as a test, and leads nowhere. */
Test(view, of_scribbled_memory_stays_within_the_plan)
{
	uint64_t i, j;
	struct rng rng = { 20 };

	for (i = 0; i < 2000; i++) {
		struct view_counts counts = { 0 };
		struct view_slot seen;
		uint64_t sum = 0;

		for (j = 0; j < 100; j++)
			atom64_store_relaxed(&arena.states[j],
					     rng_next(&rng));
		atom64_store_relaxed(&arena.slots[0].current, rng_next(&rng));
		atom64_store_relaxed(&arena.deques[0].deque.range,
				     rng_next(&rng));
		seen = view_slot(&view, 0);
		cr_assert_leq(seen.phase, PHASE_LEFT);
		cr_assert(seen.phase == PHASE_IDLE || seen.position < 100);
		cr_assert_leq(seen.waiting, 100);
		counts = view_count(&view);
		for (j = 0; j < N_OUTCOMES; j++)
			sum += counts.ended[j];
		cr_assert_eq(sum + counts.pending + counts.claimed, 100);
	}
}

/* The kernel says so without a SIGSEGV. */
Test(view, cannot_write)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], "x", 1), 1);
	cr_expect_lt(read(ends[0], view.arena.base, 1), 0);
	cr_expect_eq(errno, EFAULT);
	close(ends[0]);
	close(ends[1]);
}

Test(view, of_memory_that_is_no_runs_is_an_error)
{
	struct err err = { 0 };
	struct view other;

	cr_expect_lt(view_open(&other, arena_fd, arena_fd, &err), 0);
	cr_expect_eq(view_open(&other, catalog_fd, catalog_fd, &err), -EINVAL);
	cr_expect_str_eq(err.text, "the arena is too small");
	cr_expect_lt(view_open(&other, -1, arena_fd, &err), 0);
}
