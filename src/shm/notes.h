/* SPDX-License-Identifier: MIT */
/*
 * notes.h - what a slot's tests have to say, as an append-only file.
 *
 * One memfd per slot, opened O_APPEND, owned by the runner.  A note is one
 * write(2), so it is there whole or not at all, whatever kills the writer
 * next; stray writes through pointers cannot damage it.  Written by the worker
 * and by its test child, read by the runner, which believes nothing in it.
 */
#ifndef SHM_NOTES_H
#define SHM_NOTES_H

#include <stddef.h>
#include <stdint.h>

#define NOTES_MAGIC 0x45544f4eu /* "NOTE" */
#define NOTES_TEXT_MAX 8192u	/* bytes of file name and text together */
#define NOTES_PER_TEST 16u	/* the others are only counted */
#define NOTES_POINTS_MAX 1000u	/* the others are only counted */
#define NOTES_POINTS_BYTES (1u << 20) /* of all points of a test */

/* The position of a note outside of any test. */
#define NOTES_NO_TEST UINT32_MAX

struct notes_head {
	uint32_t magic;
	uint32_t kind; /* enum note_kind */
	uint32_t position;
	uint32_t line;
	uint32_t file_len; /* bytes, without a terminator */
	uint32_t text_len;
};

/* Appends one note; 0 or -errno.  Texts that are too long are cut.
 * Async-signal-safe. */
int notes_append(int fd, uint32_t kind, uint32_t position, const char *file,
		 uint32_t line, const char *text, size_t text_len);

struct note;

/* Runner: reads the notes in [from, to) of the file that belong to position;
 * at most cap of them, into storage of *bytes (free() it).  Damaged bytes end
 * the reading.  Returns the count. */
size_t notes_read(int fd, uint64_t from, uint64_t to, uint32_t position,
		  struct note *out, size_t cap, char **bytes);

/* Of n notes, puts those that are points behind the others, each in their
 * order; *n becomes less when the others are more than a test can leave.  How
 * many the others are. */
size_t notes_part(struct note *notes, size_t *n);

#endif
