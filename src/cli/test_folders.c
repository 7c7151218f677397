/* SPDX-License-Identifier: MIT */
#include "cli/test_folders.h"

#include "base/die.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct folders *test_folders_open(struct folders *f)
{
	const char *base = getenv("TMPDIR");
	struct err err = { 0 };

	if (folders_open(f, base && *base ? base : FOLDERS_BASE, &err) == 0)
		return f;
	dprintf(STDERR_FILENO, "%s: tests have no temporary folders of their "
		"own: %s\n", program_name, err.text);
	return NULL;
}

/* What only root can remove, say, stays. */
void test_folders_close(struct folders *f)
{
	int ret = folders_remove(f);

	if (!*f->root)
		return;
	if (ret < 0)
		dprintf(STDERR_FILENO, "%s: cannot remove all temporary "
			"folders in %s: %s\n", program_name, f->root,
			strerror(-ret));
	folders_close(f);
}
