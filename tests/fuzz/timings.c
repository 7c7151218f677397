/* SPDX-License-Identifier: MIT */
/*
 * Timings as text (record/history_text.c): any bytes are refused with the
 * number of a line, or are books that come out as text that reads as the same,
 * byte for byte; that can be saved; and merging a text with itself changes
 * nothing (FILE-4).
 *
 * Input: the text.
 */
#include "record/history_text.h"

#include "fuzz.h"

#include <string.h>

static void must_be_saved(const struct book *book)
{
	static int fd = -1;
	struct err err = { 0 };
	struct book again;

	fuzz_fill_file(&fd, "", 0);
	fuzz_must(book_write(book, fd) == 0, "it cannot be written");
	fuzz_must(book_read(&again, fd, &err) == 0, "%s", err.text);
	book_fini(&again);
}

static void must_read_again(struct library *library, const struct str *text)
{
	struct err err = { 0 };
	struct str again = STR_INIT;

	fuzz_must(history_text_parse(library, str_get(text), text->len,
				     &err) == 0, "%s", err.text);
	history_text_make(&again, library);
	fuzz_must(again.len == text->len &&
			  memcmp(again.text, text->text, text->len) == 0,
		  "another text: %s", str_get(&again));
	str_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct library library = { 0 }, fresh = { 0 };
	struct str text = STR_INIT;
	struct err err = { 0 };
	uint32_t i;

	if (history_text_parse(&library, (const char *)data, size, &err) < 0) {
		fuzz_must(err.code < 0 && err.text[0], "refused in silence");
		fuzz_must(library.n == 0, "%u books of a bad text", library.n);
		return 0;
	}
	history_text_make(&text, &library);
	for (i = 0; i < library.n; i++)
		must_be_saved(&library.books[i]);
	must_read_again(&fresh, &text);
	must_read_again(&library, &text);
	library_fini(&fresh);
	library_fini(&library);
	str_fini(&text);
	return 0;
}
