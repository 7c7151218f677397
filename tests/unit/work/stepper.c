/* SPDX-License-Identifier: MIT */
#include "stepper.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#define NEVER UINT64_MAX
/* A monotonic clock does not begin with the run. */
#define EPOCH_NS (3600 * STEPPER_S)

static struct stepper *awake; /* whose sleepers a wake is for */

/* ---- the gate's system ----------------------------------------------- */

static int stepper_wait(const uint32_t *word, uint32_t expected,
			uint64_t timeout_ns)
{
	(void)word;
	(void)expected;
	(void)timeout_ns;
	cr_assert_fail("a claimer sleeps by itself");
	return 0;
}

/* As a futex: so many of those that sleep, the first ones. */
static int stepper_wake(const uint32_t *word, int n)
{
	uint32_t i;

	(void)word;
	for (i = 0; i < awake->n_slots && n > 0; i++) {
		struct stepper_slot *slot = &awake->slots[i];

		if (!slot->parked)
			continue;
		slot->parked = false;
		slot->free_ns = awake->now_ns;
		gate_leave(awake->arena.gate);
		n--;
	}
	return 0;
}

static const struct gate_ops stepper_ops = { .wait = stepper_wait,
					     .wake = stepper_wake };

/* ---- making ---------------------------------------------------------- */

void stepper_make(struct stepper *s, uint32_t n_positions, uint32_t n_slots)
{
	uint32_t i;

	*s = (struct stepper){ .n_positions = n_positions,
			       .n_slots = n_slots,
			       .fails = UINT32_MAX };
	cr_assert_leq(n_slots, STEPPER_SLOTS);
	listing_init(&s->listing);
	listing_add_suite(&s->listing, "./t.so", "native");
	listing_add_test(&s->listing, &(struct test){ .name = "A::all",
						      .file = "",
						      .count = n_positions,
						      .indexed = true });
	plan_init(&s->plan);
	plan_add(&s->plan, 0, 0, n_positions);
	s->lasts_ns = mem_array(n_positions, sizeof(*s->lasts_ns));
	s->started_ns = mem_array(n_positions, sizeof(*s->started_ns));
	s->order = mem_array(n_positions, sizeof(*s->order));
	for (i = 0; i < n_positions; i++) {
		s->lasts_ns[i] = STEPPER_S;
		s->started_ns[i] = NEVER;
	}
}

void stepper_deal(struct stepper *s, uint32_t slot, uint32_t lo, uint32_t hi,
		  bool bound)
{
	struct plan *p = &s->plan;

	vec_room(p->deals, p->n_deals, p->cap_deals);
	p->deals[p->n_deals++] = (struct deal){ slot, lo, hi, bound };
}

void stepper_bind(struct stepper *s, uint32_t lo, uint32_t hi)
{
	struct plan *p = &s->plan;

	vec_room(p->bounds, p->n_bounds, p->cap_bounds);
	p->bounds[p->n_bounds++] = (struct bound){ lo, hi };
}

/* As run_make_memories(). */
static void stepper_share(struct stepper *s, const uint64_t *sums)
{
	struct arena_layout layout = arena_layout_make(
		s->n_positions, s->n_slots, s->plan.n_parts, 0, 0);
	struct catalog_args args = { .listing = &s->listing,
				     .plan = &s->plan,
				     .layout = &layout,
				     .sums = plan_has_setups(&s->plan) ? sums : NULL,
				     .run_id = "stepper",
				     .jobs = s->n_slots,
				     .batch_max = s->batch_max,
				     .max_fail = s->max_fail };
	struct err err = { 0 };
	int fd = catalog_write(&args, &err);

	cr_assert_geq(fd, 0, "%s", err.text);
	cr_assert_eq(catalog_attach(&s->catalog, fd, &err), 0, "%s", err.text);
	close(fd);
	s->arena_fd = arena_create(&s->arena, &layout, &err);
	cr_assert_geq(s->arena_fd, 0, "%s", err.text);
}

