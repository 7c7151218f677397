/* SPDX-License-Identifier: MIT */
/*
 * draft.h - a plan while it is made: what the modes of sched/ share.
 *
 * Only for sched_*.c.  A mode walks through the body in order, lays it, and
 * says how it is handed out.  Units with constraints are put aside by the
 * walk and laid behind the body.
 */
#ifndef SCHED_DRAFT_H
#define SCHED_DRAFT_H

#include "sched/sched.h"

struct draft {
	struct plan *plan;
	const struct sched_request *rq;
	const struct units *u;
	uint32_t *order[N_PHASES]; /* entries; the gated ones are in the body */
	uint32_t n_order[N_PHASES];
	uint32_t *canaries;	   /* entries; the first instance of each */
	uint32_t n_canaries;
	bool *is_canary;	   /* by entry; NULL = there is none */
	/* the walk */
	uint32_t next;
	uint32_t position;	   /* where the next would be, in order */
	uint32_t pin;
	uint32_t slot; /* that is laid; each only */
	struct draft_gate {
		uint32_t entry, before, pin;
	} *gates;
	uint32_t n_gates, cap_gates;
};

/* An entry, or a part of its stretch. */
struct piece {
	uint32_t entry;
	uint32_t offset, count; /* bound: 0, and all of its tests */
};

/* Begins the walk; what it meets would stand at position and later.  pin is
 * for the gated ones that it meets. */
void draft_begin(struct draft *d, uint32_t position, uint32_t pin);
/* The next piece of the body: false behind the last. */
bool draft_next(struct draft *d, struct piece *piece);

/* Lays a piece behind what is laid, with its bound if it is one. */
void draft_lay(struct draft *d, const struct piece *piece);
void draft_lay_phase(struct draft *d, enum unit_phase phase);
/* The canary of a slot, if it has one. */
void draft_lay_canary(struct draft *d, uint32_t slot);
/* All of them, dealt: where the body begins with nothing else. */
void draft_lay_canaries(struct draft *d);
/* Has it constraints?  With one slot only the order among units means something
 * (NO-2). */
bool draft_is_gated(const struct draft *d, const struct unit *unit);
/* Puts an entry aside as gated. */
void draft_gate(struct draft *d, uint32_t entry, uint32_t before);

/* From lo to the end of what is laid; nothing if that is nothing. */
void draft_add_part(struct draft *d, uint32_t lo, uint64_t setup_ns);
void draft_add_deal(struct draft *d, uint32_t slot, uint32_t lo, bool bound);

#endif
