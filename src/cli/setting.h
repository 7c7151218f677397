/* SPDX-License-Identifier: MIT */
/*
 * setting.h - what an override can set of a test: some of its attributes.
 *
 * A table; text to value and back.  Pure.
 */
#ifndef CLI_SETTING_H
#define CLI_SETTING_H

#include "base/err.h"
#include "base/str.h"
#include "model/listing.h"

#define SETTINGS_MAX 16

struct setting {
	const char *name;
	size_t offset, size; /* of the member of struct attrs */
	/* Texts of the value are value's own. */
	int (*set)(const struct setting *s, struct attrs *a, const char *value,
		   struct err *err);
	void (*print)(const struct setting *s, const struct attrs *a,
		      struct str *out);
	const char *option; /* that a test without its own takes; or NULL */
};

/* Ends with a row without a name. */
extern const struct setting setting_table[];

/* Its place in the table; -1 = there is none of that name. */
int setting_find(const char *name);
void setting_copy(const struct setting *s, struct attrs *to,
		  const struct attrs *from);
bool setting_is_default(const struct setting *s, const struct attrs *a);

#endif
