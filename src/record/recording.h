/* SPDX-License-Identifier: MIT */
/*
 * recording.h - a run as an append-only file, .shmres: all that any report
 * needs, written while it happens.
 *
 * What ended is in the file at most RECORDING_FLUSH_NS later, and with it
 * which tests were running then; whatever is killed, replay.h makes events of
 * it again.  It outlives every process, not the machine: nothing is synced.
 * A recording that cannot be written ends there and says so at its close.
 * Runner only.
 */
#ifndef RECORD_RECORDING_H
#define RECORD_RECORDING_H

#include "base/err.h"
#include "model/event.h"

#include <stdint.h>

#define RECORDING_FLUSH_NS (UINT64_C(100) * 1000000)

struct recording; /* opaque */

/* Takes over fd, an empty file. */
struct recording *recording_open(int fd);

/* Where its events come from. */
struct sink recording_sink(struct recording *r);

/* Behind EVENT_RUN_FINISHED, as verdict_amend() is told: the run ends so after
 * all. */
void recording_amend(struct recording *r, int status, int signo,
		     const char *why);

/* Writes how the run ended, if it did.  0, or -errno and a sentence of what
 * could not be written. */
int recording_close(struct recording *r, struct err *err);

#endif
