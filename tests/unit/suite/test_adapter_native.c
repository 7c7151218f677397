/* SPDX-License-Identifier: MIT */
/* Real suites, opened as the loader opens them: NAT-1 to NAT-14, ADP-3. */
#include "suite/adapter.h"

#include "model/listing.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *place(const char *suite)
{
	static char path[4096];
	const char *folder = getenv("SUITES");

	cr_assert_not_null(folder, "SUITES: the folder of built fixtures");
	snprintf(path, sizeof(path), "%s/%s.so", folder, suite);
	return path;
}

static struct adapter_suite *open_suite(const char *name)
{
	struct err err = { 0 };
	struct adapter_suite *s = adapter_open(place(name), &adapter_native, &err);

	cr_assert_not_null(s, "%s: %s", name, err.text);
	return s;
}

static const struct adapter_test *find(const struct adapter_suite *s,
				      const char *name)
{
	uint32_t i;

	for (i = 0; i < s->n_tests; i++)
		if (strcmp(s->tests[i].name, name) == 0)
			return &s->tests[i];
	cr_assert_fail("%s is not there", name);
	return NULL;
}

static struct err refused(const char *name)
{
	struct err err = { 0 };

	cr_expect_null(adapter_open(place(name), &adapter_native, &err), "%s opens", name);
	cr_expect_lt(err.code, 0);
	cr_expect_neq(err.text[0], '\0');
	return err;
}

/* NAT-7: source order, although the section has another one. */
Test(native, lists_tests_in_source_order)
{
	static const char *const names[] = {
		"order::zebra", "order::apple",	 "order::mango",
		"order::early", "order::at_the_end", "order::range",
		"chain::first", "chain::second", "chain::third",
	};
	struct adapter_suite *s = open_suite("order");
	uint32_t i;

	cr_assert_eq(s->n_tests, sizeof(names) / sizeof(names[0]));
	for (i = 0; i < s->n_tests; i++) {
		cr_expect_str_eq(s->tests[i].name, names[i]);
		cr_expect_eq(strncmp(s->tests[i].name + s->tests[i].scope_len,
				     "::", 2), 0);
	}
	adapter_free(s);
}

/* NAT-9, NAT-10: each attribute arrives. */
Test(native, reads_every_attribute)
{
	struct adapter_suite *s = open_suite("attrs");

	cr_expect_str_eq(find(s, "attrs::affinity")->attrs.affinity, "cache");
	cr_expect_str_eq(find(s, "attrs::serial")->attrs.serial, "chain");
	cr_expect_str_eq(find(s, "attrs::lock_list")->attrs.lock,
			 "db:r,port:w:2");
	cr_expect(find(s, "attrs::exclusive")->attrs.exclusive);
	cr_expect_eq(find(s, "attrs::weight")->attrs.weight, 2);
	cr_expect_str_eq(find(s, "attrs::after")->attrs.after, "cache");
	cr_expect(find(s, "attrs::last")->attrs.last);
	cr_expect_eq(find(s, "attrs::priority")->attrs.priority, -5);
	cr_expect_eq(find(s, "attrs::timeout")->attrs.timeout, 2.5);
	cr_expect_eq(find(s, "attrs::slow")->attrs.slow, 1);
	cr_expect_eq(find(s, "attrs::cost")->attrs.cost, 0.25);
	cr_expect_eq((int)find(s, "attrs::fork")->attrs.isolate,
		     ISOLATE_FORK);
	cr_expect_eq((int)find(s, "attrs::exec")->attrs.isolate,
		     ISOLATE_EXEC);
	cr_expect_eq(find(s, "attrs::retries")->attrs.retries, 3);
	cr_expect_eq(find(s, "attrs::signal")->attrs.signal, 10);
	cr_expect_eq(find(s, "attrs::exit_code")->attrs.exit_code, 7);
	cr_expect_str_eq(find(s, "attrs::tags")->attrs.tags, "quick,net");
	cr_expect(find(s, "attrs::disabled")->attrs.disabled);
	cr_expect_str_eq(find(s, "attrs::description")->attrs.description,
			 "what it is for");
	adapter_free(s);
}

/* NAT-11: what a test does not set comes from the suite's defaults. */
Test(native, inherits_the_defaults_of_the_suite)
{
	struct adapter_suite *s = open_suite("attrs");
	const struct shmrun_attrs *none = &find(s, "attrs::none")->attrs;

	cr_expect_str_eq(none->tags, "inherited");
	cr_expect_eq(none->slow, 7);
	cr_expect_eq(none->retries, 1);
	cr_expect_null(none->lock);
	cr_expect_eq(none->timeout, 0);
	adapter_free(s);
}

/* NAT-14: a range is one test, its function is asked once. */
Test(native, counts_instances)
{
	struct adapter_suite *s = open_suite("params");

	cr_expect_eq(find(s, "params::plain")->count, 1);
	cr_expect_eq(find(s, "params::range")->count, 12);
	cr_expect_eq(find(s, "params::one")->count, 1);
	cr_expect_eq(find(s, "params::function")->count, 7);
	cr_expect_eq(find(s, "params::rows")->count, 3);
	cr_expect(find(s, "params::one")->indexed);
	cr_expect_not(find(s, "params::plain")->indexed);
	adapter_free(s);
}

