/* SPDX-License-Identifier: MIT */
/*
 * A program as a suite of one test: it is started, and its exit status says
 * how it went (EXE-1); or, when the user says so, what it prints (TAP-5).
 */
#include "suite/elf.h"
#include "suite/programs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int program_open_as(struct adapter_suite *s,
			   enum program_protocol protocol, struct err *err)
{
	struct programs *all = programs_open(s);
	struct programs_test *t = programs_add(all);
	const char *base = strrchr(s->path, '/');

	t->scope = protocol == PROGRAM_TAP ? "tap" : "program";
	t->name = programs_word(all, base ? base + 1 : s->path);
	t->file = s->path;
	t->program->protocol = protocol;
	t->program->path = program_path(s->path, NULL);
	t->program->cwd = program_path(".", NULL);
	program_add(&t->program->argv, s->path);
	return program_check_file(t->program->path, err);
}

static int program_open(struct adapter_suite *s, struct err *err)
{
	return program_open_as(s, PROGRAM_EXIT, err);
}

/* Nobody has named the adapter: what another reader would find is told. */
static int program_open_whole(struct adapter_suite *s, struct err *err)
{
	const char *framework;
	struct elf elf;
	int ret = program_open(s, err);

	if (ret < 0 || elf_open(&elf, s->path, err) < 0)
		return ret < 0 ? ret : err->code;
	framework = program_holds(&elf);
	if (framework)
		err_set(&s->warning, -ENOTSUP, "it is one test: %s is in it, "
			"but cannot be taken over, since it is stripped, "
			"linked statically, optimised as a whole or built "
			"with libc++ (--adapter=program: no warning)",
			framework);
	elf_close(&elf);
	return 0;
}

/* A script, which finds libraries and starts the suite behind it. */
static int program_open_wrapped(struct adapter_suite *s, struct err *err)
{
	int ret = program_open(s, err);

	if (ret == 0)
		err_set(&s->warning, -ENOTSUP, "it is one test: a script of "
			"libtool, which starts a program of many; `libtool "
			"--mode=execute shmrun ...' runs those "
			"(--adapter=program: no warning)");
	return ret;
}

static int program_open_tap(struct adapter_suite *s, struct err *err)
{
	return program_open_as(s, PROGRAM_TAP, err);
}

const struct adapter_ops adapter_program = {
	.name = "program",
	.help = "programs: exit status 0 passes, 77 skips, 99 is an error",
	.lost = "it is a program",
	.isolate = ISOLATE_EXEC,
	.open = program_open,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};

const struct adapter_ops adapter_program_whole = {
	.name = "program",
	.help = "",
	.lost = "it is a program",
	.isolate = ISOLATE_EXEC,
	.open = program_open_whole,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};

const struct adapter_ops adapter_program_wrapped = {
	.name = "program",
	.help = "",
	.lost = "it is a program",
	.isolate = ISOLATE_EXEC,
	.open = program_open_wrapped,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};

const struct adapter_ops adapter_tap = {
	.name = "tap",
	.help = "programs that print TAP 12, 13 or 14",
	.lost = "it is a program",
	.isolate = ISOLATE_EXEC,
	.open = program_open_tap,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};
