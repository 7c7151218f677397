/* SPDX-License-Identifier: MIT */
/*
 * footer.h - at most three lines about a run's time: ideal and actual, what
 * limited it, what more workers would give (LONG-4, BOUND-3, JOBS-5).
 *
 * Pure; what it says is computed in makespan.h.
 */
#ifndef REPORT_FOOTER_H
#define REPORT_FOOTER_H

#include "report/makespan.h"

#include "base/str.h"

/* Nothing for a run of less than two tests, or one that was cut short. */
void footer_print(struct str *out, bool color, const struct makespan *m,
		  const struct event_run *run,
		  const struct event_finished *finished);

#endif
