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
#include "model/listing.h"

#include <stdbool.h>
#include <stdint.h>

/* Instances index .. index + count - 1 of a test. */
struct list_item {
	const struct suite *suite;
	const struct test *test;
	uint32_t index, count;
};

/* "Scope::name", "Scope::name[7]" or "Scope::name[0..99]"; with details also
 * the place and what the attributes say. */
void list_format_text(struct str *out, const struct list_item *item,
		      bool details);

/* One object with all attributes, also those that were not given. */
void list_format_jsonl(struct str *out, const struct list_item *item);

#endif
