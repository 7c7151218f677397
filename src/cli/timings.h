/* SPDX-License-Identifier: MIT */
/*
 * timings.h - the duration history as the options want it: where it is, for
 * which day, and who is told what goes wrong.  Runner only.
 */
#ifndef CLI_TIMINGS_H
#define CLI_TIMINGS_H

#include "cli/cache_dir.h"
#include "record/history.h"

/* For a run of these tests.  The cache's place must live as long. */
struct history *timings_open(const struct options *o,
			     const struct cache_dir *dir,
			     const struct listing *listing, bool wrapped);

/* The same after it; unless it teaches nothing what it took is kept.  crowded:
 * of timings_is_crowded() when it began. */
void timings_close(struct history *h, struct cache_dir *dir, bool teaches,
		   bool crowded);

/* Prints on stderr; what is quiet only with -v. */
struct shelf_teller timings_teller(const struct options *o);

uint16_t timings_today(void);

/* More workers than processors, or a load above them (EST-7)? */
bool timings_is_crowded(uint32_t jobs);

#endif
