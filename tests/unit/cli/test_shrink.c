/* SPDX-License-Identifier: MIT */
/* shrink: what is needed stays, in order, and nothing else (NEW-9). */
#include "cli/shrink.h"

#include <criterion/criterion.h>
#include <stdbool.h>

#define N 100u

struct need {
	const uint32_t *items;
	uint32_t n;
	uint32_t n_asked, n_most; /* then it says stop */
	uint32_t last;		  /* how many it said yes to last */
};

static bool need_has(const uint32_t *items, uint32_t n, uint32_t wanted)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (items[i] == wanted)
			return true;
	return false;
}

static enum shrink_answer need_ask(void *ctx, const uint32_t *items, uint32_t n)
{
	struct need *need = ctx;
	uint32_t i;

	cr_assert(n > 0);
	for (i = 1; i < n; i++)
		cr_assert(items[i] > items[i - 1]);
	if (need->n_asked++ == need->n_most)
		return SHRINK_STOP;
	for (i = 0; i < need->n; i++)
		if (!need_has(items, n, need->items[i]))
			return SHRINK_NO;
	need->last = n;
	return SHRINK_YES;
}

static uint32_t need_shrink(struct need *need, uint32_t *items, uint32_t n)
{
	const struct shrink s = { .ask = need_ask, .ctx = need };
	uint32_t i;

	for (i = 0; i < n; i++)
		items[i] = i;
	return shrink(&s, items, n);
}

Test(shrink, every_pair_of_a_list)
{
	uint32_t items[N], a, b, n;

	for (a = 0; a < 12; a++)
		for (b = a; b < 12; b++) {
			const uint32_t pair[] = { a, b };
			struct need need = { pair, 2, .n_most = UINT32_MAX };

			n = need_shrink(&need, items, 12);
			cr_assert_eq(n, a == b ? 1 : 2);
			cr_assert_eq(items[0], a);
			cr_assert_eq(items[n - 1], b);
		}
}

Test(shrink, one_of_many_takes_few_questions)
{
	const uint32_t one[] = { 73 };
	struct need need = { one, 1, .n_most = UINT32_MAX };
	uint32_t items[N];

	cr_assert_eq(need_shrink(&need, items, N), 1);
	cr_assert_eq(items[0], 73);
	cr_assert(need.n_asked <= 14);
}

Test(shrink, all_of_them)
{
	const uint32_t all[] = { 0, 1, 2, 3, 4 };
	struct need need = { all, 5, .n_most = UINT32_MAX };
	uint32_t items[N];

	cr_assert_eq(need_shrink(&need, items, 5), 5);
	cr_assert_eq(items[4], 4);
}

Test(shrink, one_needs_no_question)
{
	struct need need = { .n_most = 0 };
	uint32_t items[N];

	cr_assert_eq(need_shrink(&need, items, 1), 1);
	cr_assert_eq(need.n_asked, 0);
}

Test(shrink, stop_leaves_the_best_so_far)
{
	const uint32_t pair[] = { 10, 90 };
	uint32_t items[N], most, n;

	for (most = 0; most < 30; most++) {
		struct need need = { pair, 2, .n_most = most, .last = N };

		n = need_shrink(&need, items, N);
		cr_assert_eq(n, need.last);
		cr_assert(need_has(items, n, 10) && need_has(items, n, 90));
		cr_assert(need.n_asked <= most + 1);
	}
}
