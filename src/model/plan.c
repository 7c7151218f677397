/* SPDX-License-Identifier: MIT */
#include "model/plan.h"

#include "base/compiler.h"
#include "base/vec.h"

#include <stdlib.h>

void plan_init(struct plan *plan)
{
	*plan = (struct plan){ 0 };
}

void plan_fini(struct plan *plan)
{
	free(plan->segments);
	free(plan->turns);
	free(plan->parts);
	free(plan->deals);
	free(plan->bounds);
	free(plan->gated);
	free(plan->uses);
	free(plan->locks);
	free(plan->groups);
	plan_init(plan);
}

/* ---- turns ----------------------------------------------------------- */

static uint32_t plan_last_turn(const struct plan *plan)
{
	return plan->n_turns ? plan->turns[plan->n_turns - 1].number : 0;
}

/* Does another one begin here? */
static bool plan_is_turning(const struct plan *plan)
{
	return plan->n_turns &&
	       plan->turns[plan->n_turns - 1].position == plan->n_positions;
}

void plan_begin_turn(struct plan *plan, uint32_t number)
{
	if (plan_last_turn(plan) == number)
		return;
	if (plan_is_turning(plan)) {
		plan->turns[plan->n_turns - 1].number = number;
		return;
	}
	vec_room(plan->turns, plan->n_turns, plan->cap_turns);
	plan->turns[plan->n_turns++] =
		(struct turn){ plan->n_positions, number };
}

uint32_t turn_at(const struct turn *turns, uint32_t n, uint32_t position)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (turns[mid].position <= position)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? turns[lo - 1].number : 0;
}

uint32_t plan_turn(const struct plan *plan, uint32_t position)
{
	return turn_at(plan->turns, plan->n_turns, position);
}

/* ---- segments -------------------------------------------------------- */

/* Does (test_ix, index) continue the last segment?  Makes a segment of tests
 * of one that could be either. */
static bool plan_continues(struct plan *plan, uint32_t test_ix, uint32_t index,
			   uint32_t count)
{
	struct segment *last;
	uint32_t len;

	if (plan->n_segments == 0 || plan_is_turning(plan))
		return false;
	last = &plan->segments[plan->n_segments - 1];
	len = plan->n_positions - last->position;
	if (last->index != SEGMENT_TESTS && last->test_ix == test_ix)
		return last->index + len == index;
	if (index != 0 || count != 1 || last->test_ix + len != test_ix)
		return false;
	if (last->index == 0 && len == 1)
		last->index = SEGMENT_TESTS;
	return last->index == SEGMENT_TESTS;
}

void plan_add(struct plan *plan, uint32_t test_ix, uint32_t index,
	      uint32_t count)
{
	if (count > PLAN_POSITIONS_MAX - plan->n_positions) {
		plan->overflow = true;
		return;
	}
	if (count == 0)
		return;
	if (!plan_continues(plan, test_ix, index, count)) {
		vec_room(plan->segments, plan->n_segments, plan->cap_segments);
		plan->segments[plan->n_segments++] = (struct segment){
			.position = plan->n_positions,
			.test_ix = test_ix,
			.index = min_of(index, SEGMENT_TESTS - 1),
		};
	}
	plan->n_positions += count;
}

/* A segment that ends at a position once more, behind all others. */
static void plan_append(struct plan *plan, uint32_t segment, uint32_t end)
{
	struct segment s = plan->segments[segment];
	uint32_t count = end - s.position;

	s.position = plan->n_positions;
	vec_room(plan->segments, plan->n_segments, plan->cap_segments);
	plan->segments[plan->n_segments++] = s;
	plan->n_positions += count;
}

void plan_repeat(struct plan *plan, uint32_t n)
{
	uint32_t n_segments = plan->n_segments, len = plan->n_positions;
	uint32_t turn, i;

	if (len > PLAN_POSITIONS_MAX / n) {
		plan->overflow = true;
		return;
	}
	plan->n_times = n;
	plan->turn_kind = TURNS_ARE_ITERATIONS;
	for (turn = 1; turn < n; turn++) {
		plan_begin_turn(plan, turn);
		for (i = 0; i < n_segments; i++)
			plan_append(plan, i, i + 1 < n_segments
				? plan->segments[i + 1].position : len);
	}
}

