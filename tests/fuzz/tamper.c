/* SPDX-License-Identifier: MIT */
#include "tamper.h"

#include "base/sys.h"
#include "model/event.h"
#include "shm/notes.h"

#include <string.h>
#include <unistd.h>

#define BYTES_MAX 64u

/* ---- what it amounts to ---------------------------------------------- */

static void note_pass(uint32_t position)
{
	if (position < world.n_positions)
		world.fates[position].forged = true;
}

/* A pass that the runner may believe: decision 0005, memory is no defence
 * against who writes exactly that. */
static void find_forgeries(uint32_t slot)
{
	struct current_word c = current_load(&world.arena.slots[slot].current);
	const struct record *cells = arena_cells(&world.arena, slot);
	uint32_t i;

	if (c.phase == PHASE_FIN && c.outcome == OUTCOME_PASS)
		note_pass(c.position);
	for (i = 0; i < world.layout.results_cap; i++)
		if (cells[i].outcome == OUTCOME_PASS &&
		    cells[i].check == record_checksum(&cells[i]))
			note_pass(cells[i].position);
}

static void has_tampered(void)
{
	uint32_t i;

	world.tampered = true;
	for (i = 0; i < world.n_slots; i++)
		find_forgeries(i);
}

/* ---- the arena ------------------------------------------------------- */

void tamper_bytes(struct fuzz_input *in)
{
	uint64_t at = fuzz_u32(in) % world.arena.size;
	const uint8_t *bytes;
	size_t n = fuzz_bytes(in, fuzz_byte(in) % BYTES_MAX + 1, &bytes);

	memcpy((char *)world.arena.base + at, bytes,
	       min_of(n, world.arena.size - at));
	has_tampered();
}

static uint64_t changed(uint64_t old, struct fuzz_input *in)
{
	switch (fuzz_byte(in) % 8) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return old + 1;
	case 3:
		return old - 1;
	case 4:
		return old ^ UINT64_C(1) << fuzz_byte(in) % 64;
	case 5:
		return fuzz_u64(in);
	case 6:
		return fuzz_byte(in);
	default:
		return old ^ UINT64_C(0x80000000);
	}
}

static void change32(struct atom32 *word, struct fuzz_input *in)
{
	atom32_store_relaxed(word, (uint32_t)changed(
		atom32_load_relaxed(word), in));
}

static void change64(struct atom64 *word, struct fuzz_input *in)
{
	atom64_store_relaxed(word, changed(atom64_load_relaxed(word), in));
}

static void change_slot(struct slot *s, struct deque *deque, uint32_t which,
			struct fuzz_input *in)
{
	struct atom64 *const words[] = { &s->current, &s->start_ns, &s->output,
					 &deque->range };
	struct atom32 *const halves[] = { &s->parked, &s->results.tail,
					  &s->results.head, &s->results.full,
					  &s->admitted };

	if (which < array_size(words))
		change64(words[which], in);
	else
		change32(halves[which - array_size(words)], in);
}

static void change_shared(uint32_t which, uint8_t ix, struct fuzz_input *in)
{
	struct arena *a = &world.arena;
	struct atom32 *const halves[] = {
		&a->gate->wake_seq, &a->gate->n_sleeping,
		&a->gate->runner_sleeping, &a->gate->signs, &a->ring->head,
		&a->ring->tail,
	};

	if (which < array_size(halves))
		change32(halves[which], in);
	else if (which == 6)
		change64(&a->ring->cells[ix % world.layout.ring_cap], in);
	else if (world.n_fixtures)
		change64(&a->controls[ix % world.n_fixtures].word, in);
}

/* Words that could be true, and the first that could not. */
static void invent_current(struct atom64 *word, struct fuzz_input *in)
{
	struct current_word c = current_load(word);

	c.position = fuzz_byte(in) % (world.n_positions + 2);
	c.phase = fuzz_byte(in) % 8;
	c.outcome = fuzz_byte(in) % 16;
	current_store(word, c);
}

static void invent_state(struct atom64 *word, struct fuzz_input *in)
{
	struct state_word w = { .state = fuzz_byte(in) % 4 };

	w.outcome = fuzz_byte(in) % 16;
	w.slot = fuzz_byte(in) % (world.n_slots + 1);
	w.generation = world.players[w.slot % WORLD_SLOTS].generation;
	w.attempt = fuzz_byte(in);
	atom64_store_relaxed(word, state_pack(w));
}

static void invent_range(struct atom64 *word, struct fuzz_input *in)
{
	struct range r = { .lo = fuzz_byte(in) % (world.n_positions + 2),
			   .hi = fuzz_byte(in) % (world.n_positions + 2) };

	if (fuzz_byte(in) & 1)
		r.hi |= RANGE_BOUND;

	atom64_store_relaxed(word, range_pack(r));
}

/* What workers believe of each other. */
static void change_claims(uint32_t which, uint8_t ix, struct fuzz_input *in)
{
	struct arena *a = &world.arena;
	struct cursor *cursor =
		&a->cursors[ix % max_of(world.layout.n_parts, 1u)];
	struct atom32 *const halves[] = {
		&a->gate->limit, &a->gate->n_failed, &cursor->n_on,
		&a->slots[ix % world.n_slots].part,
	};

	if (which < array_size(halves))
		change32(halves[which], in);
	else if (which == 4)
		invent_range(&cursor->range, in);
	else
		invent_range(&a->deques[ix % world.n_slots].held.range, in);
}

