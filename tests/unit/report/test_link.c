/* SPDX-License-Identifier: MIT */
#include "report/link.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/shmrun-link.XXXXXX";

static void enter(void)
{
	cr_assert(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
}

static void leave(void)
{
	cr_assert_eq(rmdir(folder), 0);
}

static void make(const char *name)
{
	FILE *file = fopen(name, "w");

	cr_assert(file);
	fclose(file);
}

TestSuite(link, .init = enter, .fini = leave);

Test(link, leads_to_the_absolute_path_of_a_relative_one)
{
	struct str out = STR_INIT, wanted = STR_INIT;

	make("a.c");
	cr_expect(link_begin(&out, "host", "./a.c"));
	str_add(&out, "a.c:7");
	link_end(&out);
	str_addf(&wanted, "\033]8;;file://host%s/a.c\033\\a.c:7\033]8;;\033\\",
		 folder);
	cr_expect_str_eq(str_get(&out), str_get(&wanted));
	unlink("a.c");
	str_fini(&out);
	str_fini(&wanted);
}

Test(link, no_byte_of_a_name_gets_out_of_it)
{
	static const char name[] = "a b\033\\\a%?#\xff;.c";
	struct str out = STR_INIT;

	make(name);
	cr_expect(link_begin(&out, "h\033st", name));
	cr_expect(strncmp(str_get(&out), "\033]8;;file://h%1Bst/", 19) == 0);
	cr_expect(strstr(str_get(&out),
			 "/a%20b%1B%5C%07%25%3F%23%FF%3B.c\033\\"));
	unlink(name);
	str_fini(&out);
}

Test(link, what_is_not_here_is_not_linked)
{
	struct str out = STR_INIT;

	cr_expect_not(link_begin(&out, "host", "no.c"));
	cr_expect_not(link_begin(&out, "host", ""));
	make("a.c");
	cr_expect_not(link_begin(&out, NULL, "a.c"));
	cr_expect_eq(out.len, 0);
	unlink("a.c");
	str_fini(&out);
}
