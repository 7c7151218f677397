/* SPDX-License-Identifier: MIT */
/*
 * program.h - a test that is a program of its own: what is started, and what
 * its end means (EXE-1, TAP-4).
 *
 * The adapters of programs make one per test, as the test's decl; the worker
 * starts it and asks for the verdict.  Pure: nothing here makes a process.
 */
#ifndef SUITE_PROGRAM_H
#define SUITE_PROGRAM_H

#include "model/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct adapter_host;
struct adapter_suite;
struct elf;
struct err;

/* Exit statuses of the GNU convention. */
#define PROGRAM_SKIPS 77
#define PROGRAM_ERRS 99

enum program_protocol {
	PROGRAM_EXIT, /* its exit status says all */
	PROGRAM_TAP,  /* so do the lines on its stdout */
	/* ... or those on PROGRAM_REPORT_FD, about the test that is `only`:
	 * there are points of others, which were not run. */
	PROGRAM_CRITERION,
};

#define PROGRAM_REPORT_FD 3

/* Regular expressions that its output is held against; NULL = none. */
struct program_patterns {
	char **pass; /* any of them must match */
	char **fail; /* none may */
	char **skip; /* any of them skips */
};

struct program {
	char *path; /* absolute */
	char **argv;
	char **env; /* NAME=VALUE sets, NAME takes away; NULL = nothing */
	char *cwd;  /* absolute */
	char **files; /* must be there, seen from cwd; NULL = nothing */
	struct program_patterns patterns;
	enum program_protocol protocol;
	char **only; /* of PROGRAM_CRITERION, one: "Scope::name" */
	bool should_fail; /* a failure is a pass, and a pass a failure */
	bool gnu;	  /* 77 skips and 99 is an error */
	int skip_status;  /* another status that skips; -1 = none */
};

/* How it ended. */
struct program_end {
	int status; /* of wait(2) */
	bool unfinished; /* it has not said that it came to its end (VAR-13) */
	const char *output; /* what it printed, when patterns want it */
	size_t output_len;
	/* Of a TAP program: what its lines come to, and why. */
	enum outcome told;
	const char *told_why;
	bool told_broken; /* they were no TAP */
	/* Of PROGRAM_CRITERION: points of the test itself. */
	struct program_points {
		uint32_t n_ok, n_failed, n_skipped;
	} points;
};

#define PROGRAM_WHY_CAP 256

/* The verdict.  why: one sentence for outcomes that need one, else "". */
enum outcome program_judge(const struct program *p,
			   const struct program_end *end,
			   char why[PROGRAM_WHY_CAP]);

bool program_wants_output(const struct program *p);

/* Is its report TAP, wherever it is written? */
static inline bool program_listens(const struct program *p)
{
	return p->protocol != PROGRAM_EXIT;
}

/* Are all patterns regular expressions?  0 or -EINVAL with a sentence. */
int program_check(const struct program *p, struct err *err);

/* ---- for adapters of programs ---------------------------------------- */

struct program *program_new(void);
void program_free(struct program *p);
/* Appends a copy of text to a list that ends with NULL. */
void program_add(char ***list, const char *text);
/* The path made absolute, from folder, or the current one when that is NULL;
 * the caller frees it. */
char *program_path(const char *path, const char *folder);
/* The same for what a shell would be told: a word without a slash is looked
 * for in PATH, and if it is not there, in folder. */
char *program_find(const char *word, const char *folder);
/* What a folder is called with the one it lies in: "project/build". */
char *program_folder_name(const char *path);
/* Is it a file that can be executed?  0 or -errno with a sentence. */
int program_check_file(const char *path, struct err *err);
/* The framework that a program has within it, also where its symbols are gone,
 * by a text of it; NULL = none that is known so. */
const char *program_holds(const struct elf *elf);
/* A name that may be shown and filtered: what cannot stand in one becomes _.
 * The caller frees it. */
char *program_name_of(const char *text);

/* What the adapters' ops share: such suites make no calls. */
void program_bind(const struct adapter_suite *s,
		  const struct adapter_host *host);

#endif
