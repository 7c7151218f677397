/* SPDX-License-Identifier: MIT */
#include "record/recording_impl.h"

#include "base/mem.h"
#include "record/kind.h"

#include <string.h>

/* The numbers that tests have in the recording. */
struct head {
	struct frame_writer *w;
	const struct listing *listing;
	uint32_t *number; /* per test of the listing; UINT32_MAX = not selected,
			   * nor by another shard */
	uint32_t n_tests;
	const struct test *last; /* written in this frame */
};

static void head_settle(struct head *h)
{
	if (frame_used(h->w) < RECORDING_FRAME)
		return;
	frame_flush(h->w);
	h->last = NULL;
}

static uint32_t head_segment_len(const struct plan *plan, uint32_t i)
{
	uint32_t end = i + 1 < plan->n_segments ? plan->segments[i + 1].position
						: plan->n_positions;

	return end - plan->segments[i].position;
}

static void head_number(struct head *h, const struct event_run *run)
{
	const struct partition *p = run->partition;
	const struct plan *plan = run->plan;
	uint32_t n = h->listing->n_tests, i, t;

	h->number = mem_alloc(n * sizeof(*h->number) + 1);
	memset(h->number, 0xff, n * sizeof(*h->number));
	for (i = 0; i < plan->n_segments; i++) {
		const struct segment *s = &plan->segments[i];
		uint32_t len = s->index == SEGMENT_TESTS
				       ? head_segment_len(plan, i) : 1;

		memset(h->number + s->test_ix, 0, len * sizeof(*h->number));
	}
	for (i = 0; p && i < p->n_shares; i++)
		h->number[p->shares[i].test_ix] = 0;
	for (t = 0; t < n; t++)
		if (h->number[t] == 0)
			h->number[t] = h->n_tests++;
}

static size_t head_shared(const struct test *a, const struct test *b)
{
	size_t n = 0;

	while (a && a->name[n] && a->name[n] == b->name[n])
		n++;
	return n;
}

static void head_add_test(struct head *h, const struct test *t)
{
	struct pack *p = &h->w->pack;
	size_t shared = head_shared(h->last, t);
	uint32_t line = h->last ? h->last->line : 0;
	bool same = h->last && strcmp(h->last->file, t->file) == 0;

	pack_uint(p, KIND_TEST);
	pack_uint(p, shared);
	pack_text(p, t->name + shared);
	pack_text(p, same ? "" : t->file);
	pack_int(p, (int64_t)t->line - line);
	pack_uint(p, t->count);
	pack_uint(p, t->indexed);
	pack_uint(p, (uint32_t)max_of(t->attrs->weight, 0));
	pack_uint(p, t->attrs->exclusive);
	h->last = t;
	head_settle(h);
}

static void head_add_suite(struct head *h, const struct suite *suite)
{
	uint32_t i;

	pack_uint(&h->w->pack, KIND_SUITE);
	pack_text(&h->w->pack, suite->path);
	pack_text(&h->w->pack, suite->name);
	pack_text(&h->w->pack, suite->adapter);
	pack_uint(&h->w->pack, suite->isolate);
	for (i = 0; i < suite->n_tests; i++)
		if (h->number[suite->first_test + i] != UINT32_MAX)
			head_add_test(h, &h->listing->tests[suite->first_test +
							    i]);
}

static void head_add_bounds(struct head *h, const struct plan *plan)
{
	struct pack *p = &h->w->pack;
	uint32_t end = 0, i;

	for (i = 0; i < plan->n_bounds; i++) {
		const struct bound *b = &plan->bounds[i];

		pack_uint(p, KIND_BOUND);
		pack_uint(p, b->lo - end);
		pack_uint(p, b->hi - b->lo);
		end = b->hi;
		if (frame_used(h->w) < RECORDING_FRAME)
			continue;
		frame_flush(h->w);
		end = 0;
	}
}

