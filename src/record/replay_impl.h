/* SPDX-License-Identifier: MIT */
/* replay_impl.h - what a replay knows; replay*.c only. */
#ifndef RECORD_REPLAY_IMPL_H
#define RECORD_REPLAY_IMPL_H

#include "base/str.h"
#include "model/event.h"
#include "record/frame.h"
#include "record/replay.h"

/* Slots that a run can have, as the reader believes. */
#define REPLAY_SLOTS_MAX 65536u
#define REPLAY_NOTES_MAX 1100u

struct replay {
	struct frame_reader frames;
	struct listing listing;
	struct plan plan;
	struct partition partition; /* no total: it is no shard's */
	uint64_t n_shared; /* tests in its shares */
	struct event_run run;
	uint64_t t0_ns, now_ns;
	uint8_t *ended; /* a bit per position */
	struct tally tally; /* of what was told */
	struct running *running; /* as it was said last */
	uint64_t running_ns;	 /* when */
	size_t n_running;
	bool has_usage; /* of a test that ends next */
	uint32_t usage_position;
	struct usage usage;
	bool has_fault; /* likewise */
	uint32_t fault_position;
	struct sigfault fault;
	uint32_t tries_position; /* likewise, with tries */
	uint8_t n_failed, tries; /* tries = 0: nothing was said */
	struct event_finished finished;
	struct str why; /* finished.why */
	bool has_finished;
	bool is_bad; /* a frame held what cannot be */
};

static inline bool replay_has_ended(const struct replay *r, uint32_t position)
{
	return r->ended[position / 8] >> position % 8 & 1;
}

/* The head, up to the record that ends it; payload becomes what follows it
 * in its frame.  0 or -errno with a sentence. */
int replay_read_head(struct replay *r, struct unpack *payload,
		     struct err *err);

/* The records of a frame, to the sink. */
void replay_read_frame(struct replay *r, struct unpack *payload,
		       const struct sink *sink);

/* An event about a test: counted, and told unless it has ended before. */
void replay_tell_test(struct replay *r, struct event *ev,
		      const struct sink *sink);

#endif
