/* SPDX-License-Identifier: MIT */
/*
 * alike.h - canaries that fail in the same way: what broke them is the
 * environment, and is told once (CAN-3).
 *
 * In the same way means notes, end and output to the byte, so nothing is left
 * out that was not told.  Other tests are never folded.  Pure.
 */
#ifndef REPORT_ALIKE_H
#define REPORT_ALIKE_H

#include "model/event.h"

/* All zero = no canary has failed yet. */
struct alike {
	bool failed;
	uint64_t how;
	uint32_t position; /* the first one's */
};

/* Has a canary failed in this way before?  The first one is remembered. */
bool alike_add(struct alike *a, const struct event_run *run,
	       const struct event_test *test);

#endif
