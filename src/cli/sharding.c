/* SPDX-License-Identifier: MIT */
#include "cli/sharding.h"

#include "sched/sched.h"
#include "sched/shard.h"

#include <errno.h>
#include <inttypes.h>

static enum shard_by sharding_by(const struct options *o)
{
	if (o->shard_by_auto && o->timings)
		return SHARD_BY_DURATION;
	return o->shard_by;
}

static void sharding_tell(const struct options *o, const struct partition *p,
			  uint32_t own, uint32_t all, struct str *told)
{
	str_addf(told, "shard %" PRIu32 "/%" PRIu32, p->number, p->total);
	if (o->shard.from)
		str_addf(told, " (%s)", o->shard.from);
	str_addf(told, ": %" PRIu32 " of %" PRIu32 " test%s, by %s", own, all,
		 all == 1 ? "" : "s", shard_by_names[sharding_by(o)]);
	if (o->verbosity > 0) {
		str_add(told, ", plan ");
		partition_print_id(told, p);
	}
	str_add(told, "\n");
}

/* The units of the mode stay whole. */
static int sharding_cut(const struct sharding *s, const struct plan *selected,
			struct partition *p, struct err *err)
{
	const struct options *o = s->o;
	const struct sched_ops *ops = o->dist ? o->dist : &sched_load;
	const struct units_request rq = {
		.listing = s->costs->listing,
		.selected = selected,
		.costs = s->costs,
		.key = ops->key,
		.blocks = true,
		.sizes = o->locks.items,
		.n_sizes = o->locks.n,
	};
	struct units units;
	int ret = units_gather(&units, &rq, err);

	if (ret == 0)
		shard_cut(&(struct shard_request){ .units = &units,
						   .suite_id = o->suite_id,
						   .by = sharding_by(o) }, p);
	units_fini(&units);
	return ret;
}

int sharding_apply(const struct sharding *s, struct plan *selected,
		   struct partition *p, struct str *told, struct err *err)
{
	const struct options *o = s->o;
	struct plan own;
	int ret;

	if (o->shard.automatic && !o->shard.total)
		str_add(told, "shard auto: no variable says which, and all "
			      "tests are run\n");
	if (!o->shard.total)
		return 0;
	if (sharding_by(o) == SHARD_BY_DURATION && s->no_times)
		return err_set(err, -ENODATA, "the shards are cut by the times "
			       "of %s, which cannot be read", o->timings);
	*p = (struct partition){ .number = o->shard.number,
				 .total = o->shard.total,
				 .n_times = o->repeat };
	ret = sharding_cut(s, selected, p, err);
	if (ret < 0)
		return ret;
	plan_init(&own);
	partition_select(p, &own);
	own.overflow = selected->overflow;
	sharding_tell(o, p, own.n_positions, selected->n_positions, told);
	plan_fini(selected);
	*selected = own;
	return 0;
}