static void head_add_gated(struct head *h, const struct plan *plan)
{
	struct pack *p = &h->w->pack;
	uint32_t i;

	for (i = 0; i < plan->n_gated; i++) {
		const struct gated *g = &plan->gated[i];

		pack_uint(p, KIND_GATED);
		pack_uint(p, g->lo);
		pack_uint(p, g->hi - g->lo);
		pack_uint(p, g->weight);
		head_settle(h);
	}
	for (i = 0; i < plan->n_late; i++) {
		pack_uint(p, KIND_LATE);
		pack_uint(p, plan->late[i].lo);
		pack_uint(p, plan->late[i].hi - plan->late[i].lo);
		pack_uint(p, plan->late[i].alone);
	}
}

static void head_add_times(struct head *h, const struct plan *plan)
{
	if (plan->n_times < 2)
		return;
	pack_uint(&h->w->pack, KIND_TIMES);
	pack_uint(&h->w->pack, plan->n_times);
	pack_uint(&h->w->pack, plan->turn_kind == TURNS_ARE_SLOTS);
}

/* The turn that begins with a segment, if one does; *next is the one that is
 * looked for. */
static void head_add_turn(struct head *h, const struct plan *plan,
			  const struct segment *s, uint32_t *next)
{
	if (*next == plan->n_turns ||
	    plan->turns[*next].position != s->position)
		return;
	pack_uint(&h->w->pack, KIND_TURN);
	pack_uint(&h->w->pack, plan->turns[(*next)++].number);
}

/* All of the selection, so that what is missing at a merge has names. */
static void head_add_partition(struct head *h, const struct partition *of)
{
	struct pack *p = &h->w->pack;
	uint32_t i;

	pack_uint(p, KIND_SHARD);
	pack_uint(p, of->number);
	pack_uint(p, of->total);
	pack_uint(p, of->n_times);
	pack_uint(p, of->id.hi);
	pack_uint(p, of->id.lo);
	for (i = 0; i < of->n_shares; i++) {
		pack_uint(p, KIND_SHARE);
		pack_uint(p, h->number[of->shares[i].test_ix]);
		pack_uint(p, of->shares[i].index);
		pack_uint(p, of->shares[i].count);
		pack_uint(p, of->shares[i].shard);
		head_settle(h);
	}
}

static void head_add_plan(struct head *h, const struct plan *plan)
{
	struct pack *p = &h->w->pack;
	uint32_t turn = 0, i;

	head_add_times(h, plan);
	for (i = 0; i < plan->n_segments; i++) {
		const struct segment *s = &plan->segments[i];

		head_add_turn(h, plan, s, &turn);
		pack_uint(p, KIND_SEGMENT);
		pack_uint(p, h->number[s->test_ix]);
		pack_uint(p, s->index == SEGMENT_TESTS ? 0
						: (uint64_t)s->index + 1);
		pack_uint(p, head_segment_len(plan, i));
		head_settle(h);
	}
	head_add_bounds(h, plan);
	head_add_gated(h, plan);
	if (plan->copies) {
		pack_uint(p, KIND_COPIES);
		pack_uint(p, plan->copies);
	}
	pack_uint(p, KIND_PLANNED);
	pack_uint(p, h->listing->n_suites);
	pack_uint(p, h->n_tests);
	pack_uint(p, plan->n_positions);
}

static void head_add_run(struct pack *p, const struct event *ev)
{
	const struct event_run *run = &ev->run;

	pack_uint(p, KIND_RUN);
	pack_uint(p, ev->now_ns);
	pack_uint(p, run->wall_ns);
	pack_uint(p, run->jobs);
	pack_uint(p, run->isolate);
	pack_text(p, run->run_id);
	pack_text(p, run->backend);
	pack_text(p, run->jobs_why);
	pack_text(p, run->plan_why);
	pack_text(p, run->host);
}

uint32_t *recording_add_head(struct frame_writer *w, const struct event *ev)
{
	struct head h = { .w = w, .listing = ev->run.listing };
	uint32_t i;

	head_number(&h, &ev->run);
	head_add_run(&w->pack, ev);
	for (i = 0; i < h.listing->n_suites; i++)
		head_add_suite(&h, &h.listing->suites[i]);
	if (ev->run.partition)
		head_add_partition(&h, ev->run.partition);
	head_add_plan(&h, ev->run.plan);
	frame_flush(w);
	return h.number;
}
