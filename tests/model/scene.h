/* SPDX-License-Identifier: MIT */
/*
 * scene.h - all scenes, by file.  Each array ends with a scene without a
 * name.
 */
#ifndef TESTS_MODEL_SCENE_H
#define TESTS_MODEL_SCENE_H

#include "tests/model/explore.h"

extern const struct scene scene_ring[];
extern const struct scene scene_deque[];
extern const struct scene scene_cursor[];
extern const struct scene scene_state[];
extern const struct scene scene_results[];
extern const struct scene scene_gate[];
extern const struct scene scene_current[];
extern const struct scene scene_fixture[];
extern const struct scene scene_run[];
extern const struct scene scene_keeper[];

#endif
