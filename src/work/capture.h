/* SPDX-License-Identifier: MIT */
/*
 * capture.h - whose output is it: stdout and stderr of a slot are one
 * append-only memfd (the spool), and after each test it is known whether it
 * grew.
 *
 * The look costs no system call for a test that was too short to have made
 * one.  The byte behind the spool's end is mapped and holds a mark; a write
 * overwrites it.  A test that took long enough for a system call is asked for
 * its size as well, which is exact for every byte.  Why that is enough:
 * doc/decisions/0003-capture-without-a-system-call.md.
 *
 * Nothing is copied here; the runner reads the bytes when a report wants
 * them.
 */
#ifndef WORK_CAPTURE_H
#define WORK_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>

struct worker;

struct capture {
	uint64_t begin;	     /* where the running test's output begins */
	uint64_t stop;	     /* where it ends, after capture_end() */
	uint64_t end;	     /* size of the spool as far as we know */
	unsigned char *map;  /* window of the spool around its end */
	uint64_t map_from;
	volatile unsigned char *mark; /* the byte behind the end */
	unsigned char value; /* that it holds */
};

/* May stdio hold bytes back?  As __fpending(3), but without a call into libc,
 * whose page a fresh fork would have to fault in, where the struct can be
 * seen.  A wide stream has another buffer: it counts as always. */
static inline bool capture_is_pending(FILE *file)
{
#if defined(__GLIBC__)
	return file->_IO_write_ptr > file->_IO_write_base || file->_mode > 0;
#else
	return __fpending(file) > 0;
#endif
}

/* Before the first test. */
void capture_open(struct worker *w);

/* Pushes what stdio holds out, then takes note of the spool's end.  Puts
 * descriptors 1 and 2 right if the test moved them. */
void capture_end(struct worker *w, uint64_t duration_ns);

/* The record is written: what comes now is the next test's. */
void capture_begin(struct worker *w);

/* The closer look, for tests that ran long enough to have made several system
 * calls: are descriptors 1 and 2 still the spool, and ours still open? */
void capture_inspect(struct worker *w);

#endif
