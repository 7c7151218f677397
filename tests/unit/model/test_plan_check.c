/* SPDX-License-Identifier: MIT */
/* ACC-1: a position that is handed out twice would run twice, one that is not
 * would not run at all; and so with units. */
#include "base/vec.h"
#include "model/plan.h"

#include <criterion/criterion.h>
#include <errno.h>

#define N 20u

static struct listing listing;
static struct plan plan;
static struct err err;

static void begin(void)
{
	listing_init(&listing);
	listing_add_suite(&listing, "./t.so", "native");
	listing_add_test(&listing, &(struct test){ .name = "A::all",
						   .file = "",
						   .count = N,
						   .indexed = true });
	plan_init(&plan);
	plan_add(&plan, 0, 0, N);
	err = (struct err){ 0 };
}

static void end(void)
{
	plan_fini(&plan);
	listing_fini(&listing);
}

TestSuite(plan_check, .init = begin, .fini = end);

static void deal(uint32_t slot, uint32_t lo, uint32_t hi, bool bound)
{
	vec_room(plan.deals, plan.n_deals, plan.cap_deals);
	plan.deals[plan.n_deals++] = (struct deal){ slot, lo, hi, bound };
}

static void bind(uint32_t lo, uint32_t hi)
{
	vec_room(plan.bounds, plan.n_bounds, plan.cap_bounds);
	plan.bounds[plan.n_bounds++] = (struct bound){ lo, hi };
}

static struct gated *gate(uint32_t lo, uint32_t hi)
{
	vec_room(plan.gated, plan.n_gated, plan.cap_gated);
	plan.gated[plan.n_gated] = (struct gated){ .lo = lo,
						   .hi = hi,
						   .weight = 1,
						   .after = PLAN_NONE };
	return &plan.gated[plan.n_gated++];
}

static void use(uint32_t lock, uint32_t units)
{
	vec_room(plan.uses, plan.n_uses, plan.cap_uses);
	plan.uses[plan.n_uses++] = (struct lock_use){ lock, units, false };
}

static void late(uint32_t lo, uint32_t hi)
{
	plan.late[plan.n_late++] = (struct late){ lo, hi, true };
}

static void is_good(void)
{
	cr_expect_eq(plan_check(&plan, &listing, &err), 0, "%s", err.text);
}

static void is_bad(const char *why)
{
	cr_expect_eq(plan_check(&plan, &listing, &err), -EINVAL, "%s", why);
}

/* In any order, each way. */
static void hand_out_all(void)
{
	late(18, N);
	plan_add_part(&plan, 6, 12, 0);
	deal(1, 3, 6, true);
	deal(0, 0, 3, false);
	gate(12, 14);
	gate(14, 15);
	late(15, 18);
}

Test(plan_check, takes_every_way_of_handing_out)
{
	hand_out_all();
	bind(3, 6);
	bind(6, 8);
	bind(10, 12);
	bind(12, 14);
	bind(16, 18);
	is_good();
}

Test(plan_check, refuses_what_is_handed_out_twice)
{
	hand_out_all();
	plan_add_part(&plan, 7, 8, 0);
	is_bad("inside of another");
	plan.parts[1] = (struct part){ 6, 12, 0 };
	is_bad("the same again");
}

Test(plan_check, refuses_what_nobody_hands_out)
{
	hand_out_all();
	plan.deals[1].hi = 2;
	is_bad("a gap");
	plan.deals[1].hi = 3;
	plan.n_late--;
	is_bad("in the middle");
	plan.late[0].hi = 17;
	is_bad("at the end");
}

/* STEAL: a thief cuts a free deal in half. */
Test(plan_check, refuses_a_unit_that_could_be_torn)
{
	hand_out_all();
	bind(0, 2);
	is_bad("in a free deal");
	plan.bounds[0] = (struct bound){ 5, 7 };
	is_bad("across two");
	plan.bounds[0] = (struct bound){ 12, 13 };
	is_bad("not all of a constrained unit");
	plan.bounds[0] = (struct bound){ 7, 7 };
	is_bad("empty");
	plan.bounds[0] = (struct bound){ 19, N + 1 };
	is_bad("beyond the end");
	plan.bounds[0] = (struct bound){ 8, 10 };
	bind(9, 11);
	is_bad("over another");
	plan.bounds[1] = (struct bound){ 6, 8 };
	is_bad("not in order");
	plan.bounds[1] = (struct bound){ 10, 12 };
	is_good();
}

/* LOCK-1: ascending, and none of what there is not. */
Test(plan_check, refuses_locks_that_there_are_not)
{
	struct lock locks[2] = { { .name = "a", .units = 1 },
				 { .name = "b", .units = 3 } };
	struct gated *g;

	hand_out_all();
	plan.locks = locks;
	plan.n_locks = 2;
	use(0, 1);
	use(1, 3);
	g = &plan.gated[0];
	g->n_uses = 2;
	is_good();
	g->first_use = 1;
	is_bad("beyond the uses");
	g->first_use = 0;
	plan.uses[1].units = 4;
	is_bad("more units than there are");
	plan.uses[1].units = 0;
	is_bad("no unit");
	plan.uses[1] = (struct lock_use){ 0, 1, false };
	is_bad("twice the same");
	plan.uses[1] = (struct lock_use){ 2, 1, false };
	is_bad("no such lock");
	g->n_uses = 0;
	is_good();
	g->weight = 0;
	is_bad("no weight");
	g->weight = 1;
	g->after = 0;
	is_bad("no such group");
	plan.locks = NULL;
	plan.n_locks = 0;
}
