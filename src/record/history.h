/* SPDX-License-Identifier: MIT */
/*
 * history.h - the duration history: what earlier runs learnt of the tests of
 * a listing, as costs for the planner; and a sink that learns from this one.
 *
 * A book per suite and profile is read before the run and saved after it
 * (book.h, shelf.h); nothing is opened or written per test (FILE-6).  It is
 * never worth a failed run: what goes wrong is told in a line (FILE-3).
 * Runner only.
 */
#ifndef RECORD_HISTORY_H
#define RECORD_HISTORY_H

#include "model/costs.h"
#include "model/event.h"
#include "record/shelf.h"

#include <stdbool.h>
#include <stdint.h>

struct history_setup {
	const struct listing *listing;
	const char *cache_dir;	/* NULL = none */
	bool cache_wanted;	/* the user named it: failing is worth a line */
	const char *text_file;	/* instead of the cache (FILE-5); NULL = none */
	bool text_write;
	const char *suite_id;	/* instead of each suite's name; NULL = none */
	uint32_t flavour;	/* of the run, beside each suite's */
	bool partial;		/* others run the rest: nothing grows old */
	uint16_t today;		/* days since 1970 */
	struct shelf_teller teller;
};

struct history;

/* Never fails: with nothing to read, all costs are unknown. */
struct history *history_open(const struct history_setup *setup);
void history_close(struct history *h);

/* Was there something to read, and it could not be? */
bool history_is_unreadable(const struct history *h);

/* The planner fills in what the history does not know. */
struct costs *history_costs(struct history *h);

/* Passes all events on to `next`, and learns from them on the way. */
struct sink history_sink(struct history *h, const struct sink *next);

/* After the run.  Crowded: more workers than processors, or a load above
 * them (EST-7). */
void history_save(struct history *h, bool crowded);

/* "x86_64-release-asan": KEY-2. */
char *history_profile(uint32_t flavour);

#endif
