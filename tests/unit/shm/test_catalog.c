/* SPDX-License-Identifier: MIT */
/* Written once, sealed, believed: ENV-3, NAT-11, LF-6. */
#include "shm/catalog.h"

#include "base/rng.h"
#include "base/sys.h"
#include "shm/arena.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct listing listing;
static struct plan plan;
static struct arena_layout layout;
static const struct catalog_fixture fixtures[] = {
	{ .suite_ix = 0, .fixture_ix = 3, .data = 4096, .size = 17 },
};

static const struct attrs forked = { ATTRS_TEXTS, .isolate = ISOLATE_FORK };
static const struct attrs dies = { .affinity = "", .serial = "",
				  .lock = "db:1,port", .after = "",
				  .tags = "", .description = "",
				  .timeout = 4, .weight = 3,
				  .retries = -1, .signal = 6 };
static const struct attrs exits = { ATTRS_TEXTS, .exit_code = 7 };

static const struct test tests[] = {
	{ .name = "A::one", .file = "a.c", .count = 1, .entry_ix = 5 },
	{ .name = "A::range", .file = "a.c", .count = 10, .indexed = true,
	  .entry_ix = 6, .attrs = &forked },
	{ .name = "B::dies", .file = "a.c", .count = 1, .entry_ix = 7,
	  .attrs = &dies },
	{ .name = "B::exits", .file = "a.c", .count = 1, .entry_ix = 8,
	  .attrs = &exits },
};

static void open_lists(void)
{
	uint32_t i;

	listing_init(&listing);
	plan_init(&plan);
	listing_add_suite(&listing, "./a.so", "native");
	for (i = 0; i < 4; i++) {
		listing_add_test(&listing, &tests[i]);
		plan_add(&plan, i, 0, tests[i].count);
	}
	layout = arena_layout_make(plan.n_positions, 2, 1, 1, 4096);
}

static void close_lists(void)
{
	plan_fini(&plan);
	listing_fini(&listing);
}

TestSuite(catalog, .init = open_lists, .fini = close_lists);

static int make(void)
{
	struct catalog_args args = {
		.listing = &listing,
		.plan = &plan,
		.fixtures = fixtures,
		.n_fixtures = 1,
		.layout = &layout,
		.run_id = "0b8f3c1e-0000-4000-8000-1234567890ab",
		.jobs = 2,
		.recycle_on_failure = true,
		.isolate = ISOLATE_WORKER,
		.timeout_ns = 300,
		.slowness = 2,
		.most_retries = 3,
	};
	struct err err = { 0 };
	int fd = catalog_write(&args, &err);

	cr_assert_geq(fd, 0, "%s", err.text);
	return fd;
}

Test(catalog, gives_back_what_was_written)
{
	int fd = make();
	struct catalog c;
	uint32_t i;

	cr_assert_eq(catalog_attach(&c, fd, NULL), 0);
	cr_expect_eq(c.header->n_positions, 13);
	cr_expect_eq(c.header->n_segments, 3, "the last two are one");
	cr_expect_eq(c.header->jobs, 2);
	cr_expect_eq(c.header->recycle_on_failure, 1);
	cr_expect_str_eq(c.header->run_id,
			 "0b8f3c1e-0000-4000-8000-1234567890ab");
	cr_expect_eq(memcmp(&c.header->arena, &layout, sizeof(layout)), 0);
	cr_expect_eq(memcmp(c.segments, plan.segments,
			    3 * sizeof(struct segment)), 0);
	cr_expect_eq(memcmp(c.fixtures, fixtures, sizeof(fixtures)), 0);
	for (i = 0; i < 4; i++) {
		cr_expect_eq(c.tests[i].entry_ix, tests[i].entry_ix);
		cr_expect_eq(c.tests[i].indexed, tests[i].indexed);
	}
	cr_expect_eq(c.terms[1].timeout_ns, 300, "of those that do not say");
	cr_expect_eq(c.terms[1].max_attempts, 4);
	cr_expect_eq(c.terms[1].weight, 1);
	cr_expect_str_eq(c.texts + c.terms[1].locks, "");
	cr_expect_eq(c.terms[2].timeout_ns, 8000000000, "4 s, and slower");
	cr_expect_eq(c.terms[2].max_attempts, 1);
	cr_expect_eq(c.terms[2].weight, 3);
	cr_expect_str_eq(c.texts + c.terms[2].locks, "db:1,port");
	cr_expect_eq(c.tests[2].signal, 6);
	cr_expect_eq(c.tests[3].exit_code, 7);
	cr_expect_eq(c.tests[0].isolate, ISOLATE_WORKER);
	cr_expect_eq(c.tests[1].isolate, ISOLATE_FORK);
	cr_expect_eq(c.tests[2].isolate, ISOLATE_FORK);
	catalog_detach(&c);
	close(fd);
}

