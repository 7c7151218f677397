/* SPDX-License-Identifier: MIT */
/*
 * volleys.h - the plan of --stress: several copies of a test that begin
 * together, volley after volley (decision 0033).
 *
 *	slot 0:  a  b   a  b   a  b		each line is a list, bound to its
 *	slot 1:  a  b   a  b   a  b		slot; each column is a volley
 *
 * Each copy is a turn of its own: of volley v that of slot s is v * copies + s.
 * Pure.
 */
#ifndef SCHED_VOLLEYS_H
#define SCHED_VOLLEYS_H

#include "model/plan.h"

/* So many volleys of each selected test. */
void volleys_lay(struct plan *plan, const struct plan *selected,
		 uint32_t copies, uint32_t volleys);

/* Why copies of such a test cannot run at once, as the end of a sentence; NULL
 * = they can. */
const char *volleys_forbid(const struct attrs *attrs);

#endif
