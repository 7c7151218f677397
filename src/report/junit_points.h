/* SPDX-License-Identifier: MIT */
/*
 * junit_points.h - the points of a TAP program as JUnit test cases, behind
 * that of the program.  Pure.
 */
#ifndef REPORT_JUNIT_POINTS_H
#define REPORT_JUNIT_POINTS_H

#include "base/str.h"
#include "model/event.h"

struct junit_counts;

/* Appends a case for each; name is that of the test.  Adds them to *sum. */
void junit_make_points(struct str *out, const struct event_test *test,
		       const char *suite, const char *name,
		       struct junit_counts *sum);

#endif
