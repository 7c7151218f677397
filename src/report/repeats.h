/* SPDX-License-Identifier: MIT */
/*
 * repeats.h - how each test did that ran several times (RTY-3): tests are
 * counted by what came of all their times, beside the times (ACC-5).
 *
 *	unstable:
 *	         1/3 scope::name
 *	of 10 tests, each 3 times: 8 passed always, 1 failed always, 1 unstable
 *	p(fail) of each that passed always: < 63 %, at 95 % confidence
 *
 * The number of times a test failed, and ran.  Nothing where tests run once.
 * The bound is that of n times without a failure, 1 - 0.05^(1/n) (NEW-8), n
 * the least of these tests; a time that passed when it was run again has
 * failed.
 * For reports; zeros = empty, the owner calls repeats_fini().
 */
#ifndef REPORT_REPEATS_H
#define REPORT_REPEATS_H

#include "base/str.h"
#include "model/event.h"
#include "report/stress.h"

#define REPEATS_SHOWN_MAX 20

struct repeats {
	const struct event_run *run; /* NULL = nothing is repeated */
	uint64_t *first; /* per listed test: the row of its instance 0 */
	struct repeats_row {
		uint32_t n_passed, n_failed;
		uint32_t n_clean; /* passed at the first attempt */
	} *rows;
	uint64_t n_rows;
	struct stress stress; /* stress.h */
};

/* run stays the caller's, until the end. */
void repeats_begin(struct repeats *r, const struct event_run *run);
void repeats_fini(struct repeats *r);
/* A test that has ended; only where tests are repeated. */
void repeats_add(struct repeats *r, const struct event_test *test);

/* What no test that passed n times fails more often than, with 95 percent
 * confidence; n > 0. */
double repeats_bound(uint32_t n);

/* The least number of times of a test that never failed; 0 = there is none. */
uint32_t repeats_least(const struct repeats *r);

/* No more come. */
void repeats_end(struct repeats *r);
void repeats_print(struct str *out, bool color, const struct repeats *r);

/* The unstable tests one by one: false when there is no more.  All zero before
 * the first. */
struct unstable {
	uint64_t next; /* row */
	uint32_t test_ix, index;
	uint32_t n_failed, n_times;
};
bool repeats_next(const struct repeats *r, struct unstable *u);

#endif
