/* SPDX-License-Identifier: MIT */
#include "cli/option_output.h"

#include <errno.h>
#include <string.h>

int option_set_no_capture(struct options *o, const char *value,
			  struct err *err)
{
	o->relay = RELAY_LINES;
	if (!value)
		return 0;
	if (strcmp(value, "raw") != 0)
		return err_set(err, -EINVAL,
			       "--no-capture: '%s' is not raw", value);
	o->relay = RELAY_RAW;
	return 0;
}
