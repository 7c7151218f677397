/* SPDX-License-Identifier: MIT */
#include "cli/cmd.h"

#include "base/die.h"
#include "cli/help.h"

#include <stddef.h>
#include <string.h>

#define NEEDS_SUITE "a suite, such as ./tests.so"

const struct cmd cmd_table[] = {
	{ "run", "suite ...", "run the tests (the default)", cmd_run,
	  NEEDS_SUITE, UINT32_MAX, true },
	{ "list", "suite ...", "print the tests and run none", cmd_list,
	  NEEDS_SUITE, UINT32_MAX, true },
	{ "timings", "word ...", "show, export, import, merge, prune what is "
	  "known", cmd_timings,
	  "a word: show, export, import, merge or prune", UINT32_MAX, false },
	{ "report", "recording", "tell of a run that is over", cmd_report,
	  "a recording: a file, a run's id, or last", 1, false },
	{ "merge", "recording ...", "tell of several runs as of one",
	  cmd_merge, "recordings: files, runs' ids, or last", UINT32_MAX, false },
	{ "top", "[run]", "what a run does now, from another terminal", cmd_top,
	  NULL, 1, false },
	{ "config", "word ...", "what is set for a test, and where",
	  cmd_config, "a word: show or explain", UINT32_MAX, true },
	{ "doctor", "", "say what this machine offers", cmd_doctor, NULL, 0,
	  false },
	{ NULL, NULL, NULL, NULL, NULL, 0, false },
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
