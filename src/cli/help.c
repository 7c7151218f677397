/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include "base/sys.h"
#include "cli/cmd.h"
#include "cli/complain.h"
#include "cli/option.h"

#include <stdio.h>
#include <unistd.h>

static void help_add_commands(struct str *out)
{
	const struct cmd *cmd;

	str_add(out, "Commands:\n");
	for (cmd = cmd_table; cmd->name; cmd++)
		str_addf(out, "  %-7s %-11s  %s\n", cmd->name, cmd->args,
			 cmd->help);
}

static void help_add_option(struct str *out, const struct option *row)
{
	char form[40];

	snprintf(form, sizeof(form), "--%s%s%s", row->name,
		 *row->arg && *row->arg != '[' ? "=" : "", row->arg);
	if (row->letter)
		str_addf(out, "  -%c, ", row->letter);
	else
		str_add(out, "      ");
	str_addf(out, "%-19s  %s", form, row->help);
	if (*row->deflt)
		str_addf(out, " [%s]", row->deflt);
	str_add(out, "\n");
}

void help_make(struct str *out)
{
	const struct option *row;

	str_add(out,
		"Usage: shmrun [options] suite ...\n"
		"       shmrun [options] command [suite ...]\n"
		"\n"
		"Runs the tests of each suite (a shared object, such as "
		"./libtests.so)\n"
		"in many processes at once.\n"
		"\n");
	help_add_commands(out);
	str_add(out, "\nOptions:\n");
	for (row = option_table; row->name; row++)
		help_add_option(out, row);
	str_add(out,
		"\n"
		"A TIME is a number of seconds, or has a suffix: ns us ms s m "
		"h.\n"
		"A suite whose name is that of a command is written ./list.\n"
		"Exit status: 0 passed, 1 failed, 2 usage, 3 not to be "
		"trusted, 4 no tests,\n"
		"5 bad suite, 6 broken environment; more in shmrun(1).\n");
}

static int help_write(struct str *out)
{
	int code = sys_write_all(STDOUT_FILENO, str_get(out), out->len);

	str_fini(out);
	return complain_written(code, "the help");
}

int help_print(void)
{
	struct str out = STR_INIT;

	help_make(&out);
	return help_write(&out);
}

int help_print_version(void)
{
	struct str out = STR_INIT;

	str_add(&out, "shmrun " PACKAGE_VERSION "\n");
	return help_write(&out);
}
