/* SPDX-License-Identifier: MIT */
#include "shm/arena.h"

#include "base/raw.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define RING_CAP 4096u
/* All result rings together: a share of what a test may cost (ENV-3), and no
 * more than is of use. */
#define RESULTS_BYTES_PER_TEST 16u
#define RESULTS_BYTES (UINT64_C(16) << 20)
#define RESULTS_MIN 64u
#define RESULTS_MAX 4096u

static uint64_t arena_pages(uint64_t size)
{
	return (size + SHM_PAGE - 1) / SHM_PAGE * SHM_PAGE;
}

static struct shm_off arena_part(uint64_t *end, uint64_t size)
{
	struct shm_off off = { .v = *end };

	*end += arena_pages(size);
	return off;
}

static uint32_t arena_results_cap(uint32_t n_positions, uint32_t n_slots)
{
	uint64_t bytes = min_of((uint64_t)n_positions * RESULTS_BYTES_PER_TEST,
				RESULTS_BYTES);
	uint32_t cap = RESULTS_MAX;

	while (cap > RESULTS_MIN &&
	       (uint64_t)cap * n_slots * sizeof(struct record) > bytes)
		cap /= 2;
	return cap;
}

struct arena_layout arena_layout_make(uint32_t n_positions, uint32_t n_slots,
				      uint32_t n_parts, uint32_t n_fixtures,
				      uint64_t data_size)
{
	struct arena_layout l = {
		.n_positions = n_positions,
		.n_slots = n_slots,
		.n_fixtures = n_fixtures,
		.n_parts = n_parts,
		.ring_cap = RING_CAP,
		.results_cap = arena_results_cap(n_positions, n_slots),
	};
	uint64_t end = SHM_PAGE; /* the header */

	l.gate = arena_part(&end, sizeof(struct gate));
	l.ring = arena_part(&end, ring_size(l.ring_cap));
	l.deques = arena_part(&end,
			      (uint64_t)n_slots * sizeof(struct slot_deque));
	l.cursors = arena_part(&end, (uint64_t)n_parts * sizeof(struct cursor));
	l.slots = arena_part(&end, (uint64_t)n_slots * sizeof(struct slot));
	l.states = arena_part(&end, (uint64_t)n_positions * 8);
	l.cells = arena_part(&end, (uint64_t)n_slots * l.results_cap *
					   sizeof(struct record));
	l.controls = arena_part(&end,
				n_fixtures * sizeof(struct fixture_control));
	l.holdings = arena_part(&end, (uint64_t)n_slots * HOLDINGS_PER_SLOT *
					      sizeof(struct holding));
	l.data = arena_part(&end, data_size);
	l.size = end;
	return l;
}

hot_path static int arena_map(struct arena *a, const struct arena_layout *l,
			      void *at, int fd, bool writable,
			      struct err *err)
{
	int code;

	a->size = l->data.v;
	a->base = sys_map(at, fd, a->size, writable, &code);
	if (!a->base)
		return err_sys(err, code, "cannot map the arena");
	a->header = a->base;
	a->gate = (void *)((char *)a->base + l->gate.v);
	a->ring = (void *)((char *)a->base + l->ring.v);
	a->deques = (void *)((char *)a->base + l->deques.v);
	a->cursors = (void *)((char *)a->base + l->cursors.v);
	a->states = (void *)((char *)a->base + l->states.v);
	a->slots = (void *)((char *)a->base + l->slots.v);
	a->cells = (void *)((char *)a->base + l->cells.v);
	a->controls = (void *)((char *)a->base + l->controls.v);
	a->holdings = (void *)((char *)a->base + l->holdings.v);
	a->results_cap = l->results_cap;
	return 0;
}

int arena_create(struct arena *a, const struct arena_layout *layout,
		 struct err *err)
{
	int fd = sys_memfd("shmrun-arena");
	int ret;

