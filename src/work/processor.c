/* SPDX-License-Identifier: MIT */
#include "work/processor.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/compiler.h"

#include <sched.h>

/* A longer test is not worth it, and others may need this processor. */
#define PROCESSOR_HELD_NS (2 * NS_PER_MS)

/* Not written from one test to the next: that would copy a page. */
static worker_data struct {
	struct affinity affinity;
	uint64_t roamed_ns; /* the last fork that was free to go */
	bool held;
	bool cannot;
} processor;

static void processor_take(void)
{
	processor.held = affinity_hold(&processor.affinity, sched_getcpu());
	processor.cannot = !processor.held;
}

hot_path void processor_hold(uint64_t now_ns)
{
	if (processor.cannot)
		return;
	if (now_ns - processor.roamed_ns > PROCESSOR_HELD_NS) {
		processor_free();
		processor.roamed_ns = now_ns;
	} else if (!processor.held) {
		processor_take();
	}
}

hot_path void processor_free_child(void)
{
	if (processor.held)
		affinity_free(&processor.affinity);
}

hot_path void processor_free(void)
{
	if (likely(!processor.held))
		return;
	affinity_free(&processor.affinity);
	processor.held = false;
}
