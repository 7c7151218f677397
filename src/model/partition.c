/* SPDX-License-Identifier: MIT */
#include "model/partition.h"

#include "base/vec.h"

#include <inttypes.h>
#include <stdlib.h>

void partition_fini(struct partition *p)
{
	free(p->shares);
	*p = (struct partition){ 0 };
}

static bool share_goes_on(const struct share *a, const struct share *b)
{
	return a->test_ix == b->test_ix && a->shard == b->shard &&
	       a->index + a->count == b->index;
}

void partition_add(struct partition *p, const struct share *share)
{
	if (p->n_shares > 0 &&
	    share_goes_on(&p->shares[p->n_shares - 1], share)) {
		p->shares[p->n_shares - 1].count += share->count;
		return;
	}
	vec_room(p->shares, p->n_shares, p->cap_shares);
	p->shares[p->n_shares++] = *share;
}

void partition_select(const struct partition *p, struct plan *plan)
{
	uint32_t i;

	for (i = 0; i < p->n_shares; i++)
		if (p->shares[i].shard == p->number)
			plan_add(plan, p->shares[i].test_ix,
				 p->shares[i].index, p->shares[i].count);
}

uint64_t partition_count(const struct partition *p, uint32_t shard)
{
	uint64_t n = 0;
	uint32_t i;

	for (i = 0; i < p->n_shares; i++)
		if (shard == 0 || p->shares[i].shard == shard)
			n += p->shares[i].count;
	return n;
}

void partition_print_id(struct str *out, const struct partition *p)
{
	str_addf(out, "%016" PRIx64 "%016" PRIx64, p->id.hi, p->id.lo);
}

bool partition_is_same(const struct partition *a, const struct partition *b)
{
	return a->total == b->total && a->n_times == b->n_times &&
	       a->id.hi == b->id.hi && a->id.lo == b->id.lo;
}
