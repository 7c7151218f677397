/* SPDX-License-Identifier: MIT */
/*
 * status.h - the one line of a test: status, time, name, slot.
 *
 *      SIGSEGV [   0.005s] Scope::name (w3)
 *   TRY 1 FAIL [   0.005s] Scope::name (w3)
 *    FLAKY 2/3 [   0.005s] Scope::name (w1)
 *
 * Pure.
 */
#ifndef REPORT_STATUS_H
#define REPORT_STATUS_H

#include "base/str.h"
#include "model/event.h"
#include "report/style.h"

#include <stdbool.h>

/* A right-aligned word in the status column. */
void status_add_word(struct str *out, bool color, enum style style,
		     const char *word);

/* The status of a test in that column: "FAIL", "SIGSEGV", "PASS+LEAK". */
void status_add(struct str *out, bool color, enum outcome outcome, int signo,
		bool leak);

/* " (w3)" */
void status_add_slot(struct str *out, bool color, uint16_t slot);

/* The whole line, with its newline. */
void status_add_line(struct str *out, bool color, const struct event_test *test,
		     const char *name);
/* The same with a word in front: "ALONE PASS". */
void status_add_line_as(struct str *out, bool color, const char *as,
			const struct event_test *test, const char *name);

#endif
