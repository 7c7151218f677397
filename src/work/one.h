/* SPDX-License-Identifier: MIT */
/*
 * one.h - one position: be granted it, run its test in its tier, record what came
 * of it.
 */
#ifndef WORK_ONE_H
#define WORK_ONE_H

#include "lockfree/slot.h"

#include <stdint.h>

struct worker;

/* Runs the announced position, unless somebody else has it or the run is
 * stopped. */
void one_run(struct worker *w, uint32_t position);

#endif
