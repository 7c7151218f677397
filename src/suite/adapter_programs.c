/* SPDX-License-Identifier: MIT */
/*
 * A list of programs as a suite, program_list.h: each is a test.
 */
#include "suite/program_list.h"
#include "suite/programs.h"
#include "suite/tool.h"

#include <stdlib.h>
#include <string.h>

/* The folder that paths of the list begin in; the caller frees it. */
static char *programs_folder(const char *path)
{
	char *whole = program_path(path, NULL), *slash = strrchr(whole, '/');

	slash[slash == whole] = '\0';
	return whole;
}

/* "unit.list" -> "unit" */
static const char *programs_scope(struct programs *all, const char *path)
{
	const char *base = strrchr(path, '/');
	const char *dot;

	base = base ? base + 1 : path;
	dot = strrchr(base, '.');
	if (!dot || dot == base)
		return programs_word(all, base);
	return programs_word(all, programs_keepf(all, "%.*s",
						 (int)(dot - base), base));
}

static int programs_open_list(struct adapter_suite *s, struct err *err)
{
	struct programs *all = programs_open(s);
	char *text = NULL, *folder;
	size_t len = 0;
	int ret = tool_read(s->path, &text, &len, err);

	if (ret == 0) {
		folder = programs_folder(s->path);
		ret = program_list_parse(all, &(struct program_list){
			.file = s->path,
			.folder = folder,
			.scope = programs_scope(all, s->path),
		}, text, len, err);
		free(folder);
	}
	free(text);
	return ret;
}

const struct adapter_ops adapter_programs = {
	.name = "programs",
	.help = "a list of programs with their arguments, one on a line",
	.lost = "no line of it names a program",
	.isolate = ISOLATE_EXEC,
	.open = programs_open_list,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};
