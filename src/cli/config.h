/* SPDX-License-Identifier: MIT */
/*
 * config.h - the text of a shmrun.conf as sections of keys and values, each
 * with its place.
 *
 *	# a comment
 *	[profile NAME]
 *	KEY = VALUE
 *	[override]		of every profile, else [override PROFILE]
 *	KEY = VALUE
 *
 * What keys mean is profile.h's and overrides.h's.  Reads any bytes; pure.
 * Runner only.  The texts lie in the config, which config_free() gives back.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct config_item {
	const char *key, *value;
	uint32_t line, column, value_column; /* from 1, in bytes */
};

enum config_kind { CONFIG_PROFILE, CONFIG_OVERRIDE };

struct config_section {
	enum config_kind kind;
	const char *name; /* "" = none */
	uint32_t line;
	struct config_item *items;
	uint32_t n, cap;
};

struct config {
	char *path; /* as messages call it */
	char *text;
	struct config_section *sections;
	uint32_t n, cap;
};

/* A copy of len bytes of text as a config; NULL and -EINVAL with the line and
 * the column. */
struct config *config_parse(const char *path, const char *text, size_t len,
			    struct err *err);
void config_free(struct config *c); /* NULL is none */

/* Puts the place of an item's key, or of its value, in front of what is
 * wrong; returns the code. */
int config_wrap_key(const struct config *c, const struct config_item *item,
		    struct err *err);
int config_wrap_value(const struct config *c, const struct config_item *item,
		      struct err *err);

/* The first with this key; NULL = none. */
const struct config_item *config_find(const struct config_section *section,
				      const char *key);
/* The profile of that name; NULL = none. */
const struct config_section *config_profile(const struct config *c,
					    const char *name);

#endif
