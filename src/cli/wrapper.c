/* SPDX-License-Identifier: MIT */
#include "cli/wrapper.h"

#include "base/mem.h"
#include "base/vec.h"
#include "suite/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* memcheck: 16 times in a loop of sums, 60 times in one of malloc(). */
#define VALGRIND_SLOWNESS 30

/* The first word is what a shell would take it for. */
static int wrapper_find(struct words *words, struct err *err)
{
	char *path = program_find(words->items[0], NULL);
	int ret = program_check_file(path, err);

	if (ret < 0) {
		free(path);
		return err_wrap(err, "--wrapper: %.300s", words->items[0]);
	}
	free(words->items[0]);
	words->items[0] = path;
	return 0;
}

int wrapper_open(struct words *words, const char *command, struct err *err)
{
	if (!command)
		return 0;
	if (!words_split(words, command, command + strlen(command)))
		return err_set(err, -EINVAL, "--wrapper: a quote is not "
			       "closed, or there are too many words");
	if (words->n == 0)
		return err_set(err, -EINVAL, "--wrapper: it names no program");
	vec_room(words->items, words->n, words->cap);
	words->items[words->n] = NULL;
	return wrapper_find(words, err);
}

int wrapper_check(const struct listing *listing, const struct plan *selected,
		  struct err *err)
{
	struct stretch at = { 0 };

	while (plan_walk(selected, &at)) {
		const struct test *test = &listing->tests[at.first.test_ix];
		const struct suite *suite = &listing->suites[test->suite_ix];

		if (suite->isolate != ISOLATE_EXEC)
			return err_set(err, -EINVAL, "--wrapper is for tests "
				       "that are programs of their own, and "
				       "%.300s holds many", suite->path);
	}
	return 0;
}

bool wrapper_is_valgrind(const struct words *words)
{
	uint32_t i;

	for (i = 0; i < words->n; i++) {
		const char *base = strrchr(words->items[i], '/');

		if (strcmp(base ? base + 1 : words->items[i], "valgrind") == 0)
			return true;
	}
	return false;
}

double wrapper_slowness(const struct words *words)
{
	return wrapper_is_valgrind(words) ? VALGRIND_SLOWNESS : 1;
}
