/* SPDX-License-Identifier: MIT */
/*
 * serve.h - what the objects for programs have in common: where the program
 * stands in its run, the talk with the worker, and the fork of a test child.
 *
 * An object for a framework finds the entries, lists, and calls one test.
 * All is hidden: a program must not see it.
 */
#ifndef SHIM_SERVE_H
#define SHIM_SERVE_H

#include "suite/adapter.h"
#include "suite/served.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL in a process that is not ours to serve: leave everything alone. */
struct served_page *serve_page(void);

/* The file that is served is in memory, at serve_base(): the framework's
 * object looks for what it needs. */
void serve_loaded(void);
uintptr_t serve_base(void);
/* How a framework begins a shared object, which may have no main(): the first
 * arguments are those that would start it without us.  NULL = by a main() that
 * gets its path, and must be there. */
__attribute__((weak)) int serve_carried(int (*main_of)(int argc, char **argv,
						       char **env),
					int argc, char **argv);

/* The framework's entry was called: is it the one that is asked for?  Counts
 * calls.  With SERVED_LIST the answer is yes each time. */
bool serve_enter(void);

/* ---- listing --------------------------------------------------------- */

/* What a framework knows of a test; NULL and 0 = nothing. */
struct serve_test {
	uint32_t number;
	const char *scope, *name;
	const char *file;
	uint32_t line;
	const char *tags;
	bool disabled;
	uint32_t count; /* of a loop */
	uint32_t timeout_ms;
	int signal, exit_code;
};

void serve_list(const struct serve_test *test);
/* Such a program cannot be listed: says why. */
__attribute__((noreturn)) void serve_refuse(const char *why);
/* It can, but the user should know. */
void serve_warn(const char *what);

/* ---- serving --------------------------------------------------------- */

/* The test that is wanted now, or SERVED_LEAVE: waits until the worker says.
 * The same until it is run or refused. */
uint32_t serve_wanted(void);

/* Which instance of it. */
uint32_t serve_index(void);
/* Is it the one that was listed under that number, with as many instances? */
bool serve_is(const char *scope, const char *name, uint32_t count);

/* Test children end by exit(3), as the framework's do (PIT-1). */
void serve_end_by_exit(void);

/* Runs it in a child and answers. */
void serve_run(void (*run)(void *ctx, uint32_t number), void *ctx);
/* In the child: the test came back.  What run() does not return from, because
 * it jumps to where the program goes on, ends so. */
__attribute__((noreturn)) void serve_finish(void);
/* Fixtures of the program ran in the server: they may have filled streams. */
void serve_soil(void);
/* A fixture of its own is broken: it and no other is an error. */
void serve_break(void);
/* The fixture of all is: answers so until the worker leaves. */
void serve_break_all(void);

/* ---- what happens ---------------------------------------------------- */

/* In server and child; from other processes that they made, nothing. */
void serve_phase(enum adapter_phase phase);
void serve_fail(const char *file, uint32_t line, const char *text);
void serve_skip(const char *file, uint32_t line, const char *text);
/* More about a failure that was told. */
void serve_more(const char *file, uint32_t line, const char *text);
/* Before a jump out of the test: does not return in a process that is not the
 * test, nor in another thread (PIT-2, PIT-3). */
void serve_may_jump(void);
/* How far the test has come: where it died, if it dies. */
void serve_point(const char *file, uint32_t line);
/* This process is the test: neither the server, nor a child of the test. */
bool serve_is_test(void);
/* What was told so far is not of the test that is wanted. */
void serve_forget(void);
bool serve_has_failed(void);
uint32_t serve_faults(void);

#endif
