/* SPDX-License-Identifier: MIT */
/*
 * scene.h - a listing with costs, and plans made of it, for the tests of the
 * planner.
 */
#ifndef TESTS_UNIT_SCHED_SCENE_H
#define TESTS_UNIT_SCHED_SCENE_H

#include "base/rng.h"
#include "sched/estimate.h"
#include "sched/sched.h"

struct scene {
	struct listing listing;
	struct costs costs;
	struct plan selected;
	struct units units;
	struct plan plan;
	struct err err;
	bool has_costs;
};

/* One suite "./a.so". */
void scene_init(struct scene *s);
void scene_fini(struct scene *s);

/* A test of the last suite; attrs may be NULL.  Returns its number. */
uint32_t scene_add(struct scene *s, const char *scope, const char *name,
		   const struct attrs *attrs);
uint32_t scene_add_range(struct scene *s, const char *scope, const char *name,
			 uint32_t count, const struct attrs *attrs);
/* So many tests t0, t1, ... of a scope. */
void scene_add_many(struct scene *s, const char *scope, uint32_t n);
/* The file of the last test. */
void scene_set_file(struct scene *s, const char *file);

/* No more tests: everything is selected, nothing is known. */
void scene_list(struct scene *s);
/* All instances of a test are known to take so long. */
void scene_know(struct scene *s, uint32_t test_ix, double ns);

/* Makes units and a plan; 0, or what units_gather() returned. */
int scene_plan(struct scene *s, const char *mode, enum order order,
	       uint32_t n_slots);
int scene_plan_full(struct scene *s, const struct sched_request *rq);

/* The names of positions lo .. hi - 1 without their scopes, by spaces; until
 * the next call. */
const char *scene_names(const struct scene *s, uint32_t lo, uint32_t hi);

/* Every position is handed out in exactly one way, bounds are whole, and
 * nothing is selected twice. */
void scene_check(const struct scene *s);

#endif
