/* SPDX-License-Identifier: MIT */
/* LOCK-1, LOCK-2, LOCK-5: the table of locks. */
#include "run/locks.h"

#include "base/compiler.h"
#include "base/rng.h"

#include <criterion/criterion.h>
#include <string.h>

/* 0 db, 1 net: plain; 2 gpu: four. */
enum { DB, NET, GPU };
#define GPUS 4u

static struct lock all[] = { { "db", 2, 1 },
			     { "net", 3, 1 },
			     { "gpu", 3, GPUS } };
static struct plan plan = { .locks = all, .n_locks = 3 };
static struct locks l;
static uint32_t numbers[64];

static void open_locks(void)
{
	locks_open(&l, &plan);
}

static void close_locks(void)
{
	locks_close(&l);
}

TestSuite(locks, .init = open_locks, .fini = close_locks);

#define SOME(name, n) ((struct lock_use){ .lock = name, .units = n })

static const struct lock_use db = { .lock = DB, .units = 1 };
static const struct lock_use reader = { .lock = DB, .units = 1,
					.shared = true };
static const struct lock_use net = { .lock = NET, .units = 1 };
static const struct lock_use gpu = { .lock = GPU, .units = 1 };
static const struct lock_use gpus2 = { .lock = GPU, .units = 2 };
static const struct lock_use both[] = { { .lock = DB, .units = 1 },
					{ .lock = NET, .units = 1 } };

static bool take(const struct lock_use *uses, uint32_t n, uint32_t unit)
{
	return locks_try_take(&l, uses, n, unit, numbers) == LOCKS_TAKEN;
}

static void give(const struct lock_use *uses, uint32_t n)
{
	locks_give_back(&l, uses, n, numbers);
}

Test(locks, a_plain_one_has_one_holder)
{
	cr_expect(take(&db, 1, 0));
	cr_expect_eq(locks_try_take(&l, &db, 1, 1, numbers), DB,
		     "it says which one is held");
	cr_expect(take(&net, 1, 2), "another one is free");
	give(&db, 1);
	cr_expect(take(&db, 1, 1));
	give(&db, 1);
	give(&net, 1);
	cr_expect(locks_are_free(&l));
}

Test(locks, readers_share_and_exclude_writers)
{
	cr_expect(take(&reader, 1, 0));
	cr_expect(take(&reader, 1, 1));
	cr_expect_not(take(&db, 1, 2));
	give(&reader, 1);
	cr_expect_not(take(&db, 1, 2), "one still reads");
	give(&reader, 1);
	cr_expect(take(&db, 1, 2));
	cr_expect_not(take(&reader, 1, 3));
	give(&db, 1);
	cr_expect(locks_are_free(&l));
}

/* LOCK-1: nothing is held while something is missing. */
Test(locks, all_or_none)
{
	cr_expect(take(&net, 1, 0));
	cr_expect_eq(locks_try_take(&l, both, 2, 1, numbers), NET);
	cr_expect(take(&db, 1, 2), "it was not taken in vain");
	give(&db, 1);
	give(&net, 1);
	cr_expect(take(both, 2, 1));
	cr_expect_not(take(&db, 1, 3));
	cr_expect_not(take(&net, 1, 3));
	give(both, 2);
	cr_expect(locks_are_free(&l));
}

/* LOCK-5: each holder has numbers that nobody else has, the lowest free. */
Test(locks, units_of_a_counted_one_are_numbered)
{
	uint32_t first[1], pair[2], last[1];

	cr_expect_eq(locks_try_take(&l, &gpu, 1, 0, first), LOCKS_TAKEN);
	cr_expect_eq(locks_try_take(&l, &gpus2, 1, 1, pair), LOCKS_TAKEN);
	cr_expect_eq(locks_try_take(&l, &gpu, 1, 2, last), LOCKS_TAKEN);
	cr_expect_eq(first[0], 0);
	cr_expect_eq(pair[0], 1);
	cr_expect_eq(pair[1], 2);
	cr_expect_eq(last[0], 3);
	cr_expect_not(take(&gpu, 1, 3), "all four are held");
	locks_give_back(&l, &gpus2, 1, pair);
	cr_expect(take(&gpu, 1, 3));
	cr_expect_eq(numbers[0], 1, "the lowest that is free");
	cr_expect_not(take(&gpus2, 1, 4), "one is left");
	locks_give_back(&l, &gpu, 1, first);
	cr_expect(take(&gpus2, 1, 4));
	cr_expect_eq(numbers[0], 0);
	cr_expect_eq(numbers[1], 2, "they need not be neighbours");
}

