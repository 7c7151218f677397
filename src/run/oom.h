/* SPDX-License-Identifier: MIT */
/*
 * oom.h - was it the kernel, for lack of memory, that killed a test (PROC-18)?
 *
 * A SIGKILL says nothing of its sender.  The kernel counts whom it kills for
 * memory: when the count has moved since the last look, it was one of ours, or
 * somebody else's at that moment; when not, somebody sent the signal.
 */
#ifndef RUN_OOM_H
#define RUN_OOM_H

struct run;

/* The count as it is before the first test. */
void oom_open(struct run *run);

/* A sentence about a test that died of a SIGKILL that we did not send. */
const char *oom_explain(struct run *run);

#endif
