/* SPDX-License-Identifier: MIT */
#include "cli/cmd.h"

#include "base/die.h"
#include "cli/help.h"

#include <stddef.h>
#include <string.h>

#define CMD_SUITE "a suite, such as ./tests.so"

const struct cmd cmd_table[] = {
	{ "run", "suite ...", "run the tests (the default)", cmd_run,
	  CMD_SUITE },
	{ "list", "suite ...", "print the tests and run none", cmd_list,
	  CMD_SUITE },
	{ "timings", "word ...", "show, export, import, merge, prune what is "
	  "known", cmd_timings,
	  "a word: show, export, import, merge or prune" },
	{ "doctor", "", "say what this machine offers", cmd_doctor, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

const struct cmd *cmd_find(const char *name)
{
	const struct cmd *cmd;

	for (cmd = cmd_table; cmd->name; cmd++)
		if (strcmp(cmd->name, name) == 0)
			return cmd;
	return NULL;
}

int cmd_dispatch(const struct options *o)
{
	const struct cmd *cmd = cmd_find(o->command);

	if (o->help)
		return help_print();
	if (o->version)
		return help_print_version();
	bug_on(!cmd);
	return cmd->run(o);
}
