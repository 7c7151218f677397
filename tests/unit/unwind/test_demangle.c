/* SPDX-License-Identifier: MIT */
#include "unwind/demangle.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <string.h>

static const char *name_of(const char *symbol)
{
	static char name[32];

	memset(name, 'x', sizeof(name));
	demangle(symbol, name, sizeof(name));
	return name;
}

Test(demangle, what_is_no_name_of_cxx_stays)
{
	cr_expect_str_eq(name_of("main"), "main");
	cr_expect_str_eq(name_of(""), "");
	cr_expect_str_eq(name_of("_Znonsense!"), "_Znonsense!");
	cr_expect_eq(strlen(name_of("a_name_that_is_longer_than_there_is_room")),
		     31, "cut");
}

Test(demangle, names_are_as_they_were_written)
{
	if (!dlopen("libstdc++.so.6", RTLD_LAZY))
		cr_skip_test("no C++ runtime");
	cr_expect_str_eq(name_of("_ZN4tree4growEi"), "tree::grow(int)");
	cr_expect_str_eq(name_of("_ZN12_GLOBAL__N_11fEv"),
			 "(anonymous namespace)::f()");
}
