/* SPDX-License-Identifier: MIT */
/*
 * usage.h - what a test used, as a record in front of the one of its end.
 *
 * Only where it is known: of each test child, and of long tests in a worker.
 * The worker writes it; the runner takes it for what it is, a claim, and
 * reports it.
 */
#ifndef SHM_USAGE_H
#define SHM_USAGE_H

#include "lockfree/results.h"
#include "model/event.h"

/* Five words of a record are its values. */
static inline void usage_put(struct record *r, const struct usage *u)
{
	r->outcome = RECORD_USAGE;
	r->start_ns = u->user_ns;
	r->duration_ns = u->system_ns;
	r->output = (uint64_t)u->peak_kib << 32 | u->minor_faults;
	r->output_end = (uint64_t)u->major_faults << 32 | u->switches;
	r->notes_end = u->preemptions;
}

static inline struct usage usage_get(const struct record *r)
{
	return (struct usage){
		.user_ns = r->start_ns,
		.system_ns = r->duration_ns,
		.peak_kib = (uint32_t)(r->output >> 32),
		.minor_faults = (uint32_t)r->output,
		.major_faults = (uint32_t)(r->output_end >> 32),
		.switches = (uint32_t)r->output_end,
		.preemptions = (uint32_t)r->notes_end,
	};
}

#endif
