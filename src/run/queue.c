/* SPDX-License-Identifier: MIT */
#include "run/queue.h"

#include "base/compiler.h"
#include "base/id.h"
#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>

enum group_state { GROUP_RUNNING, GROUP_OVER, GROUP_FAILED };

/* Units that want the same. */
struct kind {
	const struct gated *what; /* one of them */
	uint32_t head, tail;	  /* gated entries that are left */
	uint32_t lo;		  /* where what is left of the head begins */
	uint32_t n_left;	  /* positions */
	uint32_t n_numbers;	  /* lock units that each wants */
	uint32_t batch;		  /* positions to go together */
	uint32_t skips;		  /* how often its next one was passed over */
	uint32_t next_waiting;	  /* in the list it waits in */
	bool alone;		  /* only one holder at a time: no harm in
				     batches */
	bool gave_way;		  /* slots were drained for it for too long */
};

/* ---- kinds ----------------------------------------------------------- */

static const struct lock_use *queue_uses(const struct queue *q,
					 const struct gated *g)
{
	return q->plan->uses + g->first_use;
}

static bool queue_is_same(const struct queue *q, const struct gated *a,
			  const struct gated *b)
{
	const struct lock_use *ua = queue_uses(q, a), *ub = queue_uses(q, b);
	uint32_t i;

	if (a->n_uses != b->n_uses || a->weight != b->weight ||
	    a->after != b->after || a->pin != b->pin || a->last != b->last)
		return false;
	for (i = 0; i < a->n_uses; i++)
		if (ua[i].lock != ub[i].lock || ua[i].units != ub[i].units ||
		    ua[i].shared != ub[i].shared)
			return false;
	return true;
}

static uint64_t queue_hash(const struct queue *q, const struct gated *g)
{
	uint32_t words[] = { g->n_uses, g->weight, g->after, g->pin, g->last };
	uint64_t hash = id_bytes(words, sizeof(words));
	const struct lock_use *u = queue_uses(q, g);
	uint32_t i;

	for (i = 0; i < g->n_uses; i++) {
		uint32_t use[] = { (uint32_t)hash, (uint32_t)(hash >> 32),
				   u[i].lock, u[i].units, u[i].shared };

		hash = id_bytes(use, sizeof(use));
	}
	return hash;
}

static uint32_t queue_add_kind(struct queue *q, const struct gated *g)
{
	const struct lock_use *uses = queue_uses(q, g);
	struct kind *k;
	uint32_t i;

	vec_room(q->kinds, q->n_kinds, q->cap_kinds);
	k = &q->kinds[q->n_kinds];
	*k = (struct kind){ .what = g,
			    .head = QUEUE_NONE,
			    .tail = QUEUE_NONE,
			    .batch = 1 };
	for (i = 0; i < g->n_uses; i++) {
		k->n_numbers += uses[i].units;
		k->alone |= !uses[i].shared &&
			    uses[i].units * 2 >
				    q->plan->locks[uses[i].lock].units;
	}
	return q->n_kinds++;
}

/* The kind of a unit: table is open addressing over kinds, mask + 1 of them. */
static uint32_t queue_kind(struct queue *q, uint32_t *table, uint64_t mask,
			   const struct gated *g)
{
	uint64_t at = queue_hash(q, g) & mask;

	while (table[at] != QUEUE_NONE) {
		if (queue_is_same(q, q->kinds[table[at]].what, g))
			return table[at];
		at = (at + 1) & mask;
	}
	return table[at] = queue_add_kind(q, g);
}

static void queue_line_up(struct queue *q, uint32_t kind, uint32_t entry)
{
	const struct gated *g = &q->plan->gated[entry];
	struct kind *k = &q->kinds[kind];

	if (k->head == QUEUE_NONE) {
		k->head = entry;
		k->lo = g->lo;
	} else {
		q->next[k->tail] = entry;
	}
	k->tail = entry;
	q->next[entry] = QUEUE_NONE;
	k->n_left += g->hi - g->lo;
	q->n_left += g->hi - g->lo;
}

static void queue_sort_kinds(struct queue *q)
{
	uint64_t mask = 1, i;
	uint32_t *table, entry;

	while (mask < (uint64_t)q->plan->n_gated * 2)
		mask = mask * 2 + 1;
	table = mem_array(mask + 1, sizeof(*table));
	for (i = 0; i <= mask; i++)
		table[i] = QUEUE_NONE;
	for (entry = 0; entry < q->plan->n_gated; entry++)
		queue_line_up(q, queue_kind(q, table, mask,
					    &q->plan->gated[entry]), entry);
	free(table);
}

/* ---- who may be tried: a heap by the order of the plan --------------- */

