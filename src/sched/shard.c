/* SPDX-License-Identifier: MIT */
#include "sched/shard.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "sched/keys.h"
#include "sched/radix.h"

#include <stdlib.h>
#include <string.h>

/* Another way to cut makes other ids. */
#define SHARD_VERSION 1u
/* What is said of a test's time is not believed beyond that: 11 days. */
#define TIME_MAX_NS 1e15f

const char *const shard_by_names[] = { "hash", "count", "duration", NULL };

/* What is not cut: a unit, and all that must be where it is. */
struct lump {
	uint64_t key;  /* the least of its tests' */
	uint64_t load; /* of all of them */
	uint32_t shard;
};

struct cutter {
	const struct shard_request *rq;
	const struct units *u;
	struct partition *p;
	uint64_t *suites; /* their keys */
	/* Of each entry of the units: */
	uint64_t *keys;
	struct radix_key *room, *spare; /* to sort in */
	const struct radix_key *sorted; /* by key; one of them */
	uint64_t *loads;   /* of one test of it; 0 = by hash */
	uint32_t *parents; /* of a forest: its roots are lumps */
	uint32_t *lump_of; /* of a root */
	struct lump *lumps; /* by key */
	uint32_t n_lumps;
};

/* ---- keys (KEY-1) ------------------------------------------------------ */

static void cutter_key_suites(struct cutter *c)
{
	const struct listing *l = c->u->listing;
	uint32_t i;

	c->suites = mem_array((size_t)l->n_suites + 1, sizeof(*c->suites));
	for (i = 0; i < l->n_suites; i++) {
		const char *name = c->rq->suite_id ? c->rq->suite_id
						   : l->suites[i].name;

		c->suites[i] = id_bytes(name, strlen(name));
	}
}

/* Of a large range a block has one, wherever the selection begins in it. */
static uint64_t cutter_key(const struct cutter *c, const struct unit *unit)
{
	const struct test *t = &c->u->listing->tests[unit->test_ix];
	uint32_t block = unit->index / costs_block(t->count);
	uint64_t key = id_test(c->suites[t->suite_ix], t->name,
			       strlen(t->name));

	return t->count == 1 ? key : id_test(key, (const char *)&block,
					     sizeof(block));
}

static void cutter_sort(struct cutter *c)
{
	uint32_t n = c->u->n, i;

	c->keys = mem_array((size_t)n + 1, sizeof(*c->keys));
	c->room = mem_array((size_t)n + 1, sizeof(*c->room));
	c->spare = mem_array((size_t)n + 1, sizeof(*c->spare));
	for (i = 0; i < n; i++) {
		c->keys[i] = cutter_key(c, &c->u->items[i]);
		c->room[i] = (struct radix_key){ c->keys[i], i };
	}
	c->sorted = n ? radix_sort(c->room, c->spare, n) : c->room;
}

/* ---- what stays together ------------------------------------------------ */

static uint32_t cutter_root(struct cutter *c, uint32_t entry)
{
	while (c->parents[entry] != entry) {
		c->parents[entry] = c->parents[c->parents[entry]];
		entry = c->parents[entry];
	}
	return entry;
}

static void cutter_tie(struct cutter *c, uint32_t a, uint32_t b)
{
	c->parents[cutter_root(c, b)] = cutter_root(c, a);
}

static void cutter_join_bound(struct cutter *c)
{
	uint32_t i;

	for (i = 0; i < c->u->n; i++)
		if (c->u->items[i].next)
			cutter_tie(c, i, c->u->items[i].next);
}

static uint64_t cutter_group_key(const char *name, size_t len)
{
	return keys_hash(KEY_NAME, 0, name, len);
}

/* An entry, with those that named the group before. */
static void cutter_join_group(struct cutter *c, const struct keys *groups,
			      uint32_t *first, const struct unit_name *name,
			      uint32_t entry)
{
	uint32_t group = keys_find(groups, cutter_group_key(name->text,
							    name->len));

	if (group == KEYS_NONE)
		return;
	if (first[group] == UINT32_MAX)
		first[group] = entry;
	cutter_tie(c, first[group], entry);
}

/* Who waits for a group, with all of the group: elsewhere nobody would know
 * whether it has passed. */
