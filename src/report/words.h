/* SPDX-License-Identifier: MIT */
/*
 * words.h - what all reports for machines say of a test, in words.  Pure.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "base/str.h"
#include "model/event.h"

#include <stdbool.h>

/* In flight when the run was stopped, as against never started (STATE-9). */
bool words_was_cut(const struct event_test *test);

/* Is it red in a report: failed, or cut. */
bool words_is_bad(const struct event_test *test);

/* "fail", "crash", "interrupted" of one that was cut, ... */
const char *words_state(const struct event_test *test);

/* The first note but for a backtrace; NULL = none. */
const struct note *words_first_note(const struct event_test *test);

/* Why it did not simply pass, in one or a few lines of any bytes: the first
 * note, or how it ended. */
/* "SIGSEGV (SEGV_MAPERR at address 0x10)": what killed a test. */
void words_add_signal(struct str *out, const struct event_test *test);

void words_add_message(struct str *out, const struct event_test *test);

/* The first note that says where; NULL = none. */
const struct note *words_find_place(const struct event_test *test);

/* The name of the test at a position; where each slot runs all tests, with the
 * slot that this one is for: "scope::name (w0)" (EACH-1). */
void words_add_name(struct str *out, const struct event_run *run,
		    uint32_t position);

/* The suite that a test belongs to. */
const char *words_suite(const struct event_run *run,
			const struct event_test *test);

/* Of which slot a position is, where each has its own copy of the tests (each);
 * -1 = of none. */
int words_slot(const struct event_run *run, uint32_t position);

/* What it says that a test which failed ends so alone. */
const char *words_alone(const struct event_test *test);
/* And that one which had ended fails so when its chain is run again. */
const char *words_rerun(const struct event_test *test);

/* "2026-11-22T23:15:00": UTC, of nanoseconds since 1970. */
void words_add_time(struct str *out, uint64_t wall_ns);

#endif
