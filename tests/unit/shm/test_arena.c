/* SPDX-License-Identifier: MIT */
/* The writable memory: ENV-2, ACC-4, DEQ-1. */
#include "shm/arena.h"

#include "base/rng.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct area {
	uint64_t at, size;
};

static void parts_of(const struct arena_layout *l, struct area parts[8])
{
	parts[0] = (struct area){ 0, sizeof(struct arena_header) };
	parts[1] = (struct area){ l->gate.v, sizeof(struct gate) };
	parts[2] = (struct area){ l->ring.v, ring_size(l->ring_cap) };
	parts[3] = (struct area){ l->slots.v,
				  (uint64_t)l->n_slots * sizeof(struct slot) };
	parts[4] = (struct area){ l->states.v, (uint64_t)l->n_positions * 8 };
	parts[5] = (struct area){ l->cells.v,
				  (uint64_t)l->n_slots * l->results_cap *
					  sizeof(struct record) };
	parts[6] = (struct area){ l->controls.v,
				  l->n_fixtures *
					  sizeof(struct fixture_control) };
	parts[7] = (struct area){ l->data.v, l->size - l->data.v };
}

static void expect_sound(const struct arena_layout *l)
{
	struct area parts[8];
	size_t i;

	parts_of(l, parts);
	for (i = 0; i < 8; i++) {
		uint64_t end = i < 7 ? parts[i + 1].at : l->size;

		cr_expect_eq(parts[i].at % SHM_PAGE, 0, "part %zu", i);
		cr_expect_leq(parts[i].at + parts[i].size, end,
			      "part %zu runs into the next", i);
	}
	cr_expect_eq(l->ring_cap & (l->ring_cap - 1), 0, "a power of two");
	cr_expect_eq(l->results_cap & (l->results_cap - 1), 0);
	cr_expect_geq(l->results_cap, 2, "half of it rings the runner");
}

Test(arena, layout_has_no_overlap_whatever_the_sizes)
{
	struct rng rng = { .state = 7 };
	uint32_t i;

	for (i = 0; i < 10000; i++) {
		struct arena_layout l = arena_layout_make(
			1 + (rng_below(&rng, PLAN_POSITIONS_MAX) >>
			     rng_below(&rng, 31)),
			1 + rng_below(&rng, 4096), 1, rng_below(&rng, 257),
			(uint64_t)rng_below(&rng, UINT32_MAX) * 4);

		expect_sound(&l);
	}
}

Test(arena, layout_holds_the_largest_run)
{
	struct arena_layout l = arena_layout_make(PLAN_POSITIONS_MAX, 65535, 1,
						  256, UINT64_C(1) << 40);

	expect_sound(&l);
}

/* All result rings together stay small, however many slots. */
Test(arena, layout_keeps_result_rings_within_bounds)
{
	uint32_t few = arena_layout_make(1, 1, 1, 0, 0).results_cap;
	uint32_t many = arena_layout_make(1, 60000, 1, 0, 0).results_cap;

	cr_expect_geq(few, many);
	cr_expect_gt(arena_layout_make(1000000, 1, 1, 0, 0).results_cap, few);
	cr_expect_geq(many, 64);
	cr_expect_leq((uint64_t)60000 * many * sizeof(struct record),
		      UINT64_C(1) << 30);
}

static int create(struct arena *a, const struct arena_layout *l)
{
	struct err err = { 0 };
	int fd = arena_create(a, l, &err);

	cr_assert_geq(fd, 0, "%s", err.text);
	return fd;
}

/* Fresh memory is what each structure calls empty. */
Test(arena, is_all_zero_but_its_header)
{
	struct arena_layout l = arena_layout_make(1000, 3, 1, 2, 5000);
	struct arena a;
	int fd = create(&a, &l);
	uint64_t i, dirty = 0;

	for (i = l.gate.v; i < a.size; i++)
		dirty += ((char *)a.base)[i] != 0;
	cr_expect_eq(dirty, 0);
	cr_expect_eq(a.header->magic, SHM_MAGIC);
	cr_expect_eq(a.header->runner_pid, (uint32_t)getpid());
	cr_expect_eq(memcmp(&a.header->layout, &l, sizeof(l)), 0);
	arena_detach(&a);
	close(fd);
}

