/* SPDX-License-Identifier: MIT */
#include "cli/shard_env.h"

#include "base/compiler.h"
#include "cli/quantity.h"
#include "model/partition.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct shard_source {
	const char *number, *total; /* variables */
	const char *status; /* of a file that wants to be made; or NULL */
	uint32_t first;	    /* number of the first shard */
	bool always;	    /* not only with --shard=auto */
};

static const struct shard_source shard_sources[] = {
	{ "TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS",
	  "TEST_SHARD_STATUS_FILE", 0, true },
	{ "GTEST_SHARD_INDEX", "GTEST_TOTAL_SHARDS",
	  "GTEST_SHARD_STATUS_FILE", 0, true },
	{ "CI_NODE_INDEX", "CI_NODE_TOTAL", NULL, 1, false },
	{ "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", NULL, 0, false },
	{ "SLURM_PROCID", "SLURM_NTASKS", NULL, 0, false },
	{ "JOB_COMPLETION_INDEX", "SHMRUN_SHARDS", NULL, 0, false },
	{ "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", NULL, 0, false },
	{ "PMI_RANK", "PMI_SIZE", NULL, 0, false },
};

int shard_parse(const char *text, struct shard_wanted *shard)
{
	const char *slash = strchr(text, '/');
	struct shard_wanted got = { 0 };
	char number[16] = "";
	int ret;

	if (!slash || (size_t)(slash - text) >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, (size_t)(slash - text));
	ret = quantity_parse_count(slash + 1, 1, SHARDS_MAX, &got.total);
	if (ret == -EINVAL)
		return ret;
	if (ret == -ERANGE)
		got.total = 1;
	if (quantity_parse_count(number, 1, got.total, &got.number) == -EINVAL)
		return -EINVAL;
	if (ret < 0 || got.number == 0)
		return -ERANGE;
	*shard = got;
	return 0;
}

static const char *shard_env(shard_get_env *get_env, const char *name)
{
	const char *value = get_env(name);

	return value && *value ? value : NULL;
}

/* A number that must be right: a wrong one would lose tests. */
static int shard_count(shard_get_env *get_env, const char *name, uint32_t lo,
		       uint32_t hi, uint32_t *n, struct err *err)
{
	const char *value = shard_env(get_env, name);

	if (quantity_parse_count(value ? value : "", lo, hi, n) < 0)
		return err_set(err, -EINVAL, "%s: '%.64s' is not a number "
			       "from %u to %u", name, value ? value : "", lo,
			       hi);
	return 0;
}

/* Of an array of jobs the numbers begin anywhere and go by steps; one with
 * gaps has no N. */
static int shard_env_slurm(shard_get_env *get_env, struct shard_wanted *got,
			   struct err *err)
{
	const char *step = "SLURM_ARRAY_TASK_STEP";
	uint32_t lo, hi, at, by = 1;

	if (shard_count(get_env, "SLURM_ARRAY_TASK_MIN", 0, INT32_MAX, &lo,
			err) < 0 ||
	    shard_count(get_env, "SLURM_ARRAY_TASK_MAX", lo, INT32_MAX, &hi,
			err) < 0 ||
	    shard_count(get_env, "SLURM_ARRAY_TASK_ID", lo, hi, &at, err) < 0)
		return err->code;
	if (shard_env(get_env, step) &&
	    shard_count(get_env, step, 1, INT32_MAX, &by, err) < 0)
		return err->code;
	if ((hi - lo) / by + 1 != got->total || (at - lo) % by)
		return err_set(err, -EINVAL, "--shard=auto: an array of %u "
			       "jobs, numbered %u to %u, has gaps: give "
			       "--shard=K/N", got->total, lo, hi);
	got->number = (at - lo) / by + 1;
	return 0;
}

static int shard_env_take(const struct shard_source *s,
			  shard_get_env *get_env, struct shard_wanted *got,
			  struct err *err)
{
	uint32_t at;

	if (!shard_env(get_env, s->total))
		return err_set(err, -EINVAL, "%s is set, and %s is not: of "
			       "how many?", s->number, s->total);
	if (!shard_env(get_env, s->number))
		return err_set(err, -EINVAL, "%s is set, and %s is not: "
			       "which of them?", s->total, s->number);
	if (shard_count(get_env, s->total, 1, SHARDS_MAX, &got->total,
			err) < 0)
		return err->code;
	if (strcmp(s->number, "SLURM_ARRAY_TASK_ID") == 0 &&
	    shard_env(get_env, "SLURM_ARRAY_TASK_MIN"))
		return shard_env_slurm(get_env, got, err);
	if (shard_count(get_env, s->number, s->first,
			s->first + got->total - 1, &at, err) < 0)
		return err->code;
	got->number = at - s->first + 1;
	return 0;
}

/* What a run tells its tests is theirs to know, not what a run inside of one
 * is to do (VAR-5). */
static bool shard_env_is_ours(shard_get_env *get_env)
{
	return shard_env(get_env, "SHMRUN_RUN_ID");
}

static int shard_env_own(const char *value, struct shard_wanted *got,
			 struct err *err)
{
	if (shard_parse(value, got) < 0)
		return err_set(err, -EINVAL, "SHMRUN_SHARD: '%.64s' is not K/N "
			       "with K from 1 to N, and N up to %u", value,
			       SHARDS_MAX);
	got->from = "SHMRUN_SHARD";
	return 0;
}

/* Where one variable of two is set, somebody meant something; but many runners
 * of jobs tell how many there are even of one. */
static bool shard_env_has(const struct shard_source *s,
			  shard_get_env *get_env)
{
	return shard_env(get_env, s->number) ||
	       (s->always && shard_env(get_env, s->total));
}

int shard_env_read(struct options *o, shard_get_env *get_env, struct err *err)
{
	struct shard_wanted got = { .automatic = o->shard.automatic };
	const char *own = shard_env(get_env, "SHMRUN_SHARD");
	size_t i;
	int ret;

	/* One test for a debugger, or what a recording says. */
	if (o->replay || o->gdb) {
		o->shard = (struct shard_wanted){ 0 };
		return 0;
	}
	if (o->shard.total)
		return 0;
	if (own && !shard_env_is_ours(get_env)) {
		ret = shard_env_own(own, &got, err);
		o->shard = ret < 0 ? o->shard : got;
		return ret;
	}
	for (i = 0; i < array_size(shard_sources); i++) {
		const struct shard_source *s = &shard_sources[i];

		if ((!s->always && !o->shard.automatic) ||
		    !shard_env_has(s, get_env))
			continue;
		got.from = s->number;
		got.status = s->status;
		ret = shard_env_take(s, get_env, &got, err);
		o->shard = ret < 0 ? o->shard : got;
		return ret;
	}
	return 0;
}

int shard_env_acknowledge(const struct shard_wanted *shard,
			  shard_get_env *get_env, struct err *err)
{
	const char *path = shard->status ? shard_env(get_env, shard->status)
					 : NULL;
	int fd;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_sys(err, -errno, "cannot make %s, which %s names",
			       path, shard->status);
	close(fd);
	return 0;
}
