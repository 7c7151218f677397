/* SPDX-License-Identifier: MIT */
/*
 * The catalog (shm/catalog.c): what is not one is refused, whatever it is;
 * one that was written is read as it was meant, and refused once any byte of
 * its header has changed.  Behind the header it is sealed and believed.
 *
 * Input: which byte changes and how (4 bytes, 1 byte), the number of slots
 * (1 byte), then the names of tests, one per line; and all of it once more as
 * a catalog.
 */
#include "shm/catalog.h"

#include "base/mem.h"
#include "fuzz.h"
#include "shm/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT 3u /* instances of each test */

static int copy_fd = -1;

static bool attach(struct catalog *c, const void *bytes, size_t size)
{
	struct err err = { 0 };

	fuzz_fill_file(&copy_fd, bytes, size);
	if (catalog_attach(c, copy_fd, &err) == 0)
		return true;
	fuzz_must(*err.text, "no sentence");
	return false;
}

static void fill(struct listing *l, struct plan *plan, struct fuzz_input *in)
{
	uint32_t n, i;
	char **names = fuzz_lines(in, &n);

	listing_init(l);
	plan_init(plan);
	listing_add_suite(l, "./t.so", "native");
	for (i = 0; i < n; i++) {
		size_t len = strlen(names[i]);

		listing_add_test(l, &(struct test){
			.name = listing_text(l, names[i], len),
			.file = "t.c",
			.count = COUNT,
			.entry_ix = n - i,
			.indexed = true,
		});
		plan_add(plan, i, i % COUNT, COUNT - i % COUNT);
	}
	if (plan->n_positions)
		plan_add_part(plan, 0, plan->n_positions, 0);
	fuzz_free_lines(names);
}

static int write_catalog(const struct listing *l, const struct plan *plan,
			 uint32_t n_slots)
{
	struct arena_layout layout =
		arena_layout_make(plan->n_positions, n_slots,
				  plan->n_parts, 0, 0);
	struct catalog_args args = { .listing = l,
				     .plan = plan,
				     .layout = &layout,
				     .run_id = "fuzz",
				     .jobs = n_slots };
	struct err err = { 0 };
	int fd = catalog_write(&args, &err);

	fuzz_must(fd >= 0, "%s", err.text);
	return fd;
}

static void must_be(const struct catalog *c, const struct listing *l,
		    const struct plan *plan)
{
	uint32_t i;

	fuzz_must(c->header->n_positions == plan->n_positions &&
			  c->header->n_segments == plan->n_segments &&
			  c->header->n_tests == l->n_tests, "counts");
	for (i = 0; i < l->n_tests; i++)
		fuzz_must(c->tests[i].entry_ix == l->tests[i].entry_ix,
			  "entry %u", i);
	if (plan->n_segments)
		fuzz_must(memcmp(c->segments, plan->segments,
				 plan->n_segments * sizeof(*c->segments)) == 0,
			  "segments");
}

static void try_damage(const struct catalog *c, uint32_t at, uint8_t change)
{
	char *bytes = mem_alloc(c->size);
	struct catalog damaged;

	memcpy(bytes, c->base, c->size);
	bytes[at % sizeof(*c->header)] ^= (char)(change | 1);
	fuzz_must(!attach(&damaged, bytes, c->size), "byte %zu",
		  at % sizeof(*c->header));
	fuzz_must(!attach(&damaged, c->base, at % c->size), "%zu of %zu bytes",
		  at % c->size, c->size);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	uint32_t at = fuzz_u32(&in), n_slots;
	uint8_t change = fuzz_byte(&in);
	struct err err = { 0 };
	struct listing listing;
	struct plan plan;
	struct catalog c;
	int fd;

	if (attach(&c, data, size))
		catalog_detach(&c);
	n_slots = fuzz_byte(&in) + 1u;
	fill(&listing, &plan, &in);
	fd = write_catalog(&listing, &plan, n_slots);
	fuzz_must(catalog_attach(&c, fd, &err) == 0, "%s", err.text);
	must_be(&c, &listing, &plan);
	try_damage(&c, at, change);
	catalog_detach(&c);
	close(fd);
	plan_fini(&plan);
	listing_fini(&listing);
	return 0;
}
