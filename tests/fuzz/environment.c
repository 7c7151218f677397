/* SPDX-License-Identifier: MIT */
/*
 * The tests' environment (cli/environment.c) from any of ours: VAR-2 to
 * VAR-16, and colours (cli/color.c).  What is ours appears once, what would
 * shard or mislead does not, all else comes through in order.
 *
 * Input: the environment, one entry per line.
 */
#include "cli/environment.h"

#include "cli/color.h"
#include "fuzz.h"

#include <string.h>
#include <unistd.h>

/* Entries that shmrun sets or forbids. */
static bool is_held_back(const char *item)
{
	static const char *const names[] = {
		"SHMRUN", "TZ", "GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX",
		"TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX",
		"TEST_PREMATURE_EXIT_FILE",
	};
	size_t len = strcspn(item, "="), i;

	if (strncmp(item, "SHMRUN_", 7) == 0)
		return !ENABLE_POINTS ||
		       strncmp(item, "SHMRUN_POINTS=", 14) != 0;
	for (i = 0; i < array_size(names); i++)
		if (item[len] == '=' && strlen(names[i]) == len &&
		    memcmp(item, names[i], len) == 0)
			return true;
	return false;
}

static uint32_t count_name(char *const *env, const char *name)
{
	size_t len = strlen(name);
	uint32_t n = 0;

	for (; *env; env++)
		n += strncmp(*env, name, len) == 0 && (*env)[len] == '=';
	return n;
}

/* The others, in order; how many entries that were. */
static uint32_t must_pass_on(char *const *outer, char *const *inner)
{
	uint32_t n = 0;

	for (; *outer; outer++) {
		if (is_held_back(*outer))
			continue;
		fuzz_must(inner[n] && strcmp(inner[n], *outer) == 0, "%s",
			  *outer);
		n++;
	}
	return n;
}

static void must_hold(char *const *outer, char *const *inner, bool nested)
{
	static const char *const ours[] = {
		"SHMRUN", "SHMRUN_RUN_ID", "SHMRUN_VERSION", "SHMRUN_ISOLATE",
		"SHMRUN_SLOT", "SHMRUN_GENERATION", "SHMRUN_JOBS", "TZ",
	};
	uint32_t n = must_pass_on(outer, inner), i;
	bool perturb;

	for (i = 0; i < array_size(ours); i++)
		fuzz_must(count_name(inner, ours[i]) == 1, "%s", ours[i]);
	fuzz_must(count_name(inner, "SHMRUN_PARENT_RUN_ID") == nested,
		  "nested %d", nested);
	/* Where there is none. */
	fuzz_must(count_name(inner, "MALLOC_PERTURB_") > 0, "memory");
	perturb = count_name(outer, "MALLOC_PERTURB_") == 0;
	for (; inner[n]; n++)
		if (perturb && strncmp(inner[n], "MALLOC_PERTURB_=", 16) == 0)
			perturb = false;
		else
			fuzz_must(is_held_back(inner[n]), "%s", inner[n]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	char **saved = environ, **inner, id[RUN_ID_CAP];
	struct options o = { 0 };
	struct color_env color;
	uint32_t n;

	environ = fuzz_lines(&in, &n);
	environment_run_id(id);
	fuzz_must(strlen(id) == RUN_ID_CAP - 1, "%s", id);
	o.isolate = (enum isolate)(n % N_ISOLATES);
	inner = environment_make(&o, &(struct environment_args){
						.run_id = id });
	color = color_env_get();
	color_decide(COLOR_AUTO, &color, n % 2);
	color_can_redraw(&color, n % 2);
	must_hold(environ, inner, count_name(environ, "SHMRUN_RUN_ID") > 0);
	environment_free(inner);
	fuzz_free_lines(environ);
	environ = saved;
	return 0;
}
