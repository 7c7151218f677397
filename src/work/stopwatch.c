/* SPDX-License-Identifier: MIT */
#include "work/stopwatch.h"

#include "base/clock.h"
#include "work/doorbell.h"

void stopwatch_stop(struct worker *w, enum fixture_kind kind, bool teardown,
		    uint32_t position, uint64_t start_ns)
{
	struct record record = {
		.position = position,
		.slot = (uint16_t)w->slot,
		.generation = (uint16_t)w->generation,
		.outcome = RECORD_FIXTURE,
		.leak = teardown,
		.attempt = (uint8_t)kind,
		.start_ns = start_ns,
		.duration_ns = clock_now_ns() - start_ns,
	};

	while (!results_has_room(&w->results))
		doorbell_wait_for_room(w);
	results_push_sp(&w->results, &record);
	doorbell_after_push(w);
	if (!teardown)
		w->fixtures.spent_ns += record.duration_ns;
}
