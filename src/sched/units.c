/* SPDX-License-Identifier: MIT */
#include "sched/units.h"

#include "base/compiler.h"
#include "base/vec.h"
#include "sched/gates.h"
#include "sched/keys.h"
#include "sched/kinds.h"

#include <stdlib.h>
#include <string.h>

/* ---- the selection, test by test ------------------------------------- */

struct walk {
	const struct plan *plan;
	uint32_t segment, done; /* positions of that segment already seen */
	struct instance at;
	uint32_t count;
	uint32_t turn;
};

static bool walk_next(struct walk *w)
{
	const struct plan *p = w->plan;
	const struct segment *s;
	uint32_t end;

	if (w->segment == p->n_segments)
		return false;
	s = &p->segments[w->segment];
	end = w->segment + 1 < p->n_segments ? s[1].position : p->n_positions;
	w->at = segment_at(s, s->position + w->done);
	w->count = s->index == SEGMENT_TESTS ? 1 : end - s->position;
	w->turn = plan_turn(p, s->position);
	w->done += w->count;
	if (s->position + w->done == end) {
		w->segment++;
		w->done = 0;
	}
	return true;
}

/* ---- entries --------------------------------------------------------- */

struct gather {
	struct units *u;
	const struct units_request *rq;
	struct kinds kinds; /* which tests are one unit */
	uint32_t turn;
	uint32_t *heads;    /* of each kind: its last unit, and that's last
			       entry */
	uint32_t *tails;
};

/* Entry 0 is never the next one of another, so 0 can mean none. */
static struct unit *units_add(struct units *u, const struct unit *unit)
{
	vec_room(u->items, u->n, u->cap);
	u->items[u->n] = *unit;
	return &u->items[u->n++];
}

static bool units_cost_alike(const struct cost *a, const struct cost *b)
{
	return a->est_ns == b->est_ns && a->dev_ns == b->dev_ns &&
	       a->todo == b->todo;
}

static void units_note_cost(struct units *u, const struct cost *row, uint32_t n)
{
	double est_ns = (double)row->est_ns;

	u->total_ns += est_ns * n;
	if (row->known)
		u->known_ns += est_ns * n;
	u->longest_ns = max_of(u->longest_ns, est_ns);
	u->ranked |= est_ns > 0;
}

static void units_add_singles(struct gather *g, uint32_t test_ix,
			      uint32_t index, uint32_t count)
{
	const struct costs *c = g->u->costs;
	const struct cost *row = &c->rows[costs_row(c, test_ix, index)];

	units_note_cost(g->u, row, count);
	units_add(g->u, &(struct unit){
				.test_ix = test_ix,
				.index = index,
				.count = count,
				.n_tests = count,
				.turn = g->turn,
				.est_ns = (double)row->est_ns,
				.key_ns = row->est_ns + row->dev_ns,
				.priority = (int16_t)g->u->listing
						    ->tests[test_ix]
						    .attrs->priority,
				.todo = row->todo });
}

/* Instances from index on, before end, that are one entry. */
static uint32_t units_alike(const struct gather *g, uint32_t test_ix,
			    uint32_t index, uint32_t end)
{
	const struct costs *c = g->u->costs;
	uint32_t block = costs_block(c->listing->tests[test_ix].count);
	uint32_t row = costs_row(c, test_ix, index), next = row;
	uint64_t to;

	do {
		next++;
		to = (uint64_t)(next - c->first[test_ix]) * block;
	} while (to < end && !g->rq->blocks &&
		 units_cost_alike(&c->rows[row], &c->rows[next]));
	return (uint32_t)min_of(to, (uint64_t)end) - index;
}

static void units_add_test(struct gather *g, const struct walk *w)
{
	uint32_t index = w->at.index, end = index + w->count, n;

	for (; index < end; index += n) {
		n = end - index == 1
			    ? 1 : units_alike(g, w->at.test_ix, index, end);
		units_add_singles(g, w->at.test_ix, index, n);
	}
}

/* ---- bound units ----------------------------------------------------- */

static void units_sum_costs(struct unit *head, const struct gather *g,
			    const struct walk *w)
{
	const struct costs *c = g->u->costs;
	uint32_t index = w->at.index, end = index + w->count, n;
	double dev = (double)head->key_ns - head->est_ns;

	for (; index < end; index += n) {
		const struct cost *row =
			&c->rows[costs_row(c, w->at.test_ix, index)];

		n = end - index == 1
			    ? 1 : units_alike(g, w->at.test_ix, index, end);
		head->est_ns += (double)row->est_ns * n;
		dev += (double)row->dev_ns * n;
		head->todo |= row->todo;
		units_note_cost(g->u, row, n);
	}
	head->key_ns = (float)(head->est_ns + dev);
}

