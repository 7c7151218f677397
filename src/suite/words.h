/* SPDX-License-Identifier: MIT */
/*
 * words.h - a line cut into words: at blanks; '...', "..." and \ keep them
 * together, nothing is expanded, and # in front of all begins a comment.
 */
#ifndef SUITE_WORDS_H
#define SUITE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

struct words {
	char **items;
	uint32_t n, cap;
};

/* False = a quote is not closed, or there are too many. */
bool words_split(struct words *w, const char *at, const char *end);
/* None; memory is kept. */
void words_clear(struct words *w);
void words_fini(struct words *w);

#endif
