/* SPDX-License-Identifier: MIT */
/*
 * A build folder of CMake: its tests, as ctest itself lists them.
 */
#include "suite/ctest.h"
#include "suite/programs.h"
#include "suite/tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int ctest_open(struct adapter_suite *s, struct err *err)
{
	static const char *const argv[] = { "ctest", "--show-only=json-v1",
					    NULL };
	struct programs *all = programs_open(s);
	char *folder = realpath(s->path, NULL), *text = NULL;
	size_t len = 0;
	int ret;

	if (!folder)
		return err_sys(err, -errno, "cannot find it");
	s->origin.soname = program_folder_name(folder);
	ret = tool_run(argv, folder, &text, &len, err);
	if (ret == 0)
		ret = ctest_parse(all, folder, text, len, &s->warning, err);
	free(text);
	free(folder);
	return ret;
}

static void ctest_tell_sources(const struct adapter_suite *s,
			       adapter_source *tell, void *ctx)
{
	char *folder = realpath(s->path, NULL);

	if (folder)
		ctest_sources(folder, tell, ctx);
	free(folder);
}

const struct adapter_ops adapter_ctest = {
	.name = "ctest",
	.help = "a build folder of CMake: its tests, in place of ctest",
	.lost = "does it call enable_testing() and add_test()?",
	.isolate = ISOLATE_EXEC,
	.open = ctest_open,
	.list = programs_list,
	.close = programs_close,
	.sources = ctest_tell_sources,
	.bind = program_bind,
};
