/* SPDX-License-Identifier: MIT */
/*
 * walk.h - from a wreck to frames, and the two ways there: with elfutils, which
 * reads unwind tables and debug information, and without, by frame pointers.
 *
 * The wreck is hostile input: a test can write what it likes.  Whatever that
 * does to this process, it is one that may die.
 */
#ifndef UNWIND_WALK_H
#define UNWIND_WALK_H

#include "base/str.h"
#include "shm/wreck.h"

#include <stdbool.h>
#include <stdint.h>

#define WALK_FRAMES_MAX 64

/* A wreck in memory. */
struct walk {
	struct wreck_head head;
	const unsigned char *stack; /* head.stack_len bytes */
	char *maps;		    /* ends with a NUL */
	const char *own; /* the program whose frames need no names */
};

struct frame {
	uint64_t pc;	  /* of the call, not behind it */
	uint64_t offset;  /* in the object */
	uint32_t line;	  /* 0 = not known */
	char object[256]; /* path; "" = none */
	char function[256];
	char file[256];
};

struct frames {
	struct frame items[WALK_FRAMES_MAX];
	uint32_t n;
	bool cut; /* there are more */
};

/* A way to walk; the more it finds the better, and nothing is no error. */
typedef void (*walk_fn)(const struct walk *walk, struct frames *frames);

#if HAVE_LIBDW
void walk_dwfl(const struct walk *walk, struct frames *frames);
#endif
void walk_pointers(const struct walk *walk, struct frames *frames);

/* A word of the wreck's stack. */
bool walk_read(const struct walk *walk, uint64_t address, uint64_t *word);

/* A file's mapping that holds an address. */
struct mapping {
	uint64_t lo, hi, offset;
	bool executable;
	char path[256];
};
bool walk_find(const struct walk *walk, uint64_t address,
	       struct mapping *mapping);

#endif
