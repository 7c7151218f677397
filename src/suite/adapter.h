/* SPDX-License-Identifier: MIT */
/*
 * adapter.h - suites of several frameworks behind one face: which adapter
 * reads a file, what it makes of it, and what a worker then calls.
 *
 * An adapter is a const struct adapter_ops in adapter_NAME.c and a line of
 * adapter_table.  The core (adapter.c) probes, checks names, numbers scopes
 * and frees; what all suites have in common is not the adapter's business.
 *
 * adapter_find() may be called by any role: it looks at names only.
 * adapter_open() runs in the loader alone: constructors, range-count and
 * parameter functions may do anything to the process.  Workers inherit the
 * result by fork, and call what it holds.
 */
#ifndef SUITE_ADAPTER_H
#define SUITE_ADAPTER_H

#include "base/err.h"
#include "model/listing.h"
#include "model/outcome.h"
#include "suite/origin.h"

#include <stdbool.h>
#include <stdint.h>

#define SHMRUN_NO_SUITE_
#include "shmrun.h"

struct elf;
struct adapter_ops;

struct adapter_test {
	void (*body)(void);	/* NULL = ops->run() knows how to call it */
	char *name;		/* "Scope::name", ours */
	uint32_t scope_ix;
	uint32_t scope_len;
	uint32_t count;
	uint32_t line;
	bool indexed;		/* instances are called name[i] */
	const char *scope;	/* these two: the suite's memory */
	const char *file;
	const void *decl;	/* the adapter's: what ops->run() wants */
	struct shmrun_attrs attrs; /* defaults filled in */
	uint32_t inherited;	/* bit enum attr: by one of them */
};

/* Fixtures of one kind are consecutive, in source order. */
struct adapter_span {
	uint32_t first, n;
};

struct adapter_scope {
	const char *name;
	struct adapter_span test_fixtures;
	struct adapter_span scope_fixtures;
};

struct adapter_suite {
	const struct adapter_ops *ops;
	void *handle; /* dlopen(3); never closed; NULL = it is a program */
	char *path;
	struct origin origin; /* its flavour: as far as the adapter knows */
	void *state;  /* the adapter's */
	struct adapter_kept {
		char *bytes; /* NULL = all of it is on the heap */
		size_t size, used;
		struct adapter_apart *apart; /* the latest first */
	} kept;
	struct err warning; /* what the user should know; "" = nothing */
	struct adapter_test *tests; /* in the framework's order */
	uint32_t n_tests, cap_tests;
	/* Of coverage: adds what this process has counted to the files, and
	 * begins anew; NULL = there is no such thing. */
	void (*counters_write)(void);
	void (*counters_reset)(void);
	/* Fixtures that the runner schedules: native suites have them, the
	 * others set up and tear down within their tests. */
	const struct shmrun_fixture_ **fixtures; /* by (kind, scope, line) */
	uint32_t n_fixtures, cap_fixtures;
	struct adapter_scope *scopes;
	uint32_t n_scopes, cap_scopes;
	struct adapter_span worker_fixtures;
	struct adapter_span run_fixtures;
};

/* How far a test came that ops->run() calls. */
enum adapter_phase {
	ADAPTER_BEFORE,
	ADAPTER_SETUP,
	ADAPTER_BODY,
	ADAPTER_TEARDOWN,
	ADAPTER_AFTER,
};

/* What a worker offers to suites; its functions may be called while a test
 * runs in this process, and from forks and threads that the test made. */
struct adapter_host {
	const struct shmrun_ops_ *native;
	/* A failed check, of the body or of a fixture, as the phase says. */
	void (*fail)(const char *file, uint32_t line, const char *text);
	/* More about a failure that was told. */
	void (*note)(const char *file, uint32_t line, const char *text);
	/* The test is skipped, if nothing has failed. */
	void (*skip)(const char *why);
	/* A line among the test's output. */
	void (*log)(const char *text);
	void (*phase)(enum adapter_phase phase);
	/* Before a jump out of the test: does not return in a process that is
	 * not the test, nor in another thread (PIT-2, PIT-3). */
	void (*may_jump)(void);
};

/* How an attempt at a test ended that ops->run() calls. */
struct adapter_end {
	bool done;	     /* it came back; else a test child died: */
	int status;	     /* ... its wait status, 0 in a worker */
	enum adapter_phase phase; /* how far it had come */
	uint32_t n_failures; /* failed checks of the body */
	uint32_t n_faults;   /* failed checks of fixtures */
	bool skipped;
	int signal;	     /* the expected end; 0 = none */
	int exit_code;
};

