/* SPDX-License-Identifier: MIT */
/*
 * unrun.h - a run in which no test runs: what people, the reports and the
 * recording are told of it, and its exit status.
 *
 * Prints what goes wrong.  Runner only.
 */
#ifndef CLI_UNRUN_H
#define CLI_UNRUN_H

#include "cli/driver.h"
#include "cli/outlet.h"

struct unrun {
	const struct options *o;
	struct event_run run; /* as far as it came; there is no plan */
	uint32_t n_bad;	      /* suites that could not be loaded */
	int signo;	      /* that ended it; 0 = none */
};

/* It ends with this status before any test could: the reports are told why,
 * and that there was none (STATE-13, OUT-5). */
int unrun_tell(struct unrun u, int status, const char *why);

/* No test is selected: is that an error (DEF-12)? */
int unrun_tell_nothing(struct unrun u);

/* All that is selected is in other shards: nothing is wrong, and there is a
 * recording that says so (EXIT-11).  The outlet is opened, and stays the
 * caller's. */
int unrun_tell_empty_shard(struct unrun u, struct outlet *out,
			   struct driver *driver, const struct costs *costs);

#endif
