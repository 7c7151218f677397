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

#include <stddef.h>

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

/* The row of a long name of len bytes; NULL = none. */
const struct option *option_find(const char *name, size_t len);
/* May it stand in a file and in SHMRUN_OPTS?  Not what is asked of one call
 * only, and not what names suites. */
bool option_is_setting(const struct option *row);
/* Does each value add to those before? */
bool option_is_list(const struct option *row);

/* For what sets them: the name is told without its dashes. */
int option_choose(const char *option, const char *value,
		  const char *const *names, struct err *err);
int option_count(const char *option, const char *value, uint32_t lo,
		 uint32_t hi, uint32_t *n, struct err *err);
int option_duration(const char *option, const char *value, uint64_t *ns,
		    struct err *err);

void texts_add(struct texts *texts, const char *text);

#endif
