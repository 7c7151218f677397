/* SPDX-License-Identifier: MIT */
/*
 * Programs that use Criterion as a shared library, unmodified, with its main()
 * or one of their own.
 *
 * An object of ours has the library's name and stands in front of it, so that
 * it is not loaded at all (src/shim/serve_criterion.c); the program lists its
 * tests where it would run them, and later serves.
 */
#include "suite/criterion.h"
#include "suite/elf.h"
#include "suite/served_image.h"
#include "suite/served_list.h"

#include <errno.h>
#include <string.h>

static bool criterion_probe(const struct elf *elf)
{
	return !elf->shared && elf_needs(elf, "libcriterion.so");
}

/* CRF-5. */
static int criterion_check(struct adapter_suite *s, struct err *err)
{
	const char *library;
	struct elf elf;
	int ret = elf_open(&elf, s->path, err);

	if (ret < 0)
		return ret;
	library = elf_needs(&elf, "libcriterion.so");
	if (!library)
		ret = err_set(err, -ENOTSUP, "it does not use Criterion as a "
			      "shared library");
	else if (strcmp(library, CRITERION_SONAME) != 0)
		ret = err_set(err, -EPROTO, "it needs %s; shmrun stands for "
			      "%s", library, CRITERION_SONAME);
	elf_close(&elf);
	return ret;
}

static int criterion_open(struct adapter_suite *s, struct err *err)
{
	static const struct server_image image = {
		.bytes = served_image_criterion,
		.end = served_image_criterion_end,
	};
	int ret = served_open(s, &image, err);

	if (ret < 0)
		return ret;
	((struct served_state *)s->state)->unique = true;
	return criterion_check(s, err);
}

const struct adapter_ops adapter_criterion_program = {
	.name = "criterion",
	.help = "programs that use Criterion 2.3 or 2.4 as a shared library",
	.lost = "does its main() call criterion_run_all_tests()?",
	.isolate = ISOLATE_FORK,
	.programs = true,
	.twin = &adapter_criterion_static,
	.serves = true,
	.probe = criterion_probe,
	.open = criterion_open,
	.list = served_list,
	.close = served_close,
	.judge = criterion_judge,
};
