/* SPDX-License-Identifier: MIT */
/*
 * relayed.h - output of tests as it comes, for people: whole lines behind the
 * test's name, or the bytes as they are.
 *
 * A line has an end when the next one begins, when its test ends, or when it
 * is RELAYED_LINE_MAX long.  Makes text; the caller writes it.
 */
#ifndef REPORT_RELAYED_H
#define REPORT_RELAYED_H

#include "base/str.h"
#include "model/event.h"

#include <stdbool.h>

#define RELAYED_LINE_MAX 4096

enum relay {
	RELAY_NONE,
	RELAY_LINES, /* of all tests, each behind its name */
	RELAY_RAW,   /* of one test at a time, as it is */
};

struct relayed_slot {
	struct str line;  /* has no end yet */
	uint64_t skipped; /* bytes behind it; not told yet */
};

/* Zero-initialised but for `how` = nothing has come. */
struct relayed {
	enum relay how;
	bool in_line; /* the last raw byte was not the end of a line */
	struct relayed_slot *slots;
	size_t n;
};

/* name is that of the test.  With `full` the text is not wanted: nobody reads
 * what there is. */
void relayed_add(struct relayed *r, struct str *out,
		 const struct event_relayed *ev, const char *name, bool full);

/* A line of somebody else is next. */
void relayed_break(struct relayed *r, struct str *out);

void relayed_fini(struct relayed *r);

#endif
