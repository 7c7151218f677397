/* SPDX-License-Identifier: MIT */
/*
 * verdict.h - how a run ended, kept until nothing can change it any more: a
 * teardown may fail behind its tests, and a report may not be writable.
 *
 * The runner's own memory.  Filled with zeros = the run has not ended.
 */
#ifndef MODEL_VERDICT_H
#define MODEL_VERDICT_H

#include "model/event.h"

#include <stdbool.h>

struct verdict {
	bool known;
	struct event end; /* EVENT_RUN_FINISHED */
	char *why;	  /* of it; our own copy */
};

/* The run has ended as the event says, and now is judged so. */
void verdict_keep(struct verdict *v, const struct event *end);

/* It ends with this status after all, or by a signal that is not 0, which goes
 * before all (EXIT-9).  False = that changes nothing. */
bool verdict_amend(struct verdict *v, int status, int signo, const char *why);

void verdict_fini(struct verdict *v);

#endif