Test(arena, is_the_same_memory_for_all_who_attach)
{
	struct arena_layout l = arena_layout_make(1000, 3, 1, 2, 5000);
	struct arena a, b;
	int fd = create(&a, &l);

	cr_assert_eq(arena_attach(&b, &l, NULL, fd, NULL), 0);
	cr_expect_neq(a.base, b.base);
	atom64_store_relaxed(&a.states[999], 77);
	cr_expect_eq(atom64_load_relaxed(&b.states[999]), 77);
	arena_cells(&b, 2)[l.results_cap - 1].position = 5;
	cr_expect_eq(arena_cells(&a, 2)[a.results_cap - 1].position, 5);
	atom64_store_relaxed(&b.controls[1].word, 9);
	cr_expect_eq(atom64_load_relaxed(&a.controls[1].word), 9);
	arena_detach(&a);
	arena_detach(&b);
	cr_expect_null(b.base);
	close(fd);
}

/* ENV-2: a test cannot make it smaller (SIGBUS for all), nor larger. */
Test(arena, cannot_be_resized)
{
	struct arena_layout l = arena_layout_make(10, 1, 1, 0, 0);
	struct arena a;
	int fd = create(&a, &l);

	cr_expect_lt(ftruncate(fd, 0), 0);
	cr_expect_lt(ftruncate(fd, (off_t)l.size + 1), 0);
	arena_detach(&a);
	close(fd);
}

/* ENV-2: all pages are there before the first test. */
Test(arena, is_allocated_when_it_is_made)
{
	struct arena_layout l = arena_layout_make(100000, 4, 1, 1, 100000);
	struct arena a;
	int fd = create(&a, &l);
	struct stat st;

	cr_assert_eq(fstat(fd, &st), 0);
	cr_expect_eq((uint64_t)st.st_size, l.size);
	cr_expect_geq((uint64_t)st.st_blocks * 512, l.size);
	arena_detach(&a);
	close(fd);
}

/* ENV-2: not a SIGBUS later.  Limits stand in for a machine that is full. */
Test(arena, that_does_not_fit_is_an_error_with_a_sentence)
{
	struct arena_layout l = arena_layout_make(10, 1, 1, 0, 4 << 20);
	struct rlimit limit = { .rlim_cur = 1 << 20, .rlim_max = 1 << 20 };
	struct err err = { 0 };
	struct arena a;

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_eq(arena_create(&a, &l, &err), -EFBIG);
	cr_expect_neq(err.text[0], '\0');
}

/* Refused before a page of it is taken; the limit is for a broken refusal. */
Test(arena, that_is_larger_than_the_memory_is_refused_at_once)
{
	struct arena_layout l = arena_layout_make(10, 1, 1, 0,
						  UINT64_C(1) << 60);
	struct rlimit limit = { .rlim_cur = 1 << 20, .rlim_max = 1 << 20 };
	struct err err = { 0 };
	struct arena a;

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_eq(arena_create(&a, &l, &err), -ENOMEM, "%s", err.text);
	cr_expect_neq(err.text[0], '\0');
}