static void cutter_join_groups(struct cutter *c)
{
	const struct units *u = c->u;
	uint32_t *first = mem_array((size_t)u->n_groups + 1, sizeof(*first));
	struct keys groups = { 0 };
	uint32_t i;

	memset(first, 0xff, u->n_groups * sizeof(*first));
	for (i = 0; i < u->n_groups; i++)
		keys_add(&groups, cutter_group_key(u->groups[i].name,
						   strlen(u->groups[i].name)));
	for (i = 0; i < u->n; i++) {
		const struct attrs *a =
			u->listing->tests[u->items[i].test_ix].attrs;
		struct unit_name name = { a->after, strlen(a->after) };
		const char *list = a->affinity;

		cutter_join_group(c, &groups, first, &name, i);
		while (units_next_name(&list, &name))
			cutter_join_group(c, &groups, first, &name, i);
	}
	free(first);
	keys_fini(&groups);
}

/* Two suites of one name may have tests of one name: nothing says which of
 * them is first, so they go together. */
static void cutter_join_alike(struct cutter *c)
{
	uint32_t i;

	for (i = 1; i < c->u->n; i++)
		if (c->sorted[i - 1].key == c->sorted[i].key)
			cutter_tie(c, c->sorted[i - 1].entry,
				    c->sorted[i].entry);
}

static void cutter_join(struct cutter *c)
{
	uint32_t i;

	c->parents = mem_array((size_t)c->u->n + 1, sizeof(*c->parents));
	for (i = 0; i < c->u->n; i++)
		c->parents[i] = i;
	cutter_join_bound(c);
	if (c->u->n_groups)
		cutter_join_groups(c);
	cutter_join_alike(c);
}

/* ---- how long it takes -------------------------------------------------- */

/* What all shards know alike, as a whole number: what was measured, else what
 * the author says; 0 = nothing. */
static uint64_t cutter_known(const struct cost *row)
{
	if (!row->known && row->source != COST_ATTRIBUTE)
		return 0;
	return max_of((uint64_t)min_of(row->est_ns, TIME_MAX_NS), UINT64_C(1));
}

static uint64_t cutter_time(const struct cutter *c, const struct unit *unit)
{
	const struct costs *costs = c->u->costs;

	return cutter_known(&costs->rows[costs_row(costs, unit->test_ix,
						   unit->index)]);
}

/* Of those that are known, the middle one. */
static uint64_t cutter_median(const struct cutter *c)
{
	size_t cap = (size_t)c->u->n + 1;
	struct radix_key *known = mem_array(cap, sizeof(*known));
	struct radix_key *spare = mem_array(cap, sizeof(*spare));
	uint64_t median = 1;
	uint32_t n = 0, i;

	for (i = 0; i < c->u->n; i++)
		if (c->loads[i])
			known[n++].key = c->loads[i];
	if (n)
		median = radix_sort(known, spare, n)[(n - 1) / 2].key;
	free(known);
	free(spare);
	return median;
}

static void cutter_weigh(struct cutter *c)
{
	uint64_t median;
	uint32_t i;

	c->loads = mem_array((size_t)c->u->n + 1, sizeof(*c->loads));
	if (c->rq->by == SHARD_BY_HASH)
		return;
	for (i = 0; i < c->u->n; i++)
		c->loads[i] = c->rq->by == SHARD_BY_COUNT
				      ? 1 : cutter_time(c, &c->u->items[i]);
	median = cutter_median(c);
	for (i = 0; i < c->u->n; i++)
		if (!c->loads[i])
			c->loads[i] = median;
}

/* ---- lumps -------------------------------------------------------------- */

/* In the order of keys: what a lump begins with is its least. */
static void cutter_lump(struct cutter *c)
{
	uint32_t i;

	c->lump_of = mem_alloc(((size_t)c->u->n + 1) * sizeof(*c->lump_of));
	c->lumps = mem_array((size_t)c->u->n + 1, sizeof(*c->lumps));
	memset(c->lump_of, 0xff, c->u->n * sizeof(*c->lump_of));
	for (i = 0; i < c->u->n; i++) {
		uint32_t entry = c->sorted[i].entry;
		uint32_t *lump = &c->lump_of[cutter_root(c, entry)];

		if (*lump == UINT32_MAX) {
			*lump = c->n_lumps++;
			c->lumps[*lump].key = c->sorted[i].key;
		}
		c->lumps[*lump].load +=
			c->loads[entry] * c->u->items[entry].count;
	}
}

