/* SPDX-License-Identifier: MIT */
#include "model/listing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct listing *l, const char *name, uint32_t line)
{
	listing_add_test(l, &(struct test){
				    .name = listing_text(l, name, strlen(name)),
				    .file = "t.c",
				    .line = line,
				    .count = 1,
			    });
}

Test(listing, tests_belong_to_the_last_suite)
{
	struct listing l;

	listing_init(&l);
	cr_expect_eq(listing_add_suite(&l, "a.so", "native"), 0);
	add(&l, "one", 1);
	add(&l, "two", 2);
	cr_expect_eq(listing_add_suite(&l, "b.so", "native"), 1);
	add(&l, "one", 3);
	cr_assert_eq(l.n_suites, 2);
	cr_expect_eq(l.suites[0].n_tests, 2);
	cr_expect_eq(l.suites[1].first_test, 2);
	cr_expect_eq(l.suites[1].n_tests, 1);
	cr_expect_eq(l.tests[2].suite_ix, 1);
	cr_expect_neq(l.suites[0].id, l.suites[1].id);
	listing_fini(&l);
}

Test(listing, texts_are_copies_and_stay_where_they_are)
{
	enum { N = 20000 };
	const char **texts = calloc(N, sizeof(*texts));
	struct listing l;
	char text[64];
	int i;

	listing_init(&l);
	for (i = 0; i < N; i++) {
		int len = snprintf(text, sizeof(text), "text number %d", i);

		texts[i] = listing_text(&l, text, (size_t)len);
	}
	for (i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "text number %d", i);
		cr_assert_str_eq(texts[i], text);
	}
	free(texts);
	listing_fini(&l);
}

Test(listing, a_long_text_fits_and_a_text_may_end_anywhere)
{
	size_t len = 1 << 20;
	char *big = malloc(len);
	const char *copy, *after;
	struct listing l;

	memset(big, 'x', len);
	listing_init(&l);
	copy = listing_text(&l, big, len);
	after = listing_text(&l, "abc", 2);
	cr_expect_eq(strlen(copy), len);
	cr_expect_str_eq(after, "ab");
	cr_expect_str_eq(listing_text(&l, "abc", 0), "");
	free(big);
	listing_fini(&l);
}

static uint32_t n_released;

static void release(void *bytes, size_t size)
{
	n_released += size == 7;
	free(bytes);
}

Test(listing, releases_what_it_was_given_to_keep_once)
{
	struct listing l;

	listing_init(&l);
	listing_keep(&l, malloc(7), 7, release);
	cr_expect_eq(n_released, 0);
	listing_fini(&l);
	cr_expect_eq(n_released, 1);
	listing_fini(&l);
	cr_expect_eq(n_released, 1);
}

Test(listing, attributes_are_copies_in_their_place)
{
	struct attrs attrs = attrs_default;
	const struct attrs *first, *copy;
	struct listing l;
	int i;

	attrs.timeout = 2.5;
	listing_init(&l);
	first = listing_attrs(&l, &attrs);
	for (i = 0; i < 10000; i++) {
		attrs.priority = i;
		listing_text(&l, "odd", (size_t)i % 4);
		copy = listing_attrs(&l, &attrs);
		cr_assert_eq((uintptr_t)copy % _Alignof(struct attrs), 0);
		cr_assert_eq(copy->priority, i);
	}
	cr_expect_eq(first->timeout, 2.5);
	cr_expect_eq(first->priority, 0);
	listing_fini(&l);
}

Test(listing, tests_without_attributes_have_the_defaults)
{
	struct listing l;

	listing_init(&l);
	listing_add_suite(&l, "a.so", "native");
	listing_expect(&l, 5);
	cr_expect_geq(l.cap_tests, 5);
	add(&l, "one", 1);
	cr_assert_not_null(l.tests[0].attrs);
	cr_expect_str_eq(l.tests[0].attrs->lock, "");
	cr_expect_eq(l.min_timeout, 0);
	cr_expect_not(l.has_unstartable);
	listing_fini(&l);
}

Test(listing, knows_the_shortest_timeout_and_what_cannot_start)
{
	struct attrs attrs = attrs_default;
	struct listing l;

	attrs.timeout = 2;
	listing_init(&l);
	listing_add_suite(&l, "a.so", "native");
	listing_add_test(&l, &(struct test){ .name = "a", .attrs = &attrs });
	attrs.timeout = 0.5;
	listing_add_test(&l, &(struct test){ .name = "b", .attrs = &attrs });
	cr_expect_eq(l.min_timeout, 0.5);
	cr_expect_not(l.has_unstartable);
	attrs.disabled = true;
	listing_add_test(&l, &(struct test){ .name = "c", .attrs = &attrs });
	cr_expect(l.has_unstartable);
	listing_fini(&l);
}

Test(listing, only_an_indexed_test_shows_its_index)
{
	struct test test = { .name = "S::t", .count = 3 };
	struct str out = STR_INIT;

	test_print_name(&out, &test, 2);
	cr_expect_str_eq(str_get(&out), "S::t");
	test.indexed = true;
	test_print_name(&out, &test, 2);
	cr_expect_str_eq(str_get(&out), "S::tS::t[2]");
	str_fini(&out);
}

Test(listing, isolation_has_names)
{
	cr_expect_str_eq(isolate_name(ISOLATE_AUTO), "auto");
	cr_expect_str_eq(isolate_name(ISOLATE_EXEC), "exec");
	cr_expect_str_eq(isolate_name(N_ISOLATES), "invalid");
}
