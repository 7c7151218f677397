/* SPDX-License-Identifier: MIT */
#include "record/replay_impl.h"

#include "base/vec.h"
#include "record/kind.h"

#include <errno.h>
#include <string.h>

/* What a frame's records refer to: the one before. */
struct head_context {
	const char *name, *file;
	size_t name_len;
	uint32_t line;
	uint32_t bound_end;
};

static const char *head_keep(struct replay *r, struct unpack *u)
{
	size_t len;
	const char *text = unpack_bytes(u, &len);

	return listing_text(&r->listing, text, len);
}

static void head_read_run(struct replay *r, struct unpack *u)
{
	struct event_run *run = &r->run;

	r->t0_ns = r->now_ns = unpack_uint(u);
	run->wall_ns = unpack_uint(u);
	run->jobs = unpack_below(u, REPLAY_SLOTS_MAX);
	if (run->jobs == 0)
		u->bad = true;
	run->isolate = (enum isolate)unpack_below(u, N_ISOLATES);
	run->run_id = head_keep(r, u);
	run->backend = head_keep(r, u);
	run->jobs_why = head_keep(r, u);
	run->plan_why = head_keep(r, u);
	run->host = head_keep(r, u);
	run->listing = &r->listing;
	run->plan = &r->plan;
}

static void head_read_suite(struct replay *r, struct unpack *u)
{
	const char *path = unpack_text(u), *name = head_keep(r, u);
	struct suite *suite;
	uint32_t ix;

	ix = listing_add_suite(&r->listing, path, unpack_text(u));
	suite = &r->listing.suites[ix];
	suite->name = name;
	suite->isolate = (enum isolate)unpack_below(u, N_ISOLATES);
}

/* The beginning of the name before and the rest, as one text. */
static const char *head_read_name(struct replay *r, struct unpack *u,
				  struct head_context *c)
{
	uint32_t shared = unpack_below(u, (uint64_t)c->name_len + 1);
	struct str name = STR_INIT;
	const char *rest, *kept;
	size_t len;

	rest = unpack_bytes(u, &len);
	if (shared)
		str_add_len(&name, c->name, shared);
	str_add_len(&name, rest, len);
	kept = listing_text(&r->listing, str_get(&name), name.len);
	c->name = kept;
	c->name_len = name.len;
	str_fini(&name);
	return kept;
}

/* What a report asks for of them. */
static const struct attrs *head_read_attrs(struct replay *r, struct unpack *u)
{
	struct attrs attrs = attrs_default;

	attrs.weight = (int32_t)unpack_below(u, INT32_MAX);
	attrs.exclusive = unpack_below(u, 2);
	return attrs.weight == attrs_default.weight && !attrs.exclusive
		       ? NULL : listing_attrs(&r->listing, &attrs);
}

static void head_read_test(struct replay *r, struct unpack *u,
			   struct head_context *c)
{
	struct test t = { .name = head_read_name(r, u, c) };
	const char *file = unpack_text(u);

	if (*file)
		c->file = listing_text(&r->listing, file, strlen(file));
	c->line += (uint32_t)unpack_int(u);
	t.file = c->file;
	t.line = c->line;
	t.count = unpack_below(u, (uint64_t)TEST_COUNT_MAX + 1);
	t.indexed = unpack_below(u, 2);
	t.attrs = head_read_attrs(r, u);
	if (r->listing.n_suites == 0 || t.count == 0)
		u->bad = true;
	if (!u->bad)
		listing_add_test(&r->listing, &t);
}

static bool head_has(const struct listing *l, uint32_t test, uint64_t index,
		     uint32_t len)
{
	if (test >= l->n_tests)
		return false;
	if (index == 0)
		return len <= l->n_tests - test;
	return index - 1 + len <= l->tests[test].count;
}

