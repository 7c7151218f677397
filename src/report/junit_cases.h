/* SPDX-License-Identifier: MIT */
/*
 * junit_cases.h - what a JUnit report keeps of the tests until the end: a few
 * bytes each, what they had to say in a file without a name, and counts per
 * suite.
 *
 * Runner memory does not depend on output (OUT-2).  Zeros, and junit_begin();
 * junit_fini() frees it.
 */
#ifndef REPORT_JUNIT_CASES_H
#define REPORT_JUNIT_CASES_H

#include "base/str.h"
#include "report/report.h"

/* With more tests than this those that passed are only counted, unless all are
 * wanted. */
#define JUNIT_PASSED_MAX 100000u

enum junit_class { JUNIT_PASS, JUNIT_FAILURE, JUNIT_ERROR, JUNIT_SKIPPED };
#define N_JUNIT_CLASSES 4

struct junit_case {
	uint32_t position;
	uint32_t suite_ix;
	enum junit_class class;
	uint32_t body_len;
	uint32_t head_len;   /* of it: a failure's attributes and text */
	uint32_t points_len; /* cases of its points, behind the body */
	uint64_t body_at;
	uint64_t duration_ns;
};

/* An attempt that failed and was not the last. */
struct junit_attempt {
	uint32_t position;
	uint32_t number; /* in the order in which they were told */
	uint32_t head_len; /* attributes and text */
	uint32_t output_len;
	uint64_t at;
	bool alone; /* a sentence, behind all else */
};

struct junit_counts {
	uint64_t n[N_JUNIT_CLASSES];
	uint64_t duration_ns;
};

struct junit_cases {
	struct event_run run;
	struct junit_case *items;
	size_t n, cap;
	struct junit_attempt *attempts;
	size_t n_attempts, cap_attempts;
	struct junit_counts *unlisted; /* per suite */
	struct junit_counts *points;   /* likewise */
	uint64_t body_end;
	int body_fd; /* -1 = there is none yet */
	/* A fork has its own from here on; what is before is shared. */
	uint64_t split_at;
	int shared_fd;
	bool lists_passed;
};

void junit_begin(struct junit_cases *cases, const struct event_run *run,
		 enum junit_passed passed);
/* 0, or -errno when its text could not be kept. */
int junit_add(struct junit_cases *cases, const struct event_test *test);
/* The same for an attempt that is not the last of its test. */
int junit_add_retried(struct junit_cases *cases,
		      const struct event_test *test);
/* And of a failed test: how it ended alone. */
int junit_add_rechecked(struct junit_cases *cases,
			const struct event_test *test);
/* And of one that had ended: how it did when its chain ran again. */
int junit_add_rerun(struct junit_cases *cases, const struct event_test *test);
/* By suite, and by position within it. */
void junit_sort(struct junit_cases *cases);
/* Is there anything to say of a case?  The bytes, before they are wrapped. */
uint64_t junit_body_len(const struct junit_cases *cases,
			const struct junit_case *c);
/* Appends it, as XML.  0 or -errno. */
int junit_add_body(const struct junit_cases *cases,
		   const struct junit_case *c, struct str *out);
/* And what its points had, as cases of their own. */
int junit_add_points(const struct junit_cases *cases,
		     const struct junit_case *c, struct str *out);
/* In a fork: what follows is no part of the parent's. */
void junit_split(struct junit_cases *cases);
void junit_fini(struct junit_cases *cases);

void junit_count(struct junit_counts *sum, const struct junit_case *c);

#endif
