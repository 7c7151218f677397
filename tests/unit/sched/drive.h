/* SPDX-License-Identifier: MIT */
/*
 * drive.h - a scene's plan, run by the real claim code on a virtual clock
 * (T-1, unit/work/stepper.h).  What the runner hands out is not in it.
 */
#ifndef TESTS_UNIT_SCHED_DRIVE_H
#define TESTS_UNIT_SCHED_DRIVE_H

#include "../work/stepper.h"
#include "scene.h"

/* seconds: of each listed test. Ready to run. */
void drive_make(struct stepper *st, const struct scene *s, uint32_t n_slots,
		const double *seconds);
/* To the end; the makespan in seconds. */
double drive_run(struct stepper *st);

/* Which slot ran a position. */
uint32_t drive_slot(const struct stepper *st, uint32_t position);

#endif
