/* SPDX-License-Identifier: MIT */
/*
 * Shared objects of Unity's tests, with their main(), unmodified.
 *
 * An object of ours (src/shim/serve_unity.c) has a function of its own in
 * place of the one that RUN_TEST() calls.  A program's cannot be replaced: it
 * is one test like any other program (UNI-3).
 */
#include "suite/elf.h"
#include "suite/served_image.h"
#include "suite/served_list.h"

#include <errno.h>

static bool unity_probe(const struct elf *elf)
{
	static const char entry[] = "UnityDefaultTestRun";

	return elf->shared && elf_defines(elf, "main") &&
	       (elf_defines(elf, entry) || elf_refers(elf, entry));
}

static int unity_open(struct adapter_suite *s, struct err *err)
{
	static const struct server_image image = {
		.bytes = served_image_unity,
		.end = served_image_unity_end,
		.carries = true,
	};
	int ret = served_open(s, &image, err);
	const struct served_state *state = s->state;

	if (ret < 0 || state->carried)
		return ret;
	return err_set(err, -ENOEXEC, "it is a program: only shared objects "
		       "of Unity can be taken apart");
}

const struct adapter_ops adapter_unity = {
	.name = "unity",
	.help = "shared objects of Unity's tests, with their main()",
	.lost = "does its main() call RUN_TEST(), and is that Unity's own?",
	.isolate = ISOLATE_FORK,
	.programs = true,
	.carries = true,
	.serves = true,
	.probe = unity_probe,
	.open = unity_open,
	.list = served_list,
	.close = served_close,
	.judge = served_judge,
};
