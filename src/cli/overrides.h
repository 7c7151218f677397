/* SPDX-License-Identifier: MIT */
/*
 * overrides.h - the [override] sections of a shmrun.conf: what they change of
 * the listed tests.
 *
 * An override has a filter, an expression of suite/expr.h, and settings.  Of
 * each setting by itself the first override counts that matches the test and
 * has it (REC-6); it goes before what the test says of itself.  Runner only.
 */
#ifndef CLI_OVERRIDES_H
#define CLI_OVERRIDES_H

#include "cli/config.h"
#include "cli/profile.h"
#include "cli/setting.h"
#include "suite/expr.h"

struct override {
	const struct config_section *section;
	struct expr filter;
	struct attrs values;
	const struct config_item *items[SETTINGS_MAX]; /* NULL = not set */
};

struct overrides {
	struct override *items;
	uint32_t n, cap;
};

/* All overrides, of whatever profile: 0, or -EINVAL with the place of what is
 * wrong. */
int overrides_check_all(const struct config *c, struct err *err);

/* Those that hold in a profile, in the order of the file.  The config is
 * checked, and stays until overrides_close(). */
void overrides_open(struct overrides *o, const struct config *c,
		    const struct profile_chain *profile);
void overrides_close(struct overrides *o);

/* Of each setting, the override that sets it for this test; NULL = none. */
void overrides_find(struct overrides *o, const char *suite,
		    const struct test *test,
		    const struct override *by[SETTINGS_MAX]);

/* Changes the attributes of a listing's tests. */
void overrides_apply(struct overrides *o, struct listing *listing);

#endif
