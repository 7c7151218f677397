/* SPDX-License-Identifier: MIT */
#include "cli/option_plan.h"

#include "base/str.h"
#include "base/vec.h"
#include "cli/quantity.h"
#include "cli/option.h"
#include "cli/scheduler.h"
#include "cli/shard_env.h"
#include "cli/suggest.h"
#include "sched/sched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- --dist ---------------------------------------------------------- */

/* With all names there are, and the nearest (SEL-7). */
static int option_refuse_dist(const char *value, struct err *err)
{
	struct str list = STR_INIT;
	struct suggest suggest;
	size_t i;

	suggest_init(&suggest, value);
	suggest_offer(&suggest, "auto");
	str_add(&list, "auto");
	for (i = 0; sched_table[i]; i++) {
		suggest_offer(&suggest, sched_table[i]->name);
		str_addf(&list, ", %s", sched_table[i]->name);
	}
	err_set(err, -EINVAL, "--dist: '%s' is not one of %s%s%s%s", value,
		str_get(&list), suggest.best ? "; did you mean " : "",
		suggest.best ? suggest.best : "", suggest.best ? "?" : "");
	str_fini(&list);
	return -EINVAL;
}

int option_set_dist(struct options *o, const char *value, struct err *err)
{
	o->dist = sched_find(value);
	o->plugin = NULL;
	if (o->dist || strcmp(value, "auto") == 0)
		return 0;
	if (!scheduler_is_plugin(value))
		return option_refuse_dist(value, err);
	o->plugin = value;
	return 0;
}

/* ---- --order --------------------------------------------------------- */

static uint64_t option_any_seed(void)
{
	uint32_t seed = 0;

	/* Whatever it is: it is printed. */
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = 1;
	return seed;
}

static int option_parse_seed(const char *text, uint64_t *seed)
{
	char *end;

	errno = 0;
	*seed = strtoull(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9')
		return -EINVAL;
	return 0;
}

static int option_set_random(struct options *o, const char *seed,
			     struct err *err)
{
	o->order = ORDER_RANDOM;
	if (!*seed) {
		o->seed = option_any_seed();
		return 0;
	}
	if (option_parse_seed(seed + 1, &o->seed) < 0)
		return err_set(err, -EINVAL,
			       "--order: the seed '%s' is not a number",
			       seed + 1);
	return 0;
}

int option_set_order(struct options *o, const char *value, struct err *err)
{
	int i;

	if (strncmp(value, "random", 6) == 0 &&
	    (value[6] == '\0' || value[6] == ':'))
		return option_set_random(o, value + 6, err);
	for (i = ORDER_DEFAULT; order_names[i]; i++)
		if (strcmp(value, order_names[i]) == 0) {
			o->order = (enum order)i;
			return 0;
		}
	return err_set(err, -EINVAL,
		       "--order: '%s' is not one of default, collection, "
		       "history, random[:SEED], failed-first",
		       value);
}

int option_set_loadscope_reorder(struct options *o, const char *value,
				 struct err *err)
{
	(void)value;
	(void)err;
	o->keep_scope_order = false;
	return 0;
}

int option_set_no_loadscope_reorder(struct options *o, const char *value,
				    struct err *err)
{
	(void)value;
	(void)err;
	o->keep_scope_order = true;
	return 0;
}

/* ---- the others ------------------------------------------------------ */

int option_set_memory_pressure(struct options *o, const char *value,
			       struct err *err)
{
	size_t len = strcspn(value, "%");
	char number[8] = "";

	if (strcmp(value, "off") == 0) {
		o->pressure_most = 0;
		return 0;
	}
	if (len < sizeof(number) && strcmp(value + len, "%") == 0)
		memcpy(number, value, len);
	if (quantity_parse_count(number, 1, 100, &o->pressure_most) < 0)
		return err_set(err, -EINVAL,
			       "--memory-pressure: '%s' is neither 1%% to "
			       "100%% nor off",
			       value);
	return 0;
}

int option_set_canary(struct options *o, const char *value, struct err *err)
{
	if (strcmp(value, "off") == 0) {
		o->canaries = 0;
		return 0;
	}
	if (quantity_parse_count(value, 0, JOBS_MAX, &o->canaries) < 0)
		return err_set(err, -EINVAL,
			       "--canary: '%s' is neither a number up to %d "
			       "nor off",
			       value, JOBS_MAX);
	return 0;
}

int option_set_lock_size(struct options *o, const char *value,
			 struct err *err)
{
	const char *equal = strchr(value, '=');
	struct lock lock = { .name = value };

	if (!equal || equal == value ||
	    quantity_parse_count(equal + 1, 1, UINT32_MAX, &lock.units) < 0)
		return err_set(err, -EINVAL,
			       "--lock-size: '%s' is not NAME=N, such as "
			       "ports=16",
			       value);
	lock.name_len = (uint32_t)(equal - value);
	vec_room(o->locks.items, o->locks.n, o->locks.cap);
	o->locks.items[o->locks.n++] = lock;
	return 0;
}

/* ---- --shard --------------------------------------------------------- */

int option_set_shard(struct options *o, const char *value, struct err *err)
{
	int ret;

	if (strcmp(value, "auto") == 0) {
		o->shard = (struct shard_wanted){ .automatic = true };
		return 0;
	}
	ret = shard_parse(value, &o->shard);
	if (ret == -ERANGE)
		return err_set(err, -EINVAL, "--shard: %.64s: shards are "
			       "numbered from 1 to N, and N is at most %u",
			       value, SHARDS_MAX);
	if (ret < 0)
		return err_set(err, -EINVAL, "--shard: '%.64s' is neither K/N, "
			       "such as 2/3, nor auto", value);
	return 0;
}

int option_set_shard_by(struct options *o, const char *value,
			struct err *err)
{
	static const char *const names[] = { "hash", "count", "duration",
					     "auto", NULL };
	int i = option_choose("shard-by", value, names, err);

	if (i < 0)
		return i;
	o->shard_by_auto = i == N_SHARD_BY;
	o->shard_by = o->shard_by_auto ? SHARD_BY_HASH : (enum shard_by)i;
	return 0;
}

/* ---- which and whether ----------------------------------------------- */

int option_set_last_failed(struct options *o, const char *value,
			   struct err *err)
{
	(void)value;
	(void)err;
	o->last_failed = true;
	return 0;
}

int option_set_dry_run(struct options *o, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	o->dry_run = true;
	return 0;
}

int option_set_explain(struct options *o, const char *value, struct err *err)
{
	(void)err;
	o->explain = value;
	return 0;
}
