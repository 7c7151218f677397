/* SPDX-License-Identifier: MIT */
#include "work/meter.h"

#include "base/compiler.h"
#include "shm/usage.h"
#include "work/doorbell.h"

#include <sys/resource.h>

hot_path void meter_open(struct worker *w)
{
	/* A process that was just forked has used nothing. */
	w->meter.at_ns = w->now_ns;
}

void meter_child(struct worker *w, const struct rusage *used)
{
	w->meter.usage = usage_make(used);
	w->meter.known = true;
}

hot_path void meter_worker(struct worker *w, uint64_t start_ns)
{
	struct meter *m = &w->meter;
	uint64_t took_ns = w->now_ns - start_ns;
	struct rusage r;
	struct usage now;

	if (took_ns < USAGE_MIN_NS || getrusage(RUSAGE_SELF, &r) < 0)
		return;
	now = usage_make(&r);
	m->known = usage_is_known(took_ns, start_ns - m->at_ns);
	m->usage = usage_since(&now, &m->before);
	m->before = now;
	m->at_ns = w->now_ns;
}

hot_path void meter_tell(struct worker *w, uint32_t position)
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
