/* SPDX-License-Identifier: MIT */
#include "run/relay.h"

#include "base/mem.h"
#include "base/sys.h"

#include <stdlib.h>

#define RELAY_PIECE (UINT64_C(64) << 10)
/* At one look: while more is read, much more would be written. */
#define RELAY_MOST (UINT64_C(16) << 20)

static void relay_pieces(struct run *run, struct event *ev, int fd,
			 uint64_t from, uint64_t to)
{
	char *piece = mem_alloc(RELAY_PIECE);
	ssize_t got;

	while (from < to) {
		got = sys_pread_all(fd, piece, min_of(RELAY_PIECE, to - from),
				    from);
		if (got <= 0)
			break;
		ev->relayed.text = piece;
		ev->relayed.len = (size_t)got;
		tell_event(run, ev);
		ev->relayed.skipped = 0;
		from += (uint64_t)got;
	}
	free(piece);
}

/* What was given back is gone: a test prints faster than ticks come. */
static void relay_until(struct run *run, uint32_t slot, uint32_t position,
			uint64_t to)
{
	struct crew_slot *s = &run->slots[slot];
	struct event ev = { .kind = EVENT_OUTPUT_RELAYED,
			    .relayed = { .position = position,
					 .slot = (uint16_t)slot } };
	uint64_t from = min_of(max_of(s->relay_pos, s->spool_punched), to);

	if (to <= s->relay_pos)
		return;
	if (to - from > RELAY_MOST)
		from = to - RELAY_MOST;
	ev.relayed.skipped = from - s->relay_pos;
	s->relayed = true;
	relay_pieces(run, &ev, s->spool_fd, from, to);
	s->relay_pos = to;
}

/* The size counts only if it is of a moment in which this test was running,
 * and all before it have been told; else its record will tell. */
void relay_look(struct run *run, uint32_t slot, struct current_word current)
{
	const struct slot *shared = &run->arena.slots[slot];
	struct crew_slot *s = &run->slots[slot];
	uint64_t begin = atom64_load_relaxed(&shared->output); /* C40 */
	uint64_t size = tell_size(s->spool_fd);
	struct current_word now = current_load(&shared->current); /* C41 */
	bool damaged = false;

	if (current_pack(now) != current_pack(current) || begin > size ||
	    run->ended[current.position] ||
	    results_waiting(&s->reader, &damaged) || damaged)
		return;
	s->relay_pos = max_of(s->relay_pos, begin);
	relay_until(run, slot, current.position, size);
}

void relay_rest(struct run *run, const struct event_test *t,
		const struct tell_files *files)
{
	struct crew_slot *s = &run->slots[t->slot];
	struct event ev = { .kind = EVENT_OUTPUT_RELAYED,
			    .relayed = { .position = t->position,
					 .slot = t->slot,
					 .ends = true } };
	uint64_t size, begin;

	if (!s->relayed && files->output_end <= files->output)
		return;
	size = tell_size(s->spool_fd);
	begin = min_of(files->output, size);
	s->relay_pos = max_of(s->relay_pos, begin);
	relay_until(run, t->slot, t->position, min_of(files->output_end, size));
	if (s->relayed)
		tell_event(run, &ev);
	s->relayed = false;
}
