/* SPDX-License-Identifier: MIT */
/*
 * replaying.h - --replay: from RECORDING[:wK] to the tests to run, and the
 * options that they run by (decisions 0027, 0038).
 *
 * Runner only.  It must stay where it is until replaying_close().
 */
#ifndef CLI_REPLAYING_H
#define CLI_REPLAYING_H

#include "cli/options.h"
#include "cli/planning.h"
#include "cli/recordings.h"
#include "cli/round.h"
#include "record/sequence.h"

#include <limits.h>

struct replaying {
	struct recorded recorded;
	struct sequence sequence;
	char name[PATH_MAX]; /* of the recording, as it was given */
	uint32_t slot, generation; /* or SEQUENCE_ALL */
	struct str target; /* the same, by a name that lasts */
	struct options o;  /* shares what it points to with the user's ... */
	bool owns_suites;  /* ... but for the suites */
};

/* Has it run; the exit status. */
int replaying_run(const struct options *o, round_run *run);

/* Reads the recording that the options name, and says what is worth knowing of
 * it.  0, or -errno with a sentence: -EINVAL and -ENOENT are the user's. */
int replaying_open(struct replaying *r, const struct options *o,
		   struct err *err);
void replaying_close(struct replaying *r);

/* Puts its tests in the place of those selected, of which they are; says how
 * many are gone. */
void replaying_select(const struct round *round, const struct listing *now,
		      struct plan *selected);
/* And these, which are emptied, into a plan: for one worker, or for as many as
 * there were.  0; -ERANGE when there cannot be so many; -EINVAL as of
 * planning_open(). */
struct replaying_plan {
	const struct sequence *sequence;
	const struct costs *costs;
	struct planning *planning;
	struct jobs *jobs;
	struct plan *selected;
	struct plan *plan; /* is made */
};

int replaying_lay(struct replaying_plan *r, struct err *err);

/* Tells the round's parent, if it has one, how its last test ended. */
struct replaying_witness {
	const struct round *round;
	const struct listing *now;
	const struct sink *next;
};

struct sink replaying_sink(struct replaying_witness *w,
			   const struct round *round,
			   const struct listing *now, const struct sink *next);

#endif
