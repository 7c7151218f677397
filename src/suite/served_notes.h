/* SPDX-License-Identifier: MIT */
/*
 * served_notes.h - what a program has noted in its page.
 *
 * A test can write anything there: nothing is read beyond the page.
 */
#ifndef SUITE_SERVED_NOTES_H
#define SUITE_SERVED_NOTES_H

#include "suite/served.h"

#include <stdbool.h>

struct served_text {
	struct served_note note;
	char file[4096];
	char text[4096];
};

/* The note at *at, which begins as 0 and is moved on; false = no more. */
bool served_notes_next(const struct served_page *page, uint32_t *at,
		       struct served_text *to);

#endif
