/* SPDX-License-Identifier: MIT */
/*
 * A line of a list of programs as a suite: one program with its arguments.
 */
#include "suite/program_list.h"
#include "suite/programs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int command_open(struct adapter_suite *s, struct err *err)
{
	struct programs *all = programs_open(s);
	char *folder;
	int ret;

	if (strchr(s->path, '\n'))
		return err_set(err, -EINVAL, "it is more than one line");
	folder = program_path(".", NULL);
	folder[strlen(folder) - 2] = '\0';
	ret = program_list_parse(all, &(struct program_list){
		.file = s->path,
		.folder = *folder ? folder : "/",
		.scope = "command",
	}, s->path, strlen(s->path), err);
	free(folder);
	return ret;
}

const struct adapter_ops adapter_command = {
	.name = "command",
	.help = "a program with its arguments, as a line of a list",
	.lost = "it is empty",
	.isolate = ISOLATE_EXEC,
	.open = command_open,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};
