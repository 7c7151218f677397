/* SPDX-License-Identifier: MIT */
/* recording_impl.h - how a recording begins; recording*.c only. */
#ifndef RECORD_RECORDING_IMPL_H
#define RECORD_RECORDING_IMPL_H

#include "model/event.h"
#include "record/frame.h"

/* A frame of this size is written. */
#define RECORDING_FRAME (64u << 10)

/* Run, suites, tests and plan; of the listing only what the plan selects.  The
 * number of each test in the recording, free() it. */
uint32_t *recording_add_head(struct frame_writer *w, const struct event *ev);

#endif
