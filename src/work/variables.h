/* SPDX-License-Identifier: MIT */
/*
 * variables.h - what a test is told of itself by its environment (VAR-7 to
 * VAR-11).
 *
 * A test in a process of its own has it there.  One that runs in the worker
 * asks for it (VAR-19): to write it would cost more than most tests, and
 * threads may be reading.  Worker and test child only.
 *
 * Values lie in shared memory, where environments point: so neither worker nor
 * child writes, and copies, a page for them at each fork.
 */
#ifndef WORK_VARIABLES_H
#define WORK_VARIABLES_H

#include <stdbool.h>

struct errand;
struct served_told;
struct worker;

/* Once per worker. */
void variables_open(const struct worker *w);

/* From now on the worker's own environment has those of a test, for a child to
 * inherit; and no longer, for tests that run here. */
void variables_show(const struct worker *w, const struct errand *e);
void variables_hide(void);

/* The unit of a lock that the next test holds, if it runs here, is in the
 * environment of the worker, too; code that has threads asks instead. */
void variables_set_unit(bool here);

/* The environment of a program: the worker's, without `without`, NAME or
 * NAME=VALUE, which may be NULL; then what is added; then NULL.  Valid until
 * the next begin. */
void variables_begin(const struct worker *w, const struct errand *e,
		     char *const *without);
void variables_add(char *item); /* stays the caller's */
char **variables_end(void);

/* Is it the variable that NAME or NAME=VALUE is about? */
bool variables_is(const char *item, const char *entry);

/* For a server, before it starts, and before each of its tests. */
void variables_lay_out(struct served_told *told);
void variables_write(const struct worker *w, const struct errand *e,
		     struct served_told *told);
/* Of these only the temporary folder that the worker's own have: for what a
 * server does outside of tests. */
void variables_write_folders(struct served_told *told);

/* The value of one, for the test that runs; NULL = there is none.  Valid until
 * the test ends. */
const char *variables_find(const char *name);

#endif
