/* SPDX-License-Identifier: MIT */
/*
 * outcome.h - the terminal states of a test and how each came about.
 *
 * A terminal state is data, never an error path.  Conservation law
 * (STATE-1): selected = the sum of the terminal states.
 * Numbers are part of the arena's layout: append only.
 */
#ifndef MODEL_OUTCOME_H
#define MODEL_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

enum outcome {
	OUTCOME_NONE,	 /* not ended yet; never reported */
	OUTCOME_PASS,	 /* completion record present, nothing failed */
	OUTCOME_FAIL,	 /* a check failed, or exited early */
	OUTCOME_CRASH,	 /* ended by a signal */
	OUTCOME_TIMEOUT, /* ran past its deadline */
	OUTCOME_SKIP,	 /* the test said so, or is disabled */
	OUTCOME_ERROR,	 /* a fixture or the adapter failed */
	OUTCOME_FLAKY,	 /* passed after a failed attempt */
	OUTCOME_NOTRUN,	 /* not run, see enum notrun */
	N_OUTCOMES
};

/* Why a test was not run (STATE-9, EXIT-1). */
enum notrun {
	NOTRUN_NONE,
	NOTRUN_MAX_FAIL,     /* after --max-fail */
	NOTRUN_INTERRUPTED,  /* a signal to the runner */
	NOTRUN_DEADLINE,     /* the whole run's --deadline */
	NOTRUN_ENVIRONMENT,  /* every canary failed */
	NOTRUN_MAX_CRASHES,  /* after --max-crashes */
	NOTRUN_CHAIN,	     /* an earlier test of its chain died */
	NOTRUN_PREREQUISITE, /* a test that it comes after failed */
	NOTRUN_NO_WORKER,    /* no worker could be had */
	N_NOTRUNS
};

/* "pass", "fail", ... in lower case, as reports write it. */
const char *outcome_name(enum outcome outcome);
const char *notrun_name(enum notrun reason);

/* True for outcomes that count as failed in the closing line.  Here, because
 * it is asked two or three times for each test. */
static inline bool outcome_is_failure(enum outcome outcome)
{
	return outcome == OUTCOME_FAIL || outcome == OUTCOME_CRASH ||
	       outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_ERROR;
}

#endif
