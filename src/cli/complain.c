/* SPDX-License-Identifier: MIT */
#include "cli/complain.h"

#include "base/die.h"
#include "model/tally.h"

#include <stdio.h>
#include <unistd.h>

int complain(int status, const struct err *err)
{
	dprintf(STDERR_FILENO, "%s: %s\n", program_name, err->text);
	return status;
}

int complain_written(int code, const char *what)
{
	struct err err = { 0 };

	if (code >= 0)
		return EXIT_PASSED;
	err_sys(&err, code, "could not write %s", what);
	return complain(EXIT_UNTRUSTED, &err);
}
