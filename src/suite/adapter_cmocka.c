/* SPDX-License-Identifier: MIT */
/*
 * Programs that use cmocka as a shared library, unmodified, and the same built
 * as shared objects.
 *
 * An object of ours stands in front of libcmocka (src/shim/serve_cmocka.c):
 * the program lists its groups when main() runs them, and later serves.
 */
#include "suite/elf.h"
#include "suite/served_image.h"
#include "suite/served_list.h"

static bool cmocka_probe(const struct elf *elf)
{
	/* What has no main() is a part of a program. */
	if (elf->shared && !elf_defines(elf, "main"))
		return false;
	return elf_needs(elf, "libcmocka.so");
}

static int cmocka_open(struct adapter_suite *s, struct err *err)
{
	static const struct server_image image = {
		.bytes = served_image_cmocka,
		.end = served_image_cmocka_end,
		.carries = true,
	};

	return served_open(s, &image, err);
}

const struct adapter_ops adapter_cmocka = {
	.name = "cmocka",
	.help = "programs that use cmocka 1.1 as a shared library, and shared "
		"objects with their main()",
	.lost = "does its main() call cmocka_run_group_tests()?",
	.isolate = ISOLATE_FORK,
	.programs = true,
	.carries = true,
	.serves = true,
	.probe = cmocka_probe,
	.open = cmocka_open,
	.list = served_list,
	.close = served_close,
	.judge = served_judge,
};
