/* SPDX-License-Identifier: MIT */
/*
 * The command line (cli/options.c, option.c, suggest.c): any words give
 * options that keep their promises, or one sentence.
 *
 * Input: one word per line; "--" is one, too.
 */
#include "cli/options.h"

#include "base/mem.h"
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

/* auto, logical and cores are words. */
static bool has_number(const struct jobs_spec *jobs)
{
	return jobs->kind == JOBS_FIXED || jobs->kind == JOBS_PERCENT ||
	       jobs->kind == JOBS_ALL_BUT;
}

static void must_hold(const struct options *o, char *const *words, uint32_t n)
{
	const struct cmd *cmd = cmd_find(o->command);
	uint32_t i;

	fuzz_must(cmd, "%s", o->command);
	fuzz_must(o->isolate < ISOLATE_EXEC && o->backend < N_BACKENDS,
		  "%d %d", o->isolate, o->backend);
	fuzz_must(o->suites.n + o->filters.n <= n, "more texts than words");
	/* Words behind "--" that are one test are a text of their own. */
	for (i = 0; i < o->suites.n; i++)
		fuzz_must(is_word(o->suites.items[i], words, n) ||
				  o->suites.items[i] == o->driver.path,
			  "suite %u", i);
	if (has_number(&o->jobs))
		fuzz_must(o->jobs.n >= 1 && o->jobs.n <= JOBS_MAX, "-j %u",
			  o->jobs.n);
	/* A replay's recording has its suites. */
	if (!o->help && !o->version)
		fuzz_must((o->suites.n > 0 || o->replay || !cmd->needs) &&
				  o->suites.n <= cmd->max_words,
			  "%s with %u words", o->command, o->suites.n);
}

/* argv[0] in front. */
static char **make_argv(struct fuzz_input *in, uint32_t *n)
{
	char **argv = NULL, *word = mem_strdup("shmrun");
	uint32_t i = 0;
	size_t cap = 0;

	for (;;) {
		vec_room(argv, i, cap);
		argv[i] = word;
		if (!word)
			break;
		i++;
		word = fuzz_line(in);
	}
	*n = i - 1;
	return argv;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	struct err err = { 0 };
	struct options o;
	uint32_t n;
	char **argv = make_argv(&in, &n);
	int ret = options_parse(&o, (int)n + 1, argv, &err);

	if (ret == 0) {
		must_hold(&o, argv + 1, n);
		options_fini(&o);
	} else {
		fuzz_must(ret == -EINVAL && err.code == ret, "%d", ret);
		fuzz_must(*err.text, "no sentence");
	}
	fuzz_free_lines(argv);
	return 0;
}