void plan_add_part(struct plan *plan, uint32_t lo, uint32_t hi,
		   uint64_t setup_ns)
{
	vec_room(plan->parts, plan->n_parts, plan->cap_parts);
	plan->parts[plan->n_parts++] =
		(struct part){ .lo = lo, .hi = hi, .setup_ns = setup_ns };
}

static uint32_t plan_segment_end(const struct plan *plan, uint32_t i)
{
	return i + 1 < plan->n_segments ? plan->segments[i + 1].position
					: plan->n_positions;
}

hot_path uint32_t plan_segment(const struct segment *segments, uint32_t n,
		      uint32_t position)
{
	uint32_t lo = 0, hi = n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (segments[mid].position <= position)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static bool plan_is_in(const struct plan *plan, uint32_t segment,
		       uint32_t position)
{
	return segment < plan->n_segments &&
	       position >= plan->segments[segment].position &&
	       (segment + 1 == plan->n_segments ||
		position < plan->segments[segment + 1].position);
}

struct instance plan_at_near(const struct plan *plan, uint32_t position,
			     uint32_t *hint)
{
	if (!plan_is_in(plan, *hint, position))
		*hint = plan_is_in(plan, *hint + 1, position)
				? *hint + 1
				: plan_segment(plan->segments,
					       plan->n_segments, position);
	return segment_at(&plan->segments[*hint], position);
}

struct instance plan_at(const struct plan *plan, uint32_t position)
{
	uint32_t hint = UINT32_MAX - 1;

	return plan_at_near(plan, position, &hint);
}

bool plan_walk(const struct plan *plan, struct stretch *stretch)
{
	uint32_t position = stretch->position + stretch->count, i;
	const struct segment *s;

	if (position >= plan->n_positions)
		return false;
	i = plan_segment(plan->segments, plan->n_segments, position);
	s = &plan->segments[i];
	*stretch = (struct stretch){
		.position = position,
		.count = s->index == SEGMENT_TESTS
				 ? 1 : plan_segment_end(plan, i) - position,
		.first = segment_at(s, position),
	};
	return true;
}

uint32_t bound_search(const struct bound *bounds, uint32_t n,
		      uint32_t position)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (bounds[mid].hi <= position)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct bound *plan_bound_from(const struct plan *plan,
				    uint32_t position)
{
	uint32_t i = bound_search(plan->bounds, plan->n_bounds, position);

	return i < plan->n_bounds ? &plan->bounds[i] : NULL;
}

const struct bound *plan_bound(const struct plan *plan, uint32_t position)
{
	const struct bound *b = plan_bound_from(plan, position);

	return b && b->lo <= position ? b : NULL;
}

bool plan_is_pinned(const struct plan *plan)
{
	uint32_t i;

	for (i = 0; i < plan->n_gated; i++)
		if (plan->gated[i].pin)
			return true;
	return false;
}

bool plan_has_lists(const struct plan *plan)
{
	uint32_t i;

	for (i = 0; i < plan->n_deals; i++)
		if (plan->deals[i].bound)
			return true;
	return false;
}

uint32_t plan_list_len(const struct plan *plan)
{
	return plan->copies ? plan->n_positions / plan->copies : 0;
}

uint32_t plan_kept_from(const struct plan *plan)
{
	uint32_t from = plan->n_positions, i;

	for (i = 0; i < plan->n_gated; i++)
		from = min_of(from, plan->gated[i].lo);
	for (i = 0; i < plan->n_late; i++)
		from = min_of(from, plan->late[i].lo);
	return from;
}

uint32_t plan_alone_to(const struct plan *plan)
{
	uint32_t i;

	for (i = 0; i < plan->n_late; i++)
		if (!plan->late[i].alone)
			return plan->late[i].lo;
	return plan->n_positions;
}

void plan_print_name(struct str *out, const struct plan *plan,
		     const struct listing *listing, uint32_t position)
{
	struct instance at = plan_at(plan, position);

	test_print_name(out, &listing->tests[at.test_ix], at.index);
	if (plan->n_times > 1 && plan->turn_kind == TURNS_ARE_ITERATIONS)
		str_addf(out, " (iteration %u)",
			 plan_turn(plan, position) + 1);
}
