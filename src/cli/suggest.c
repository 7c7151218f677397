/* SPDX-License-Identifier: MIT */
#include "cli/suggest.h"

#include "base/compiler.h"

#include <string.h>

/* One row of the distance table, from the two rows above it. */
static void suggest_row(const char *a, size_t i, const char *b, size_t n,
			size_t (*rows)[SUGGEST_WORD_MAX + 1])
{
	const size_t *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
	size_t *row = rows[i % 3];
	size_t j;

	row[0] = i;
	for (j = 1; j <= n; j++) {
		size_t differs = a[i - 1] != b[j - 1];
		size_t best = above[j - 1] + differs;

		best = min_of(best, above[j] + 1);
		best = min_of(best, row[j - 1] + 1);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
		    a[i - 2] == b[j - 1])
			best = min_of(best, above2[j - 2] + 1);
		row[j] = best;
	}
}

size_t suggest_distance(const char *a, const char *b)
{
	size_t rows[3][SUGGEST_WORD_MAX + 1];
	size_t m = strnlen(a, SUGGEST_WORD_MAX);
	size_t n = strnlen(b, SUGGEST_WORD_MAX);
	size_t i;

	for (i = 0; i <= n; i++)
		rows[0][i] = i;
	for (i = 1; i <= m; i++)
		suggest_row(a, i, b, n, rows);
	return rows[m % 3][n];
}

void suggest_init(struct suggest *s, const char *word)
{
	/* A third of the word may be wrong: more is another word. */
	*s = (struct suggest){ .word = word,
			       .distance = strlen(word) / 3 + 2 };
}

void suggest_offer(struct suggest *s, const char *name)
{
	size_t distance = suggest_distance(s->word, name);

	if (distance < s->distance) {
		s->distance = distance;
		s->best = name;
	}
}
