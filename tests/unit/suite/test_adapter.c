/* SPDX-License-Identifier: MIT */
/* What all kinds of suites have in common, with one that is made up. */
#include "suite/adapter.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint32_t n_tests;

static int fake_open(struct adapter_suite *s, struct err *err)
{
	(void)s;
	(void)err;
	return 0;
}

static int fake_list(struct adapter_suite *s, struct err *err)
{
	struct adapter_test test = { .file = "t.c", .count = 1 };
	char scope[16], name[200];
	uint32_t i;
	int ret = 0;

	adapter_expect(s, n_tests);
	for (i = 0; i < n_tests && ret == 0; i++) {
		snprintf(scope, sizeof(scope), "s%u", i % 3);
		/* Some names are longer than what is kept for each. */
		snprintf(name, sizeof(name), "%0*u", i % 7 ? 4 : 150, i);
		test.line = i;
		test.scope = strcpy(adapter_keep(s, sizeof(scope)), scope);
		ret = adapter_add_test(s, &test, name, err);
	}
	return ret;
}

static const struct adapter_ops fake = { .name = "fake",
					 .lost = "there are none",
					 .open = fake_open,
					 .list = fake_list };

static struct adapter_suite *open_fake(uint32_t n)
{
	struct err err = { 0 };
	struct adapter_suite *s;

	n_tests = n;
	s = adapter_open("fake", &fake, &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_assert_eq(s->n_tests, n);
	return s;
}

static bool is_writable(void *at)
{
	int fds[2];
	bool good;

	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], at, 1), 1);
	good = read(fds[0], at, 1) == 1;
	close(fds[0]);
	close(fds[1]);
	return good;
}

Test(adapter, knows_its_kinds_by_name)
{
	cr_expect_eq(adapter_find("native"), &adapter_native);
	cr_expect_eq(adapter_find("criterion"), &adapter_criterion);
	cr_expect_null(adapter_find("nothing"));
}

/* Few tests or many, wherever they are kept. */
Test(adapter, keeps_every_test)
{
	static const uint32_t sizes[] = { 1, 2, 255, 256, 257, 5000 };
	size_t i;
	uint32_t t;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct adapter_suite *s = open_fake(sizes[i]);

		for (t = 0; t < s->n_tests; t++) {
			const struct adapter_test *test = &s->tests[t];

			cr_assert_eq(test->line, t);
			cr_assert_eq(strncmp(test->name + test->scope_len,
					     "::", 2), 0);
			cr_assert_str_eq(s->scopes[test->scope_ix].name,
					 test->scope);
		}
		adapter_free(s);
	}
}

/* What tests share they cannot damage for each other. */
Test(adapter, many_tests_are_read_only)
{
	struct adapter_suite *few = open_fake(10), *many = open_fake(1000);

	cr_expect(is_writable(few->tests));
	cr_expect_not(is_writable(many->tests));
	cr_expect_not(is_writable(many->tests[999].name - 64));
	adapter_free(many);
	adapter_free(few);
}

/* ADP-3. */
Test(adapter, a_suite_without_tests_is_an_error)
{
	struct err err = { 0 };

	n_tests = 0;
	cr_expect_null(adapter_open("fake", &fake, &err));
	cr_expect_eq(err.code, -ENOENT);
	cr_expect_not_null(strstr(err.text, "there are none"));
}
