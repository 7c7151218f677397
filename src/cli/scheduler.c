/* SPDX-License-Identifier: MIT */
#include "cli/scheduler.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define SUFFIX ".so"

/* Where the path ends: at the colon behind .so, else at the first one in its
 * last part. */
static size_t scheduler_path_len(const char *value)
{
	const char *colon = strstr(value, SUFFIX ":");
	const char *slash = strrchr(value, '/');
	size_t len = strlen(value);

	if (colon)
		return (size_t)(colon - value) + strlen(SUFFIX);
	if (len >= strlen(SUFFIX) &&
	    strcmp(value + len - strlen(SUFFIX), SUFFIX) == 0)
		return len;
	colon = strchr(slash ? slash : value, ':');
	return colon ? (size_t)(colon - value) : len;
}

bool scheduler_is_plugin(const char *value)
{
	size_t len = scheduler_path_len(value);

	return memchr(value, '/', len) ||
	       (len > strlen(SUFFIX) &&
		memcmp(value + len - strlen(SUFFIX), SUFFIX,
		       strlen(SUFFIX)) == 0);
}

struct plugin *scheduler_open(const char *value, struct plugin_args *args,
			      struct err *err)
{
	size_t len = scheduler_path_len(value);
	struct str path = STR_INIT;
	struct plugin *p;

	/* Not one of the system's libraries. */
	if (!memchr(value, '/', len))
		str_add(&path, "./");
	str_add_len(&path, value, len);
	args->path = str_get(&path);
	args->args = value[len] ? value + len + 1 : "";
	p = plugin_new(args, err);
	str_fini(&path);
	return p;
}

/* ---- the plan of a static one ------------------------------------------ */

struct layout {
	const struct plan *from;
	struct plan to;
	bool *laid; /* positions of from */
	uint32_t near;
	const struct plugin_hint *hints;
	uint32_t n_hints;
};

/* Positions of the old plan behind what is laid, with their units. */
static void layout_lay(struct layout *l, uint32_t lo, uint32_t hi)
{
	const struct bound *unit;

	for (; lo < hi; lo++) {
		struct instance at = plan_at_near(l->from, lo, &l->near);

		unit = plan_bound(l->from, lo);
		if (unit && unit->lo == lo) {
			struct plan *p = &l->to;

			vec_room(p->bounds, p->n_bounds, p->cap_bounds);
			p->bounds[p->n_bounds++] = (struct bound){
				p->n_positions,
				p->n_positions + unit->hi - unit->lo,
			};
		}
		plan_add(&l->to, at.test_ix, at.index, 1);
		l->laid[lo] = true;
	}
}

/* What is bound lies behind the shared cursor: a thief would cut it. */
static bool layout_is_dealt(const struct layout *l, const struct plugin_hint *h)
{
	return h->slot != PLUGIN_ANY && !plan_bound(l->from, h->lo);
}

static void layout_deals(struct layout *l, uint32_t n_slots)
{
	struct plan *p = &l->to;
	uint32_t slot, lo, i;

	for (slot = 0; slot < n_slots; slot++) {
		lo = p->n_positions;
		for (i = 0; i < l->n_hints; i++)
			if (l->hints[i].slot == slot &&
			    layout_is_dealt(l, &l->hints[i]))
				layout_lay(l, l->hints[i].lo, l->hints[i].hi);
		if (p->n_positions == lo)
			continue;
		vec_room(p->deals, p->n_deals, p->cap_deals);
		p->deals[p->n_deals++] = (struct deal){
			.slot = slot, .lo = lo, .hi = p->n_positions
		};
	}
}

/* In its order, then what it left out (PLUG-3). */
static void layout_part(struct layout *l, uint32_t body_end)
{
	struct plan *p = &l->to;
	uint32_t lo = p->n_positions, i;

	for (i = 0; i < l->n_hints; i++)
		if (!layout_is_dealt(l, &l->hints[i]))
			layout_lay(l, l->hints[i].lo, l->hints[i].hi);
	for (i = 0; i < body_end; i++)
		if (!l->laid[i])
			layout_lay(l, i, i + 1);
	if (p->n_positions == lo)
		return;
	vec_room(p->parts, p->n_parts, p->cap_parts);
	p->parts[p->n_parts++] = (struct part){ .lo = lo,
						.hi = p->n_positions };
}

/* Behind the body all is where it was. */
static void layout_take_rest(struct layout *l, struct plan *from,
			     uint32_t body_end)
{
	struct plan *p = &l->to;
	struct plan body;

	layout_lay(l, body_end, from->n_positions);
	/* What the new one has goes into the old one, which has the tables. */
	body = *p;
	*p = *from;
	from->segments = body.segments;
	from->n_segments = body.n_segments;
	from->cap_segments = body.cap_segments;
	from->bounds = body.bounds;
	from->n_bounds = body.n_bounds;
	from->cap_bounds = body.cap_bounds;
	from->parts = body.parts;
	from->n_parts = body.n_parts;
	from->cap_parts = body.cap_parts;
	from->deals = body.deals;
	from->n_deals = body.n_deals;
	from->cap_deals = body.cap_deals;
	free(p->segments);
	free(p->bounds);
	free(p->parts);
	free(p->deals);
}

/* Where the gated units and the late ranges begin. */
static uint32_t layout_body_end(const struct plan *plan)
{
	if (plan->n_gated)
		return plan->gated[0].lo;
	return plan->n_late ? plan->late[0].lo : plan->n_positions;
}

void scheduler_order(const struct plugin *p, struct plan *plan)
{
	uint32_t body_end = layout_body_end(plan);
	struct layout l = { .from = plan,
			    .laid = mem_array(plan->n_positions, 1) };

	plan_init(&l.to);
	l.hints = plugin_hints(p, &l.n_hints);
	layout_deals(&l, plugin_slots(p));
	layout_part(&l, body_end);
	layout_take_rest(&l, plan, body_end);
	free(l.laid);
}
