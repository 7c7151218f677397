/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include "cli/cmd.h"
#include "cli/option.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(help, has_a_line_for_every_option_and_command)
{
	const struct option *option;
	const struct cmd *cmd;
	struct str out = STR_INIT;
	char line[64];

	help_make(&out);
	for (option = option_table; option->name; option++) {
		snprintf(line, sizeof(line), " --%s%s", option->name,
			 !*option->arg ? " " : *option->arg == '[' ? "[="
								   : "=");
		cr_expect_not_null(strstr(str_get(&out), line), "%s", line);
		cr_expect_not_null(strstr(str_get(&out), option->help));
	}
	for (cmd = cmd_table; cmd->name; cmd++)
		cr_expect_not_null(strstr(str_get(&out), cmd->help));
	str_fini(&out);
}

Test(help, fits_on_a_terminal)
{
	struct str out = STR_INIT;
	const char *line;

	help_make(&out);
	for (line = str_get(&out); *line; line += strcspn(line, "\n") + 1)
		cr_expect_leq(strcspn(line, "\n"), 80, "%.80s", line);
	str_fini(&out);
}
