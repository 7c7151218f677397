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

static struct plugin *scheduler_open(const char *value,
				     struct plugin_args *args, struct err *err)
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
		plan_begin_turn(&l->to, plan_turn(l->from, lo));
		plan_add(&l->to, at.test_ix, at.index, 1);
		l->laid[lo] = true;
	}
}

/* What is bound lies behind the shared cursor: a thief would cut it. */
static bool layout_is_dealt(const struct layout *l, const struct plugin_hint *h)
{
	return h->slot != PLUGIN_ANY && !plan_bound(l->from, h->lo);
}

static void layout_deal(struct layout *l, uint32_t slot)
{
	struct plan *p = &l->to;
	uint32_t lo = p->n_positions, i;

	for (i = 0; i < l->n_hints; i++)
		if (l->hints[i].slot == slot &&
		    layout_is_dealt(l, &l->hints[i]))
			layout_lay(l, l->hints[i].lo, l->hints[i].hi);
	vec_room(p->deals, p->n_deals, p->cap_deals);
	p->deals[p->n_deals++] = (struct deal){ .slot = slot,
						.lo = lo,
						.hi = p->n_positions };
}

static void layout_deals(struct layout *l, uint32_t n_slots)
{
	bool *is_dealt = mem_array(n_slots, sizeof(*is_dealt));
	uint32_t slot, i;

	for (i = 0; i < l->n_hints; i++)
		if (layout_is_dealt(l, &l->hints[i]))
			is_dealt[l->hints[i].slot] = true;
	for (slot = 0; slot < n_slots; slot++)
		if (is_dealt[slot])
			layout_deal(l, slot);
	free(is_dealt);
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

/* What was laid takes the place of what was; the tables stay. */
static void layout_move(struct plan *to, struct plan *from)
{
	free(to->segments);
	free(to->turns);
	free(to->bounds);
	free(to->parts);
	free(to->deals);
	to->segments = from->segments;
	to->n_segments = from->n_segments;
	to->cap_segments = from->cap_segments;
	to->turns = from->turns;
	to->n_turns = from->n_turns;
	to->cap_turns = from->cap_turns;
	to->bounds = from->bounds;
	to->n_bounds = from->n_bounds;
	to->cap_bounds = from->cap_bounds;
	to->parts = from->parts;
	to->n_parts = from->n_parts;
	to->cap_parts = from->cap_parts;
	to->deals = from->deals;
	to->n_deals = from->n_deals;
	to->cap_deals = from->cap_deals;
}

/* Where the gated units and the late ranges begin. */
static uint32_t layout_body_end(const struct plan *plan)
{
	if (plan->n_gated)
		return plan->gated[0].lo;
	return plan->n_late ? plan->late[0].lo : plan->n_positions;
}

static void scheduler_order(const struct plugin *p, struct plan *plan)
{
	uint32_t body_end = layout_body_end(plan);
	struct layout l = { .from = plan,
			    .laid = mem_array(plan->n_positions, 1) };

	plan_init(&l.to);
	l.hints = plugin_hints(p, &l.n_hints);
	layout_deals(&l, plugin_slots(p));
	layout_part(&l, body_end);
	/* Behind the body all is where it was. */
	layout_lay(&l, body_end, plan->n_positions);
	layout_move(plan, &l.to);
	free(l.laid);
}

struct plugin *scheduler_ask(const char *value, struct plugin_args *args,
			     struct plan *plan, struct err *err)
{
	struct plugin *p;

	args->plan = plan;
	p = scheduler_open(value, args, err);
	if (!p)
		return NULL;
	plugin_schedule(p);
	if (!plugin_is_dynamic(p))
		scheduler_order(p, plan);
	return p;
}