/* Who wants more than there is gets all there is, alone. */
Test(locks, more_than_all_is_all)
{
	const struct lock_use many = SOME(GPU, 40);

	cr_expect(take(&gpu, 1, 0));
	cr_expect_not(take(&many, 1, 1));
	give(&gpu, 1);
	cr_expect(take(&many, 1, 1));
	cr_expect_not(take(&gpu, 1, 2));
	give(&many, 1);
	cr_expect(locks_are_free(&l));
}

/* LOCK-2: later ones wait for who has waited long enough; earlier ones need
 * not. */
Test(locks, a_reserved_one_waits_for_its_unit)
{
	cr_expect(take(&reader, 1, 4));
	locks_reserve(&l, both, 2, 5);
	cr_expect_not(take(&reader, 1, 6), "readers do not starve a writer");
	cr_expect_not(take(&net, 1, 6), "all of its locks are reserved");
	cr_expect(take(&reader, 1, 3), "an earlier unit goes first");
	give(&reader, 1);
	give(&reader, 1);
	cr_expect(take(both, 2, 5));
	give(both, 2);
	cr_expect(take(&reader, 1, 6), "the reservation is used up");
	give(&reader, 1);
	cr_expect(locks_are_free(&l));
}

Test(locks, of_two_reservations_the_earlier_one_stays)
{
	locks_reserve(&l, &db, 1, 7);
	locks_reserve(&l, both, 2, 5);
	locks_reserve(&l, &db, 1, 6);
	cr_expect_not(take(&db, 1, 6));
	cr_expect(take(both, 2, 5));
	give(both, 2);
	cr_expect(take(&db, 1, 9), "the later ones must reserve again");
}

/* ---- any sequence ---------------------------------------------------- */

#define HOLDERS 12u

struct holder {
	struct lock_use uses[3];
	uint32_t n, numbers[12];
	bool holds;
};

static void make_holder(struct rng *rng, struct holder *h)
{
	uint32_t i;

	*h = (struct holder){ 0 };
	for (i = 0; i < plan.n_locks; i++) {
		if (rng_below(rng, 2))
			continue;
		h->uses[h->n++] = (struct lock_use){
			.lock = i,
			.units = i == GPU ? 1 + rng_below(rng, 4) : 1,
			.shared = rng_below(rng, 3) == 0,
		};
	}
}

/* The rule itself, said once more and plainly. */
static void check_holders(const struct holder *h)
{
	uint32_t sharing[3] = { 0 }, taken[3] = { 0 }, of[3][GPUS] = { { 0 } };
	uint32_t i, k, u;

	for (i = 0; i < HOLDERS; i++) {
		const uint32_t *got = h[i].numbers;

		for (k = 0; h[i].holds && k < h[i].n; k++) {
			const struct lock_use *use = &h[i].uses[k];

			sharing[use->lock] += use->shared;
			for (u = 0; u < use->units; u++, got++) {
				if (use->shared)
					continue;
				taken[use->lock]++;
				cr_assert_lt(*got, all[use->lock].units);
				cr_assert_eq(of[use->lock][*got]++, 0,
					     "unit %u has two holders", *got);
			}
		}
	}
	for (i = 0; i < plan.n_locks; i++) {
		cr_assert_leq(taken[i], all[i].units);
		cr_assert(!taken[i] || !sharing[i], "shared and taken");
	}
}

Test(locks, exclude_each_other_in_any_sequence)
{
	struct holder h[HOLDERS];
	struct rng rng = { .state = 7 };
	uint32_t step, i, n_taken = 0;

	for (i = 0; i < HOLDERS; i++)
		make_holder(&rng, &h[i]);
	for (step = 0; step < 20000; step++) {
		i = rng_below(&rng, HOLDERS);
		if (h[i].holds) {
			locks_give_back(&l, h[i].uses, h[i].n, h[i].numbers);
			make_holder(&rng, &h[i]);
		} else if (locks_try_take(&l, h[i].uses, h[i].n, i,
					  h[i].numbers) == LOCKS_TAKEN) {
			h[i].holds = true;
			n_taken++;
		}
		check_holders(h);
	}
	cr_expect_gt(n_taken, 1000);
	for (i = 0; i < HOLDERS; i++)
		if (h[i].holds)
			locks_give_back(&l, h[i].uses, h[i].n, h[i].numbers);
	cr_expect(locks_are_free(&l));
}