/* ACC-4: a test child does not see it. */
Test(arena, is_out_of_reach_of_a_workers_children)
{
	struct arena_layout l = arena_layout_make(10, 1, 1, 0, 0);
	struct arena a, b;
	int fd = create(&a, &l), status;
	pid_t pid;

	cr_assert_eq(arena_attach(&b, &l, NULL, fd, NULL), 0);
	arena_detach(&a);
	pid = fork();
	if (pid == 0) {
		/* ENOMEM: nothing is mapped there. */
		_exit(msync(b.base, SHM_PAGE, MS_ASYNC) == 0 ||
		      errno != ENOMEM);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect_eq(status, 0);
	arena_detach(&b);
	close(fd);
}

/* Bytes of run fixtures are mapped apart: read-only for tests. */
Test(arena, maps_the_fixtures_data_by_itself)
{
	struct arena_layout l = arena_layout_make(10, 1, 1, 1, 3 * SHM_PAGE);
	struct arena a;
	int fd = create(&a, &l), code = 1, status;
	char *rw, *ro;
	pid_t pid;

	cr_expect_eq(a.size, l.data.v);
	rw = arena_map_data(&l, fd, true, &code);
	ro = arena_map_data(&l, fd, false, &code);
	cr_assert_not_null(rw);
	cr_assert_not_null(ro);
	rw[3 * SHM_PAGE - 1] = 'x';
	cr_expect_eq(ro[3 * SHM_PAGE - 1], 'x');
	pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile char *)ro = 'y';
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	munmap(rw, 3 * SHM_PAGE);
	munmap(ro, 3 * SHM_PAGE);
	arena_detach(&a);
	close(fd);
}

Test(arena, has_no_data_when_there_are_no_fixtures)
{
	struct arena_layout l = arena_layout_make(10, 1, 1, 0, 0);
	int code = 1;

	cr_expect_null(arena_map_data(&l, -1, true, &code));
	cr_expect_eq(code, 0);
}

/* DEQ-1: a fresh generation inherits the deque and nothing else. */
Test(arena, resets_a_slot_but_for_its_deque)
{
	struct arena_layout l = arena_layout_make(10, 3, 1, 0, 0);
	struct arena a;
	int fd = create(&a, &l);
	struct range r;

	memset(a.slots, 0xff, 3 * sizeof(*a.slots));
	deque_install(&a.deques[1].deque, (struct range){ .lo = 2, .hi = 9 });
	arena_reset_slot(&a, 1, 6);
	r = deque_peek(&a.deques[1].deque);
	cr_expect_eq(r.lo, 2);
	cr_expect_eq(r.hi, 9);
	cr_expect_eq(current_load(&a.slots[1].current).phase, PHASE_IDLE);
	cr_expect_eq(atom64_load_relaxed(&a.slots[1].start_ns), 0);
	cr_expect_eq(atom32_load_relaxed(&a.slots[1].parked), 0);
	cr_expect_eq(atom32_load_relaxed(&a.slots[1].results.head), 0);
	cr_expect_eq(atom32_load_relaxed(&a.slots[1].results.tail), 0);
	cr_expect_eq(atom32_load_relaxed(&a.slots[1].results.full), 0);
	cr_expect_eq(atom32_load_relaxed(&a.slots[1].admitted), 7);
	cr_expect_eq(atom64_load_relaxed(&a.slots[0].current), UINT64_MAX);
	cr_expect_eq(atom64_load_relaxed(&a.slots[2].current), UINT64_MAX);
	arena_detach(&a);
	close(fd);
}

/* STATE-8: by its descriptor alone, for who must not map it. */
Test(arena, takes_a_note_of_how_a_worker_ended)
{
	struct arena_layout l = arena_layout_make(10, 3, 1, 0, 0);
	struct arena a;
	int fd = create(&a, &l), status = 77;

	cr_expect_not(arena_find_end(&a, 1, 0, &status));
	arena_note_end(&l, fd, 1, 0, SIGSEGV);
	cr_expect_not(arena_find_end(&a, 0, 0, &status));
	cr_expect_not(arena_find_end(&a, 2, 0, &status));
	cr_expect_not(arena_find_end(&a, 1, 1, &status), "another generation");
	cr_expect_eq(status, 77);
	cr_assert(arena_find_end(&a, 1, 0, &status));
	cr_expect_eq(status, SIGSEGV);
	arena_note_end(&l, fd, 1, 0xffff, 3 << 8);
	cr_assert(arena_find_end(&a, 1, 0xffff, &status));
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	arena_reset_slot(&a, 1, 0xffff);
	cr_expect_not(arena_find_end(&a, 1, 0xffff, &status));
	arena_detach(&a);
	close(fd);
}
