/* SPDX-License-Identifier: MIT */
#include "storm.h"

#include "base/mem.h"
#include "base/rng.h"
#include "crowd.h"
#include "lockfree/deque.h"
#include "lockfree/results.h"
#include "lockfree/ring.h"
#include "lockfree/slot.h"
#include "lockfree/state.h"
#include "storm_gate.h"

#include <stdlib.h>

/* ---- ring ------------------------------------------------------------ */

#define RING_CELLS 64u

struct ring_storm {
	struct ring *ring;
	struct atom32 *n_taken; /* per position */
};

/* Many of them into an empty ring, where consumers wait for the tail. */
static void ring_produce(struct crowd *c, struct ring_storm *s)
{
	struct ring_producer p = { .ring = s->ring, .mask = RING_CELLS - 1 };
	uint32_t n = 0, i;

	/* The ends fit together, so half a cell would show. */
	for (i = 0; i < c->n_rounds; i++) {
		while (i % 512 < 64 && ring_used(&p) > 0)
			if (!crowd_spin(c, &n))
				return;
		while (!ring_push_sp(&p, (struct range){ .lo = i, .hi = ~i }))
			if (!crowd_spin(c, &n))
				return;
	}
}

static void ring_consume(struct crowd *c, struct ring_storm *s)
{
	struct ring_look look;
	uint32_t n = 0;

	while (crowd_goes_on(c)) {
		if (!ring_peek_mc(s->ring, RING_CELLS - 1, &look)) {
			crowd_spin(c, &n);
			continue;
		}
		if (!ring_try_take_mc(s->ring, &look))
			continue;
		if (look.range.lo >= c->n_rounds ||
		    look.range.hi != ~look.range.lo ||
		    atom32_add_seq(&s->n_taken[look.range.lo], 1) != 0)
			crowd_wrong(c);
		atom32_add_seq(&c->n_done, 1);
	}
}

static void ring_body(struct crowd *c, uint32_t self)
{
	if (self == 0)
		ring_produce(c, c->ctx);
	else
		ring_consume(c, c->ctx);
}

static const char *storm_ring(uint32_t rounds)
{
	struct ring_storm s = {
		.ring = mem_zalloc(ring_size(RING_CELLS)),
		.n_taken = mem_array(rounds, sizeof(struct atom32)),
	};
	struct crowd c = { .body = ring_body, .ctx = &s, .n_rounds = rounds };

	crowd_run(&c, CROWD_MAX);
	free(s.ring);
	free(s.n_taken);
	return crowd_verdict(&c, "a range was torn or taken twice");
}

/* ---- deques ---------------------------------------------------------- */

struct deque_storm {
	struct {
		struct deque deque;
		char pad[ATOM_APART - sizeof(struct deque)];
	} slots[CROWD_MAX];
	struct atom32 *n_taken;
};

static void deque_take_own(struct crowd *c, struct deque_storm *s,
			   uint32_t self)
{
	struct range seen = deque_peek(&s->slots[self].deque);

	for (; !range_is_empty(seen);
	     seen = deque_peek(&s->slots[self].deque)) {
		if (!deque_try_take(&s->slots[self].deque, seen))
			continue;
		if (atom32_add_seq(&s->n_taken[seen.lo], 1) != 0)
			crowd_wrong(c);
		atom32_add_seq(&c->n_done, 1);
	}
}

static void deque_body(struct crowd *c, uint32_t self)
{
	struct deque_storm *s = c->ctx;
	struct rng rng = { .state = self };
	struct range got;

	while (crowd_goes_on(c)) {
		struct deque *victim =
			&s->slots[rng_below(&rng, CROWD_MAX)].deque;

		deque_take_own(c, s, self);
		if (deque_try_steal(victim, deque_peek(victim), &got))
			deque_install(&s->slots[self].deque, got);
		else
			crowd_rest(c);
	}
}

static const char *storm_deque(uint32_t rounds)
{
	struct deque_storm s = {
		.n_taken = mem_array(rounds, sizeof(struct atom32)),
	};
	struct crowd c = { .body = deque_body, .ctx = &s, .n_rounds = rounds };

	deque_install(&s.slots[0].deque, (struct range){ .hi = rounds });
	crowd_run(&c, CROWD_MAX);
	free(s.n_taken);
	return crowd_verdict(&c, "a position was taken twice");
}

/* ---- states ---------------------------------------------------------- */

struct state_storm {
	struct atom64 *words;
	struct atom32 *n_claims;
};

static void state_body(struct crowd *c, uint32_t self)
{
	struct state_storm *s = c->ctx;
	uint32_t i, attempt;

	/* Half of them from the other end. */
	for (i = 0; i < c->n_rounds; i++) {
		uint32_t p = self & 1 ? c->n_rounds - 1 - i : i;

		if (!state_try_claim(&s->words[p], self, 9, &attempt))
			continue;
		atom32_add_seq(&s->n_claims[p], 1);
		if (state_unpack(state_load(&s->words[p])).slot != self)
			crowd_wrong(c);
	}
}

