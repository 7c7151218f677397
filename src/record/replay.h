/* SPDX-License-Identifier: MIT */
/*
 * replay.h - a recording as events again: what the run told its reports.
 *
 * Believes nothing that it reads: bounds, one end per test, counts that agree.
 * What is damaged is passed over and told; what is missing because the run
 * was killed is told as such: tests that were running are errors, the others
 * were not run.  Without its head (names and plan) a recording is refused.
 * Runner only.  The caller owns the descriptor; everything that an event
 * points to is the replay's.
 */
#ifndef RECORD_REPLAY_H
#define RECORD_REPLAY_H

#include "base/err.h"
#include "model/event.h"

#include <stdbool.h>
#include <stdint.h>

struct replay; /* opaque */

/* Reads the head; NULL and a sentence if it is not there. */
struct replay *replay_open(int fd, struct err *err);
void replay_close(struct replay *r);

const struct event_run *replay_run(const struct replay *r);

/* By the clock of its machine, as now_ns of its events. */
uint64_t replay_start_ns(const struct replay *r);

/* Everything from EVENT_RUN_STARTED on but the end of the run.  Once. */
void replay_events(struct replay *r, const struct sink *sink);

/* After replay_events(): does nothing have to be made up? */
bool replay_is_whole(const struct replay *r);

/* What replay_events() left out: an end for each test that has none, what is
 * wrong with the recording, EVENT_RUN_FINISHED.  The exit status of the run,
 * EXIT_UNTRUSTED if it cannot be known. */
int replay_end(struct replay *r, const struct sink *sink);

#endif
