/* SPDX-License-Identifier: MIT */
/* --shard K/N cuts a selection exactly, into whole units, and everybody cuts
 * it alike (SHARD-1, SHARD-2, RTY-8). */
#include "scene.h"

#include "base/clock.h"
#include "base/mem.h"
#include "sched/shard.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct scene s;
static struct partition cut;

static void begin(void)
{
	scene_init(&s);
	cut = (struct partition){ 0 };
}

static void end(void)
{
	partition_fini(&cut);
	scene_fini(&s);
}

TestSuite(shard, .init = begin, .fini = end);

static void add(const char *name, const char *serial, const char *affinity,
		const char *after)
{
	struct attrs a = attrs_default;

	a.serial = serial;
	a.affinity = affinity;
	a.after = after;
	scene_add(&s, "A", name, &a);
}

/* Units as planning makes them, cut into n. */
static void make(enum unit_key key, enum shard_by by, uint32_t n)
{
	struct units_request units = { .listing = &s.listing,
				       .selected = &s.selected,
				       .costs = &s.costs,
				       .key = key,
				       .blocks = true };

	units_fini(&s.units);
	partition_fini(&cut);
	cr_assert_eq(units_gather(&s.units, &units, &s.err), 0, "%s",
		     s.err.text);
	cut = (struct partition){ .number = 1, .total = n, .n_times = 1 };
	shard_cut(&(struct shard_request){ .units = &s.units, .by = by },
		  &cut);
}

/* The shard of an instance; it has one. */
static uint32_t shard_of(uint32_t test_ix, uint32_t index)
{
	uint32_t found = 0, i;

	for (i = 0; i < cut.n_shares; i++) {
		const struct share *share = &cut.shares[i];

		if (share->test_ix != test_ix || index < share->index ||
		    index - share->index >= share->count)
			continue;
		cr_assert_eq(found, 0, "in two shares");
		found = share->shard;
	}
	cr_assert(found >= 1 && found <= cut.total);
	return found;
}

static uint64_t least(const uint64_t *loads)
{
	uint64_t n = UINT64_MAX;
	uint32_t i;

	for (i = 1; i <= cut.total; i++)
		n = min_of(n, loads[i]);
	return n;
}

static uint64_t most(const uint64_t *loads)
{
	uint64_t n = 0;
	uint32_t i;

	for (i = 1; i <= cut.total; i++)
		n = max_of(n, loads[i]);
	return n;
}

/* Selected by each shard in turn: every instance once. */
static void expect_exact(void)
{
	uint8_t *seen = mem_array(s.selected.n_positions, 1);
	uint64_t sum = 0;
	uint32_t p;

	cr_assert_eq(partition_count(&cut, 0), s.selected.n_positions);
	for (cut.number = 1; cut.number <= cut.total; cut.number++) {
		struct plan own;
		struct stretch at = { 0 };

		plan_init(&own);
		partition_select(&cut, &own);
		cr_expect_eq(own.n_positions,
			     partition_count(&cut, cut.number));
		sum += own.n_positions;
		for (p = 0; plan_walk(&own, &at); p++)
			cr_expect_eq(seen[at.first.test_ix]++, 0);
		plan_fini(&own);
	}
	cr_expect_eq(sum, s.selected.n_positions);
	free(seen);
}

Test(shard, every_test_is_in_one_shard_whatever_n_is_and_however_it_is_cut)
{
	enum shard_by by;
	uint32_t n, i;

	scene_add_many(&s, "A", 100);
	scene_list(&s);
	for (i = 0; i < 60; i++)
		scene_know(&s, i, 1e6 * (1 + i % 7));
	for (by = SHARD_BY_HASH; by < N_SHARD_BY; by++)
		for (n = 1; n <= 130; n += n < 8 ? 1 : 61) {
			make(UNIT_TEST, by, n);
			expect_exact();
		}
}

