/* SPDX-License-Identifier: MIT */
/*
 * profile.h - the profiles of a shmrun.conf: which options they set.
 *
 * A profile sets options by their long names.  Each inherits what it does not
 * set from the one that it names, in the end from "default".  Runner only.
 */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "cli/config.h"
#include "cli/options.h"

#include <stdbool.h>

#define PROFILE_DEFAULT "default"
#define PROFILES_DEEP 16 /* inherit one from the other */

/* A profile and those it inherits from, the nearest first. */
struct profile_chain {
	const struct config_section *items[PROFILES_DEEP];
	uint32_t n; /* 0: "default", which need not be there */
};

/* All profiles, whether they are used or not: 0, or -EINVAL with the place of
 * what is wrong. */
int profile_check_all(const struct config *c, struct err *err);

/* 0, or -EINVAL when there is no such profile.  The config is checked. */
int profile_find(const struct config *c, const char *name,
		 struct profile_chain *chain, struct err *err);
/* Is it, or does it inherit from, the profile of that name? */
bool profile_is_a(const struct profile_chain *chain, const char *name);

/* Sets the options.  The config is checked. */
void profile_apply(const struct profile_chain *chain, struct options *o);

#endif
