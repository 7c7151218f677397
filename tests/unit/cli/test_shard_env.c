/* SPDX-License-Identifier: MIT */
/* Who says which shard we are: SHARD-1, and the order of section 4.1 of the
 * rules of shards. */
#include "cli/shard_env.h"

#include "base/compiler.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

/* "NAME=VALUE NAME=VALUE" */
static const char *environment;
static char value[64];

static char *get_env(const char *name)
{
	size_t len = strlen(name);
	const char *at = environment;

	while ((at = strstr(at, name))) {
		if ((at == environment || at[-1] == ' ') && at[len] == '=') {
			at += len + 1;
			len = strcspn(at, " ");
			memcpy(value, at, len);
			value[len] = '\0';
			return value;
		}
		at += len;
	}
	return NULL;
}

static int read_env(struct options *o, const char *text)
{
	struct err err = { 0 };

	environment = text;
	return shard_env_read(o, get_env, &err);
}

static void expect(const char *option, const char *text, uint32_t number,
		   uint32_t total)
{
	struct options o = { 0 };
	struct err err = { 0 };

	if (option && strcmp(option, "auto") != 0)
		cr_assert_eq(shard_parse(option, &o.shard), 0);
	else
		o.shard.automatic = option != NULL;
	environment = text;
	cr_expect_eq(shard_env_read(&o, get_env, &err), 0, "%s: %s", text,
		     err.text);
	cr_expect_eq(o.shard.number, number, "%s: %u/%u", text,
		     o.shard.number, o.shard.total);
	cr_expect_eq(o.shard.total, total, "%s: %u/%u", text, o.shard.number,
		     o.shard.total);
}

Test(shard_env, what_is_given_counts_before_all_variables)
{
	expect("2/3", "SHMRUN_SHARD=1/9 TEST_TOTAL_SHARDS=4 "
		      "TEST_SHARD_INDEX=0", 2, 3);
}

Test(shard_env, some_variables_count_without_an_option)
{
	expect(NULL, "", 0, 0);
	expect(NULL, "SHMRUN_SHARD=2/5 TEST_TOTAL_SHARDS=4 "
		     "TEST_SHARD_INDEX=0", 2, 5);
	expect(NULL, "TEST_TOTAL_SHARDS=4 TEST_SHARD_INDEX=0 "
		     "GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX=2", 1, 4);
	expect(NULL, "GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX=2", 3, 3);
	expect("auto", "GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX=2 "
		       "CI_NODE_TOTAL=2 CI_NODE_INDEX=1", 3, 3);
}

Test(shard_env, the_others_count_only_when_that_is_asked_for)
{
	static const char *const all[] = {
		"CI_NODE_INDEX=2 CI_NODE_TOTAL=4",
		("SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_COUNT=4 "
		 "SLURM_ARRAY_TASK_MIN=7 SLURM_ARRAY_TASK_MAX=10"),
		"SLURM_PROCID=1 SLURM_NTASKS=4",
		"JOB_COMPLETION_INDEX=1 SHMRUN_SHARDS=4",
		"OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4",
		"PMI_RANK=1 PMI_SIZE=4",
	};
	size_t i;

	for (i = 0; i < array_size(all); i++) {
		expect("auto", all[i], 2, 4);
		expect(NULL, all[i], 0, 0);
	}
	expect("auto", "PMI_RANK=1 PMI_SIZE=4 CI_NODE_INDEX=3 "
		       "CI_NODE_TOTAL=3", 3, 3);
	expect("auto", "CI_NODE_TOTAL=1 SLURM_NTASKS=8", 0, 0);
}

Test(shard_env, an_array_of_jobs_may_go_by_steps_but_has_no_gaps)
{
	struct options o = { .shard.automatic = true };

	expect("auto", "SLURM_ARRAY_TASK_ID=13 SLURM_ARRAY_TASK_COUNT=4 "
		       "SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_MAX=20 "
		       "SLURM_ARRAY_TASK_STEP=3", 2, 4);
	cr_expect_eq(read_env(&o, "SLURM_ARRAY_TASK_ID=1 "
				  "SLURM_ARRAY_TASK_COUNT=3 "
				  "SLURM_ARRAY_TASK_MIN=1 "
				  "SLURM_ARRAY_TASK_MAX=9"), -EINVAL);
	cr_expect_eq(o.shard.total, 0);
}

Test(shard_env, what_cannot_be_is_refused)
{
	static const char *const wrong[] = {
		"SHMRUN_SHARD=0/3", "SHMRUN_SHARD=4/3", "SHMRUN_SHARD=x",
		"TEST_TOTAL_SHARDS=3 TEST_SHARD_INDEX=3",
		"TEST_TOTAL_SHARDS=0 TEST_SHARD_INDEX=0",
		"TEST_TOTAL_SHARDS=3", "TEST_SHARD_INDEX=0",
		"GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX=-1",
		"CI_NODE_INDEX=0 CI_NODE_TOTAL=3",
		"JOB_COMPLETION_INDEX=0",
	};
	size_t i;

	for (i = 0; i < array_size(wrong); i++) {
		struct options o = { .shard.automatic = true };

		cr_expect_eq(read_env(&o, wrong[i]), -EINVAL, "%s", wrong[i]);
	}
}

/* VAR-5 tells a test where it runs, not what a run inside of it is to do. */
Test(shard_env, what_our_run_tells_its_tests_cuts_no_run_inside_of_one)
{
	expect(NULL, "SHMRUN_SHARD=2/5 SHMRUN_RUN_ID=u", 0, 0);
	expect("auto", "SHMRUN_SHARD=2/5 SHMRUN_RUN_ID=u PMI_RANK=1 "
		       "PMI_SIZE=4", 2, 4);
	expect("1/2", "SHMRUN_SHARD=2/5 SHMRUN_RUN_ID=u", 1, 2);
}

Test(shard_env, one_test_for_a_debugger_is_not_cut)
{
	struct options o = { .gdb = "a::b" };

	cr_expect_eq(read_env(&o, "SHMRUN_SHARD=2/5"), 0);
	cr_expect_eq(o.shard.total, 0);
	o = (struct options){ .replay = "last:w0" };
	cr_expect_eq(read_env(&o, "TEST_TOTAL_SHARDS=3"), 0);
	cr_expect_eq(o.shard.total, 0);
}
