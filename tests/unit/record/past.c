/* SPDX-License-Identifier: MIT */
#include "past.h"

#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

void past_open(struct past *p)
{
	*p = (struct past){ .today = 20000, .build_id = 1 };
	book_init(&p->book, "s.so", "x86_64-debug");
	listing_init(&p->listing);
}

void past_close(struct past *p)
{
	book_fini(&p->book);
	listing_fini(&p->listing);
	costs_fini(&p->costs);
	samples_fini(&p->samples);
}

void past_begin(struct past *p)
{
	costs_fini(&p->costs);
	samples_fini(&p->samples);
	listing_fini(&p->listing);
	listing_add_suite(&p->listing, "./s.so", "native");
}

void past_test(struct past *p, const char *name, const char *file,
	       uint32_t count)
{
	listing_add_test(&p->listing, &(struct test){
		.name = listing_text(&p->listing, name, strlen(name)),
		.file = listing_text(&p->listing, file, strlen(file)),
		.count = count,
		.indexed = count > 1,
		.scope_len = (uint32_t)(strstr(name, "::") - name),
	});
}

void past_start(struct past *p)
{
	costs_fini(&p->costs);
	samples_fini(&p->samples);
	costs_init(&p->costs, &p->listing);
	samples_init(&p->samples, &p->costs);
}

static uint32_t past_find(const struct past *p, const char *name)
{
	uint32_t i;

	for (i = 0; i < p->listing.n_tests; i++)
		if (strcmp(p->listing.tests[i].name, name) == 0)
			return i;
	cr_assert_fail("no test is called %s", name);
	return 0;
}

void past_event(struct past *p, const char *name, struct event_test t)
{
	t.test_ix = past_find(p, name);
	samples_add_test(&p->samples, &t);
}

void past_ran(struct past *p, const char *name, uint32_t index,
	      enum outcome outcome, uint64_t ns)
{
	past_event(p, name, (struct event_test){ .index = index,
						 .outcome = outcome,
						 .duration_ns = ns });
}

static void past_slow(void *ctx, const char *name, double ns, double usual_ns)
{
	struct past *p = ctx;

	cr_expect(name && ns > usual_ns);
	p->n_slow++;
}

void past_end(struct past *p)
{
	const bool suites[1] = { true };
	uint32_t *row_of = mem_array((size_t)p->costs.n_rows + 1,
				     sizeof(*row_of));
	struct history_join join;
	struct book fresh;

	p->n_slow = 0;
	renew_adopt(&p->book, p->build_id);
	history_join_make(&join, &p->book, &p->costs, suites, row_of);
	renew_book(&(struct renewal){ .old = &p->book,
				      .join = &join,
				      .samples = &p->samples,
				      .suites = suites,
				      .build_id = p->build_id,
				      .today = p->today,
				      .crowded = p->crowded,
				      .partial = p->partial,
				      .slow = past_slow,
				      .ctx = p }, &fresh);
	book_fini(&p->book);
	p->book = fresh;
	history_join_fini(&join);
	free(row_of);
}

const struct book_row *past_row(const struct past *p, enum book_kind kind,
				const char *name, uint32_t index)
{
	uint32_t i;

	for (i = 0; i < p->book.n_rows; i++) {
		const struct book_row *row = &p->book.rows[i];

		if (row->kind == kind && row->index == index &&
		    strcmp(book_name(&p->book, row), name) == 0)
			return row;
	}
	return NULL;
}
