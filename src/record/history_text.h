/* SPDX-License-Identifier: MIT */
/*
 * history_text.h - books as text: a line for each row, sorted, fit to be
 * committed or to be passed between jobs (FILE-4).
 *
 *	# shmrun timings 2
 *	SUITE PROFILE KIND NAME EST DEV RUNS LAST SEEN PASSED MISSED FILE FLAGS
 *	PEAK
 *
 * all on one line.  Times are nanoseconds, days are YYYY-MM-DD or "-", the
 * peak of memory is in KiB, and 0 where it is not there, as in what version 1
 * wrote; a byte that would break a line or a word is %XX.  Empty lines and those that begin with # mean
 * nothing.  Pure; runner only.
 */
#ifndef RECORD_HISTORY_TEXT_H
#define RECORD_HISTORY_TEXT_H

#include "base/err.h"
#include "base/str.h"
#include "record/library.h"

/* Merges what it says into the library; 0, or -EINVAL with the number of the
 * line, and nothing is merged. */
int history_text_parse(struct library *library, const char *text, size_t len,
		       struct err *err);

/* Appends all of it, sorted; the library is sorted too. */
void history_text_make(struct str *out, struct library *library);

/* A row's name as it is printed: "scope::name[3]". */
void history_text_name(struct str *out, const struct book *book,
		       const struct book_row *row);
/* "2026-11-22", or "-" for 0. */
void history_text_day(struct str *out, uint16_t day);
const char *history_text_kind(enum book_kind kind);

#endif
