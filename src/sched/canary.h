/* SPDX-License-Identifier: MIT */
/*
 * canary.h - a few quick and reliable tests go first, to find a broken
 * environment before the long ones have cost anything (CAN-1).
 */
#ifndef SCHED_CANARY_H
#define SCHED_CANARY_H

#include "sched/units.h"

#define CANARY_EST_MAX_NS 50e6f
/* One failure is no proof against the environment. */
#define CANARIES_MIN 2u

/* Chooses up to n entries, from different suites as far as there are any;
 * their number, 0 when there are too few. */
uint32_t canary_choose(const struct units *u, uint32_t *canaries, uint32_t n);

#endif
