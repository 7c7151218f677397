/* SPDX-License-Identifier: MIT */
/*
 * Lists of programs (suite/program_list.c): any bytes are a suite or one
 * sentence; what is taken has a program, a name that is one word, and a
 * folder.
 *
 * Input: the list.
 */
#include "suite/program_list.h"

#include "base/err.h"
#include "fuzz.h"
#include "suite/programs.h"

#include <string.h>

static void must_be_whole(const struct programs_test *t)
{
	const struct program *p = t->program;

	fuzz_must(p->path && *p->path == '/', "line %u", t->line);
	fuzz_must(p->argv && p->argv[0], "line %u", t->line);
	fuzz_must(p->cwd && *p->cwd == '/', "line %u", t->line);
	fuzz_must(adapter_is_word(t->name), "line %u", t->line);
	fuzz_must(t->line > 0, "no line");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct program_list from = { .file = "f",
					   .folder = "/bin",
					   .scope = "f" };
	struct adapter_suite suite = { 0 };
	struct programs *all = programs_open(&suite);
	struct err err = { 0 };
	uint32_t i;
	int ret = program_list_parse(all, &from, (const char *)data, size,
				     &err);

	fuzz_must((ret == 0) == (err.text[0] == '\0'), "%d '%s'", ret,
		  err.text);
	fuzz_must(!strchr(err.text, '\n'), "'%s'", err.text);
	for (i = 0; ret == 0 && i < all->n; i++)
		must_be_whole(&all->items[i]);
	programs_close(&suite);
	return 0;
}
