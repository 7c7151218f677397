/* SPDX-License-Identifier: MIT */
#include "work/meter.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "shm/usage.h"
#include "work/doorbell.h"

#include <sys/resource.h>

/* To ask costs half a microsecond. */
#define METER_NS NS_PER_MS
/* What ran since the last time may be so much of it. */
#define METER_SHARE 32

static uint64_t meter_ns(struct timeval t)
{
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_usec * NS_PER_US;
}

static struct usage meter_make(const struct rusage *r)
{
	return (struct usage){
		.user_ns = meter_ns(r->ru_utime),
		.system_ns = meter_ns(r->ru_stime),
		.peak_kib = (uint32_t)r->ru_maxrss,
		.minor_faults = (uint32_t)r->ru_minflt,
		.major_faults = (uint32_t)r->ru_majflt,
		.switches = (uint32_t)r->ru_nvcsw,
		.preemptions = (uint32_t)r->ru_nivcsw,
	};
}

/* The peak is the process's: it is this test's if this test raised it. */
static struct usage meter_since(const struct usage *now,
				const struct usage *before)
{
	return (struct usage){
		.user_ns = now->user_ns - before->user_ns,
		.system_ns = now->system_ns - before->system_ns,
		.peak_kib = now->peak_kib > before->peak_kib ? now->peak_kib
							     : 0,
		.minor_faults = now->minor_faults - before->minor_faults,
		.major_faults = now->major_faults - before->major_faults,
		.switches = now->switches - before->switches,
		.preemptions = now->preemptions - before->preemptions,
	};
}

hot_path void meter_open(struct worker *w)
{
	/* A process that was just forked has used nothing. */
	w->meter.at_ns = w->now_ns;
}

void meter_child(struct worker *w, const struct rusage *used)
{
	w->meter.usage = meter_make(used);
	w->meter.known = true;
}

hot_path void meter_worker(struct worker *w, uint64_t start_ns)
{
	struct meter *m = &w->meter;
	uint64_t took_ns = w->now_ns - start_ns;
	struct rusage r;
	struct usage now;

	if (took_ns < METER_NS || getrusage(RUSAGE_SELF, &r) < 0)
		return;
	now = meter_make(&r);
	m->known = start_ns - m->at_ns <= took_ns / METER_SHARE;
	m->usage = meter_since(&now, &m->before);
	m->before = now;
	m->at_ns = w->now_ns;
}

void meter_tell(struct worker *w, uint32_t position)
{
	struct record record = { .position = position,
				 .slot = (uint16_t)w->slot,
				 .generation = (uint16_t)w->generation };

	if (!w->meter.known)
		return;
	w->meter.known = false;
	usage_put(&record, &w->meter.usage);
	while (unlikely(!results_has_room(&w->results)))
		doorbell_wait_for_room(w);
	results_push_sp(&w->results, &record);
}
