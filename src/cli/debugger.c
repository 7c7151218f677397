/* SPDX-License-Identifier: MIT */
#include "cli/debugger.h"

#include "base/str.h"
#include "suite/program.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* So many are named. */
#define NAMED 3

char *debugger_find(struct err *err)
{
	char *path = program_find("gdb", "/");
	struct err why = { 0 };

	if (program_check_file(path, &why) < 0) {
		free(path);
		err_set(err, -ENOENT,
			"--gdb needs gdb, which is not in PATH");
		return NULL;
	}
	/* They are for it, and for the test (SIG-14). */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	return path;
}

int debugger_check(const char *test, const struct listing *listing,
		   const struct plan *selected, struct err *err)
{
	uint32_t n = selected->n_positions, i;
	struct str names = STR_INIT;

	if (n == 1 && !selected->overflow)
		return 0;
	for (i = 0; i < n && i < NAMED; i++) {
		str_add(&names, i ? ", " : "");
		plan_print_name(&names, selected, listing, i);
	}
	err_set(err, -EINVAL, "--gdb: '%.100s' matches %" PRIu32 " tests, and "
		"must match one: %.600s%s", test, n, str_get(&names),
		n > NAMED ? ", ..." : "");
	str_fini(&names);
	return -EINVAL;
}

void debugger_use(struct run_args *args, const char *path)
{
	args->debugger = path;
	args->timeout_ns = args->slow_ns = args->deadline_ns = 0;
	args->retries.never = true;
	args->recheck = false;
	args->keys = false;
}