/* As feed_open(). */
static void stepper_feed(struct stepper *s)
{
	const struct plan *p = &s->plan;
	uint32_t i;

	for (i = 0; i < p->n_deals; i++) {
		const struct deal *d = &p->deals[i];
		struct slot_deque *own = &s->arena.deques[d->slot];

		if (d->bound)
			deque_install(&own->held, range_bind(d->lo, d->hi));
		else
			deque_install(&own->deque,
				      (struct range){ d->lo, d->hi });
	}
	for (i = 0; i < p->n_parts; i++)
		cursor_install(&s->arena.cursors[i],
			       (struct range){ p->parts[i].lo,
					       p->parts[i].hi });
}

void stepper_start(struct stepper *s)
{
	uint64_t *sums = mem_array((size_t)s->n_positions + 1, sizeof(*sums));
	struct err err = { 0 };
	uint32_t i;

	cr_assert_eq(plan_check(&s->plan, &s->listing, &err), 0, "%s",
		     err.text);
	for (i = 0; i < s->n_positions; i++)
		sums[i + 1] = sums[i] + s->lasts_ns[i];
	stepper_share(s, sums);
	free(sums);
	stepper_feed(s);
	for (i = 0; i < s->n_slots; i++) {
		s->slots[i].ran = mem_array(s->n_positions,
					    sizeof(*s->slots[i].ran));
		claim_open(&s->slots[i].claim, &s->catalog, &s->arena, i,
			   &stepper_ops);
	}
	awake = s;
}

void stepper_free(struct stepper *s)
{
	uint32_t i;

	for (i = 0; i < s->n_slots; i++)
		free(s->slots[i].ran);
	free(s->lasts_ns);
	free(s->started_ns);
	free(s->order);
	catalog_detach(&s->catalog);
	arena_detach(&s->arena);
	close(s->arena_fd);
	plan_fini(&s->plan);
	listing_fini(&s->listing);
}

/* ---- one step -------------------------------------------------------- */

static void stepper_end(struct stepper *s, uint32_t i)
{
	struct stepper_slot *slot = &s->slots[i];
	struct state_word from = { .state = STATE_CLAIMED,
				   .slot = i,
				   .generation = slot->generation };
	struct state_word to = { .state = STATE_DONE };

	slot->running = false;
	cr_assert(state_try_move(&s->arena.states[slot->position], from, to));
	s->n_ended++;
	if (slot->position == s->fails)
		gate_count_failure(s->arena.gate, s->max_fail);
}

/* What its fixture's set-up takes, when it begins with another part. */
static uint64_t stepper_set_up(struct stepper *s, struct stepper_slot *slot)
{
	uint32_t i;

	for (i = 0; i < s->plan.n_parts; i++)
		if (slot->position >= s->plan.parts[i].lo &&
		    slot->position < s->plan.parts[i].hi)
			break;
	if (i == s->plan.n_parts || slot->part == i + 1)
		return 0;
	slot->part = i + 1;
	s->n_setups++;
	return s->plan.parts[i].setup_ns;
}

static void stepper_begin(struct stepper *s, uint32_t i, uint32_t position)
{
	struct stepper_slot *slot = &s->slots[i];
	uint32_t attempt;

	/* As one_run(). */
	if (gate_is_stopped(s->arena.gate) ||
	    !state_try_claim(&s->arena.states[position], i, slot->generation,
			     &attempt))
		return;
	cr_assert_eq(s->started_ns[position], NEVER, "%u runs twice",
		     position);
	slot->position = position;
	slot->running = true;
	slot->ran[slot->n_ran++] = position;
	slot->free_ns = s->now_ns + stepper_set_up(s, slot) +
			s->lasts_ns[position];
	s->started_ns[position] = s->now_ns;
	s->order[s->n_started++] = position;
}

/* As work_park(). */
static void stepper_park(struct stepper *s, uint32_t i)
{
	struct stepper_slot *slot = &s->slots[i];
	uint32_t position;

	slot->part = 0;
	gate_prepare(s->arena.gate);
	if (claim_next(&slot->claim, EPOCH_NS + s->now_ns, &position)) {
		gate_leave(s->arena.gate);
		stepper_begin(s, i, position);
		return;
	}
	claim_end(&slot->claim);
	cr_assert(gate_is_stopped(s->arena.gate) || !claim_sees(&slot->claim),
		  "slot %u sleeps beside what it would take (ACC-2)", i);
	slot->parked = true;
}

