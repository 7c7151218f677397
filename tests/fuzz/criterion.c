/* SPDX-License-Identifier: MIT */
/*
 * What a program of Criterion prints with --list (suite/criterion_list.h):
 * any bytes are one sentence, or as many tests as its heads promise, each
 * with a filter that means it and none beside it: CRX-5.
 *
 * Input: what it printed.
 */
#include "suite/criterion_list.h"

#include "base/err.h"
#include "base/str.h"
#include "fuzz.h"
#include "suite/programs.h"

#include <stdlib.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static void must_be_name(const char *text)
{
	fuzz_must(*text && text[strspn(text, LETTERS "_0123456789")] == '\0',
		  "'%s'", text);
}

/* A filter is a pattern: in a name nothing may be special. */
static void must_be_whole(const struct programs_test *t)
{
	const struct program *p = t->program;
	struct str filter = STR_INIT;

	must_be_name(t->scope);
	must_be_name(t->name);
	str_addf(&filter, "--filter=%s/%s", t->scope, t->name);
	fuzz_must(strcmp(p->path, "/bin/true") == 0, "%s", p->path);
	fuzz_must(p->argv[0] && p->argv[1] &&
			  strcmp(p->argv[2], str_get(&filter)) == 0,
		  "%s", str_get(&filter));
	fuzz_must(p->protocol == PROGRAM_CRITERION && p->only, "%s",
		  str_get(&filter));
	str_fini(&filter);
}

/* By another way: the numbers of all heads. */
static uint64_t count_promised(const uint8_t *data, size_t size)
{
	const uint8_t *at = data, *end = data + size, *stop;
	uint64_t sum = 0;

	for (; at < end; at = stop + 1) {
		const uint8_t *colon;

		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop)
			stop = end;
		colon = memchr(at, ':', (size_t)(stop - at));
		while (colon && ++colon < stop)
			if (*colon >= '0' && *colon <= '9') {
				sum += strtoull((const char *)colon, NULL, 10);
				break;
			}
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct adapter_suite suite = { 0 };
	struct programs *all = programs_open(&suite);
	struct err err = { 0 };
	char *text = malloc(size + 1);
	uint32_t i;
	int ret;

	fuzz_must(text, "memory");
	if (size)
		memcpy(text, data, size);
	ret = criterion_list_parse(all, "/bin/true", text, size, &err);
	fuzz_must((ret == 0) == (err.text[0] == '\0'), "%d '%s'", ret,
		  err.text);
	for (i = 0; ret == 0 && i < all->n; i++)
		must_be_whole(&all->items[i]);
	fuzz_must(ret < 0 || all->n == count_promised(data, size), "%u tests",
		  all->n);
	free(text);
	programs_close(&suite);
	return 0;
}
