/* SPDX-License-Identifier: MIT */
/*
 * shmrun: the runner; or, as `shmrun --loader`, the loader, whose forks are
 * the workers; and more that is started by these.  This is the only file that
 * sees both doors.
 */
#include "front.h"

#include "base/die.h"
#include "cli/cmd.h"
#include "cli/configure.h"
#include "host/host.h"
#include "load/load.h"
#include "model/tally.h"
#include "suite/server.h"
#include "work/work.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Descriptors 0 to 2 exist, or ours would come to lie there; read-only, so
 * that a report that goes nowhere is noticed.  A file that may not grow is an
 * error of the call, not our death. */
static void front_settle(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
	signal(SIGXFSZ, SIG_IGN);
}

int front_main(int argc, char **argv)
{
	struct options options;
	struct err err = { 0 };
	int status;

	if (argc > 1 && strcmp(argv[1], "--loader") == 0)
		load_main(argc, argv, &work_door);
	if (argc > 1 && strcmp(argv[1], "--scheduler") == 0)
		host_main(argc, argv);
	if (argc > 1 && strcmp(argv[1], SERVER_CARRY) == 0)
		server_carry(argc, argv);
	front_settle();
	if (configure(&options, argc, argv, &err) < 0)
		die(EXIT_USAGE, "%s", err.text);
	status = cmd_dispatch(&options);
	options_fini(&options);
	return status;
}
