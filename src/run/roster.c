/* SPDX-License-Identifier: MIT */
#include "run/roster.h"

#include "base/mem.h"
#include "base/proc.h"
#include "base/sys.h"
#include "run/evidence.h"
#include "run/run_impl.h"
#include "run/tell.h"

#include <stdlib.h>

#define TAIL_MAX UINT64_C(2048)

/* Since when it runs what it runs: the worker's word where no tick has seen
 * that yet, as far as it can be true. */
static uint64_t roster_since(const struct run *run, uint32_t slot,
			     struct current_word current)
{
	const struct crew_slot *s = &run->slots[slot];
	uint64_t start_ns =
		atom64_load_relaxed(&run->arena.slots[slot].start_ns); /* C32 */

	if (s->seen_running && s->seen_seq == current.seq &&
	    s->seen_position == current.position)
		return s->seen_since_ns;
	return min_of(max_of(start_ns, run->last_tick_ns), run->now_ns);
}

static void roster_add_output(const struct run *run, uint32_t slot,
			      enum roster_detail detail, struct standing *st)
{
	const struct crew_slot *s = &run->slots[slot];
	uint64_t size = tell_size(s->spool_fd);
	uint64_t begin =
		atom64_load_relaxed(&run->arena.slots[slot].output); /* C33 */
	char *tail;
	ssize_t got;

	begin = min_of(max_of(begin, s->spool_pos), size);
	st->output_bytes = size - begin;
	if (detail != ROSTER_OUTPUTS || st->output_bytes == 0)
		return;
	tail = mem_alloc(TAIL_MAX);
	begin = max_of(begin, size - min_of(size, TAIL_MAX));
	got = sys_pread_all(s->spool_fd, tail, size - begin, begin);
	st->tail = tail;
	st->tail_len = got > 0 ? (size_t)got : 0;
}

static bool roster_look(const struct run *run, uint32_t slot,
			enum roster_detail detail, struct standing *st)
{
	struct current_word current =
		current_load(&run->arena.slots[slot].current); /* C34 */
	struct proc_stat stat = { .state = '?' };

	if (run->slots[slot].state != CREW_LIVE ||
	    (current.phase != PHASE_RUN && current.phase != PHASE_KILL) ||
	    current.position >= run->layout.n_positions)
		return false;
	*st = (struct standing){
		.position = current.position,
		.slot = (uint16_t)slot,
		.elapsed_ns = run->now_ns - roster_since(run, slot, current),
		.pid = evidence_leader(run, slot, current.position),
	};
	if (st->pid > 0)
		proc_stat(st->pid, &stat);
	st->state = stat.state;
	st->cpu_ns = stat.cpu_ns;
	roster_add_output(run, slot, detail, st);
	return true;
}

void roster_tell(struct run *run, enum roster_detail detail)
{
	struct standing *items = mem_array(run->n_slots, sizeof(*items));
	size_t n = 0, i;
	uint32_t slot;

	for (slot = 0; slot < run->n_slots; slot++)
		n += roster_look(run, slot, detail, &items[n]);
	tell_roster(run, items, n, detail == ROSTER_BRIEF);
	for (i = 0; i < n; i++)
		free((void *)(uintptr_t)items[i].tail);
	free(items);
}
