/* SPDX-License-Identifier: MIT */
#include "model/listing.h"

#include <criterion/criterion.h>
#include <errno.h>
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

/* SHM-13 */
Test(listing, two_tests_of_one_name_are_an_error_that_names_both_places)
{
	struct err err = { 0 };
	struct listing l;

	listing_init(&l);
	listing_add_suite(&l, "a.so", "native");
	add(&l, "S::same", 10);
	add(&l, "S::other", 20);
	add(&l, "S::same", 30);
	cr_expect_eq(listing_check_suite(&l, 0, &err), -EEXIST);
	cr_expect_str_eq(err.text,
			 "two tests are called S::same: t.c:10 and t.c:30");
	listing_fini(&l);
}

Test(listing, one_name_in_two_suites_is_fine)
{
	struct err err = { 0 };
	struct listing l;

	listing_init(&l);
	listing_add_suite(&l, "a.so", "native");
	add(&l, "S::same", 10);
	listing_add_suite(&l, "b.so", "native");
	add(&l, "S::same", 10);
	cr_expect_eq(listing_check_suite(&l, 0, &err), 0);
	cr_expect_eq(listing_check_suite(&l, 1, &err), 0);
	listing_fini(&l);
}

/* The table of names grows with the suite: no size may lose the double. */
Test(listing, a_double_is_found_at_any_size)
{
	uint32_t n;

	for (n = 0; n < 300; n++) {
		struct err err = { 0 };
		struct listing l;
		char name[16];
		uint32_t i;

		listing_init(&l);
		listing_add_suite(&l, "a.so", "native");
		for (i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "t%u", i);
			add(&l, name, i);
		}
		cr_assert_eq(listing_check_suite(&l, 0, &err), 0, "%u", n);
		if (n > 0) {
			add(&l, "t0", n);
			cr_assert_eq(listing_check_suite(&l, 0, &err), -EEXIST,
				     "%u", n);
		}
		listing_fini(&l);
	}
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
