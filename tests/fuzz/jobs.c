/* SPDX-License-Identifier: MIT */
/*
 * How many workers (cli/jobs.c): whatever the environment says (SHMRUN_JOBS,
 * Slurm, Open MPI), the number is within its limits and has its reasons, or
 * there is one sentence.
 *
 * Input: n_cpus, n_online, limits and tests, four bytes each; then
 * "NAME=value", one per line.
 */
#include "cli/jobs.h"

#include "fuzz.h"

#include <errno.h>
#include <string.h>

static char **env;

static char *get_env(const char *name)
{
	size_t len = strlen(name);
	char **at;

	for (at = env; *at; at++)
		if (strncmp(*at, name, len) == 0 && (*at)[len] == '=')
			return *at + len + 1;
	return NULL;
}

static uint32_t count_cores(const char *root)
{
	(void)root;
	return 4;
}

static void try_spec(const struct jobs_spec *spec,
		     const struct jobs_host *host, uint64_t n_tests,
		     uint32_t tokens)
{
	struct err err = { 0 };
	struct jobs jobs;
	int ret = jobs_choose(&jobs, spec, host, &err);
	uint32_t before;

	if (ret < 0) {
		fuzz_must(ret == -EINVAL && *err.text, "%d", ret);
		return;
	}
	jobs_use_tests(&jobs, n_tests);
	fuzz_must(jobs.n >= 1 && jobs.n <= JOBS_MAX, "%u", jobs.n);
	fuzz_must(jobs.n <= max_of(n_tests, 1), "%u", jobs.n);
	fuzz_must(!spec->max || jobs.n <= spec->max, "%u", jobs.n);
	fuzz_must(jobs_threads(&jobs) >= 1, "%u", jobs_threads(&jobs));
	fuzz_must(strstr(jobs.why, ": "), "%s", jobs.why);
	before = jobs.n;
	jobs_use_tokens(&jobs, tokens, true);
	fuzz_must(jobs.n == before, "%u of %u", jobs.n, before);
	jobs_use_tokens(&jobs, tokens, false);
	fuzz_must(jobs.n >= 1 && jobs.n <= before, "%u of %u", jobs.n, before);
	fuzz_must(jobs.n == min_of(before, (uint64_t)tokens + 1), "%u", jobs.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	struct jobs_host host = { .root = "/nonexistent",
				  .get_env = get_env,
				  .count_cores = count_cores };
	struct jobs_spec spec;
	uint32_t n_tests, tokens, n;

	host.n_cpus = fuzz_u32(&in) % JOBS_MAX + 1;
	host.n_online = fuzz_u32(&in);
	host.max_procs = fuzz_u32(&in);
	host.max_fds = fuzz_u32(&in);
	n_tests = fuzz_u32(&in);
	tokens = fuzz_u32(&in) % JOBS_MAX;
	env = fuzz_lines(&in, &n);
	spec.n = tokens + 1;
	spec.kind = spec.n % 6;
	spec.max = n_tests % (JOBS_MAX + 1);
	try_spec(&spec, &host, n_tests ? n_tests : UINT64_MAX, tokens);
	fuzz_free_lines(env);
	return 0;
}