	if (fd < 0)
		return err_sys(err, fd, "cannot make the arena");
	if (layout->size > sys_memory_available()) {
		/* The kernel would give page after page until it kills. */
		ret = err_set(err, -ENOMEM,
			      "the arena needs %llu MiB, more than is available",
			      (unsigned long long)layout->size >> 20);
		goto fail;
	}
	ret = sys_allocate(fd, layout->size);
	if (ret == 0)
		ret = sys_seal(fd, F_SEAL_SHRINK | F_SEAL_GROW);
	if (ret < 0) {
		err_sys(err, ret, "cannot allocate %llu bytes for the arena",
			(unsigned long long)layout->size);
		goto fail;
	}
	ret = arena_map(a, layout, NULL, fd, true, err);
	if (ret < 0)
		goto fail;
	*a->header = (struct arena_header){ .magic = SHM_MAGIC,
					    .version = SHM_VERSION,
					    .runner_pid = (uint32_t)getpid(),
					    .layout = *layout };
	return fd;
fail:
	close(fd);
	return ret;
}

void *arena_place(const struct arena_layout *layout)
{
	size_t size = layout->data.v + ARENA_ALIGN;
	void *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	munmap(at, size);
	return (void *)(((uintptr_t)at + ARENA_ALIGN - 1) / ARENA_ALIGN *
			ARENA_ALIGN);
}

hot_path int arena_attach(struct arena *a, const struct arena_layout *layout,
			  void *at, int fd, struct err *err)
{
	int ret = arena_map(a, layout, at, fd, true, err);

	if (ret < 0)
		return ret;
	/* A test child must not see it (ACC-4), nor pay for it. */
	ret = (int)raw_syscall(SYS_madvise, (long)a->base, (long)a->size,
			       MADV_DONTFORK, 0, 0);
	if (ret < 0) {
		err_sys(err, ret, "cannot keep the arena from children");
		arena_detach(a);
	}
	return ret;
}

int arena_look(struct arena *a, const struct arena_layout *layout, int fd,
	       struct err *err)
{
	return arena_map(a, layout, NULL, fd, false, err);
}

void arena_detach(struct arena *a)
{
	munmap(a->base, a->size);
	*a = (struct arena){ 0 };
}

hot_path void *arena_map_data(const struct arena_layout *layout, int fd, bool writable,
		     int *code)
{
	size_t size = layout->size - layout->data.v;
	int prot = writable ? PROT_READ | PROT_WRITE : PROT_READ;

	*code = 0;
	return size ? raw_map(NULL, fd, size, prot, layout->data.v, code) : NULL;
}

/* generation + 1 : 32, wait status : 32; 0 = unknown. */
void arena_note_end(const struct arena_layout *layout, int fd, uint32_t slot,
		    uint32_t generation, int status)
{
	uint64_t word = (uint64_t)(generation + 1) << 32 | (uint32_t)status;
	uint64_t at = layout->slots.v + slot * sizeof(struct slot) +
		      offsetof(struct slot, end);

	raw_syscall(SYS_pwrite64, fd, (long)&word, sizeof(word), (long)at, 0);
}

bool arena_find_end(const struct arena *a, uint32_t slot, uint32_t generation,
		    int *status)
{
	uint64_t word = atom64_load_relaxed(&a->slots[slot].end); /* B18 */

	if (word >> 32 != generation + 1)
		return false;
	*status = (int)(uint32_t)word;
	return true;
}

void arena_reset_slot(struct arena *a, uint32_t slot, uint32_t generation)
{
	struct slot *s = &a->slots[slot];

	atom64_store_relaxed(&s->current, 0); /* B1 */
	atom64_store_relaxed(&s->start_ns, 0); /* B2 */
	atom64_store_relaxed(&s->output, 0); /* B3 */
	atom32_store_relaxed(&s->parked, 0); /* B4 */
	atom32_store_relaxed(&s->part, 0); /* B11 */
	atom64_store_relaxed(&s->holds, 0); /* B12 */
	atom32_store_relaxed(&s->resting, 0); /* B13 */
	atom32_store_relaxed(&s->pid, 0); /* B14 */
	atom64_store_relaxed(&s->end, 0); /* B17 */
	atom32_store_relaxed(&s->results.tail, 0); /* B5 */
	atom32_store_relaxed(&s->results.head, 0); /* B6 */
	atom32_store_relaxed(&s->results.full, 0); /* B7 */
	atom32_store_release(&s->admitted, generation + 1); /* B8 */
}