Test(shard, chains_scopes_and_groups_are_never_cut)
{
	enum shard_by by;
	uint32_t n;

	add("a0", "chain", "", "");
	scene_add_many(&s, "S", 20);
	add("a1", "chain", "", "");
	add("set", "", "db,x", "");
	add("t1", "", "", "db");
	add("up", "", "db", "t");
	add("more", "", "t", "");
	scene_list(&s);
	for (by = SHARD_BY_HASH; by < N_SHARD_BY; by++)
		for (n = 2; n < 12; n++) {
			make(UNIT_TEST, by, n);
			cr_expect_eq(shard_of(0, 0), shard_of(21, 0));
			cr_expect_eq(shard_of(22, 0), shard_of(23, 0));
			cr_expect_eq(shard_of(22, 0), shard_of(24, 0));
			cr_expect_eq(shard_of(24, 0), shard_of(25, 0));
			make(UNIT_SCOPE, by, n);
			cr_expect_eq(shard_of(1, 0), shard_of(20, 0));
		}
}

/* n tests that are known to take so long, cut by that. */
static void make_known(uint32_t n, uint64_t (*ns)(uint32_t i), uint32_t shards)
{
	uint32_t i;

	scene_add_many(&s, "A", n);
	scene_list(&s);
	for (i = 0; i < n; i++)
		scene_know(&s, i, (double)ns(i));
	make(UNIT_TEST, SHARD_BY_DURATION, shards);
}

static uint64_t uneven(uint32_t i)
{
	return UINT64_C(1000000) * (1 + i * i % 997);
}

static uint64_t nothing(uint32_t i)
{
	(void)i;
	return 0;
}

Test(shard, by_duration_no_shard_waits_for_long)
{
	uint64_t loads[9] = { 0 };
	uint32_t i;

	make_known(400, uneven, 8);
	for (i = 0; i < 400; i++)
		loads[shard_of(i, 0)] += uneven(i);
	cr_expect_leq(most(loads), least(loads) / 1000 * 1005);
}

Test(shard, who_is_unknown_takes_as_long_as_the_middle_one)
{
	uint32_t n = 0, i;

	scene_add_many(&s, "A", 6);
	scene_list(&s);
	scene_know(&s, 0, 1e9);
	scene_know(&s, 1, 5e9);
	scene_know(&s, 2, 9e9);
	make(UNIT_TEST, SHARD_BY_DURATION, 2);
	/* 9 + 5 + 1 s, and three times 5. */
	cr_expect_eq(shard_of(2, 0), shard_of(0, 0));
	for (i = 1; i < 6; i++)
		n += shard_of(i, 0) == shard_of(2, 0);
	cr_expect_eq(n, 2);
}

Test(shard, what_takes_no_time_is_spread_all_the_same)
{
	uint64_t loads[5] = { 0 };
	uint32_t i;

	make_known(40, nothing, 4);
	for (i = 0; i < 40; i++)
		loads[shard_of(i, 0)]++;
	cr_expect_eq(least(loads), 10);
}

Test(shard, by_count_all_have_as_many_and_a_range_is_cut)
{
	uint64_t loads[4] = { 0 };
	uint32_t i;

	scene_add_range(&s, "A", "r", 31, NULL);
	scene_add_many(&s, "A", 2);
	scene_list(&s);
	make(UNIT_TEST, SHARD_BY_COUNT, 3);
	for (i = 0; i < 31; i++)
		loads[shard_of(0, i)]++;
	loads[shard_of(1, 0)]++;
	loads[shard_of(2, 0)]++;
	cr_expect_eq(least(loads), 11);
	cr_expect_eq(most(loads), 11);
}

Test(shard, a_range_of_millions_is_few_shares)
{
	scene_add_range(&s, "A", "r", TEST_COUNT_MAX, NULL);
	scene_list(&s);
	make(UNIT_TEST, SHARD_BY_HASH, 3);
	cr_expect_eq(partition_count(&cut, 0), TEST_COUNT_MAX);
	cr_expect_leq(cut.n_shares, COSTS_ROWS_MAX);
	make(UNIT_TEST, SHARD_BY_COUNT, 3);
	cr_expect_leq(partition_count(&cut, 1) - partition_count(&cut, 3),
		      2 * costs_block(TEST_COUNT_MAX));
}

