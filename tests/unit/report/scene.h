/* SPDX-License-Identifier: MIT */
/*
 * scene.h - a run to report about: one suite with one test and one range.
 *
 * Position 0 is "Math::adds", positions 1 .. 999 are "Big::range[0]" ..
 * "Big::range[998]", position 1000 has a hostile name.
 */
#ifndef TESTS_REPORT_SCENE_H
#define TESTS_REPORT_SCENE_H

#include "model/event.h"

#define SCENE_POSITIONS 1001
#define SCENE_HOSTILE_POSITION 1000
#define SCENE_HOSTILE_NAME "Bad::\033[2J\xe5\x90\x8d\xff"
#define SCENE_HOSTILE_SHOWN "Bad::\\x1B[2J\xe5\x90\x8d\\xFF"

struct scene {
	struct listing listing;
	struct plan plan;
	struct event_run run;
};

void scene_init(struct scene *scene);
void scene_fini(struct scene *scene);

/* A started test that ended; the rest is for the caller to fill in. */
struct event_test scene_test(uint32_t position, enum outcome outcome);

#endif
