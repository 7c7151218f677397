/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "base/vec.h"
#include "lockfree/range.h"
#include "run/plugin_impl.h"

#include <stdlib.h>

static void plugin_mark_placed(struct plugin *p, uint32_t lo, uint32_t hi)
{
	for (; lo < hi; lo++) {
		p->n_own -= !(p->marks[lo] & PLUGIN_PLACED);
		p->marks[lo] |= PLUGIN_PLACED;
	}
}

void plugin_hint_open(struct plugin *p)
{
	const struct plan *plan = p->args.plan;
	uint32_t i;

	p->n = p->n_own = plan->n_positions;
	p->marks = mem_array(p->n, sizeof(*p->marks));
	p->reply = mem_zalloc(sizeof(*p->reply));
	for (i = 0; i < plan->n_gated; i++)
		plugin_mark_placed(p, plan->gated[i].lo, plan->gated[i].hi);
	for (i = 0; i < plan->n_late; i++)
		plugin_mark_placed(p, plan->late[i].lo, plan->late[i].hi);
	for (i = 0; i < plan->n_deals; i++)
		plugin_mark_placed(p, plan->deals[i].lo, plan->deals[i].hi);
}

void plugin_hint_close(struct plugin *p)
{
	free(p->marks);
	free(p->hints);
	free(p->reply);
}

/* The whole unit of a position: what is bound is handed out together. */
static struct range plugin_unit(const struct plan *plan, uint32_t position)
{
	const struct bound *unit = plan_bound(plan, position);

	if (unit)
		return (struct range){ .lo = unit->lo, .hi = unit->hi };
	return (struct range){ .lo = position, .hi = position + 1 };
}

static void plugin_keep(struct plugin *p, uint32_t slot, struct range r)
{
	vec_room(p->hints, p->n_hints, p->cap_hints);
	p->hints[p->n_hints++] = (struct plugin_hint){ .slot = slot,
						       .lo = r.lo,
						       .hi = r.hi };
}

/* All of a unit in one piece, also what of it has ended: it is disabled, and
 * its state word says so. */
static void plugin_feed_unit(struct plugin *p, uint32_t slot,
			     struct range unit)
{
	uint32_t i;

	for (i = unit.lo; i < unit.hi; i++) {
		if (p->marks[i])
			continue;
		p->marks[i] |= PLUGIN_FED;
		p->n_fed++;
		p->n_open++;
	}
	plugin_keep(p, slot, unit);
}

static bool plugin_feed(struct plugin *p, uint32_t slot,
			const struct hint_msg *msg)
{
	bool useful = false;
	uint32_t i;

	if (slot != PLUGIN_ANY && slot >= p->args.n_slots) {
		plugin_fail(p, "it named a slot that there is not");
		return false;
	}
	for (i = 0; i < msg->head.n; i++) {
		uint32_t test = msg->tests[i];

		if (test >= p->n) {
			plugin_fail(p, "it named a test that there is not");
			return false;
		}
		if (p->marks[test] & PLUGIN_PLACED)
			continue;
		if (p->marks[test]) {
			p->n_again++;
			continue;
		}
		plugin_feed_unit(p, slot, plugin_unit(p->args.plan, test));
		useful = true;
	}
	p->n_useless += useful ? 0 : 1 + msg->head.n / 64;
	return true;
}

/* ---- taking back ----------------------------------------------------- */

void plugin_hint_unfeed(struct plugin *p, struct range r)
{
	uint32_t i = r.hi;

	while (i-- > r.lo) {
		if (!(p->marks[i] & PLUGIN_FED) ||
		    (p->marks[i] & PLUGIN_ENDED))
			continue;
		p->marks[i] &= (uint8_t)~PLUGIN_FED;
		p->n_fed--;
		p->n_open--;
		p->reply->tests[p->reply->head.n++] = i;
	}
}

/* From the back of what waits here for the slot. */
static void plugin_recall_kept(struct plugin *p, uint32_t slot, uint32_t max)
{
	uint32_t i, n;

	for (i = p->n_hints; i > p->first_hint; i--) {
		struct plugin_hint *h = &p->hints[i - 1];

		n = max - p->reply->head.n;
		if (n == 0)
			break;
		if (h->slot != slot || h->hi - h->lo > n)
			continue;
		plugin_hint_unfeed(p, (struct range){ .lo = h->lo, .hi = h->hi });
		h->hi = h->lo;
	}
}

static bool plugin_recall(struct plugin *p, const struct hint_head *head,
			  struct run *run)
{
	uint32_t max = head->n < HINT_TESTS_MAX ? head->n : HINT_TESTS_MAX;

	if (p->replies || head->slot >= p->args.n_slots) {
		plugin_fail(p, "it talks nonsense");
		return false;
	}
	p->reply->head = (struct hint_head){ .kind = HINT_RECALLED };
	plugin_recall_kept(p, head->slot, max);
	if (run)
		plugin_inbox_recall(run, head->slot, max);
	p->n_useless += p->reply->head.n == 0;
	p->replies = true;
	plugin_hint_answer(p);
	return true;
}

void plugin_hint_answer(struct plugin *p)
{
	if (p->replies && hint_send(p->sock, p->reply, -1) == 0)
		p->replies = false;
}

/* ---- one message ----------------------------------------------------- */

bool plugin_hint_take(struct plugin *p, const struct hint_msg *msg,
		      struct run *run)
{
	bool good = true;

	if (msg->head.kind == HINT_PUSH)
		good = plugin_feed(p, PLUGIN_ANY, msg);
	else if (msg->head.kind == HINT_ASSIGN)
		good = plugin_feed(p, msg->head.slot, msg);
	else
		good = plugin_recall(p, &msg->head, run);
	if (good && p->n_useless > PLUGIN_USELESS_MAX + 4 * (uint64_t)p->n) {
		plugin_fail(p, "it floods the runner with hints");
		good = false;
	}
	return good;
}

bool plugin_hint_next(struct plugin *p, struct plugin_hint *hint)
{
	while (p->first_hint < p->n_hints) {
		*hint = p->hints[p->first_hint++];
		if (hint->lo < hint->hi)
			return true;
	}
	p->first_hint = p->n_hints = 0;
	return false;
}
