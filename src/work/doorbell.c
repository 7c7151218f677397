/* SPDX-License-Identifier: MIT */
#include "work/doorbell.h"

#include "base/clock.h"
#include "base/raw.h"
#include "base/sys.h"
#include "work/worker.h"

#define ROOM_WAIT_NS (100 * NS_PER_MS)

hot_path void doorbell_ring(struct worker *w)
{
	uint64_t one = 1;

	/* A test has closed it: the runner looks by itself every tick, and a
	 * fresh worker has a fresh one. */
	if (raw_syscall(SYS_write, w->doorbell_fd, (long)&one, sizeof(one), 0,
			0) != sizeof(one))
		w->retire = true;
}

hot_path void doorbell_after_push(struct worker *w)
{
	uint32_t within_half = w->results.mask / 2;

	if (unlikely(gate_needs_ring(w->arena.gate) ||
		     (w->results.tail & within_half) == 0))
		doorbell_ring(w);
}

cold_path void doorbell_wait_for_room(struct worker *w)
{
	struct results *r = w->results.results;
	uint32_t head;

	atom32_store_relaxed(&r->full, 1); /* R5 */
	atom_fence_seq();		   /* R6 */
	head = atom32_load_acquire(&r->head); /* R9 */
	if (!results_has_room(&w->results)) {
		doorbell_ring(w);
		sys_futex_wait(atom32_word(&r->head), head, ROOM_WAIT_NS);
	}
	atom32_store_relaxed(&r->full, 0); /* R8 */
}
