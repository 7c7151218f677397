/* SPDX-License-Identifier: MIT */
/*
 * stepper.h - any number of slots that claim with the real code, in one
 * process and on a virtual clock (T-1).
 *
 * Convention of the vectors: a claim costs nothing, and at equal times the
 * lower slot claims first.  A test takes what the scene says; a fixture is
 * set up when a slot begins with another part.
 */
#ifndef TESTS_STEPPER_H
#define TESTS_STEPPER_H

#include "work/claim.h"

#include "model/costs.h"

#define STEPPER_SLOTS 64u
#define STEPPER_S UINT64_C(1000000000)

struct stepper_slot {
	struct claimer claim;
	uint32_t generation;
	uint64_t free_ns;    /* when its test ends; it claims then */
	uint32_t position;   /* that it runs */
	bool running, parked, absent;
	uint32_t part;	     /* whose fixture it has, + 1 */
	uint32_t key;	     /* of its sleep */
	uint32_t *ran, n_ran;
};

struct stepper {
	struct listing listing;
	struct plan plan;
	uint64_t *lasts_ns;  /* by position */
	struct arena arena;
	struct catalog catalog;
	int arena_fd;
	struct stepper_slot slots[STEPPER_SLOTS];
	uint32_t n_slots, n_positions, n_ended, n_setups;
	uint32_t batch_max, max_fail;
	uint32_t fails;	     /* this position does, with max_fail */
	uint64_t now_ns;
	uint64_t *started_ns; /* by position; UINT64_MAX = never */
	uint32_t *order;     /* positions, as they started */
	uint32_t n_started;
};

/* n tests of one second each; then change the plan and lasts_ns, and start. */
void stepper_make(struct stepper *s, uint32_t n_positions, uint32_t n_slots);
void stepper_deal(struct stepper *s, uint32_t slot, uint32_t lo, uint32_t hi,
		  bool bound);
void stepper_bind(struct stepper *s, uint32_t lo, uint32_t hi);
void stepper_start(struct stepper *s);
void stepper_free(struct stepper *s);

/* Up to and with everything that happens at that time; to the end. */
void stepper_run_to(struct stepper *s, uint64_t to_ns);
void stepper_run(struct stepper *s);

/* The test of a slot is its last: it ends as a crash, and the next generation
 * claims at once. */
void stepper_crash(struct stepper *s, uint32_t slot);

/* "0 2 4" and so on, in the order in which the slot started them. */
void stepper_expect_ran(const struct stepper *s, uint32_t slot,
			const char *wanted);
void stepper_expect_makespan(const struct stepper *s, double seconds);
/* DEQ-6: nobody sleeps beside a deque with something in it. */
void stepper_expect_no_waste(const struct stepper *s);

#endif
