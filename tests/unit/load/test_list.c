/* SPDX-License-Identifier: MIT */
/* From an opened suite to the wire and back: nothing is lost (NAT-9). */
#include "load/list.h"

#include "shm/wire.h"
#include "suite/adapter.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct listing listing;
static struct wire_fixture fixtures[WIRE_FIXTURES_MAX];
static uint32_t n_fixtures;

static void release(void *bytes, size_t size)
{
	(void)size;
	free(bytes);
}

/* The listing of a built fixture suite, as the runner gets it. */
static void list(const char *name)
{
	struct err err = { 0 };
	struct str out = STR_INIT;
	struct adapter_suite *s;
	char path[4096];

	cr_assert_not_null(getenv("SUITES"));
	snprintf(path, sizeof(path), "%s/%s.so", getenv("SUITES"), name);
	s = adapter_open(path, &adapter_native, &err);
	cr_assert_not_null(s, "%s", err.text);
	list_suite(s, &out);
	listing_init(&listing);
	listing_add_suite(&listing, path, "native");
	n_fixtures = 0;
	listing_keep(&listing, out.text, out.len, release);
	cr_assert_eq(wire_get_listing(out.text, out.len, &listing, fixtures,
				      &n_fixtures, &err), 0, "%s", err.text);
	adapter_free(s);
}

static const struct test *find(const char *name)
{
	uint32_t i;

	for (i = 0; i < listing.n_tests; i++)
		if (strcmp(listing.tests[i].name, name) == 0)
			return &listing.tests[i];
	cr_assert_fail("%s is not there", name);
	return NULL;
}

Test(list, carries_every_attribute_of_a_suite)
{
	const struct test *t;

	list("attrs");
	t = find("attrs::everything");
	cr_expect_str_eq(t->attrs->affinity, "cache");
	cr_expect_str_eq(t->attrs->lock, "db:r");
	cr_expect_eq(t->attrs->weight, 1);
	cr_expect_eq(t->attrs->priority, 3);
	cr_expect_eq(t->attrs->timeout, 10);
	cr_expect_eq(t->attrs->slow, 5);
	cr_expect_eq(t->attrs->cost, 1);
	cr_expect_eq(t->attrs->isolate, ISOLATE_FORK);
	cr_expect_eq(t->attrs->retries, 2);
	cr_expect_str_eq(t->attrs->tags, "quick");
	cr_expect_str_eq(t->attrs->description,
			 "\"quotes\", <tags> & commas");
	cr_expect_str_eq(find("attrs::serial")->attrs->serial, "chain");
	cr_expect_str_eq(find("attrs::after")->attrs->after, "cache");
	cr_expect(find("attrs::exclusive")->attrs->exclusive);
	cr_expect(find("attrs::last")->attrs->last);
	cr_expect(find("attrs::disabled")->attrs->disabled);
	cr_expect_eq(find("attrs::signal")->attrs->signal, 10);
	cr_expect_eq(find("attrs::exit_code")->attrs->exit_code, 7);
	listing_fini(&listing);
}

/* Texts are never NULL in a listing. */
Test(list, makes_empty_texts_of_those_not_set)
{
	const struct test *t;

	list("pass");
	t = &listing.tests[0];
	cr_expect_str_eq(t->attrs->affinity, "");
	cr_expect_str_eq(t->attrs->lock, "");
	cr_expect_str_eq(t->attrs->tags, "");
	cr_expect_str_eq(t->attrs->description, "");
	listing_fini(&listing);
}

/* A worker finds its test again by this number. */
Test(list, numbers_tests_as_the_loader_has_them)
{
	uint32_t i;

	list("params");
	for (i = 0; i < listing.n_tests; i++)
		cr_expect_eq(listing.tests[i].entry_ix, i);
	cr_expect_eq(find("params::range")->count, 12);
	cr_expect(find("params::one")->indexed);
	cr_expect_not(find("params::plain")->indexed);
	cr_expect_eq(find("params::plain")->scope_len, 6);
	cr_expect_not_null(strstr(find("params::plain")->file, "params.c"));
	cr_expect_gt(find("params::plain")->line, 0);
	listing_fini(&listing);
}

/* Only run fixtures need memory of the arena. */
Test(list, carries_run_fixtures_and_no_others)
{
	list("fixtures");
	cr_assert_eq(n_fixtures, 1);
	cr_expect_eq(fixtures[0].fixture_ix, 0);
	cr_expect_geq(fixtures[0].size, 3008);
	listing_fini(&listing);
}
