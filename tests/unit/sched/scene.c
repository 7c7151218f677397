/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void scene_init(struct scene *s)
{
	*s = (struct scene){ 0 };
	listing_init(&s->listing);
	plan_init(&s->selected);
	plan_init(&s->plan);
	listing_add_suite(&s->listing, "./a.so", "native");
}

void scene_fini(struct scene *s)
{
	plan_fini(&s->plan);
	plan_fini(&s->selected);
	units_fini(&s->units);
	if (s->has_costs)
		costs_fini(&s->costs);
	listing_fini(&s->listing);
}

uint32_t scene_add_range(struct scene *s, const char *scope, const char *name,
			 uint32_t count, const struct attrs *attrs)
{
	char text[256];
	int len = snprintf(text, sizeof(text), "%s::%s", scope, name);

	listing_add_test(&s->listing, &(struct test){
		.name = listing_text(&s->listing, text, (size_t)len),
		.file = "a.c",
		.attrs = attrs ? listing_attrs(&s->listing, attrs) : NULL,
		.scope_len = (uint32_t)strlen(scope),
		.count = count,
		.indexed = count > 1 });
	return s->listing.n_tests - 1;
}

uint32_t scene_add(struct scene *s, const char *scope, const char *name,
		   const struct attrs *attrs)
{
	return scene_add_range(s, scope, name, 1, attrs);
}

void scene_add_many(struct scene *s, const char *scope, uint32_t n)
{
	char name[16];
	uint32_t i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "t%u", i);
		scene_add(s, scope, name, NULL);
	}
}

void scene_set_file(struct scene *s, const char *file)
{
	s->listing.tests[s->listing.n_tests - 1].file = file;
}

void scene_list(struct scene *s)
{
	uint32_t i;

	for (i = 0; i < s->listing.n_tests; i++)
		plan_add(&s->selected, i, 0, s->listing.tests[i].count);
	costs_init(&s->costs, &s->listing);
	s->has_costs = true;
}

void scene_know(struct scene *s, uint32_t test_ix, double ns)
{
	uint32_t row;

	for (row = s->costs.first[test_ix]; row < s->costs.first[test_ix + 1];
	     row++)
		s->costs.rows[row] = (struct cost){ .est_ns = (float)ns,
						    .known = true,
						    .last = OUTCOME_PASS };
}

int scene_plan_full(struct scene *s, const struct sched_request *rq)
{
	struct sched_request full = *rq;
	struct units_request units = {
		.listing = &s->listing,
		.selected = &s->selected,
		.costs = &s->costs,
		.key = rq->ops->key,
		.blocks = rq->ordering.order == ORDER_RANDOM,
	};
	int ret;

	units_fini(&s->units);
	plan_fini(&s->plan);
	s->err = (struct err){ 0 };
	estimate_fill(&s->costs);
	ret = units_gather(&s->units, &units, &s->err);
	if (ret < 0)
		return ret;
	full.units = &s->units;
	if (full.ordering.order == ORDER_DEFAULT)
		full.ordering.order = rq->ops->order;
	full.ordering.rest = rq->ops->order;
	sched_plan(&s->plan, &full);
	scene_check(s);
	return 0;
}

int scene_plan(struct scene *s, const char *mode, enum order order,
	       uint32_t n_slots)
{
	return scene_plan_full(s, &(struct sched_request){
					  .ops = sched_find(mode),
					  .ordering = { .order = order,
							.seed = 1 },
					  .n_slots = n_slots });
}

const char *scene_names(const struct scene *s, uint32_t lo, uint32_t hi)
{
	static struct str out;
	uint32_t p;

	str_clear(&out);
	for (p = lo; p < hi; p++) {
		struct instance at = plan_at(&s->plan, p);
		struct str name = STR_INIT;

		test_print_name(&name, &s->listing.tests[at.test_ix],
				at.index);
		str_addf(&out, "%s%s", p > lo ? " " : "",
			 strstr(str_get(&name), "::") + 2);
		str_fini(&name);
	}
	return str_get(&out);
}

/* ---- what holds of every plan ---------------------------------------- */

static void scene_cover(uint8_t *covered, uint32_t n, uint32_t lo, uint32_t hi)
{
	cr_assert(lo < hi && hi <= n, "%u .. %u of %u", lo, hi, n);
	for (; lo < hi; lo++)
		cr_assert_eq(covered[lo]++, 0, "position %u twice", lo);
}

static void scene_check_ways(const struct plan *p)
{
	uint8_t *covered = mem_array(p->n_positions, 1);
	uint32_t i;

	for (i = 0; i < p->n_parts; i++)
		scene_cover(covered, p->n_positions, p->parts[i].lo,
			    p->parts[i].hi);
	for (i = 0; i < p->n_deals; i++)
		scene_cover(covered, p->n_positions, p->deals[i].lo,
			    p->deals[i].hi);
	for (i = 0; i < p->n_gated; i++)
		scene_cover(covered, p->n_positions, p->gated[i].lo,
			    p->gated[i].hi);
	for (i = 0; i < p->n_late; i++)
		scene_cover(covered, p->n_positions, p->late[i].lo,
			    p->late[i].hi);
	for (i = 0; i < p->n_positions; i++)
		cr_assert_eq(covered[i], 1, "position %u is not dealt", i);
	free(covered);
}

static void scene_check_bounds(const struct plan *p)
{
	uint32_t i;

	for (i = 0; i < p->n_bounds; i++) {
		cr_assert_lt(p->bounds[i].lo + 1, p->bounds[i].hi);
		cr_assert_leq(p->bounds[i].hi, p->n_positions);
		cr_assert(i == 0 || p->bounds[i - 1].hi <= p->bounds[i].lo);
	}
}

/* Every selected instance as often as every other. */
static void scene_check_tests(const struct scene *s)
{
	uint32_t n = 0, i, p, *first, *seen;
	uint32_t copies = s->plan.n_positions / s->selected.n_positions;

	first = mem_array(s->listing.n_tests, sizeof(*first));
	for (i = 0; i < s->listing.n_tests; i++) {
		first[i] = n;
		n += s->listing.tests[i].count;
	}
	seen = mem_array(n, sizeof(*seen));
	for (p = 0; p < s->plan.n_positions; p++) {
		struct instance at = plan_at(&s->plan, p);

		seen[first[at.test_ix] + at.index]++;
	}
	for (p = 0; p < s->selected.n_positions; p++) {
		struct instance at = plan_at(&s->selected, p);

		cr_assert_eq(seen[first[at.test_ix] + at.index], copies);
	}
	cr_assert_eq(s->plan.n_positions, copies * s->selected.n_positions);
	free(first);
	free(seen);
}

void scene_check(const struct scene *s)
{
	struct err err = { 0 };

	cr_assert_eq(plan_check(&s->plan, &s->listing, &err), 0, "%s",
		     err.text);
	scene_check_ways(&s->plan);
	scene_check_bounds(&s->plan);
	if (s->selected.n_positions)
		scene_check_tests(s);
}
