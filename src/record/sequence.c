/* SPDX-License-Identifier: MIT */
#include "record/sequence.h"

#include "base/mem.h"
#include "base/vec.h"
#include "record/same.h"

#include <stdlib.h>
#include <string.h>

/* ---- out of a recording ---------------------------------------------- */

struct sequence_reader {
	struct sequence *s;
	bool at_end; /* what is told now was never told to end */
};

static bool sequence_is_step(const struct event *ev)
{
	return (ev->kind == EVENT_TEST_FINISHED ||
		ev->kind == EVENT_TEST_RETRIED) && ev->test.start_ns > 0;
}

static void sequence_event(void *ctx, const struct event *ev)
{
	struct sequence_reader *r = ctx;
	struct sequence *s = r->s;

	if (!sequence_is_step(ev))
		return;
	vec_room(s->steps, s->n, s->cap);
	s->steps[s->n] = (struct step){
		.test_ix = ev->test.test_ix,
		.index = ev->test.index,
		.seq = s->n,
		.slot = ev->test.slot,
		/* Nobody knows it; it is the last one of its slot. */
		.generation = r->at_end ? UINT16_MAX : ev->test.generation,
		.failed = ev->kind == EVENT_TEST_RETRIED ||
			  outcome_is_failure(ev->test.outcome),
		.start_ns = ev->test.start_ns,
	};
	s->n++;
}

static int sequence_by_start(const void *va, const void *vb)
{
	const struct step *a = va, *b = vb;

	if (a->slot != b->slot)
		return (a->slot > b->slot) - (a->slot < b->slot);
	if (a->generation != b->generation)
		return (a->generation > b->generation) -
		       (a->generation < b->generation);
	if (a->start_ns != b->start_ns)
		return (a->start_ns > b->start_ns) -
		       (a->start_ns < b->start_ns);
	return (a->seq > b->seq) - (a->seq < b->seq);
}

static void sequence_place_last(struct sequence *s)
{
	uint32_t i;

	for (i = 0; i < s->n; i++) {
		struct step *step = &s->steps[i];

		if (step->generation == UINT16_MAX)
			step->generation = i > 0 && step[-1].slot == step->slot
						   ? step[-1].generation : 0;
	}
}

void sequence_read(struct sequence *s, struct replay *r)
{
	struct sequence_reader reader = { .s = s };
	const struct sink sink = { .event = sequence_event, .ctx = &reader };

	*s = (struct sequence){ .listing = replay_run(r)->listing };
	replay_events(r, &sink);
	s->whole = replay_is_whole(r);
	reader.at_end = true;
	replay_end(r, &sink);
	if (s->n)
		qsort(s->steps, s->n, sizeof(*s->steps), sequence_by_start);
	sequence_place_last(s);
}

void sequence_fini(struct sequence *s)
{
	free(s->steps);
	*s = (struct sequence){ 0 };
}

void sequence_keep_slot(struct sequence *s, uint32_t slot, uint32_t generation)
{
	uint32_t n = 0, i;

	for (i = 0; i < s->n; i++)
		if (s->steps[i].slot == slot &&
		    (generation == SEQUENCE_ALL ||
		     s->steps[i].generation == generation))
			s->steps[n++] = s->steps[i];
	s->n = n;
}

static int sequence_by_test(const struct step *a, const struct step *b)
{
	if (a->test_ix != b->test_ix)
		return (a->test_ix > b->test_ix) - (a->test_ix < b->test_ix);
	return (a->index > b->index) - (a->index < b->index);
}

static int sequence_by_first(const void *va, const void *vb)
{
	const struct step *a = va, *b = vb;
	int c = sequence_by_test(a, b);

	if (c)
		return c;
	if (a->start_ns != b->start_ns)
		return (a->start_ns > b->start_ns) -
		       (a->start_ns < b->start_ns);
	return (a->seq > b->seq) - (a->seq < b->seq);
}

static int sequence_by_first_there(const void *va, const void *vb)
{
	const struct step *a = va, *b = vb;
	int c = sequence_by_test(a, b);

	if (c == 0 && a->slot != b->slot)
		c = (a->slot > b->slot) - (a->slot < b->slot);
	return c ? c : sequence_by_first(va, vb);
}

void sequence_keep_first(struct sequence *s, bool on_each)
{
	uint32_t n = 0, i;

	s->all_slots = true;
	s->on_each = on_each;
	if (s->n == 0)
		return;
	qsort(s->steps, s->n, sizeof(*s->steps),
	      on_each ? sequence_by_first_there : sequence_by_first);
	for (i = 0; i < s->n; i++) {
		const struct step *last = n ? &s->steps[n - 1] : NULL;

		if (!last || sequence_by_test(last, &s->steps[i]) ||
		    (on_each && last->slot != s->steps[i].slot))
			s->steps[n++] = s->steps[i];
	}
	s->n = n;
	qsort(s->steps, s->n, sizeof(*s->steps), sequence_by_start);
}

