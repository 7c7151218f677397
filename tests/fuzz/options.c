/* SPDX-License-Identifier: MIT */
/*
 * The command line (cli/options.c, option.c, suggest.c): any words give
 * options that keep their promises, or one sentence.
 *
 * Input: one word per line.
 */
#include "cli/options.h"

#include "base/vec.h"
#include "cli/cmd.h"
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Or what stands behind the '=' of one. */
static bool is_word(const char *text, char *const *words, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (text >= words[i] && text <= words[i] + strlen(words[i]))
			return true;
	return false;
}

static void must_hold(const struct options *o, char *const *words, uint32_t n)
{
	uint32_t i;

	fuzz_must(cmd_find(o->command), "%s", o->command);
	fuzz_must(o->isolate < ISOLATE_EXEC && o->backend < N_BACKENDS,
		  "%d %d", o->isolate, o->backend);
	fuzz_must(o->suites.n + o->filters.n <= n, "more texts than words");
	for (i = 0; i < o->suites.n; i++)
		fuzz_must(is_word(o->suites.items[i], words, n), "suite %u", i);
	if (o->jobs.kind != JOBS_AUTO)
		fuzz_must(o->jobs.n >= 1 && o->jobs.n <= JOBS_MAX, "-j %u",
			  o->jobs.n);
	if (!o->help && !o->version)
		fuzz_must((o->suites.n > 0 || !cmd_find(o->command)->needs) &&
				  o->suites.n <= cmd_find(o->command)->max_words,
			  "%s with %u words", o->command, o->suites.n);
}

/* argv[0] in front. */
static char **make_argv(char *const *words, uint32_t n)
{
	static char name[] = "shmrun";
	char **argv = mem_array(n + 2, sizeof(*argv));

	argv[0] = name;
	memcpy(argv + 1, words, n * sizeof(*argv));
	return argv;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	struct err err = { 0 };
	struct options o;
	uint32_t n;
	char **words = fuzz_lines(&in, &n), **argv = make_argv(words, n);
	int ret = options_parse(&o, (int)n + 1, argv, &err);

	if (ret == 0) {
		must_hold(&o, words, n);
		options_fini(&o);
	} else {
		fuzz_must(ret == -EINVAL && err.code == ret, "%d", ret);
		fuzz_must(*err.text, "no sentence");
	}
	free(argv);
	fuzz_free_lines(words);
	return 0;
}
