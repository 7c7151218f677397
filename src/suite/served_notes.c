/* SPDX-License-Identifier: MIT */
#include "suite/served_notes.h"

#include "base/compiler.h"

#include <stdio.h>
#include <string.h>

bool served_notes_next(const struct served_page *page, uint32_t *at,
		       struct served_text *to)
{
	/* It may grow meanwhile: once is enough. */
	uint32_t used = min_of(*(const volatile uint32_t *)&page->attempt.used,
			       (uint32_t)SERVED_TEXT);
	const char *texts = page->text + *at + sizeof(to->note);
	uint32_t size;

	if (*at > used || used - *at < sizeof(to->note))
		return false;
	memcpy(&to->note, page->text + *at, sizeof(to->note));
	size = (uint32_t)sizeof(to->note) + to->note.file_len +
	       to->note.text_len;
	/* Room was taken, and nobody lived to fill it. */
	if (to->note.kind == 0 || size > used - *at)
		return false;
	snprintf(to->file, sizeof(to->file), "%.*s", to->note.file_len, texts);
	snprintf(to->text, sizeof(to->text), "%.*s", to->note.text_len,
		 texts + to->note.file_len);
	*at += (size + 3u) & ~3u;
	return true;
}
