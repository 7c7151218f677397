/* SPDX-License-Identifier: MIT */
/* LONG-4, BOUND-3, JOBS-5: the words. */
#include "report/footer.h"

#include "scene.h"

#include <criterion/criterion.h>

#define START (1000 * NS_PER_S)

static void ran(struct makespan *m, const struct scene *scene,
		uint32_t position, uint64_t at_ms, uint64_t ms)
{
	struct event_test test = scene_test(position, OUTCOME_PASS);

	test.start_ns = START + at_ms * NS_PER_MS;
	test.duration_ns = ms * NS_PER_MS;
	makespan_add(m, &scene->run, &test);
}

static void says(const struct makespan *m, const struct scene *scene,
		 uint64_t actual_ms, const char *expected)
{
	struct event_finished finished = {
		.tally = { .selected = SCENE_POSITIONS },
		.elapsed_ns = actual_ms * NS_PER_MS,
	};
	struct str out = STR_INIT;

	footer_print(&out, false, m, &scene->run, &finished);
	cr_expect_str_eq(str_get(&out), expected);
	str_fini(&out);
}

Test(footer, a_late_giant)
{
	struct makespan m = { .started_ns = START };
	struct scene scene;

	scene_init(&scene);
	ran(&m, &scene, 1, 0, 800);
	ran(&m, &scene, 2, 0, 700);
	ran(&m, &scene, SCENE_HOSTILE_POSITION, 700, 1500);
	says(&m, &scene, 2205,
	     "ideal 1.500s, actual 2.205s, efficiency 68%\n"
	     "limited by " SCENE_HOSTILE_SHOWN
	     ": 1.500s, begun after 0.700s\n"
	     "more than 2 workers cannot help: " SCENE_HOSTILE_SHOWN
	     " alone is 1.500s\n");
	scene_fini(&scene);
}

Test(footer, more_workers_would_help_a_little)
{
	struct makespan m = { .started_ns = START };
	struct scene scene;
	uint32_t i;

	scene_init(&scene);
	for (i = 0; i < 10; i++)
		ran(&m, &scene, i, i * 500, 1000);
	says(&m, &scene, 5010,
	     "ideal 5.000s, actual 5.010s, efficiency 99%\n"
	     "limited by the number of workers, 2\n"
	     "4 workers: 2.500s at best; more than 10 workers cannot help: "
	     "Math::adds alone is 1.000s\n");
	scene_fini(&scene);
}

Test(footer, how_far_is_too_far_is_not_told)
{
	struct makespan m = { .started_ns = START };
	struct scene scene;
	uint32_t i;

	scene_init(&scene);
	for (i = 0; i < 1000; i++)
		ran(&m, &scene, i, i * 5, 10);
	says(&m, &scene, 6000,
	     "ideal 5.000s, actual 6.000s, efficiency 83%\n"
	     "limited by what is not tests (starting, fixtures, waiting): "
	     "1.000s\n"
	     "4 workers: 2.500s at best\n");
	scene_fini(&scene);
}

/* DEC-7 */
Test(footer, shared_fixtures_are_told_apart)
{
	struct makespan m = { .started_ns = START,
			      .fixtures_ns = 1200 * NS_PER_MS };
	struct scene scene;

	scene_init(&scene);
	ran(&m, &scene, 1, 0, 1000);
	ran(&m, &scene, 2, 0, 1000);
	says(&m, &scene, 2000,
	     "ideal 1.000s, actual 2.000s, efficiency 50%, beside it fixtures "
	     "1.200s\n"
	     "limited by what is not tests (starting, fixtures, waiting): "
	     "1.000s\n"
	     "more than 2 workers cannot help: Big::range[0] alone is "
	     "1.000s\n");
	scene_fini(&scene);
}

Test(footer, a_chain_is_named_by_its_first_test)
{
	static struct bound bound = { 2, 6 };
	struct makespan m = { 0 };
	struct scene scene;
	uint32_t i;

	scene_init(&scene);
	scene.run.jobs = 4;
	scene.plan.bounds = &bound;
	scene.plan.n_bounds = 1;
	makespan_begin(&m, &scene.run, START);
	for (i = 2; i < 6; i++)
		ran(&m, &scene, i, i * 1000 - 2000, 1000);
	says(&m, &scene, 4000,
	     "ideal 4.000s, actual 4.000s, efficiency 100%\n"
	     "limited by Big::range[1] and the 3 after it: 4.000s, begun "
	     "after 0.000s\n"
	     "more than 1 worker cannot help: Big::range[1] and the 3 after "
	     "it alone is 4.000s\n");
	scene.plan.bounds = NULL;
	makespan_fini(&m);
	scene_fini(&scene);
}

/* A run that was cut short has no ideal; one test cannot be dealt. */
Test(footer, there_is_none_for_what_did_not_end)
{
	struct makespan m = { .started_ns = START };
	struct event_finished finished = { .tally = { .selected = 9 },
					   .elapsed_ns = NS_PER_S };
	struct str out = STR_INIT;
	struct scene scene;

	scene_init(&scene);
	ran(&m, &scene, 1, 0, 800);
	finished.tally.count[OUTCOME_NOTRUN] = 1;
	footer_print(&out, false, &m, &scene.run, &finished);
	finished.tally.count[OUTCOME_NOTRUN] = 0;
	finished.tally.selected = 1;
	footer_print(&out, false, &m, &scene.run, &finished);
	cr_expect_eq(out.len, 0);
	scene_fini(&scene);
}