/* What a sleeper would have to see, or what none has: its own. */
static bool stepper_sees(struct stepper *s, uint32_t i)
{
	const struct claimer *c = &s->slots[i].claim;

	return claim_sees(c) || claim_is_bound(c) ||
	       c->part != CLAIM_NO_PART ||
	       !range_is_empty(deque_peek(&s->arena.deques[i].deque));
}

static void stepper_claim(struct stepper *s, uint32_t i)
{
	struct stepper_slot *slot = &s->slots[i];
	uint32_t position;
	bool sees;

	if (slot->running)
		stepper_end(s, i);
	sees = stepper_sees(s, i);
	if (claim_next(&slot->claim, EPOCH_NS + s->now_ns, &position)) {
		cr_assert(sees, "slot %u got what it would sleep beside", i);
		stepper_begin(s, i, position);
	} else {
		stepper_park(s, i);
	}
}

/* Whose turn it is: the first to be free, the lowest slot on ties. */
static uint32_t stepper_next(const struct stepper *s)
{
	uint32_t next = s->n_slots, i;

	for (i = 0; i < s->n_slots; i++)
		if (!s->slots[i].parked && !s->slots[i].absent &&
		    (next == s->n_slots ||
		     s->slots[i].free_ns < s->slots[next].free_ns))
			next = i;
	return next;
}

void stepper_run_to(struct stepper *s, uint64_t to_ns)
{
	uint32_t i;

	while ((i = stepper_next(s)) < s->n_slots &&
	       s->slots[i].free_ns <= to_ns) {
		s->now_ns = s->slots[i].free_ns;
		stepper_claim(s, i);
		stepper_expect_no_waste(s);
	}
}

void stepper_run(struct stepper *s)
{
	stepper_run_to(s, NEVER - 1);
}

void stepper_crash(struct stepper *s, uint32_t i)
{
	struct stepper_slot *slot = &s->slots[i];
	uint32_t part = atom32_load_relaxed(&s->arena.slots[i].part);

	cr_assert(slot->running);
	stepper_end(s, i);
	/* As bury_part() and arena_reset_slot(). */
	if (part)
		cursor_leave(&s->arena.cursors[part - 1]);
	slot->generation++;
	arena_reset_slot(&s->arena, i, slot->generation);
	claim_open(&slot->claim, &s->catalog, &s->arena, i, &stepper_ops);
	slot->part = 0;
	slot->free_ns = s->now_ns;
}

/* ---- what it came to ------------------------------------------------- */

void stepper_expect_ran(const struct stepper *s, uint32_t slot,
			const char *wanted)
{
	struct str got = STR_INIT;
	uint32_t i;

	for (i = 0; i < s->slots[slot].n_ran; i++)
		str_addf(&got, "%s%u", i ? " " : "", s->slots[slot].ran[i]);
	cr_expect_str_eq(str_get(&got), wanted, "w%u ran %s, not %s", slot,
			 str_get(&got), wanted);
	str_fini(&got);
}

void stepper_expect_makespan(const struct stepper *s, double seconds)
{
	cr_expect_eq(s->n_ended, s->n_positions, "%u of %u", s->n_ended,
		     s->n_positions);
	cr_expect_float_eq((double)s->now_ns / 1e9, seconds, 1e-6, "%f s",
			   (double)s->now_ns / 1e9);
}

void stepper_expect_no_waste(const struct stepper *s)
{
	uint32_t i, k;

	if (gate_signs(s->arena.gate))
		return;
	for (i = 0; i < s->n_slots; i++)
		for (k = 0; s->slots[i].parked && k < s->n_slots; k++)
			cr_expect(range_is_empty(deque_peek(
					  &s->arena.deques[k].deque)),
				  "w%u sleeps beside the deque of w%u", i, k);
}
