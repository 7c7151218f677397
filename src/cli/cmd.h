/* SPDX-License-Identifier: MIT */
/*
 * cmd.h - the commands: a table, and a function per cmd_<name>.c.
 *
 * A command does all it takes and returns the exit status; it prints its own
 * errors.  Runner only.
 */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "cli/options.h"

#include <stdbool.h>
#include <stdint.h>

struct cmd {
	const char *name;
	const char *args; /* for the usage line */
	const char *help;
	int (*run)(const struct options *o);
	const char *needs; /* words: what at least one is; NULL = none */
	uint32_t max_words;
	bool configured; /* takes settings from shmrun.conf, SHMRUN_OPTS */
};

/* Ends with a row without a name. */
extern const struct cmd cmd_table[];

const struct cmd *cmd_find(const char *name); /* NULL = no such command */

/* What the user asked for, --help and --version too; the exit status. */
int cmd_dispatch(const struct options *o);

int cmd_run(const struct options *o);
int cmd_list(const struct options *o);
int cmd_merge(const struct options *o);
int cmd_report(const struct options *o);
int cmd_doctor(const struct options *o);
int cmd_timings(const struct options *o);
int cmd_top(const struct options *o);
int cmd_config(const struct options *o);

#endif
