/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include "base/clock.h"

static void scene_add(struct scene *scene, const char *name, uint32_t count)
{
	uint32_t ix = scene->listing.n_tests;

	listing_add_test(&scene->listing, &(struct test){
						  .name = name,
						  .file = "t.c",
						  .count = count,
						  .indexed = count > 1,
					  });
	plan_add(&scene->plan, ix, 0, count);
}

void scene_init(struct scene *scene)
{
	listing_init(&scene->listing);
	plan_init(&scene->plan);
	listing_add_suite(&scene->listing, "./t.so", "native");
	scene_add(scene, "Math::adds", 1);
	scene_add(scene, "Big::range", SCENE_POSITIONS - 2);
	scene_add(scene, SCENE_HOSTILE_NAME, 1);
	plan_add_part(&scene->plan, 0, SCENE_POSITIONS, 0);
	scene->run = (struct event_run){
		.listing = &scene->listing,
		.plan = &scene->plan,
		.run_id = "0b8f3c1e-0000-4000-8000-1234567890ab",
		.backend = "epoll",
		.host = "here",
		.jobs_why = "2 workers: affinity 2",
		.plan_why = "",
		.jobs = 2,
	};
}

void scene_fini(struct scene *scene)
{
	plan_fini(&scene->plan);
	listing_fini(&scene->listing);
}

struct event_test scene_test(uint32_t position, enum outcome outcome)
{
	return (struct event_test){
		.position = position,
		.outcome = outcome,
		.start_ns = 1,
		.duration_ns = 5 * NS_PER_MS,
		.exit_status = -1,
		.slot = 3,
	};
}
