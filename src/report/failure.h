/* SPDX-License-Identifier: MIT */
/*
 * failure.h - what is printed under the line of one test: its notes, how it
 * ended, and its captured output.
 *
 * Nothing is kept: the text goes out at once, however many tests fail.  Pure, but for
 * links.
 */
#ifndef REPORT_FAILURE_H
#define REPORT_FAILURE_H

#include "base/str.h"
#include "model/event.h"

/* link_host: this machine, for links to the files that are named (link.h); NULL =
 * none. */
void failure_add(struct str *out, const struct event_test *test,
		 const char *link_host);

#endif