static const char *storm_state(uint32_t rounds)
{
	struct state_storm s = {
		.words = mem_array(rounds, sizeof(struct atom64)),
		.n_claims = mem_array(rounds, sizeof(struct atom32)),
	};
	struct crowd c = { .body = state_body, .ctx = &s, .n_rounds = rounds };
	uint32_t i;

	crowd_run(&c, CROWD_MAX);
	for (i = 0; i < rounds; i++)
		if (atom32_load_relaxed(&s.n_claims[i]) != 1)
			crowd_wrong(&c);
	free(s.words);
	free(s.n_claims);
	return crowd_verdict(&c, "a position was claimed twice or never");
}

/* ---- end against timeout --------------------------------------------- */

struct slot_storm {
	struct atom64 *currents;
	struct atom32 *n_wins;
};

static void slot_body(struct crowd *c, uint32_t self)
{
	struct slot_storm *s = c->ctx;
	enum phase phase = self ? PHASE_KILL : PHASE_FIN;
	uint32_t i;

	for (i = 0; i < c->n_rounds; i++) {
		struct current_word run = { .position = i,
					    .phase = PHASE_RUN };

		if (!current_try_end(&s->currents[i], run, phase, 0))
			continue;
		atom32_add_seq(&s->n_wins[i], 1);
		if (current_load(&s->currents[i]).phase != phase)
			crowd_wrong(c);
	}
}

static const char *storm_slot(uint32_t rounds)
{
	struct slot_storm s = {
		.currents = mem_array(rounds, sizeof(struct atom64)),
		.n_wins = mem_array(rounds, sizeof(struct atom32)),
	};
	struct crowd c = { .body = slot_body, .ctx = &s, .n_rounds = rounds };
	uint32_t i;

	for (i = 0; i < rounds; i++)
		current_store(&s.currents[i],
			      (struct current_word){ .position = i,
						     .phase = PHASE_RUN });
	crowd_run(&c, 2);
	for (i = 0; i < rounds; i++)
		if (atom32_load_relaxed(&s.n_wins[i]) != 1)
			crowd_wrong(&c);
	free(s.currents);
	free(s.n_wins);
	return crowd_verdict(&c, "a run ended in two ways or in none");
}

/* ---- results --------------------------------------------------------- */

#define RECORDS 16u

struct results_storm {
	struct results results;
	struct record cells[RECORDS];
};

static void results_produce(struct crowd *c, struct results_storm *s)
{
	struct results_writer w = { .results = &s->results,
				    .cells = s->cells,
				    .mask = RECORDS - 1 };
	uint32_t n = 0, i;

	for (i = 0; i < c->n_rounds; i++) {
		struct record r = { .position = i, .start_ns = ~i };

		while (i % 512 < 256 &&
		       w.tail != atom32_load_acquire(&s->results.head))
			if (!crowd_spin(c, &n))
				return;
		while (!results_has_room(&w))
			if (!crowd_spin(c, &n))
				return;
		results_push_sp(&w, &r);
	}
}

static void results_consume(struct crowd *c, struct results_storm *s)
{
	struct results_reader reader = { .results = &s->results,
					 .cells = s->cells,
					 .mask = RECORDS - 1 };
	uint32_t next = 0, spins = 0, n, i;
	struct record r;
	bool damaged = false;

	while (next < c->n_rounds && !damaged) {
		n = results_waiting(&reader, &damaged);
		if (n == 0 && !crowd_spin(c, &spins))
			return;
		for (i = 0; i < n; i++, next++)
			if (!results_pop_sc(&reader, &r) ||
			    r.position != next || r.start_ns != ~next)
				crowd_wrong(c);
		results_release(&reader);
	}
	if (damaged)
		crowd_wrong(c);
}

static void results_body(struct crowd *c, uint32_t self)
{
	if (self == 0)
		results_produce(c, c->ctx);
	else
		results_consume(c, c->ctx);
}

static const char *storm_results(uint32_t rounds)
{
	struct results_storm *s = mem_zalloc(sizeof(*s));
	struct crowd c = { .body = results_body, .ctx = s,
			   .n_rounds = rounds };

	crowd_run(&c, 2);
	free(s);
	return crowd_verdict(&c, "a record was lost, doubled or damaged");
}

const struct storm storms[] = {
	{ "a ring gives each range to one of many consumers", storm_ring,
	  2000000 },
	{ "owners and thieves share a deque without doubling a position",
	  storm_deque, 4000000 },
	{ "each position is claimed by exactly one worker", storm_state,
	  4000000 },
	{ "a run ends in time or runs out of time, never both", storm_slot,
	  2000000 },
	{ "records arrive whole, once and in order", storm_results, 1000000 },
	{ "no wake-up of a sleeping worker is lost", storm_gate_wake, 100000 },
	{ "no call of the runner is lost", storm_gate_bell, 50000 },
	{ "of sleeper and publisher one sees the other", storm_gate_meet,
	  8000000 },
	{ 0 },
};
