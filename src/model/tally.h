/* SPDX-License-Identifier: MIT */
/*
 * tally.h - counts, the conservation law, and the exit status.
 *
 * The runner's own memory; nothing here comes from the arena unchecked.
 * Codes and their precedence: behaviour rules EXIT-0 .. EXIT-11.
 */
#ifndef MODEL_TALLY_H
#define MODEL_TALLY_H

#include "model/outcome.h"

#include <stdbool.h>
#include <stdint.h>

enum exit_code {
	EXIT_PASSED = 0,      /* all selected tests passed */
	EXIT_FAILED = 1,      /* a test failed, crashed, timed out, ... */
	EXIT_USAGE = 2,	      /* usage, configuration or filter error */
	EXIT_UNTRUSTED = 3,   /* the result cannot be trusted */
	EXIT_NOTHING = 4,     /* nothing selected */
	EXIT_SUITE = 5,	      /* a suite could not be loaded or listed */
	EXIT_ENVIRONMENT = 6, /* every canary failed, or a setup */
	EXIT_SKIPPED = 77,    /* every test skipped, only with --skip-exit */
};

struct tally {
	uint64_t selected;
	uint64_t count[N_OUTCOMES];
	uint64_t notrun[N_NOTRUNS]; /* the parts of count[OUTCOME_NOTRUN] */
	uint64_t leaks;
	uint64_t retries;	/* attempts that failed and were not the last */
	uint64_t lost_workers;	/* died, by whatever cause */
	uint64_t bad_suites;	/* could not be loaded or listed */
	uint64_t failed_before;	/* in what --resume resumes */
	uint64_t suite_errors;	/* a fixture's teardown outside of any test */
	bool untrusted;		/* the arena or a report was damaged */
	bool environment;	/* every canary failed */
	bool skip_exit;		/* --skip-exit */
	bool flaky_fails;	/* --flaky=fail */
	int signo;		/* the run was interrupted by it, else 0 */
};

void tally_add(struct tally *t, enum outcome outcome, enum notrun reason,
	       bool leak);

uint64_t tally_done(const struct tally *t);    /* sum of terminal states */
uint64_t tally_passed(const struct tally *t);  /* pass + flaky */
uint64_t tally_failed(const struct tally *t);  /* fail crash timeout error */
uint64_t tally_skipped(const struct tally *t); /* skip + notrun */

/* The exit status by precedence: 3, 5, 6, 1, 4, 0 (a signal, which goes
 * before all of them, is raised by the caller), and in words why. */
enum exit_code tally_exit(const struct tally *t, const char **why);

#endif
