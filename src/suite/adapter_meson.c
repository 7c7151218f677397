/* SPDX-License-Identifier: MIT */
/*
 * A build folder of Meson: its tests, as Meson writes them down there.
 */
#include "base/str.h"
#include "suite/meson.h"
#include "suite/programs.h"
#include "suite/tool.h"

#include <errno.h>
#include <stdlib.h>

static int meson_open(struct adapter_suite *s, struct err *err)
{
	struct programs *all = programs_open(s);
	char *folder = realpath(s->path, NULL), *text = NULL;
	struct str path = STR_INIT;
	size_t len = 0;
	int ret;

	if (!folder)
		return err_sys(err, -errno, "cannot find it");
	s->origin.soname = program_folder_name(folder);
	str_addf(&path, "%s/meson-info/intro-tests.json", folder);
	ret = tool_read(str_get(&path), &text, &len, err);
	if (ret == 0)
		ret = meson_parse(all, folder, text, len, &s->warning, err);
	free(text);
	free(folder);
	str_fini(&path);
	return ret;
}

const struct adapter_ops adapter_meson = {
	.name = "meson",
	.help = "a build folder of Meson: its tests, in place of meson test",
	.lost = "does it call test()?",
	.isolate = ISOLATE_EXEC,
	.open = meson_open,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};
