/* SPDX-License-Identifier: MIT */
/*
 * work.h - a worker: takes positions, runs their tests, records what came of
 * them, until nothing is left or it must be replaced.
 *
 * Runs in a fork of the loader.  No allocation and, while the runner keeps
 * up, no system call for scheduling or reporting per test but one: the look
 * whether the test printed something (LF-5).
 */
#ifndef WORK_WORK_H
#define WORK_WORK_H

#include "suite/heritage.h"

extern const struct heritage_door work_door;

#endif
