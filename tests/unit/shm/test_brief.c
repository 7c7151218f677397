/* SPDX-License-Identifier: MIT */
/* What a plug-in host is told of the tests: PLUG-2. */
#include "shm/brief.h"

#include "base/vec.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static struct listing listing;
static struct plan plan;

static void set_up(void)
{
	struct attrs *attrs;

	listing_init(&listing);
	plan_init(&plan);
	listing_add_suite(&listing, "./a.so", "native");
	attrs = mem_alloc(sizeof(*attrs));
	*attrs = attrs_default;
	attrs->lock = "db";
	attrs->cost = 2;
	listing_add_test(&listing, &(struct test){
		.name = "A::one", .file = "a.c", .line = 7, .count = 1,
		.scope_len = 1, .attrs = listing_attrs(&listing, attrs) });
	listing_add_test(&listing, &(struct test){
		.name = "A::many", .file = "a.c", .count = 5, .scope_len = 1,
		.indexed = true });
	free(attrs);
	plan_add(&plan, 1, 0, 5);
	plan_add(&plan, 0, 0, 1);
}

static void tear_down(void)
{
	plan_fini(&plan);
	listing_fini(&listing);
}

TestSuite(brief, .init = set_up, .fini = tear_down);

static int write_brief(void)
{
	struct brief_args args = { .listing = &listing,
				   .plan = &plan,
				   .args = "x=1",
				   .n_slots = 3 };
	struct err err = { 0 };
	int fd = brief_write(&args, &err);

	cr_assert_geq(fd, 0, "%s", err.text);
	return fd;
}

Test(brief, says_what_the_listing_and_the_plan_say)
{
	struct err err = { 0 };
	struct brief b;
	int fd;

	vec_room(plan.gated, plan.n_gated, plan.cap_gated);
	plan.gated[plan.n_gated++] = (struct gated){ .lo = 5, .hi = 6 };
	vec_room(plan.bounds, plan.n_bounds, plan.cap_bounds);
	plan.bounds[plan.n_bounds++] = (struct bound){ 1, 4 };
	fd = write_brief();
	cr_assert_eq(brief_attach(&b, fd, &err), 0, "%s", err.text);
	close(fd);
	cr_expect_eq(b.head->n_positions, 6);
	cr_expect_eq(b.head->n_slots, 3);
	cr_expect_str_eq(b.args, "x=1");
	cr_expect_str_eq(b.texts + b.tests[0].texts[BRIEF_NAME], "A::one");
	cr_expect_str_eq(b.texts + b.tests[0].texts[BRIEF_SCOPE], "A");
	cr_expect_str_eq(b.texts + b.tests[0].texts[BRIEF_LOCK], "db");
	cr_expect_str_eq(b.texts + b.tests[1].texts[BRIEF_LOCK], "");
	cr_expect_str_eq(b.texts + b.tests[1].texts[BRIEF_SUITE], "./a.so");
	cr_expect_eq(b.tests[0].texts[BRIEF_FILE], b.tests[1].texts[BRIEF_FILE],
		     "the same text once");
	cr_expect_eq(b.tests[0].cost_ns, 2000000000);
	cr_expect_eq(b.tests[0].line, 7);
	cr_expect(b.tests[1].indexed);
	cr_expect_null(brief_find(b.bounds, b.head->bounds.n, 0));
	cr_expect_eq(brief_find(b.bounds, b.head->bounds.n, 3)->lo, 1);
	cr_expect_null(brief_find(b.bounds, b.head->bounds.n, 4));
	cr_expect_not_null(brief_find(b.placed, b.head->placed.n, 5));
}

Test(brief, cannot_be_written_by_who_gets_it)
{
	int fd = write_brief();

	cr_expect_lt(write(fd, "x", 1), 0);
	cr_expect_lt(ftruncate(fd, 0), 0);
	cr_expect_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  0), MAP_FAILED);
	close(fd);
}
