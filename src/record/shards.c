/* SPDX-License-Identifier: MIT */
#include "record/shards.h"

#include "record/same.h"

#include <errno.h>

/* ---- the first difference ----------------------------------------------- */

static const struct test *shards_test(const struct event_run *run,
				      const struct share *share)
{
	return &run->listing->tests[share->test_ix];
}

/* The first share of one whose test the other does not have; NULL = none. */
static const struct share *shards_find_foreign(const struct event_run *one,
					       const struct event_run *other)
{
	const struct partition *p = one->partition;
	struct same same = { .listing = other->listing };
	const struct share *found = NULL;
	uint32_t i;

	same_add_all(&same);
	for (i = 0; i < p->n_shares && !found; i++)
		if (same_find(&same, one->listing,
			      shards_test(one, &p->shares[i])) == SAME_NONE)
			found = &p->shares[i];
	same_fini(&same);
	return found;
}

/* Of the same tests the first share that is another. */
static const struct share *shards_find_other(const struct event_run *one,
					     const struct event_run *other)
{
	const struct partition *a = one->partition, *b = other->partition;
	uint32_t i;

	for (i = 0; i < a->n_shares && i < b->n_shares; i++)
		if (a->shares[i].index != b->shares[i].index ||
		    a->shares[i].count != b->shares[i].count ||
		    a->shares[i].shard != b->shares[i].shard)
			return &a->shares[i];
	return NULL;
}

static void shards_add_difference(struct str *out,
				  const struct shards_run *one,
				  const struct shards_run *other)
{
	const struct share *s = shards_find_foreign(one->run, other->run);
	const struct shards_run *whose = one, *whose_not = other;

	if (!s) {
		s = shards_find_foreign(other->run, one->run);
		whose = other;
		whose_not = one;
	}
	if (s) {
		str_addf(out, ": %s selects ", whose->path);
		test_print_name(out, shards_test(whose->run, s), s->index);
		str_addf(out, ", and %s does not", whose_not->path);
		return;
	}
	s = shards_find_other(one->run, other->run);
	if (!s) {
		str_add(out, ": the same tests, of another build or by other "
			     "times");
		return;
	}
	str_add(out, ": the first difference is where ");
	test_print_name(out, shards_test(one->run, s), s->index);
	str_add(out, " runs");
}

static void shards_add_one(struct str *out, const struct shards_run *r)
{
	const struct partition *p = r->run->partition;

	str_addf(out, "%s is shard %u/%u of plan ", r->path, p->number,
		 p->total);
	partition_print_id(out, p);
}

/* ---- belonging together -------------------------------------------------- */

static int shards_refuse_whole(const struct shards_run *shard,
			       const struct shards_run *whole,
			       struct err *err)
{
	return err_set(err, -EINVAL, "%s is one of %u shards, and %s is none: "
		       "they are no one run", shard->path,
		       shard->run->partition->total, whole->path);
}

static int shards_refuse(const struct shards_run *one,
			 const struct shards_run *other, struct err *err)
{
	struct str text = STR_INIT;

	shards_add_one(&text, other);
	str_add(&text, ", and ");
	shards_add_one(&text, one);
	if (one->run->partition->total == other->run->partition->total)
		shards_add_difference(&text, one, other);
	err_set(err, -EINVAL, "%s", str_get(&text));
	str_fini(&text);
	return -EINVAL;
}

int shards_check(const struct shards_run *runs, uint32_t n, struct err *err)
{
	const struct partition *first = runs[0].run->partition;
	uint32_t i;

	for (i = 1; i < n; i++) {
		const struct partition *p = runs[i].run->partition;

		if (first && !p)
			return shards_refuse_whole(&runs[0], &runs[i], err);
		if (p && !first)
			return shards_refuse_whole(&runs[i], &runs[0], err);
		if (p && !partition_is_same(first, p))
			return shards_refuse(&runs[0], &runs[i], err);
	}
	return 0;
}