static bool queue_is_before(const struct queue *q, uint32_t a, uint32_t b)
{
	return q->kinds[a].head < q->kinds[b].head;
}

static void queue_ready(struct queue *q, uint32_t kind)
{
	uint32_t at = q->n_heap++;

	while (at > 0 && queue_is_before(q, kind, q->heap[(at - 1) / 2])) {
		q->heap[at] = q->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	q->heap[at] = kind;
}

static uint32_t queue_pop(struct queue *q)
{
	uint32_t first = q->heap[0], last = q->heap[--q->n_heap];
	uint32_t at = 0, child;

	while ((child = 2 * at + 1) < q->n_heap) {
		if (child + 1 < q->n_heap &&
		    queue_is_before(q, q->heap[child + 1], q->heap[child]))
			child++;
		if (!queue_is_before(q, q->heap[child], last))
			break;
		q->heap[at] = q->heap[child];
		at = child;
	}
	q->heap[at] = last;
	return first;
}

/* ---- who waits, and for what ----------------------------------------- */

static uint32_t *queue_group_line(struct queue *q, uint32_t group)
{
	return &q->waiting[q->plan->n_locks + group];
}

static uint32_t *queue_slot_line(struct queue *q, uint32_t slot)
{
	return &q->waiting[q->plan->n_locks + q->plan->n_groups + slot];
}

static void queue_wait(struct queue *q, uint32_t kind, uint32_t *line)
{
	q->kinds[kind].next_waiting = *line;
	*line = kind;
}

/* What they wait for may be there now: they are tried again. */
static void queue_wake(struct queue *q, uint32_t *line)
{
	uint32_t kind = *line;

	*line = QUEUE_NONE;
	while (kind != QUEUE_NONE) {
		uint32_t next = q->kinds[kind].next_waiting;

		queue_ready(q, kind);
		kind = next;
	}
}

static void queue_wake_for_locks(struct queue *q, const struct kind *k)
{
	const struct lock_use *uses = queue_uses(q, k->what);
	uint32_t i;

	for (i = 0; i < k->what->n_uses; i++)
		queue_wake(q, &q->waiting[uses[i].lock]);
}

/* ---- granting -------------------------------------------------------- */

/* How many positions should go together: where several could hold the locks
 * at once, each slot should find something. */
static uint32_t queue_batch(const struct queue *q, const struct kind *k)
{
	if (k->alone)
		return k->batch;
	return max_of(1u, min_of(k->batch, k->n_left / (2 * q->n_slots)));
}

/* Moves up to n positions from the head of the line into the grant; a unit of
 * several tests stays whole. */
static void queue_cut(struct queue *q, struct kind *k, uint32_t n,
		      struct grant *grant)
{
	grant->lo = grant->hi = k->lo;
	while (k->head != QUEUE_NONE && k->lo == grant->hi) {
		const struct gated *g = &q->plan->gated[k->head];
		uint32_t most = n - min_of(n, grant->hi - grant->lo);

		if (!plan_bound(q->plan, g->lo))
			grant->hi += min_of(most, g->hi - k->lo);
		else if (most >= g->hi - g->lo || grant->hi == grant->lo)
			grant->hi = g->hi;
		if (grant->hi == k->lo)
			break;
		k->lo = grant->hi;
		if (k->lo < g->hi)
			break;
		k->head = q->next[k->head];
		if (k->head != QUEUE_NONE)
			k->lo = q->plan->gated[k->head].lo;
	}
	k->n_left -= grant->hi - grant->lo;
	q->n_left -= grant->hi - grant->lo;
}

static uint32_t queue_weight(const struct queue *q, const struct kind *k)
{
	return max_of(1u, min_of(k->what->weight, q->n_slots));
}

static uint32_t queue_extra(const struct queue *q, const struct kind *k)
{
	uint32_t weight = queue_weight(q, k);

	return weight == 1 ? 0 : weight - !k->what->pin;
}

static void queue_grant(struct queue *q, uint32_t kind, uint32_t *numbers,
			struct grant *grant)
{
	struct kind *k = &q->kinds[kind];

	*grant = (struct grant){ .kind = kind,
				 .weight = queue_weight(q, k),
				 .extra = queue_extra(q, k),
				 .pin = k->what->pin,
				 .numbers = numbers };
	queue_cut(q, k, queue_batch(q, k), grant);
	q->n_extra += grant->extra;
	if (grant->pin)
		q->shut[grant->pin - 1] = 1;
	q->n_wide += grant->weight > 1;
	if (k->head != QUEUE_NONE)
		queue_ready(q, kind);
}

/* Its prerequisite has failed: what is left of it, piece by piece. */
static void queue_doom(struct queue *q, uint32_t kind, struct grant *grant)
{
	struct kind *k = &q->kinds[kind];

	*grant = (struct grant){ .kind = kind, .doomed = true };
	queue_cut(q, k, UINT32_MAX, grant);
	if (k->head != QUEUE_NONE)
		queue_ready(q, kind);
}

/* All of its locks, or a place in the line for one of them. */
static uint32_t *queue_take_locks(struct queue *q, uint32_t kind)
{
	struct kind *k = &q->kinds[kind];
	const struct lock_use *uses = queue_uses(q, k->what);
	uint32_t *numbers = mem_array(max_of(k->n_numbers, 1u),
				      sizeof(*numbers));
	uint32_t blocked = locks_try_take(&q->locks, uses, k->what->n_uses,
					  k->head, numbers);

	if (blocked == LOCKS_TAKEN) {
		/* Who waited for its reservation only. */
		if (k->skips >= q->n_slots)
			queue_wake_for_locks(q, k);
		k->skips = 0;
		return numbers;
	}
	free(numbers);
	if (++k->skips >= q->n_slots)
		locks_reserve(&q->locks, uses, k->what->n_uses, k->head);
	queue_wait(q, kind, &q->waiting[blocked]);
	return NULL;
}

/* Beside the wide ones that run?  The sum of all weights is at most the number
 * of slots. */
static bool queue_fits(const struct queue *q, const struct kind *k)
{
	return q->n_extra + q->n_wide + queue_weight(q, k) <= q->n_slots;
}

static bool queue_has_room(const struct queue *q, uint32_t kind, uint32_t room)
{
	const struct kind *k = &q->kinds[kind];
	uint32_t extra = queue_extra(q, k);

	return extra == 0 || (queue_fits(q, k) && q->n_extra + extra <= room);
}

/* Tries one kind; false: it waits now. */
static bool queue_try(struct queue *q, uint32_t kind, uint32_t room,
		      struct grant *grant)
{
	const struct kind *k = &q->kinds[kind];
	uint32_t *numbers;

	if (k->what->after != PLAN_NONE) {
		enum group_state s = q->groups[k->what->after];

		if (s == GROUP_RUNNING) {
			queue_wait(q, kind, queue_group_line(q,
							     k->what->after));
			return false;
		}
		if (s == GROUP_FAILED) {
			queue_doom(q, kind, grant);
			return true;
		}
	}
	if (k->what->last && !q->body_over) {
		queue_wait(q, kind, &q->last_line);
		return false;
	}
	if (q->plan->gated[k->head].before > q->front) {
		q->turn = min_of(q->turn, q->plan->gated[k->head].before);
		queue_wait(q, kind, &q->turn_line);
		return false;
	}
	if (k->what->pin && q->shut[k->what->pin - 1]) {
		queue_wait(q, kind, queue_slot_line(q, k->what->pin - 1));
		return false;
	}
	if (q->wide != QUEUE_NONE && queue_weight(q, k) > 1) {
		queue_wait(q, kind, &q->wide_line);
		return false;
	}
	if (k->gave_way && !q->gap) {
		queue_wait(q, kind, &q->gap_line);
		return false;
	}
	numbers = queue_take_locks(q, kind);
	if (!numbers)
		return false;
	if (queue_has_room(q, kind, room)) {
		queue_grant(q, kind, numbers, grant);
		return true;
	}
	/* It has its locks: slots become free for it now. */
	q->wide = kind;
	q->wide_numbers = numbers;
	return false;
}

bool queue_next(struct queue *q, uint32_t room, struct grant *grant)
{
	if (q->wide != QUEUE_NONE && queue_has_room(q, q->wide, room)) {
		uint32_t kind = q->wide;

		q->wide = QUEUE_NONE;
		queue_grant(q, kind, q->wide_numbers, grant);
		queue_wake(q, &q->wide_line);
		return true;
	}
	while (q->n_heap > 0)
		if (queue_try(q, queue_pop(q), room, grant))
			return true;
	return false;
}

/* Doubled while whole batches are short, for one test again after a long one:
 * ten thousand short tests behind one lock do not cost a turn of the runner
 * each, and nobody holds a lock for long that others want. */
static void queue_adapt(struct kind *k, uint32_t n, uint64_t spent_ns)
{
	if (spent_ns > QUEUE_BATCH_NS)
		k->batch = max_of(1u, k->batch / 4);
	else if (n >= k->batch && spent_ns < QUEUE_BATCH_NS / 2)
		k->batch = min_of(k->batch * 2, QUEUE_BATCH_MAX);
}

void queue_end(struct queue *q, const struct grant *grant, uint64_t spent_ns)
{
	struct kind *k = &q->kinds[grant->kind];

	locks_give_back(&q->locks, queue_uses(q, k->what), k->what->n_uses,
			grant->numbers);
	free(grant->numbers);
	queue_wake_for_locks(q, k);
	q->n_extra -= grant->extra;
	q->n_wide -= grant->weight > 1;
	queue_adapt(k, grant->hi - grant->lo, spent_ns);
}

const struct gated *queue_what(const struct queue *q,
			       const struct grant *grant)
{
	return q->kinds[grant->kind].what;
}

uint32_t queue_wants_room(const struct queue *q)
{
	const struct kind *k;

	if (q->wide == QUEUE_NONE)
		return q->n_extra;
	k = &q->kinds[q->wide];
	return q->n_extra + (queue_fits(q, k) ? queue_extra(q, k) : 0);
}

struct range queue_wide(const struct queue *q)
{
	const struct kind *k;

	if (q->wide == QUEUE_NONE || !queue_fits(q, &q->kinds[q->wide]))
		return (struct range){ 0 };
	k = &q->kinds[q->wide];
	return (struct range){ k->lo,
			       plan_bound(q->plan, k->lo)
				       ? q->plan->gated[k->head].hi
				       : k->lo + 1 };
}

void queue_give_way(struct queue *q)
{
	uint32_t kind = q->wide;
	struct kind *k = &q->kinds[kind];

	k->gave_way = true;
	q->wide = QUEUE_NONE;
	locks_give_back(&q->locks, queue_uses(q, k->what), k->what->n_uses,
			q->wide_numbers);
	free(q->wide_numbers);
	queue_wake_for_locks(q, k);
	queue_wake(q, &q->wide_line);
	queue_wait(q, kind, &q->gap_line);
}

void queue_gap(struct queue *q)
{
	if (q->gap_line == QUEUE_NONE)
		return;
	q->gap = true;
	queue_wake(q, &q->gap_line);
}

void queue_open_slot(struct queue *q, uint32_t slot)
{
	q->shut[slot] = 0;
	queue_wake(q, queue_slot_line(q, slot));
}

void queue_shut_slots(struct queue *q, uint32_t from)
{
	for (; from < q->n_slots; from++)
		q->shut[from] = 1;
}

bool queue_is_due(const struct queue *q, uint32_t front)
{
	return front >= q->turn && q->turn_line != QUEUE_NONE;
}

void queue_advance(struct queue *q, uint32_t front)
{
	q->front = max_of(q->front, front);
	if (!queue_is_due(q, q->front))
		return;
	q->turn = UINT32_MAX;
	queue_wake(q, &q->turn_line);
}

void queue_body_over(struct queue *q)
{
	q->body_over = true;
	queue_wake(q, &q->last_line);
}

void queue_group_over(struct queue *q, uint32_t group, bool failed)
{
	q->groups[group] = failed ? GROUP_FAILED : GROUP_OVER;
	queue_wake(q, queue_group_line(q, group));
}

/* ---- begin and end --------------------------------------------------- */

void queue_open(struct queue *q, const struct plan *plan, uint32_t n_slots)
{
	uint32_t n_lines = plan->n_locks + plan->n_groups + n_slots, i;

	*q = (struct queue){ .plan = plan,
			     .n_slots = n_slots,
			     .wide = QUEUE_NONE,
			     .wide_line = QUEUE_NONE,
			     .gap_line = QUEUE_NONE,
			     .last_line = QUEUE_NONE,
			     .turn_line = QUEUE_NONE,
			     .turn = UINT32_MAX,
			     .front = plan->in_turn ? 0 : UINT32_MAX };
	locks_open(&q->locks, plan);
	q->next = mem_array(max_of(plan->n_gated, 1u), sizeof(*q->next));
	q->groups = mem_array(max_of(plan->n_groups, 1u), 1);
	q->waiting = mem_array(max_of(n_lines, 1u), sizeof(*q->waiting));
	for (i = 0; i < n_lines; i++)
		q->waiting[i] = QUEUE_NONE;
	q->shut = mem_array(n_slots, 1);
	for (i = 0; i < n_slots; i++)
		q->shut[i] = 1;
	queue_sort_kinds(q);
	q->heap = mem_array(max_of(q->n_kinds, 1u), sizeof(*q->heap));
	for (i = 0; i < q->n_kinds; i++)
		queue_ready(q, i);
}

void queue_close(struct queue *q)
{
	if (q->wide != QUEUE_NONE)
		free(q->wide_numbers);
	locks_close(&q->locks);
	free(q->kinds);
	free(q->next);
	free(q->heap);
	free(q->waiting);
	free(q->groups);
	free(q->shut);
	*q = (struct queue){ 0 };
}
