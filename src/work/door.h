/* SPDX-License-Identifier: MIT */
/*
 * door.h - what a worker does before its first test: attach the memories,
 * put its descriptors in place, set the environment.
 */
#ifndef WORK_DOOR_H
#define WORK_DOOR_H

#include "suite/heritage.h"

#include <stdbool.h>

struct worker;

/* Fills *w; ends the process with a sentence on stderr when it cannot. */
void door_enter(struct worker *w, const struct heritage *heritage);

/* Does fd still lead where it did? */
struct door_id;
bool door_is(int fd, const struct door_id *id);

#endif
