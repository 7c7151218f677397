/* SPDX-License-Identifier: MIT */
/*
 * option.h - the options one by one: how each is called and what it sets.
 *
 * The rows are options.tbl.h.  Only options.c, which knows about words, and
 * help.c use it.  Runner only.
 */
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include "base/err.h"
#include "cli/options.h"

struct option {
	const char *name;
	const char *arg;   /* "" = takes no value; "[=X]" = may take one */
	const char *deflt; /* "" = none */
	const char *help;
	/* value is NULL for an option that takes none, or was given none */
	int (*set)(struct options *o, const char *value, struct err *err);
	char letter; /* 0 = none */
};

/* Ends with a row without a name. */
extern const struct option option_table[];

void texts_add(struct texts *texts, const char *text);

#endif
