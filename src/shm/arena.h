/* SPDX-License-Identifier: MIT */
/*
 * arena.h - the writable shared memory: made once by the runner, attached by
 * each worker after its fork, never by the loader, which only notes the ends of
 * workers in it, by its descriptor.
 *
 * struct arena is a private handle: pointers into the mapping.  The layout
 * it was made from is the caller's own copy or the sealed catalog's; sizes
 * are never read from the arena.
 */
#ifndef SHM_ARENA_H
#define SHM_ARENA_H

#include "base/err.h"
#include "shm/layout.h"

#include <sys/types.h>

struct arena {
	void *base;
	size_t size; /* mapped: all but the fixtures' data */
	struct arena_header *header;
	struct gate *gate;
	struct ring *ring;
	struct atom64 *states;
	struct slot_deque *deques;
	struct cursor *cursors; /* one per part of the plan */
	struct slot *slots;
	struct record *cells; /* results_cap per slot */
	struct fixture_control *controls;
	struct holding *holdings; /* HOLDINGS_PER_SLOT for each slot */
	uint32_t results_cap;
};

/* Lays the arena out.  data_size is what all run fixtures need, each
 * rounded up to pages. */
struct arena_layout arena_layout_make(uint32_t n_positions, uint32_t n_slots,
				      uint32_t n_parts, uint32_t n_fixtures,
				      uint64_t data_size);

/* Runner: makes, allocates and maps it; the memfd or -errno.  A lack of
 * memory is an error here, not a SIGBUS later (ENV-2). */
int arena_create(struct arena *a, const struct arena_layout *layout,
		 struct err *err);

/* Loader: where its workers had best map it; NULL = no place was found.  A
 * fault for reading maps what is in the page cache of 64 KiB, aligned: so a
 * worker comes to the header, the ring and the first slots with one. */
#define ARENA_ALIGN (64u << 10)
void *arena_place(const struct arena_layout *layout);

/* Worker: maps it, out of reach of forked children, at that place if it is
 * free. 0 or -errno. */
int arena_attach(struct arena *a, const struct arena_layout *layout, void *at,
		 int fd, struct err *err);
/* Anyone else: maps it to read. 0 or -errno. */
int arena_look(struct arena *a, const struct arena_layout *layout, int fd,
	       struct err *err);
void arena_detach(struct arena *a);

/* Maps the bytes of run fixtures, which forked children do see; NULL with
 * *code = -errno when it cannot, NULL with 0 when there are none. */
void *arena_map_data(const struct arena_layout *layout, int fd, bool writable,
		     int *code);

static inline struct record *arena_cells(const struct arena *a, uint32_t slot)
{
	return a->cells + (size_t)slot * a->results_cap;
}

/* Loader: how a worker has ended, before it is reaped. */
void arena_note_end(const struct arena_layout *layout, int fd, uint32_t slot,
		    uint32_t generation, int status);
/* Runner, when the loader is dead and could not tell: that.  False when it is
 * not there. */
bool arena_find_end(const struct arena *a, uint32_t slot, uint32_t generation,
		    int *status);

/* Runner, while the slot has no worker that was admitted: as a fresh
 * generation finds it, which is admitted by this.  The
 * deque stays (DEQ-1). */
void arena_reset_slot(struct arena *a, uint32_t slot, uint32_t generation);

#endif
