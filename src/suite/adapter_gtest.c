/* SPDX-License-Identifier: MIT */
/*
 * Programs of GoogleTest, unmodified, and shared objects of tests: gtest linked
 * in, as it mostly is, or as a shared library.
 *
 * Of the former the addresses of gtest's functions are in the symbol table,
 * which a stripped program has lost; the shim (src/shim/serve_gtest.c) takes
 * some of them over.
 */
#include "suite/elf.h"
#include "suite/gtest.h"
#include "suite/served_image.h"
#include "suite/served_list.h"

#include <errno.h>

static const char *const gtest_names[N_GTEST_SYMBOLS] = GTEST_SYMBOL_NAMES;
static const char *const gtest_mocks[] = { GTEST_MOCKS_NAME };

/* The other C++ library has other strings. */
static bool gtest_probe(const struct elf *elf)
{
	uint64_t run;

	if (elf_needs(elf, "libc++.so"))
		return false;
	return elf_needs(elf, "libgtest.so") ||
	       elf_find_symbols(elf, gtest_names, &run, 1) == 1 ||
	       (elf->shared && elf_defines(elf, gtest_names[0]));
}

static int gtest_find(struct adapter_suite *s, struct err *err)
{
	struct served_state *state = s->state;
	struct elf elf;
	uint32_t n;
	int ret = elf_open(&elf, s->path, err);

	if (ret < 0)
		return ret;
	n = elf_find_symbols(&elf, gtest_names, state->symbols,
			     N_GTEST_SYMBOLS);
	elf_find_symbols(&elf, gtest_mocks, &state->symbols[GTEST_MOCKS], 1);
	/* A shared object that is stripped still exports them. */
	if (n < N_GTEST_SYMBOLS && !elf.shared &&
	    !elf_needs(&elf, "libgtest.so"))
		ret = err_set(err, -ENOEXEC, "its symbol table does not have "
			      "what is needed of gtest 1.10 or later: is it "
			      "stripped?");
	elf_close(&elf);
	return ret;
}

static int gtest_open(struct adapter_suite *s, struct err *err)
{
	static const struct server_image image = {
		.bytes = served_image_gtest,
		.end = served_image_gtest_end,
		.carries = true,
	};
	int ret = served_open(s, &image, err);

	return ret < 0 ? ret : gtest_find(s, err);
}

const struct adapter_ops adapter_gtest = {
	.name = "gtest",
	.help = "programs of GoogleTest 1.10 or later, and shared objects "
		"with or without main()",
	.lost = "does its main() call RUN_ALL_TESTS()?",
	.isolate = ISOLATE_FORK,
	.programs = true,
	.carries = true,
	.serves = true,
	.probe = gtest_probe,
	.open = gtest_open,
	.list = served_list,
	.close = served_close,
	.judge = served_judge,
};
