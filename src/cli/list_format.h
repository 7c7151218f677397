/* SPDX-License-Identifier: MIT */
/*
 * list_format.h - tests as text and as JSON lines.
 *
 * One line for each run of consecutive instances of one test, so that a
 * range costs a line whatever its count.  Pure.
 */
#ifndef CLI_LIST_FORMAT_H
#define CLI_LIST_FORMAT_H

#include "base/str.h"
#include "cli/list_terms.h"
#include "model/listing.h"

#include <stdbool.h>
#include <stdint.h>

/* Instances index .. index + count - 1 of a test. */
struct list_item {
	const struct suite *suite;
	const struct test *test;
	uint32_t index, count;
	const struct list_usual *usual; /* tell what applies to it; or NULL */
};

/* "Scope::name", "Scope::name[7]" or "Scope::name[0..99]"; with details also
 * the place and what the attributes say.  With item->usual what applies comes
 * instead of these, each with where it is from (ATTR-1). */
void list_format_text(struct str *out, const struct list_item *item,
		      bool details);

/* One object with all attributes, also those that were not given; with
 * item->usual also "applies", an object of {"value", "from"}. */
void list_format_jsonl(struct str *out, const struct list_item *item);

#endif
