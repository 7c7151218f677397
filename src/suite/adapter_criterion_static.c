/* SPDX-License-Identifier: MIT */
/*
 * Programs that have libcriterion.a in them, unmodified.
 *
 * Nothing can stand in front of what is linked in: the program says itself what
 * tests there are (--list), and is started for each with a --filter that means
 * that one (CRX-5).  What became of it is told in TAP, on a descriptor of its
 * own; a filter that chooses nothing is an error, although Criterion exits
 * with 0.
 */
#include "suite/criterion_list.h"
#include "suite/elf.h"
#include "suite/programs.h"
#include "suite/tool.h"

#include <errno.h>
#include <stdlib.h>

#define SLOW "libcriterion.a is linked into it: it is started anew for each "  \
	     "test; linked with libcriterion.so a test costs a fork"

static bool static_probe(const struct elf *elf)
{
	struct elf_section section;

	return !elf->shared && !elf_needs(elf, "libcriterion.so") &&
	       elf_find_section(elf, "cr_tst", &section);
}

static int static_open(struct adapter_suite *s, struct err *err)
{
	struct programs *all = programs_open(s);
	char *path = program_path(s->path, NULL), *text = NULL;
	const char *argv[] = { path, "--list", NULL };
	size_t len = 0;
	int ret = program_check_file(path, err);

	if (ret == 0)
		ret = tool_run(argv, ".", &text, &len, err);
	if (ret == 0)
		ret = criterion_list_parse(all, programs_keep(all, path), text,
					   len, err);
	if (ret == 0)
		err_set(&s->warning, -ENOTSUP, SLOW);
	free(text);
	free(path);
	return ret;
}

const struct adapter_ops adapter_criterion_static = {
	.name = "criterion",
	.help = "programs that have Criterion's library in them",
	.lost = "--list names none",
	.isolate = ISOLATE_EXEC,
	.programs = true,
	.probe = static_probe,
	.open = static_open,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};
