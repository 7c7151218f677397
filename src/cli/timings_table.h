/* SPDX-License-Identifier: MIT */
/*
 * timings_table.h - what is known of a suite's times, for people.
 */
#ifndef CLI_TIMINGS_TABLE_H
#define CLI_TIMINGS_TABLE_H

#include "base/str.h"
#include "record/book.h"

/* A head line, and a line for each row: the longest first. */
void timings_table_add(struct str *out, const struct book *book);

#endif
