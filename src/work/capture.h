/* SPDX-License-Identifier: MIT */
/*
 * capture.h - whose output is it: stdout and stderr of a slot are one
 * append-only memfd (the spool), and after each test its size is looked at.
 *
 * Size moved = the test wrote [old, new).  Nothing is copied here; the
 * runner reads the bytes when a report wants them.
 */
#ifndef WORK_CAPTURE_H
#define WORK_CAPTURE_H

struct worker;

/* Pushes what stdio holds out, then takes note of the spool's size.  Puts
 * descriptors 1 and 2 right if the test moved them. */
void capture_end(struct worker *w);

/* The closer look, for tests that ran long enough to have made system calls:
 * are descriptors 1 and 2 still the spool, and ours still open? */
void capture_inspect(struct worker *w);

#endif
