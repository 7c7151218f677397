/* SPDX-License-Identifier: MIT */
/*
 * frame.h - a recording as a file of frames: what is appended is there whole
 * and right, or is known not to be.
 *
 *	file  = head frame*
 *	head  = magic (8), version u32, 0 u32, salt u64, check u64
 *	frame = mark u32, length u32, number u32, head check u32,
 *		check u64, length bytes
 *
 * Little-endian.  Checks are XXH3-64 seeded with the salt, so that a
 * recording inside of another (printed by a test) is not taken for part of
 * it; the head check is the lower half.  Numbers count from 0: a gap says
 * how many frames are missing.  What a frame holds is recording.h's.
 * Runner only; the descriptors are the caller's.
 */
#ifndef RECORD_FRAME_H
#define RECORD_FRAME_H

#include "base/err.h"
#include "record/pack.h"

#define FRAME_VERSION 1u
/* Longer ones are not written, and not believed. */
#define FRAME_MAX (UINT32_C(8) << 20)
#define FRAME_HEAD 24u

/* The writing half.  Values are packed into `pack`, behind the room of the
 * next frame's head; frame_flush() makes a frame of them. */
struct frame_writer {
	int fd;
	int code; /* of the first write that failed; nothing follows it */
	uint64_t salt;
	uint64_t offset; /* the file is right up to here */
	uint32_t number;
	struct pack pack;
};

/* fd is an empty file.  0 or -errno. */
int frame_create(struct frame_writer *w, int fd, uint64_t salt);
void frame_end(struct frame_writer *w);

static inline size_t frame_used(const struct frame_writer *w)
{
	return w->pack.len - FRAME_HEAD;
}

/* Writes what is packed, if anything is.  A frame that does not fit on the
 * disk leaves no trace.  0 or the code. */
int frame_flush(struct frame_writer *w);

/* The reading half. */
struct frame_reader {
	int fd;
	uint64_t salt;
	uint64_t offset;   /* of the next frame */
	uint64_t size;	   /* of the file, when it was opened */
	uint64_t n_lost_bytes; /* passed over between frames */
	uint64_t n_torn_bytes; /* at the end, which are no frame */
	uint32_t number;   /* of the next frame, if none is missing */
	uint32_t n_lost;   /* frames known to be missing */
	uint8_t *bytes;
	size_t cap;
};

/* 0, or -errno with a sentence: not a recording, or of another version. */
int frame_open(struct frame_reader *r, int fd, struct err *err);
void frame_close(struct frame_reader *r);

/* The next frame that is right; it lies where it is until the next call.
 * False at the end. */
bool frame_next(struct frame_reader *r, struct unpack *payload);

#endif
