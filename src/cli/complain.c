/* SPDX-License-Identifier: MIT */
#include "cli/complain.h"

#include "base/die.h"

#include <stdio.h>
#include <unistd.h>

int complain(int status, const struct err *err)
{
	dprintf(STDERR_FILENO, "%s: %s\n", program_name, err->text);
	return status;
}
