/* SPDX-License-Identifier: MIT */
/*
 * served_list.h - adapters of programs: the listing that a program makes of
 * itself, and what a worker needs to have a test of it run.
 *
 * Listing runs the program's main() up to its end, with every entry of the
 * framework answering "all is well" at once (ADP-10).
 */
#ifndef SUITE_SERVED_LIST_H
#define SUITE_SERVED_LIST_H

#include "suite/adapter.h"
#include "suite/server.h"

/* The state of an adapter's suite. */
struct served_state {
	const struct server_image *image;
	bool carried; /* a shared object */
	uint64_t symbols[SERVED_SYMBOLS];
	struct served_ref *refs; /* one per test */
	bool unique; /* equal names are refused, not numbered */
};

/* A test's decl: where it is in the program. */
struct served_ref {
	uint32_t entry;
	uint32_t number;
	uint32_t mark; /* of its names */
};

/* An adapter's open(), list(), close(), judge().  An image that can carry
 * takes shared objects, too. */
int served_open(struct adapter_suite *s, const struct server_image *image,
		struct err *err);
int served_list(struct adapter_suite *s, struct err *err);
void served_close(struct adapter_suite *s);
/* Nothing but a test that came back without a failed check passes. */
enum outcome served_judge(const struct adapter_end *end, const char **why);

/* For fuzzing: adds what a listing says.  0 or -errno. */
int served_read(struct adapter_suite *s, const char *bytes, size_t len,
		struct err *err);

#endif
