/* SPDX-License-Identifier: MIT */
/*
 * estate.h - what a dead worker has left in the temporary folder of its tests
 * (DEF-18).  Runner only; it looks, and removes nothing.
 */
#ifndef RUN_ESTATE_H
#define RUN_ESTATE_H

#include "base/str.h"
#include "run/run_impl.h"

/* When the slot has no worker, before the next one is admitted.  wanted: a test
 * was in it, and has not passed.  kept, empty before, is the path of its folder
 * if there is something in it that is kept; the next generation has another one
 * then, or begins by emptying this one. */
void estate_settle(struct run *run, uint32_t slot, bool wanted,
		   struct str *kept);

#endif
