/* SPDX-License-Identifier: MIT */
#include "cli/option_output.h"

#include "cli/option.h"

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

int option_set_junit_passed(struct options *o, const char *value,
			    struct err *err)
{
	static const char *const names[] = { "auto", "all", "none", NULL };
	int i = option_choose("junit-passed", value, names, err);

	if (i < 0)
		return i;
	o->junit_passed = (enum junit_passed)i;
	return 0;
}