static const char *scope_of(const struct adapter_suite *s, const char *test)
{
	return s->scopes[find(s, test)->scope_ix].name;
}

/* NAT-12: four kinds, found where they belong. */
Test(native, sorts_fixtures_by_kind_and_scope)
{
	struct adapter_suite *s = open_suite("fixtures");
	const struct adapter_scope *one, *three;

	cr_expect_eq(s->n_fixtures, 5);
	cr_expect_eq(s->n_scopes, 3);
	cr_expect_str_eq(scope_of(s, "one::both"), "one");
	cr_expect_str_eq(scope_of(s, "three::neither"), "three");
	one = &s->scopes[find(s, "one::both")->scope_ix];
	three = &s->scopes[find(s, "three::neither")->scope_ix];
	cr_assert_eq(one->test_fixtures.n, 1);
	cr_assert_eq(one->scope_fixtures.n, 1);
	cr_expect_eq(three->test_fixtures.n, 0);
	cr_expect_eq(three->scope_fixtures.n, 0);
	cr_expect_eq(s->fixtures[one->test_fixtures.first]->record.kind,
		     SHMRUN_KIND_TEST_FIXTURE_);
	cr_expect_str_eq(s->fixtures[one->scope_fixtures.first]->scope, "one");
	cr_assert_eq(s->worker_fixtures.n, 1);
	cr_expect_str_eq(s->fixtures[s->worker_fixtures.first]->scope,
			 "world");
	cr_assert_eq(s->run_fixtures.n, 1);
	cr_expect_geq(s->fixtures[s->run_fixtures.first]->data_size, 3008);
	adapter_free(s);
}

/* NAT-3: records of other minor versions, shorter and longer. */
Test(native, reads_older_records_and_not_beyond_their_end)
{
	struct adapter_suite *s = open_suite("abi_old");
	const struct shmrun_attrs *a = &find(s, "abi::old")->attrs;

	cr_expect_eq(a->timeout, 30);
	cr_expect_eq(a->retries, 0);
	cr_expect_eq(a->signal, 0);
	cr_expect_null(a->tags);
	cr_expect_not(a->disabled);
	adapter_free(s);
}

Test(native, reads_newer_records_as_far_as_it_knows_them)
{
	struct adapter_suite *s = open_suite("abi_new");

	cr_expect_eq(find(s, "abi::grown")->count, 1);
	adapter_free(s);
}

Test(native, refuses_another_major_version)
{
	struct err err = refused("abi2");

	cr_expect_not_null(strstr(err.text, "version 2"), "%s", err.text);
}

/* Where the suite will look for ours (NAT-3). */
Test(native, knows_where_the_suite_wants_its_ops)
{
	static const struct shmrun_ops_ ops;
	const struct adapter_host host = { .native = &ops };
	struct adapter_suite *s = open_suite("pass");
	const struct shmrun_suite_ *object =
		dlsym(s->handle, "shmrun_suite_v1");

	cr_assert_not_null(object);
	cr_expect_null(*object->ops, "nobody has bound it yet");
	s->ops->bind(s, &host);
	cr_expect_eq(*object->ops, &ops);
	adapter_free(s);
}

Test(native, refuses_what_is_not_a_suite)
{
	cr_expect_not_null(strstr(refused("not_a_suite").text, "shmrun.h"));
	refused("bad_magic");
	refused("no_such_file");
	cr_expect_not_null(strstr(refused("undefined").text, "undefined"));
}

/* ADP-3: an empty suite is never a success. */
Test(native, refuses_a_suite_without_tests)
{
	refused("no_tests");
}

Test(native, refuses_damaged_records_with_their_place)
{
	cr_expect_not_null(strstr(refused("bad_body").text, "bad_body.c"));
	cr_expect_not_null(strstr(refused("bad_name").text, "bad_name.c"));
	cr_expect_not_null(strstr(refused("bad_scope").text, "bad_scope.c"));
	cr_expect_not_null(strstr(refused("bad_defaults").text, ".c:"));
	cr_expect_not_null(strstr(refused("bad_lock").text, "bad_lock.c"));
	refused("bad_record");
}

/* NAT-14: before anything is allocated for them. */
Test(native, refuses_more_instances_than_a_run_can_hold)
{
	cr_expect_not_null(strstr(refused("bad_count").text, "10000000"));
}

/* SHM-13, with both places. */
Test(native, refuses_equal_names)
{
	struct err err = refused("double_name");

	cr_expect_eq(err.code, -EEXIST);
	cr_expect_not_null(strstr(err.text, "two tests are called"));
}

/* dlopen(3) would search elsewhere for a name without a slash. */
Test(native, takes_a_bare_name_from_the_current_directory)
{
	struct err err = { 0 };
	struct adapter_suite *s;

	cr_assert_eq(chdir(getenv("SUITES")), 0);
	s = adapter_open("pass.so", &adapter_native, &err);
	cr_assert_not_null(s, "%s", err.text);
	adapter_free(s);
}
