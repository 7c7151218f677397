/* SPDX-License-Identifier: MIT */
/*
 * shmrun: the runner; or, as `shmrun --loader`, the loader, whose forks are
 * the workers.  This is the only file that sees both doors.
 */
#include "base/die.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "load/load.h"
#include "model/tally.h"
#include "work/work.h"

#include <string.h>

int main(int argc, char **argv)
{
	struct options options;
	struct err err = { 0 };
	int status;

	if (argc > 1 && strcmp(argv[1], "--loader") == 0)
		load_main(argc, argv, work_main);
	if (options_parse(&options, argc, argv, &err) < 0)
		die(EXIT_USAGE, "%s", err.text);
	status = cmd_dispatch(&options);
	options_fini(&options);
	return status;
}
