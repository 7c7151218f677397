/* SPDX-License-Identifier: MIT */
#include "run/release.h"

#include "base/mem.h"
#include "run/crew.h"
#include "run/feed.h"

#include <stdlib.h>

void release_open(struct run *run)
{
	const struct listing *listing = run->args->listing;
	struct stretch at = { 0 };

	if (run->layout.n_fixtures == 0)
		return;
	run->release.left =
		mem_array(listing->n_suites, sizeof(*run->release.left));
	while (plan_walk(run->args->plan, &at))
		run->release.left[listing->tests[at.first.test_ix].suite_ix] +=
			at.count;
}

void release_close(struct run *run)
{
	free(run->release.left);
	run->release.left = NULL;
}

void release_suite(struct run *run, uint32_t suite_ix)
{
	if (--run->release.left[suite_ix] == 0)
		run->release.under_way = true;
}

/* May worker or scope fixtures of its suite be up anywhere? */
static bool release_is_held(const struct run *run, uint32_t ix)
{
	uint32_t i;

	for (i = 0; i < run->n_slots; i++)
		if (run->slots[i].state != CREW_EMPTY &&
		    atom64_load_acquire(&run->arena.slots[i].holds) & /* F16 */
			    fixture_bit(ix))
			return true;
	return false;
}

/* One step of one fixture; true when it is not down yet. */
static bool release_step(struct run *run, uint32_t ix, bool may_fall,
			 bool *changed)
{
	struct fixture_control *f = &run->arena.controls[ix];
	uint64_t seen = atom64_load_acquire(&f->word); /* F17 */
	struct fixture_word next = fixture_unpack(seen);

	if (next.state == FIXTURE_READY)
		next.state = FIXTURE_ENDING;
	else if (next.state == FIXTURE_ENDING && may_fall &&
		 !release_is_held(run, ix))
		next.state = FIXTURE_DUE;
	else
		return fixture_is_up(next.state) ||
		       next.state == FIXTURE_FALLING;
	if (atom64_cas_acq_rel(&f->word, &seen, fixture_pack(next))) /* F18 */
		*changed = true;
	return true;
}

/* In the opposite order of their set-up, one after the other. */
static bool release_step_all(struct run *run, bool *changed)
{
	const struct fixture_list *list = run->args->fixtures;
	bool pending = false;
	uint32_t i, busy = UINT32_MAX;

	for (i = list->n; i > 0; i--) {
		uint32_t suite_ix = list->items[i - 1].suite_ix;

		if (run->release.left[suite_ix] > 0 ||
		    !release_step(run, i - 1, busy != suite_ix, changed))
			continue;
		busy = suite_ix;
		pending = true;
	}
	return pending;
}

void release_turn(struct run *run)
{
	bool changed, any = false;

	if (likely(!run->release.under_way))
		return;
	do {
		changed = false;
		run->release.under_way = release_step_all(run, &changed);
		any |= changed;
	} while (changed);
	if (!run->release.under_way) {
		feed_lower(run, GATE_RELEASE);
	} else if (any) {
		feed_raise(run, GATE_RELEASE);
		crew_wake_all(run);
	}
}