/* This very program is a suite (embed.c), and that is its object. */
void adapter_embed(struct shmrun_suite_ *object);
struct shmrun_suite_ *adapter_embedded(const char *path); /* NULL = another */

/* A file; false = it is known already. */
typedef bool adapter_source(void *ctx, const char *path);

struct adapter_ops {
	const char *name;
	const char *help;
	const char *mark; /* by what a file is told, for messages; or NULL */
	const char *lost; /* why a suite of this kind may have no tests */
	enum isolate isolate; /* what --isolate=auto means (ADP-11) */
	bool serves; /* tests of a program that has many: served.h */
	bool exits; /* a test child ends by exit(3): PIT-1 */
	bool programs; /* its probe wants programs, not shared objects ... */
	bool carries; /* ... or both */
	/* The one of the same name that is for programs; of that, the one for
	 * those that its probe says yes to; or NULL. */
	const struct adapter_ops *twin;
	/* May this be one?  Reads the file, runs nothing of it (ADP-2).  NULL:
	 * only by name. */
	bool (*probe)(const struct elf *elf);
	/* Loads it and adds its tests; 0 or -errno with a sentence. */
	int (*open)(struct adapter_suite *s, struct err *err);
	int (*list)(struct adapter_suite *s, struct err *err);
	void (*close)(struct adapter_suite *s);
	/* Tells the files that the list of tests comes from, and programs that
	 * it has but the list lacks; NULL = there are none but its path. */
	void (*sources)(const struct adapter_suite *s, adapter_source *tell,
			void *ctx);
	/* In the loader: the suite's calls lead to the host. */
	void (*bind)(const struct adapter_suite *s,
		     const struct adapter_host *host);
	/* In a worker or test child.  NULL: every test has a body, or is a
	 * struct program and the exec tier's. */
	void (*run)(const struct adapter_suite *s,
		    const struct adapter_test *test, uint32_t index);
	/* What that came to; *why is a reason to show, or stays. */
	enum outcome (*judge)(const struct adapter_end *end, const char **why);
};

extern const struct adapter_ops adapter_check;
extern const struct adapter_ops adapter_cmocka;
extern const struct adapter_ops adapter_criterion;
extern const struct adapter_ops adapter_criterion_program;
extern const struct adapter_ops adapter_criterion_static;
extern const struct adapter_ops adapter_command;
extern const struct adapter_ops adapter_ctest;
extern const struct adapter_ops adapter_gtest;
extern const struct adapter_ops adapter_meson;
extern const struct adapter_ops adapter_native;
extern const struct adapter_ops adapter_program;
/* The same, with a warning: it has more tests than one. */
extern const struct adapter_ops adapter_program_whole;
extern const struct adapter_ops adapter_program_wrapped;
extern const struct adapter_ops adapter_programs;
extern const struct adapter_ops adapter_tap;
extern const struct adapter_ops adapter_unity;

#define ADAPTERS_MAX 17

/* In probing order, NULL at the end. */
extern const struct adapter_ops *const adapter_table[];

/* By name; NULL when there is none. */
const struct adapter_ops *adapter_find(const char *name);

/* The one whose probe says yes, without loading the file; NULL with a
 * sentence.  Loader: see elf_open(). */
const struct adapter_ops *adapter_probe(const char *path, struct err *err);

/* Opens and lists a suite; NULL with a sentence.  ops NULL = the one of
 * adapter_probe().  A path without a slash is taken from the current
 * directory. */
struct adapter_suite *adapter_open(const char *path,
				   const struct adapter_ops *ops,
				   struct err *err);
void adapter_free(struct adapter_suite *s);

/* ---- for adapters ---------------------------------------------------- */

/* Before the first test: there will be n at most.  Of many, all that
 * adapter_keep() gives lies in memory that is shared with workers and test
 * children and becomes read-only when the suite is open: what is private is
 * copied at every fork, a fifth of a microsecond a page (PIT-4). */
void adapter_expect(struct adapter_suite *s, size_t n);
/* Zeroed memory for as long as the suite lives: adapter_free() frees it. */
void *adapter_keep(struct adapter_suite *s, size_t size);

/* dlopen(3) of s->path into s->handle, local; binding is RTLD_NOW or
 * RTLD_LAZY. */
int adapter_load(struct adapter_suite *s, int binding, struct err *err);

/* Adds a test, whose name is made here; a name that cannot be printed on a
 * line, and attributes out of range, are errors. */
int adapter_add_test(struct adapter_suite *s, const struct adapter_test *test,
		     const char *name, struct err *err);

/* Is it one word, without what names are cut at? */
bool adapter_is_word(const char *text);

#endif
