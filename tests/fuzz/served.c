/* SPDX-License-Identifier: MIT */
/*
 * What a program says of itself (suite/served.h): its listing, and the notes of
 * a test in its page.  Any bytes are an error with a sentence, or tests whose
 * texts all lie within; no note is read beyond the page: ADP-2.
 *
 * Input: the bytes of both.
 */
#include "suite/served_list.h"

#include "base/mem.h"
#include "fuzz.h"
#include "suite/served_notes.h"

#include <stdlib.h>
#include <string.h>

static int open_nothing(struct adapter_suite *s, struct err *err)
{
	(void)err;
	s->state = mem_zalloc(sizeof(struct served_state));
	return 0;
}

static const uint8_t *input;
static size_t input_size;

static int list_input(struct adapter_suite *s, struct err *err)
{
	return served_read(s, (const char *)input, input_size, err);
}

static const struct adapter_ops ops = { .name = "served",
					.lost = "there are none",
					.programs = true,
					.open = open_nothing,
					.list = list_input,
					.close = served_close };

static void read_listing(void)
{
	struct err err = { 0 };
	struct adapter_suite *s = adapter_open("served", &ops, &err);
	uint32_t i;

	if (!s) {
		fuzz_must(err.code < 0 && *err.text, "no sentence");
		return;
	}
	for (i = 0; i < s->n_tests; i++)
		fuzz_must(adapter_is_word(s->tests[i].name) &&
				  s->tests[i].decl,
			  "test %u", i);
	adapter_free(s);
}

static void read_notes(void)
{
	struct served_page *page = mem_zalloc(sizeof(*page));
	static struct served_text text;
	uint32_t at = 0, before;

	memcpy(page->text, input, min_of(input_size, (size_t)SERVED_TEXT));
	page->attempt.used = input_size > 4 ? *(const uint8_t *)input * 977u
					    : UINT32_MAX;
	for (before = at; served_notes_next(page, &at, &text); before = at)
		fuzz_must(at > before && at <= SERVED_TEXT + 3, "note at %u",
			  at);
	free(page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input = data;
	input_size = size;
	read_listing();
	read_notes();
	return 0;
}
