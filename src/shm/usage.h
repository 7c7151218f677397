/* SPDX-License-Identifier: MIT */
/*
 * usage.h - what a test used, as a record in front of the one of its end.
 *
 * Only where it is known: of each test child, and of long tests in a worker.
 * The worker writes it; the runner takes it for what it is, a claim, and
 * reports it.  Of a test that its worker died of the kernel says what the
 * worker used in all: what is left of that is the test's.
 */
#ifndef SHM_USAGE_H
#define SHM_USAGE_H

#include "base/clock.h"
#include "base/compiler.h"
#include "lockfree/results.h"
#include "model/event.h"

#include <sys/resource.h>

/* To ask costs half a microsecond. */
#define USAGE_MIN_NS NS_PER_MS
/* What ran since the last time may be so much of it. */
#define USAGE_SHARE 32

static inline uint64_t usage_ns(struct timeval t)
{
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_usec * NS_PER_US;
}

static inline struct usage usage_make(const struct rusage *r)
{
	return (struct usage){
		.user_ns = usage_ns(r->ru_utime),
		.system_ns = usage_ns(r->ru_stime),
		.peak_kib = (uint32_t)r->ru_maxrss,
		.minor_faults = (uint32_t)r->ru_minflt,
		.major_faults = (uint32_t)r->ru_majflt,
		.switches = (uint32_t)r->ru_nvcsw,
		.preemptions = (uint32_t)r->ru_nivcsw,
	};
}

static inline uint64_t usage_more(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

/* The peak is the process's: it is this test's if this test raised it. */
static inline struct usage usage_since(const struct usage *now,
				       const struct usage *before)
{
	return (struct usage){
		.user_ns = usage_more(now->user_ns, before->user_ns),
		.system_ns = usage_more(now->system_ns, before->system_ns),
		.peak_kib = now->peak_kib > before->peak_kib ? now->peak_kib
							     : 0,
		.minor_faults = (uint32_t)usage_more(now->minor_faults,
						     before->minor_faults),
		.major_faults = (uint32_t)usage_more(now->major_faults,
						     before->major_faults),
		.switches = (uint32_t)usage_more(now->switches,
						 before->switches),
		.preemptions = (uint32_t)usage_more(now->preemptions,
						    before->preemptions),
	};
}

static inline void usage_add(struct usage *sum, const struct usage *u)
{
	sum->user_ns += u->user_ns;
	sum->system_ns += u->system_ns;
	sum->peak_kib = max_of(sum->peak_kib, u->peak_kib);
	sum->minor_faults += u->minor_faults;
	sum->major_faults += u->major_faults;
	sum->switches += u->switches;
	sum->preemptions += u->preemptions;
}

/* Can a part of what a process used be told apart that took so long, when
 * what lies between it and the last one that was measured is so long? */
static inline bool usage_is_known(uint64_t took_ns, uint64_t between_ns)
{
	return took_ns >= USAGE_MIN_NS && between_ns <= took_ns / USAGE_SHARE;
}

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