uint32_t sequence_count_slots(const struct sequence *s)
{
	return s->n ? s->steps[s->n - 1].slot + 1u : 0;
}

/* ---- into a plan ----------------------------------------------------- */

/* Instances of now by number; a bit each: it is selected, and not laid yet. */
struct sequence_open {
	uint64_t *first; /* per test: the bit of its instance 0 */
	uint8_t *bits;
};

static void sequence_open(struct sequence_open *open, const struct listing *now,
			  const struct plan *selected)
{
	struct stretch at = { 0 };
	uint64_t n = 0, bit;
	uint32_t i;

	open->first = mem_array((size_t)now->n_tests + 1, sizeof(*open->first));
	for (i = 0; i < now->n_tests; i++) {
		open->first[i] = n;
		n += now->tests[i].count;
	}
	open->bits = mem_zalloc(n / 8 + 1);
	while (plan_walk(selected, &at))
		for (i = 0; i < at.count; i++) {
			bit = open->first[at.first.test_ix] + at.first.index +
			      i;
			open->bits[bit / 8] |= (uint8_t)(1u << bit % 8);
		}
}

/* Was it open?  On another slot it may stand once more. */
static bool sequence_take(const struct sequence *s, struct sequence_open *open,
			  uint64_t bit)
{
	uint8_t mask = (uint8_t)(1u << bit % 8);
	bool was = open->bits[bit / 8] & mask;

	if (!s->all_slots)
		open->bits[bit / 8] &= (uint8_t)~mask;
	return was;
}

static void sequence_lay(const struct sequence *s, const struct step *step,
			 uint32_t test_ix, struct plan *plan)
{
	if (s->all_slots)
		plan_begin_turn(plan, step->slot);
	plan_add(plan, test_ix, step->index, 1);
}

uint32_t sequence_plan(const struct sequence *s, const struct listing *now,
		       const struct plan *selected, struct plan *plan)
{
	struct same same = { .listing = now };
	struct sequence_open open;
	uint32_t n_gone = 0, i;

	same_add_all(&same);
	sequence_open(&open, now, selected);
	for (i = 0; i < s->n; i++) {
		const struct step *step = &s->steps[i];
		uint32_t test = same_find(&same, s->listing,
					  &s->listing->tests[step->test_ix]);

		if (test == SAME_NONE || step->index >= now->tests[test].count)
			n_gone++;
		else if (sequence_take(s, &open,
				       open.first[test] + step->index))
			sequence_lay(s, step, test, plan);
	}
	if (s->on_each) {
		plan->n_times = sequence_count_slots(s);
		plan->turn_kind = TURNS_ARE_SLOTS;
	}
	free(open.first);
	free(open.bits);
	same_fini(&same);
	return n_gone;
}

void sequence_deal(struct plan *plan)
{
	vec_room(plan->deals, plan->n_deals, plan->cap_deals);
	plan->deals[plan->n_deals++] = (struct deal){
		.hi = plan->n_positions,
		.bound = true,
	};
	plan->n_units = 1;
}

/* ---- the tests before one -------------------------------------------- */

void sequence_print_name(struct str *out, const struct sequence *s,
			 uint32_t step)
{
	const struct step *at = &s->steps[step];

	test_print_name(out, &s->listing->tests[at->test_ix], at->index);
}

static bool sequence_is_called(const struct sequence *s, uint32_t step,
			       const char *name)
{
	struct str text = STR_INIT;
	bool is;

	sequence_print_name(&text, s, step);
	is = strcmp(str_get(&text), name) == 0;
	str_fini(&text);
	return is;
}

static bool step_shares_process(const struct step *a, const struct step *b)
{
	return a->slot == b->slot && a->generation == b->generation;
}

bool sequence_find(const struct sequence *s, const char *name, uint32_t *step)
{
	const struct step *best = NULL, *at;
	uint32_t i;

	for (i = 0; i < s->n; i++) {
		at = &s->steps[i];
		if (!sequence_is_called(s, i, name) ||
		    (best && best->failed &&
		     (!at->failed || step_shares_process(at, best))))
			continue;
		best = at;
	}
	if (best)
		*step = (uint32_t)(best - s->steps);
	return best;
}

void sequence_keep_until(struct sequence *s, uint32_t step)
{
	struct step last = s->steps[step];
	uint32_t n = 0, i;

	for (i = 0; i < step; i++) {
		struct step at = s->steps[i];

		if (step_shares_process(&at, &last) &&
		    (at.test_ix != last.test_ix || at.index != last.index))
			s->steps[n++] = at;
	}
	s->steps[n++] = last;
	s->n = n;
}

bool sequence_ends_with(const struct sequence *s, const struct listing *now,
			uint32_t test_ix, uint32_t index)
{
	const struct step *last = &s->steps[s->n - 1];
	const struct test *a = &s->listing->tests[last->test_ix];
	const struct test *b = &now->tests[test_ix];

	return index == last->index && strcmp(a->name, b->name) == 0 &&
	       strcmp(s->listing->suites[a->suite_ix].path,
		      now->suites[b->suite_ix].path) == 0;
}
