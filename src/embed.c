/* SPDX-License-Identifier: MIT */
/*
 * shmrun_main(): shmrun in a program whose suite is the program itself.  The
 * processes are the same as ever, each another start of this program; what is
 * different is that the suite's constructors run in the runner, too.
 */
#include "shmrun-main.h"

#include "base/die.h"
#include "cli/cmd.h"
#include "front.h"
#include "model/tally.h"
#include "suite/adapter.h"
#include "suite/leaks.h"
#include "suite/runtime.h"
#include "suite/server.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The objects of the suite hold it; none = they hold no test. */
extern struct shmrun_suite_ shmrun_suite_v1 __attribute__((weak));

/* --loader and its like come from the runner and stay as they are. */
static bool embed_is_inner(int argc, char **argv)
{
	return argc > 1 && (strcmp(argv[1], "--loader") == 0 ||
			    strcmp(argv[1], "--scheduler") == 0 ||
			    strcmp(argv[1], SERVER_CARRY) == 0);
}

/* How many words stand in front of the suites: the program, perhaps a command.
 * 0 = it is one that wants no suites. */
static int embed_place(int argc, char **argv)
{
	const struct cmd *cmd = argc > 1 ? cmd_find(argv[1]) : NULL;

	if (!cmd)
		return 1;
	return cmd->run == cmd_run || cmd->run == cmd_list ? 2 : 0;
}

static char **embed_insert(int argc, char **argv, int at, char *path)
{
	char **with = calloc((size_t)argc + 2, sizeof(*with));

	if (!with)
		die(EXIT_UNTRUSTED, "no memory");
	memcpy(with, argv, (size_t)at * sizeof(*with));
	with[at] = path;
	memcpy(with + at + 1, argv + at, (size_t)(argc - at) * sizeof(*with));
	return with;
}

/* As it was called, if that says where it is: it stands in reports. */
static char *embed_path(char **argv)
{
	static char path[PATH_MAX];
	ssize_t len;

	if (argv[0] && strchr(argv[0], '/') && access(argv[0], F_OK) == 0)
		return argv[0];
	len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (len < 0)
		die(EXIT_UNTRUSTED, "where this program lies cannot be told "
		    "without /proc");
	return path;
}

__attribute__((visibility("default"))) int shmrun_main(int argc, char **argv)
{
	int at = 0, status;

	if (!&shmrun_suite_v1)
		die(EXIT_SUITE, "this program holds no tests: none of its "
		    "files includes <shmrun.h>");
	adapter_embed(&shmrun_suite_v1);
	if (!embed_is_inner(argc, argv)) {
		runtime_adopt();
		/* What the runner itself has is nobody's leak. */
		leaks_open();
		at = embed_place(argc, argv);
	}
	if (at) {
		argv = embed_insert(argc, argv, at, embed_path(argv));
		argc++;
	}
	status = front_main(argc, argv);
	/* No handlers of the suite: none of its tests ran here. */
	fflush(NULL);
	_exit(status);
}