/* ---- who runs what ------------------------------------------------------ */

static void cutter_hash(struct cutter *c)
{
	uint32_t i;

	for (i = 0; i < c->n_lumps; i++)
		c->lumps[i].shard =
			(uint32_t)(c->lumps[i].key % c->p->total) + 1;
}

struct shard_load {
	uint64_t load;
	uint32_t shard;
};

static bool shard_load_is_less(const struct shard_load *a,
			       const struct shard_load *b)
{
	return a->load != b->load ? a->load < b->load : a->shard < b->shard;
}

/* The top of a heap has got more. */
static void shard_load_sink(struct shard_load *heap, uint32_t n)
{
	struct shard_load top = heap[0];
	uint32_t at = 0, child;

	while ((child = 2 * at + 1) < n) {
		if (child + 1 < n &&
		    shard_load_is_less(&heap[child + 1], &heap[child]))
			child++;
		if (!shard_load_is_less(&heap[child], &top))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = top;
}

/* Each to who has least so far. */
static void cutter_deal(struct cutter *c, const struct radix_key *sorted)
{
	uint32_t n = c->p->total, i;
	struct shard_load *heap = mem_array(n, sizeof(*heap));

	for (i = 0; i < n; i++)
		heap[i] = (struct shard_load){ .shard = i + 1 };
	for (i = 0; i < c->n_lumps; i++) {
		struct lump *lump = &c->lumps[sorted[i].entry];

		lump->shard = heap[0].shard;
		heap[0].load += lump->load;
		shard_load_sink(heap, n);
	}
	free(heap);
}

/* The longest first; ties stay in the order of their keys. */
static void cutter_level(struct cutter *c)
{
	uint32_t i;

	for (i = 0; i < c->n_lumps; i++)
		c->room[i] = (struct radix_key){ ~c->lumps[i].load, i };
	if (c->n_lumps)
		cutter_deal(c, radix_sort(c->room, c->spare, c->n_lumps));
}

static uint32_t cutter_shard(struct cutter *c, uint32_t entry)
{
	return c->lumps[c->lump_of[cutter_root(c, entry)]].shard;
}

static void cutter_share(struct cutter *c)
{
	uint32_t i;

	if (c->rq->by == SHARD_BY_HASH)
		cutter_hash(c);
	else
		cutter_level(c);
	for (i = 0; i < c->u->n; i++) {
		const struct unit *unit = &c->u->items[i];

		partition_add(c->p, &(struct share){
			.test_ix = unit->test_ix,
			.index = unit->index,
			.count = unit->count,
			.shard = cutter_shard(c, i) });
	}
}

/* ---- the plan's id ------------------------------------------------------ */

/* A sum, so that the order in which suites are named does not matter. */
static void plan_id_add(struct plan_id *id, const uint64_t *words, size_t n)
{
	XXH128_hash_t hash = XXH3_128bits(words, n * sizeof(*words));

	id->hi += hash.high64;
	id->lo += hash.low64;
}

static void cutter_identify(struct cutter *c)
{
	const struct listing *l = c->u->listing;
	struct plan_id sum = { 0 };
	uint32_t i;

	for (i = 0; i < c->u->n; i++) {
		const struct unit *unit = &c->u->items[i];
		const uint64_t words[] = { c->keys[i], unit->index,
					   unit->count, c->loads[i],
					   cutter_shard(c, i) };

		plan_id_add(&sum, words, array_size(words));
	}
	for (i = 0; i < l->n_suites; i++) {
		const uint64_t words[] = { c->suites[i],
					   l->suites[i].build_id };

		plan_id_add(&sum, words, array_size(words));
	}
	plan_id_add(&c->p->id, (const uint64_t[]){ SHARD_VERSION, c->p->total,
						   c->p->n_times, c->rq->by,
						   sum.hi, sum.lo }, 6);
}

void shard_cut(const struct shard_request *rq, struct partition *p)
{
	struct cutter c = { .rq = rq, .u = rq->units, .p = p };

	cutter_key_suites(&c);
	cutter_sort(&c);
	cutter_join(&c);
	cutter_weigh(&c);
	cutter_lump(&c);
	cutter_share(&c);
	cutter_identify(&c);
	free(c.suites);
	free(c.keys);
	free(c.room);
	free(c.spare);
	free(c.loads);
	free(c.parents);
	free(c.lump_of);
	free(c.lumps);
}