/* What the runner hands out, what tells it that a slot is free of it, and what
 * it knows of a worker when the loader has died. */
static void change_gated(uint32_t which, uint8_t ix, struct fuzz_input *in)
{
	struct arena *a = &world.arena;
	struct slot *slot = &a->slots[ix % world.n_slots];

	if (which == 0)
		change32(&slot->resting, in);
	else if (which == 1)
		change64(&slot->holds, in);
	else if (which == 2)
		change64(&a->holdings[ix % (2 * world.n_slots)].range, in);
	else if (which == 3)
		invent_range(&a->deques[ix % world.n_slots].inbox.range, in);
	else if (which == 4)
		change32(&slot->pid, in);
	else
		change64(&slot->end, in);
}

void tamper_word(struct fuzz_input *in)
{
	uint8_t kind = fuzz_byte(in);
	uint32_t which = kind % 34;
	uint8_t ix = fuzz_byte(in);
	struct slot *s = &world.arena.slots[ix % world.n_slots];
	struct deque *deque = &world.arena.deques[ix % world.n_slots].deque;
	struct atom64 *state = &world.arena.states[ix % world.n_positions];

	if (kind >= 250)
		change_gated(kind - 250u, ix, in);
	else if (which == 24)
		invent_current(&s->current, in);
	else if (which == 25)
		invent_state(state, in);
	else if (which == 26)
		invent_range(&deque->range, in);
	else if (which == 27)
		invent_range(&world.arena.ring->cells[ix], in);
	else if (which >= 28)
		change_claims(which - 28, ix, in);
	else if (which < 9)
		change_slot(s, deque, which, in);
	else if (which < 17)
		change_shared(which - 9, ix, in);
	else
		change64(state, in);
	has_tampered();
}

void tamper_record(struct fuzz_input *in)
{
	uint32_t slot = fuzz_byte(in) % world.n_slots, tail;
	struct results *ring = &world.arena.slots[slot].results;
	uint8_t how = fuzz_byte(in);
	struct record r = {
		.position = fuzz_byte(in),
		.slot = (uint16_t)slot,
		.generation = (uint16_t)world.players[slot].generation,
		.outcome = fuzz_byte(in),
		.leak = how & 1,
		.signo = fuzz_byte(in),
		.n_failures = how >> 1 & 1,
		.exit_status = -1,
		.start_ns = how & 32 ? fuzz_u64(in) : world.now_ns,
		.duration_ns = how & 32 ? fuzz_u64(in) : 1,
		.output = how & 4 ? fuzz_u64(in) : fuzz_byte(in),
		.output_end = how & 8 ? fuzz_u64(in) : fuzz_byte(in),
		.notes_end = how & 16 ? fuzz_u64(in) : fuzz_byte(in),
	};

	r.check = record_checksum(&r);
	if (how & 64)
		r.check ^= UINT64_C(1) << fuzz_byte(in) % 64;
	tail = atom32_load_relaxed(&ring->tail);
	arena_cells(&world.arena, slot)[tail & (world.layout.results_cap - 1)] =
		r;
	atom32_store_release(&ring->tail, tail + 1);
	has_tampered();
}

/* ---- files and messages ---------------------------------------------- */

void tamper_file(struct fuzz_input *in)
{
	struct player *p = &world.players[fuzz_byte(in) % world.n_slots];
	uint8_t how = fuzz_byte(in);
	const uint8_t *bytes;
	size_t n = fuzz_bytes(in, fuzz_byte(in), &bytes);

	if (p->spool_fd < 0)
		return;
	if (how & 1)
		sys_write_all(p->spool_fd, bytes, n);
	else if (how & 2)
		notes_append(p->notes_fd, how >> 4, p->position, "t.c", 1,
			     (const char *)bytes, n);
	else
		sys_write_all(p->notes_fd, bytes, n);
}

/* That a worker was started is the one thing that only the loader knows. */
static bool is_believed_start(const struct wire_head *head)
{
	return head->kind == WIRE_STARTED && head->slot < world.n_slots &&
	       head->generation == world.players[head->slot].generation;
}

void tamper_message(struct fuzz_input *in)
{
	struct wire_head head = { .kind = fuzz_byte(in) % 12u,
				  .slot = fuzz_byte(in) % 5u };
	uint8_t how = fuzz_byte(in);
	int fds[] = { STDIN_FILENO, STDIN_FILENO };

	head.generation = how & 1 ? fuzz_u32(in)
				  : world.players[head.slot % WORLD_SLOTS]
					    .generation;
	head.status = (int32_t)fuzz_u32(in);
	head.pid = (int32_t)fuzz_byte(in);
	head.flags = how >> 3 & 1;
	if (is_believed_start(&head))
		return;
	world.tampered = world.lied = true;
	world_send(&head, fds, how >> 1 & 1 ? how >> 2 & 1 ? 2 : 1 : 0);
}
