/* SPDX-License-Identifier: MIT */
/*
 * Packets of a scheduler plug-in's host (shm/hint.c), and what becomes of
 * those that are well-formed (run/plugin_hint.c): the host has foreign code in
 * it, so the runner may receive anything.  A packet that is accepted has what
 * its head says, a text ends; no position is handed out that there is not,
 * that is the runner's, or twice without having been taken back; a bound unit
 * is handed out whole; the counts are the marks'.
 *
 * Input: packets, each a length of two bytes and so many bytes of it.
 */
#include "run/plugin_impl.h"

#include "base/mem.h"
#include "base/vec.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define N 200u
#define SLOTS 3u

static struct plan plan;

static void make_plan(void)
{
	if (plan.n_positions)
		return;
	plan_add(&plan, 0, 0, N);
	vec_room(plan.bounds, plan.n_bounds, plan.cap_bounds);
	plan.bounds[plan.n_bounds++] = (struct bound){ 10, 20 };
	plan.bounds[plan.n_bounds++] = (struct bound){ 100, 103 };
	vec_room(plan.gated, plan.n_gated, plan.cap_gated);
	plan.gated[plan.n_gated++] = (struct gated){ .lo = 190, .hi = N };
}

static void check_body(const struct hint_msg *msg, size_t len)
{
	len -= sizeof(msg->head);
	if (msg->head.kind == HINT_PUSH || msg->head.kind == HINT_ASSIGN)
		fuzz_must(len == 4 * (size_t)msg->head.n &&
			  msg->head.n <= HINT_TESTS_MAX, "%zu", len);
	else if (msg->head.kind == HINT_SEEN ||
		 msg->head.kind == HINT_RECALL || msg->head.kind == HINT_CLOSED)
		fuzz_must(len == 0, "%zu", len);
	else
		fuzz_must(strlen(msg->text) == len, "%zu", len);
}

static void check_range(const struct plugin *p, const struct plugin_hint *h,
			uint8_t *seen)
{
	const struct bound *unit = plan_bound(&plan, h->lo);
	uint32_t i;

	fuzz_must(h->lo <= h->hi && h->hi <= 190, "%u to %u", h->lo, h->hi);
	fuzz_must(h->slot == PLUGIN_ANY || h->slot < SLOTS, "%u", h->slot);
	if (unit && h->lo < h->hi)
		fuzz_must(h->lo == unit->lo && h->hi == unit->hi, "cut at %u",
			  h->lo);
	for (i = h->lo; i < h->hi; i++) {
		fuzz_must(!seen[i]++, "%u is handed out twice", i);
		fuzz_must(p->marks[i] & PLUGIN_FED, "%u", i);
	}
}

static void check_all(const struct plugin *p)
{
	uint8_t seen[N] = { 0 };
	uint32_t i, n = 0;

	for (i = 0; i < p->n_hints; i++)
		check_range(p, &p->hints[i], seen);
	for (i = 0; i < N; i++)
		n += seen[i];
	fuzz_must(n == p->n_fed && n == p->n_open && n <= p->n_own,
		  "%u, %u, %u", n, p->n_fed, p->n_open);
}

static bool take(struct plugin *p, struct hint_msg *msg, size_t len)
{
	if (!hint_check(msg, len, true))
		return true;
	check_body(msg, len);
	if (msg->head.kind != HINT_PUSH && msg->head.kind != HINT_ASSIGN &&
	    msg->head.kind != HINT_RECALL)
		return true;
	if (!plugin_hint_take(p, msg, NULL)) {
		fuzz_must(p->over && p->cause[0], "failed without a cause");
		return false;
	}
	if (msg->head.kind == HINT_RECALL)
		fuzz_must(p->reply->head.n <= HINT_TESTS_MAX &&
			  p->reply->head.n <= msg->head.n, "%u of %u",
			  p->reply->head.n, msg->head.n);
	/* As if it were sent. */
	p->replies = false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	static struct hint_msg msg;
	struct plugin p = { .args = { .plan = &plan, .n_slots = SLOTS },
			    .sock = -1,
			    .pidfd = -1 };
	const uint8_t *bytes;
	bool good = true;

	make_plan();
	plugin_hint_open(&p);
	while (good && in.left > 0) {
		size_t len = fuzz_byte(&in);

		len = fuzz_bytes(&in, len | (size_t)fuzz_byte(&in) << 8,
				 &bytes);
		len = min_of(len, sizeof(msg));
		memcpy(&msg, bytes, len);
		good = take(&p, &msg, len);
		check_all(&p);
	}
	plugin_hint_close(&p);
	return 0;
}