/* A test that holds the descriptor cannot change it any more. */
Test(catalog, cannot_be_changed_by_anybody)
{
	int fd = make();
	struct catalog c;

	cr_expect_lt(pwrite(fd, "x", 1, 0), 0);
	cr_expect_lt(ftruncate(fd, 0), 0);
	cr_expect_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  0), MAP_FAILED);
	cr_assert_eq(catalog_attach(&c, fd, NULL), 0);
	cr_expect_lt(mprotect(c.base, c.size, PROT_READ | PROT_WRITE), 0);
	catalog_detach(&c);
	close(fd);
}

#define AUTO ISOLATE_AUTO
#define WORKER ISOLATE_WORKER
#define FORK ISOLATE_FORK
#define EXEC ISOLATE_EXEC

/* The stricter of both; an expected end needs a process of its own. */
Test(catalog, runs_a_test_in_the_stricter_tier)
{
	static const struct {
		enum isolate chosen, usual, own;
		int32_t signal, exit_code;
		enum isolate tier;
	} cases[] = {
		{ AUTO, WORKER, AUTO, 0, 0, WORKER },
		{ WORKER, WORKER, AUTO, 0, 0, WORKER },
		{ FORK, WORKER, WORKER, 0, 0, FORK },
		{ WORKER, WORKER, FORK, 0, 0, FORK },
		{ AUTO, WORKER, WORKER, 6, 0, FORK },
		{ WORKER, WORKER, AUTO, 0, 3, FORK },
		{ EXEC, WORKER, FORK, 6, 0, EXEC },
		/* What is usual for the suite is what auto means (ADP-11),
		 * and no more than that. */
		{ AUTO, FORK, AUTO, 0, 0, FORK },
		{ WORKER, FORK, AUTO, 0, 0, WORKER },
		{ WORKER, FORK, AUTO, 6, 0, FORK },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct attrs attrs = { .isolate = cases[i].own,
				       .signal = cases[i].signal,
				       .exit_code = cases[i].exit_code };

		cr_expect_eq(catalog_isolate(cases[i].chosen, cases[i].usual,
					     &attrs),
			     cases[i].tier, "case %zu", i);
	}
}

/* ---- hostile bytes --------------------------------------------------- */

static char *read_all(int fd, size_t *len)
{
	struct stat st;
	char *bytes;

	cr_assert_eq(fstat(fd, &st), 0);
	*len = (size_t)st.st_size;
	bytes = malloc(*len);
	cr_assert_eq(sys_pread_all(fd, bytes, *len, 0), (ssize_t)*len);
	return bytes;
}

static int attach_bytes(const char *bytes, size_t len)
{
	int fd = sys_memfd("test"), ret;
	struct err err = { 0 };
	struct catalog c;

	cr_assert_eq(sys_write_all(fd, bytes, len), 0);
	ret = catalog_attach(&c, fd, &err);
	if (ret == 0)
		catalog_detach(&c);
	else
		cr_expect_neq(err.text[0], '\0');
	close(fd);
	return ret;
}

Test(catalog, cut_at_any_byte_is_refused)
{
	int fd = make();
	size_t len, i;
	char *bytes = read_all(fd, &len);

	for (i = 0; i < len; i++)
		cr_expect_lt(attach_bytes(bytes, i), 0, "%zu bytes", i);
	cr_expect_eq(attach_bytes(bytes, len), 0);
	free(bytes);
	close(fd);
}

Test(catalog, with_more_bytes_is_refused)
{
	int fd = make();
	size_t len;
	char *bytes = read_all(fd, &len);

	bytes = realloc(bytes, len + 8);
	memset(bytes + len, 0, 8);
	cr_expect_lt(attach_bytes(bytes, len + 8), 0);
	free(bytes);
	close(fd);
}

/* The header says where everything is: no bit of it may be another. */
Test(catalog, with_any_bit_of_its_header_flipped_is_refused)
{
	int fd = make();
	size_t len, bit;
	char *bytes = read_all(fd, &len);

	for (bit = 0; bit < sizeof(struct catalog_header) * 8; bit++) {
		bytes[bit / 8] ^= (char)(1 << bit % 8);
		cr_expect_lt(attach_bytes(bytes, len), 0, "bit %zu", bit);
		bytes[bit / 8] ^= (char)(1 << bit % 8);
	}
	free(bytes);
	close(fd);
}

Test(catalog, of_random_bytes_is_refused)
{
	struct rng rng = { .state = 42 };
	char bytes[1024];
	uint32_t i;
	size_t k;

	for (i = 0; i < 5000; i++) {
		for (k = 0; k < sizeof(bytes); k++)
			bytes[k] = (char)rng_next(&rng);
		cr_expect_lt(attach_bytes(bytes, rng_below(&rng, 1024)), 0);
	}
}

Test(catalog, that_is_no_memory_is_an_error)
{
	struct err err = { 0 };
	struct catalog c;
	int ends[2];

	cr_expect_lt(catalog_attach(&c, -1, &err), 0);
	cr_assert_eq(pipe(ends), 0);
	cr_expect_lt(catalog_attach(&c, ends[0], &err), 0);
	cr_expect_neq(err.text[0], '\0');
}
