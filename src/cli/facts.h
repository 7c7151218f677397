/* SPDX-License-Identifier: MIT */
/*
 * facts.h - what this machine offers to a run, one fact each.
 *
 * Each is found by trying it here and now, in this process with its limits
 * and filters, not by version numbers.  In order: finding the number of
 * workers raises the soft limit of descriptors, as a run does.  Runner only.
 */
#ifndef CLI_FACTS_H
#define CLI_FACTS_H

#include "base/str.h"

#include <stdbool.h>

struct fact {
	const char *name;
	/* Appends what was found; false = missing, see without. */
	bool (*find)(struct str *out);
	const char *without; /* what a run does instead; "" = only told */
};

/* Ends with a row without a name. */
extern const struct fact fact_table[];

#endif
