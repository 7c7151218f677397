/* SPDX-License-Identifier: MIT */
/*
 * stress.h - how the copies of --stress did: how many failed, and how far apart
 * those of a volley began (NEW-8).
 *
 *	stress: 1000 volleys of 4 copies, begun within 0.4 us of each other
 *	(95 % within 2.1 us)
 *	0 of 4000 copies failed, p(fail) < 0.075 % at 95 % confidence
 *
 * A volley is what stands at one place of all lists (model/plan.h); the tests
 * of one end before the next begins, so one is looked at at a time.  Volleys of
 * which a copy did not begin, or is told late, have no distance.
 * Part of repeats.h; zeros = empty.
 */
#ifndef REPORT_STRESS_H
#define REPORT_STRESS_H

#include "base/str.h"
#include "model/event.h"

struct stress {
	uint32_t copies; /* of a volley; 0 = there are none */
	uint32_t len;	 /* volleys that were planned */
	uint32_t at;	 /* the one that is looked at */
	uint32_t n;	 /* of its copies began */
	uint64_t first_ns, last_ns; /* the first and the last of them */
	uint32_t n_volleys;	    /* that began */
	uint64_t n_copies, n_failed;
	uint32_t *apart_ns; /* of each volley that is whole */
	uint32_t n_apart, cap_apart;
};

void stress_begin(struct stress *s, const struct event_run *run);
void stress_fini(struct stress *s);
void stress_add(struct stress *s, const struct event_test *test);
/* No more come: the rest is known from here on. */
void stress_end(struct stress *s);

/* How far apart the copies of so many percent of the volleys began at most;
 * 0 = not known. */
uint32_t stress_apart_ns(const struct stress *s, uint32_t percent);

/* least: so often a test ran that never failed; 0 = there is none. */
void stress_print(struct str *out, const struct stress *s, bool several,
		  uint32_t least);

#endif
