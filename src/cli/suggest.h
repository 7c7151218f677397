/* SPDX-License-Identifier: MIT */
/*
 * suggest.h - "did you mean": the known name nearest to a mistyped one.
 *
 * Pure.  Distance = insertions, deletions, replacements and swaps of
 * neighbours (optimal string alignment).  Any role.
 */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

/* Longer words are compared by their first bytes. */
#define SUGGEST_WORD_MAX 64

size_t suggest_distance(const char *a, const char *b);

/* Offer names one by one; the first of the nearest wins. */
struct suggest {
	const char *word;
	const char *best; /* NULL = nothing near enough */
	size_t distance;
};

void suggest_init(struct suggest *s, const char *word);
void suggest_offer(struct suggest *s, const char *name);

#endif
