/* SPDX-License-Identifier: MIT */
/*
 * Programs of Check, unmodified, and the same built as shared objects: libcheck
 * linked in, as it is where there is only an archive, or as a library.
 *
 * The shim (src/shim/serve_check.c) has functions of its own for all that
 * check.h declares.
 */
#include "suite/check.h"
#include "suite/criterion.h"
#include "suite/elf.h"
#include "suite/served_image.h"
#include "suite/served_list.h"

#include <errno.h>

static const char *const check_names[N_CHECK_SYMBOLS] = CHECK_SYMBOL_NAMES;

/* A shared object of tests has a main() (CHK-1); one without is a part of a
 * program, or libcheck itself. */
static bool check_probe(const struct elf *elf)
{
	static const char *const calls[] = { "srunner_create" };
	uint64_t create;

	if (elf->shared && !elf_defines(elf, "main"))
		return false;
	return elf_refers(elf, calls[0]) ||
	       elf_find_symbols(elf, calls, &create, 1) == 1 ||
	       (elf->shared && elf_defines(elf, calls[0]));
}

/* Linked in and stripped, it cannot be taken over; a shared object may still
 * export what is. */
static int check_find(struct adapter_suite *s, struct err *err)
{
	struct served_state *state = s->state;
	struct elf elf;
	int ret = elf_open(&elf, s->path, err);

	if (ret < 0)
		return ret;
	elf_find_symbols(&elf, check_names, state->symbols, N_CHECK_SYMBOLS);
	if (!state->symbols[0] && !elf.shared &&
	    !elf_refers(&elf, "srunner_create"))
		ret = err_set(err, -ENOEXEC,
			      "its symbol table does not have "
			      "Check's functions: is it stripped?");
	elf_close(&elf);
	return ret;
}

static int check_open(struct adapter_suite *s, struct err *err)
{
	static const struct server_image image = {
		.bytes = served_image_check,
		.end = served_image_check_end,
		.carries = true,
	};
	int ret = served_open(s, &image, err);

	return ret < 0 ? ret : check_find(s, err);
}

const struct adapter_ops adapter_check = {
	.name = "check",
	.help = "programs of Check 0.13 or later, and shared objects with "
		"their main()",
	.lost = "does its main() call srunner_run_all()?",
	.isolate = ISOLATE_FORK,
	.programs = true,
	.carries = true,
	.serves = true,
	.probe = check_probe,
	.open = check_open,
	.list = served_list,
	.close = served_close,
	/* A test declares its end as one of Criterion does (CHK-2). */
	.judge = criterion_judge,
};