static void head_read_segment(struct replay *r, struct unpack *u)
{
	uint32_t test = unpack_below(u, UINT32_MAX);
	uint64_t index = unpack_below(u, UINT32_MAX);
	uint32_t len = unpack_below(u, PLAN_POSITIONS_MAX), i;

	if (u->bad || len == 0 || !head_has(&r->listing, test, index, len)) {
		u->bad = true;
		return;
	}
	if (index > 0) {
		plan_add(&r->plan, test, (uint32_t)index - 1, len);
		return;
	}
	for (i = 0; i < len; i++)
		plan_add(&r->plan, test + i, 0, 1);
}

static void head_read_bound(struct replay *r, struct unpack *u,
			    struct head_context *c)
{
	struct plan *plan = &r->plan;
	uint32_t last = plan->n_bounds
				? plan->bounds[plan->n_bounds - 1].hi : 0;
	uint64_t lo = c->bound_end +
		      (uint64_t)unpack_below(u, PLAN_POSITIONS_MAX);
	uint64_t hi = lo + unpack_below(u, PLAN_POSITIONS_MAX);

	if (u->bad || lo < last || lo == hi || hi > plan->n_positions) {
		u->bad = true;
		return;
	}
	vec_room(plan->bounds, plan->n_bounds, plan->cap_bounds);
	plan->bounds[plan->n_bounds++] =
		(struct bound){ .lo = (uint32_t)lo, .hi = (uint32_t)hi };
	c->bound_end = (uint32_t)hi;
}

/* Once: what was said of turns must hold. */
static void head_read_times(struct replay *r, struct unpack *u)
{
	if (r->plan.n_times)
		u->bad = true;
	r->plan.n_times = unpack_below(u, PLAN_POSITIONS_MAX);
	r->plan.turn_kind = unpack_below(u, 2) ? TURNS_ARE_SLOTS
					       : TURNS_ARE_ITERATIONS;
}

static void head_read_turn(struct replay *r, struct unpack *u)
{
	uint32_t number = unpack_below(u, r->plan.n_times);

	if (!u->bad)
		plan_begin_turn(&r->plan, number);
}

/* Positions lo .. hi - 1 of the plan. */
static void head_read_range(struct replay *r, struct unpack *u, uint32_t *lo,
			    uint32_t *hi)
{
	uint32_t len;

	*lo = unpack_below(u, r->plan.n_positions);
	len = unpack_below(u, PLAN_POSITIONS_MAX);
	if (len == 0 || len > r->plan.n_positions - *lo)
		u->bad = true;
	*hi = *lo + len;
}

static void head_read_gated(struct replay *r, struct unpack *u)
{
	struct plan *plan = &r->plan;
	struct gated g = { .after = PLAN_NONE };

	head_read_range(r, u, &g.lo, &g.hi);
	g.weight = unpack_below(u, UINT32_MAX);
	vec_room(plan->gated, plan->n_gated, plan->cap_gated);
	plan->gated[plan->n_gated++] = g;
}

static void head_read_late(struct replay *r, struct unpack *u)
{
	struct plan *plan = &r->plan;
	struct late late = { 0 };

	head_read_range(r, u, &late.lo, &late.hi);
	late.alone = unpack_below(u, 2);
	if (plan->n_late == array_size(plan->late))
		u->bad = true;
	else
		plan->late[plan->n_late++] = late;
}

/* Once. */
static void head_read_shard(struct replay *r, struct unpack *u)
{
	struct partition *p = &r->partition;

	if (p->total)
		u->bad = true;
	p->number = unpack_below(u, SHARDS_MAX + 1);
	p->total = unpack_below(u, SHARDS_MAX + 1);
	p->n_times = unpack_below(u, PLAN_POSITIONS_MAX);
	p->id.hi = unpack_uint(u);
	p->id.lo = unpack_uint(u);
	if (p->number == 0 || p->number > p->total || p->n_times == 0)
		u->bad = true;
	r->run.partition = p;
}