/* One more stretch of the unit that its kind is. */
static void units_add_bound(struct gather *g, const struct walk *w,
			    uint32_t kind)
{
	const struct attrs *attrs =
		g->u->listing->tests[w->at.test_ix].attrs;
	bool first = g->heads[kind] == UINT32_MAX ||
		     g->u->items[g->heads[kind]].turn != g->turn;
	uint32_t ix = g->u->n;
	struct unit *head;

	units_add(g->u, &(struct unit){ .test_ix = w->at.test_ix,
					.index = w->at.index,
					.count = w->count,
					.turn = w->turn,
					.priority = (int16_t)attrs->priority,
					.bound = true,
					.member = !first });
	if (first)
		g->heads[kind] = ix;
	else
		g->u->items[g->tails[kind]].next = ix;
	g->tails[kind] = ix;
	head = &g->u->items[g->heads[kind]];
	head->n_tests += w->count;
	head->priority = (int16_t)max_of(head->priority, (int)attrs->priority);
	g->u->chains |= *attrs->serial;
	units_sum_costs(head, g, w);
}

static void units_add_all(struct gather *g)
{
	struct walk w = { .plan = g->rq->selected };

	while (walk_next(&w)) {
		uint32_t kind = kinds_get(&g->kinds, w.at.test_ix);

		g->turn = w.turn;
		if (kind == KEYS_NONE)
			units_add_test(g, &w);
		else
			units_add_bound(g, &w, kind);
		g->u->n_tests += w.count;
	}
}

static void units_find_kinds(struct gather *g)
{
	struct walk w = { .plan = g->rq->selected };
	size_t n;

	kinds_init(&g->kinds, g->u->listing, g->u->key, &g->u->remarks);
	while (walk_next(&w))
		kinds_add(&g->kinds, w.at.test_ix);
	n = kinds_close(&g->kinds);
	g->heads = mem_array(n, sizeof(*g->heads));
	g->tails = mem_array(n, sizeof(*g->tails));
	if (n)
		memset(g->heads, 0xff, n * sizeof(*g->heads));
}

void units_count(struct units *u, const struct units_request *rq)
{
	*u = (struct units){ .listing = rq->listing,
			     .costs = rq->costs,
			     .key = rq->key,
			     .n_tests = rq->selected->n_positions,
			     .n_times = rq->selected->n_times };
	u->n_units[PHASE_BODY] = u->n_tests;
}

int units_gather(struct units *u, const struct units_request *rq,
		 struct err *err)
{
	struct gather g = { .u = u, .rq = rq };
	uint32_t i;
	int ret;

	*u = (struct units){ .listing = rq->listing,
			     .costs = rq->costs,
			     .key = rq->key,
			     .n_times = rq->selected->n_times };
	units_find_kinds(&g);
	units_add_all(&g);
	kinds_fini(&g.kinds);
	free(g.heads);
	free(g.tails);
	ret = gates_find(u, rq->sizes, rq->n_sizes, err);
	for (i = 0; i < u->n; i++)
		if (!u->items[i].member)
			u->n_units[u->items[i].phase] +=
				u->items[i].bound ? 1 : u->items[i].count;
	return ret;
}

void units_fini(struct units *u)
{
	free(u->items);
	free(u->gates);
	free(u->uses);
	free(u->locks);
	free(u->groups);
	str_fini(&u->remarks);
	*u = (struct units){ 0 };
}

uint32_t units_useful(const struct units *u)
{
	return u->n_units[PHASE_BODY] + u->n_units[PHASE_GATED] +
	       u->n_units[PHASE_LAST] + (u->n_units[PHASE_EXCLUSIVE] > 0);
}

/* ---- names ----------------------------------------------------------- */

void units_print_name(struct str *out, const struct units *u, uint32_t ix)
{
	const struct unit *unit = &u->items[ix];
	const struct test *t = &u->listing->tests[unit->test_ix];

	if (!unit->bound)
		test_print_name(out, t, unit->index);
	else if (u->key == UNIT_FILE)
		str_add(out, t->file);
	else if (u->key == UNIT_SCOPE)
		str_add_len(out, t->name, t->scope_len);
	else if (u->key == UNIT_GROUP && *t->attrs->affinity)
		str_add(out, t->attrs->affinity);
	else
		str_add(out, t->attrs->serial);
}

bool units_next_name(const char **list, struct unit_name *name)
{
	const char *at = *list, *end;

	at += strspn(at, ", ");
	if (!*at)
		return false;
	end = strchrnul(at, ',');
	*list = end;
	while (end > at && end[-1] == ' ')
		end--;
	*name = (struct unit_name){ at, (size_t)(end - at) };
	return true;
}
