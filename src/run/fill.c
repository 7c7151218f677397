/* SPDX-License-Identifier: MIT */
#include "run/fill.h"

#include "base/clock.h"
#include "run/feed.h"
#include "run/keeper.h"

/* What a test costs beside its own time; a fork and more. */
#define FILL_SPARE_NS (500 * NS_PER_US)
/* Of one slot at once: then others may need some, and a turn of the runner
 * is nothing to so many. */
#define FILL_MAX 64u
/* Positions that are looked at in one turn. */
#define FILL_LOOK 4096u

/* ---- how long ---------------------------------------------------------- */

/* NULL = it has not run before. */
static const struct cost *fill_cost(const struct run *run, uint32_t position)
{
	const struct costs *costs = run->args->costs;
	struct instance at;
	const struct cost *cost;

	if (!costs)
		return NULL;
	at = plan_at(run->args->plan, position);
	cost = &costs->rows[costs_row(costs, at.test_ix, at.index)];
	return cost->known && cost->est_ns > 0 ? cost : NULL;
}

uint64_t fill_unit_ns(const struct run *run, struct range unit)
{
	const struct cost *cost;
	uint64_t sum = 0;

	for (; unit.lo < unit.hi; unit.lo++) {
		cost = fill_cost(run, unit.lo);
		if (!cost)
			return 0;
		sum += (uint64_t)cost->est_ns;
	}
	return sum;
}

/* What is in front of a slot beside the test it runs. */
static bool fill_add_rest(const struct run *run, struct range rest,
			  uint64_t *end_ns)
{
	uint64_t ns;

	rest = range_free(rest);
	if (range_is_empty(rest))
		return true;
	if (rest.hi > run->layout.n_positions)
		return false;
	ns = fill_unit_ns(run, rest);
	*end_ns += ns;
	return ns > 0;
}

/* When a slot will rest; 0 = nobody knows.  What it says of itself is only
 * believed where that harms nobody: a lie makes a wide unit late. */
static uint64_t fill_end_ns(const struct run *run, uint32_t slot)
{
	const struct slot *page = &run->arena.slots[slot];
	const struct slot_deque *own = &run->arena.deques[slot];
	struct current_word now = current_load(&page->current); /* C35 */
	uint64_t end_ns = run->now_ns, start_ns;
	const struct cost *cost;

	if (run->slots[slot].state == CREW_STARTING)
		return 0;
	if (now.phase == PHASE_RUN && now.position < run->layout.n_positions) {
		cost = fill_cost(run, now.position);
		if (!cost)
			return 0;
		start_ns = atom64_load_relaxed(&page->start_ns); /* C36 */
		end_ns = min_of(start_ns, run->now_ns) +
			 (uint64_t)cost->est_ns;
		/* It takes longer than it did: how much, nobody knows. */
		if (end_ns <= run->now_ns)
			return 0;
	}
	return fill_add_rest(run, deque_peek(&own->held), &end_ns) &&
			       fill_add_rest(run, deque_peek(&own->inbox),
					     &end_ns)
		       ? end_ns : 0;
}

/* When the last of them will rest; 0 = nobody knows, or all do. */
static uint64_t fill_start_ns(const struct run *run, uint32_t from,
			      uint32_t to)
{
	uint64_t start_ns = 0, end_ns;

	for (; from < to; from++) {
		if (keeper_is_resting(run, from))
			continue;
		end_ns = fill_end_ns(run, from);
		if (!end_ns)
			return 0;
		start_ns = max_of(start_ns, end_ns);
	}
	return start_ns;
}

/* ---- what fits --------------------------------------------------------- */

/* An erratic test needs more room than its mean (EST-3, EST-4); UINT64_MAX =
 * it does not fit anywhere. */
static uint64_t fill_need_ns(const struct run *run, uint32_t position)
{
	struct state_word w = state_unpack(
		state_load(&run->arena.states[position]));
	const struct cost *cost;

	if (run->ended[position] || w.state != STATE_PENDING)
		return UINT64_MAX;
	cost = fill_cost(run, position);
	return cost ? (uint64_t)(cost->est_ns + 4 * cost->dev_ns) +
			      FILL_SPARE_NS
		    : UINT64_MAX;
}

/* Neighbours from lo on that fit together, up to hi; none if the first does
 * not. */
static struct range fill_measure(const struct run *run, uint32_t lo,
				 uint32_t hi, uint64_t room_ns)
{
	struct range r = { lo, lo };
	uint64_t need;

	hi = min_of(hi, lo + FILL_MAX);
	while (r.hi < hi &&
	       (need = fill_need_ns(run, r.hi)) <= room_ns) {
		room_ns -= need;
		r.hi++;
	}
	return r;
}

static struct range fill_find(const struct run *run, uint64_t room_ns,
			      uint32_t *next)
{
	struct range rest = feed_rest(run), r = { 0 };
	uint32_t p = max_of(*next, rest.lo), n;
	const struct bound *b;

	for (n = 0; n < FILL_LOOK && p < rest.hi; n++) {
		b = plan_bound_from(run->args->plan, p);
		if (b && b->lo <= p) {
			p = b->hi;
			continue;
		}
		r = fill_measure(run, p, b ? min_of(b->lo, rest.hi) : rest.hi,
				 room_ns);
		p = range_is_empty(r) ? p + 1 : r.hi;
		if (!range_is_empty(r))
			break;
	}
	*next = p;
	return r;
}

static bool fill_applies(const struct run *run)
{
	const struct plan *plan = run->args->plan;

	return !run->plugin && plan->n_parts == 1 &&
	       plan->parts[0].setup_ns == 0 && !plan_is_pinned(plan);
}

void fill_slots(struct run *run, uint32_t from, uint32_t to, uint32_t *next)
{
	uint64_t start_ns;
	struct range r;

	if (!fill_applies(run))
		return;
	start_ns = fill_start_ns(run, from, to);
	for (; from < to && start_ns > run->now_ns; from++) {
		if (run->slots[from].state != CREW_LIVE ||
		    !keeper_is_resting(run, from))
			continue;
		r = fill_find(run, start_ns - run->now_ns, next);
		if (range_is_empty(r))
			return;
		feed_show(run, from, range_bind(r.lo, r.hi));
	}
}
