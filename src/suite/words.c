/* SPDX-License-Identifier: MIT */
#include "suite/words.h"

#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>

#define WORDS_MAX 4096u

void words_clear(struct words *w)
{
	while (w->n > 0)
		free(w->items[--w->n]);
}

/* Within '...' or "...": up to its end; NULL when there is none. */
static const char *words_quoted(struct str *word, const char *at,
				const char *end)
{
	char quote = *at++;

	while (at < end && *at != quote) {
		if (*at == '\\' && quote == '"' && at + 1 < end &&
		    (at[1] == '"' || at[1] == '\\'))
			at++;
		str_add_char(word, *at++);
	}
	return at < end ? at + 1 : NULL;
}

/* One word, from its first character on; NULL = a quote is not closed. */
static const char *words_one(struct str *word, const char *at, const char *end)
{
	while (at && at < end && *at != ' ' && *at != '\t') {
		if (*at == '\'' || *at == '"') {
			at = words_quoted(word, at, end);
			continue;
		}
		if (*at == '\\' && at + 1 < end)
			at++;
		str_add_char(word, *at++);
	}
	return at;
}

bool words_split(struct words *w, const char *at, const char *end)
{
	struct str word = STR_INIT;

	words_clear(w);
	for (;;) {
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		if (at == end || (*at == '#' && w->n == 0))
			break;
		str_clear(&word);
		at = words_one(&word, at, end);
		if (!at || w->n == WORDS_MAX)
			break;
		vec_room(w->items, w->n, w->cap);
		w->items[w->n++] = mem_strdup(str_get(&word));
	}
	str_fini(&word);
	return at && w->n < WORDS_MAX;
}

void words_fini(struct words *w)
{
	words_clear(w);
	free(w->items);
	*w = (struct words){ 0 };
}