Test(shard, by_hash_a_test_stays_where_it_is_when_others_come)
{
	uint32_t before[30], i;

	scene_add_many(&s, "A", 50);
	scene_list(&s);
	make(UNIT_TEST, SHARD_BY_HASH, 4);
	for (i = 0; i < 30; i++)
		before[i] = shard_of(i, 0);
	s.selected.n_positions = 0;
	s.selected.n_segments = 0;
	for (i = 0; i < 30; i++)
		plan_add(&s.selected, i, 0, 1);
	make(UNIT_TEST, SHARD_BY_HASH, 4);
	for (i = 0; i < 30; i++)
		cr_expect_eq(shard_of(i, 0), before[i]);
}

/* Two suites of one name, named in another order: the same cut. */
static struct plan_id alike(enum shard_by by, const char *first,
			    const char *second, uint32_t *shard)
{
	struct scene kept = s;
	const char *paths[] = { first, second };
	struct plan_id id;
	uint32_t i, k;

	s = (struct scene){ 0 };
	listing_init(&s.listing);
	plan_init(&s.selected);
	plan_init(&s.plan);
	for (i = 0; i < 2; i++) {
		listing_add_suite(&s.listing, paths[i], "native");
		listing_describe_suite(&s.listing, paths[i] + 4, 7, 0);
		scene_add_many(&s, "A", 20);
	}
	scene_list(&s);
	for (i = 0; i < 40; i++)
		scene_know(&s, i, 1e6 * (1 + i % 20 % 3));
	make(UNIT_TEST, by, 3);
	for (i = 0; i < 2; i++)
		for (k = 0; k < 20; k++)
			shard[(paths[i][2] - 'a') * 20u + k] =
				shard_of(i * 20 + k, 0);
	id = cut.id;
	scene_fini(&s);
	s = kept;
	return id;
}

Test(shard, the_order_of_suites_and_their_folders_do_not_matter)
{
	uint32_t one[40], other[40];
	enum shard_by by;

	for (by = SHARD_BY_HASH; by < N_SHARD_BY; by++) {
		struct plan_id a = alike(by, "./a/s.so", "./b/s.so", one);
		struct plan_id b = alike(by, "./b/s.so", "./a/s.so", other);

		cr_expect(a.hi == b.hi && a.lo == b.lo);
		cr_expect_arr_eq(one, other, sizeof(one));
	}
}

Test(shard, the_id_changes_with_all_that_may_change_the_cut)
{
	struct partition first;
	uint32_t i;

	scene_add_many(&s, "A", 10);
	scene_list(&s);
	for (i = 0; i < 10; i++)
		scene_know(&s, i, 1e6);
	make(UNIT_TEST, SHARD_BY_DURATION, 2);
	first = cut;
	cut = (struct partition){ 0 };
	make(UNIT_TEST, SHARD_BY_DURATION, 2);
	cr_expect(partition_is_same(&first, &cut), "again");
	make(UNIT_TEST, SHARD_BY_DURATION, 3);
	cr_expect_neq(first.id.hi, cut.id.hi, "how many");
	make(UNIT_TEST, SHARD_BY_COUNT, 2);
	cr_expect_neq(first.id.hi, cut.id.hi, "by what");
	scene_know(&s, 3, 2e6);
	make(UNIT_TEST, SHARD_BY_DURATION, 2);
	cr_expect_neq(first.id.hi, cut.id.hi, "the times");
	scene_know(&s, 3, 1e6);
	s.listing.suites[0].build_id = 9;
	make(UNIT_TEST, SHARD_BY_DURATION, 2);
	cr_expect_neq(first.id.hi, cut.id.hi, "the build");
	s.listing.suites[0].build_id = 0;
	s.selected.n_positions--;
	make(UNIT_TEST, SHARD_BY_DURATION, 2);
	cr_expect_neq(first.id.hi, cut.id.hi, "what is selected");
	partition_fini(&first);
}