static void head_read_share(struct replay *r, struct unpack *u)
{
	struct partition *p = &r->partition;
	struct share share = { .test_ix = unpack_below(u, UINT32_MAX) };

	share.index = unpack_below(u, TEST_COUNT_MAX);
	share.count = unpack_below(u, (uint64_t)TEST_COUNT_MAX + 1);
	share.shard = unpack_below(u, (uint64_t)p->total + 1);
	r->n_shared += share.count;
	if (u->bad || share.count == 0 || share.shard == 0 ||
	    r->n_shared > PLAN_POSITIONS_MAX ||
	    !head_has(&r->listing, share.test_ix, (uint64_t)share.index + 1,
		      share.count)) {
		u->bad = true;
		return;
	}
	partition_add(p, &share);
}

/* Lists of one length, behind all of the plan. */
static void head_read_copies(struct replay *r, struct unpack *u)
{
	uint32_t n = unpack_below(u, PLAN_POSITIONS_MAX);

	if (n == 0 || r->plan.n_positions == 0 || r->plan.n_positions % n)
		u->bad = true;
	else
		r->plan.copies = n;
}

/* All that was written has been read. */
static void head_read_planned(struct replay *r, struct unpack *u)
{
	if (unpack_uint(u) != r->listing.n_suites ||
	    unpack_uint(u) != r->listing.n_tests ||
	    unpack_uint(u) != r->plan.n_positions || r->plan.overflow ||
	    !r->run.listing)
		u->bad = true;
}

static void head_read_record(struct replay *r, enum kind kind,
			     struct unpack *u, struct head_context *c)
{
	switch (kind) {
	case KIND_RUN:
		head_read_run(r, u);
		break;
	case KIND_SUITE:
		head_read_suite(r, u);
		break;
	case KIND_TEST:
		head_read_test(r, u, c);
		break;
	case KIND_SEGMENT:
		head_read_segment(r, u);
		break;
	case KIND_BOUND:
		head_read_bound(r, u, c);
		break;
	case KIND_GATED:
		head_read_gated(r, u);
		break;
	case KIND_LATE:
		head_read_late(r, u);
		break;
	case KIND_PLANNED:
		head_read_planned(r, u);
		break;
	case KIND_TIMES:
		head_read_times(r, u);
		break;
	case KIND_TURN:
		head_read_turn(r, u);
		break;
	case KIND_SHARD:
		head_read_shard(r, u);
		break;
	case KIND_SHARE:
		head_read_share(r, u);
		break;
	case KIND_COPIES:
		head_read_copies(r, u);
		break;
	case KIND_NONE:
	case KIND_PASSES:
	case KIND_END:
	case KIND_SLOW:
	case KIND_FIXTURE:
	case KIND_LOST:
	case KIND_RUNNING:
	case KIND_WARNING:
	case KIND_CANCELLED:
	case KIND_FINISHED:
	case KIND_PAUSED:
	case KIND_USAGE:
	case KIND_FAULT:
	case KIND_TRIES:
	case KIND_RETRIED:
	case KIND_RECHECKED:
	case KIND_RERUN:
	case N_KINDS:
		u->bad = true;
		break;
	}
}

/* The records of one frame; true when the head has ended in it. */
static bool head_read_frame(struct replay *r, struct unpack *u)
{
	struct head_context c = { .name = "", .file = "" };
	enum kind kind = KIND_NONE;

	while (u->left > 0 && !u->bad && kind != KIND_PLANNED) {
		kind = (enum kind)unpack_below(u, N_KINDS);
		head_read_record(r, kind, u, &c);
	}
	return kind == KIND_PLANNED && !u->bad;
}

int replay_read_head(struct replay *r, struct unpack *payload,
		     struct err *err)
{
	while (frame_next(&r->frames, payload)) {
		bool ended = head_read_frame(r, payload);

		if (payload->bad || r->frames.n_lost)
			return err_set(err, -EINVAL, "is damaged where the "
				       "names of its tests were");
		if (ended)
			return 0;
	}
	return err_set(err, -EINVAL, "ends before the first test began");
}
