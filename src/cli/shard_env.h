/* SPDX-License-Identifier: MIT */
/*
 * shard_env.h - which shard of how many: --shard K/N, else what the variables
 * of whoever starts us say.
 *
 *	SHMRUN_SHARD   TEST_*   GTEST_*			always
 *	CI_NODE_*   SLURM_ARRAY_TASK_*   SLURM_PROCID	with --shard=auto
 *	JOB_COMPLETION_INDEX   OMPI_COMM_WORLD_*   PMI_*
 *
 * The first that is set counts.  Runner only.
 */
#ifndef CLI_SHARD_ENV_H
#define CLI_SHARD_ENV_H

#include "cli/options.h"

typedef char *shard_get_env(const char *name);

/* "2/3".  0, or -EINVAL (no such thing), -ERANGE (not from 1 to N, or N is too
 * large); *shard is written only on success. */
int shard_parse(const char *text, struct shard_wanted *shard);

/* Puts into the options what the variables say, if they count.  0, or -EINVAL
 * with a sentence. */
int shard_env_read(struct options *o, shard_get_env *get_env,
		   struct err *err);

/* Says to a runner of shards that we are one, so that it does not take a whole
 * run for a part of one: by a file that it names.  0 or -errno with a
 * sentence. */
int shard_env_acknowledge(const struct shard_wanted *shard,
			  shard_get_env *get_env, struct err *err);

#endif
