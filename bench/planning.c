/* SPDX-License-Identifier: MIT */
/*
 * planning.c: what a plan of N named tests costs whose times are all known,
 * in scopes of a thousand: estimates, units, order and the plan itself, as
 * cli/planning.c makes them.
 *
 *	planning MODE N		CPU ns
 */
#include "base/die.h"
#include "base/rng.h"
#include "sched/estimate.h"
#include "sched/sched.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SCOPE 1000
#define SLOTS 64

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void fill(struct listing *l, struct plan *selected, uint32_t n)
{
	char name[64];
	uint32_t i;

	listing_init(l);
	listing_add_suite(l, "./bench.so", "native");
	plan_init(selected);
	for (i = 0; i < n; i++) {
		int scope = snprintf(name, sizeof(name), "scope_%u", i / SCOPE);
		int len = scope + snprintf(name + scope, 40, "::test_%u", i);

		listing_add_test(l, &(struct test){
			.name = listing_text(l, name, (size_t)len),
			.file = "bench.c",
			.line = i,
			.count = 1,
			.scope_len = (uint32_t)scope,
		});
		plan_add(selected, i, 0, 1);
	}
}

/* 1 us to 1 s, most of them short. */
static void know(struct costs *costs)
{
	struct rng rng = { .state = 1 };
	uint32_t i;

	for (i = 0; i < costs->n_rows; i++)
		costs->rows[i] = (struct cost){
			.est_ns = (float)(1000 *
					  (1 + rng_below(&rng, 1000) *
						       (rng_below(&rng, 8)
								? 1 : 1000))),
			.known = true,
			.last = OUTCOME_PASS,
		};
}

static uint64_t make(const struct sched_ops *ops, struct costs *costs,
		     const struct plan *selected)
{
	struct units_request wanted = { .listing = costs->listing,
					.selected = selected,
					.costs = costs,
					.key = ops->key };
	struct units units = { 0 };
	struct sched_request rq = { .ops = ops,
				    .units = &units,
				    .ordering = { .order = ops->order,
						  .rest = ops->order },
				    .n_slots = SLOTS,
				    .n_canaries = SCHED_CANARIES_DEFAULT };
	struct err err = { 0 };
	uint64_t begin = cpu_ns();
	struct plan plan;

	plan_init(&plan);
	estimate_fill(costs);
	if (units_gather(&units, &wanted, &err) < 0)
		die(1, "%s", err.text);
	sched_plan(&plan, &rq);
	if (plan.n_positions != selected->n_positions)
		die(1, "%u of %u tests are in the plan", plan.n_positions,
		    selected->n_positions);
	begin = cpu_ns() - begin;
	plan_fini(&plan);
	units_fini(&units);
	return begin;
}

int main(int argc, char **argv)
{
	const struct sched_ops *ops = argc == 3 ? sched_find(argv[1]) : NULL;
	struct listing listing;
	struct plan selected;
	struct costs costs;

	if (!ops)
		die(2, "usage: planning MODE N");
	fill(&listing, &selected, (uint32_t)strtoul(argv[2], NULL, 10));
	costs_init(&costs, &listing);
	know(&costs);
	printf("%llu\n", (unsigned long long)make(ops, &costs, &selected));
	costs_fini(&costs);
	plan_fini(&selected);
	listing_fini(&listing);
	return 0;
}
