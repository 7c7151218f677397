/* SPDX-License-Identifier: MIT */
/*
 * evidence.h - why a test did not end in time, as far as /proc knows, read
 * while it still is as it hangs (TIME-6, ACC-11, PROC-8).
 *
 * It says who is to blame: the test, which hung or was stopped, or the
 * machine, which gave it no processor.  Runner only; it waits for nobody.
 */
#ifndef RUN_EVIDENCE_H
#define RUN_EVIDENCE_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct run;

/* What the verdict rests on: the leader's state, and how the last part of its
 * time was spent. */
struct evidence_facts {
	char state;	    /* as proc(5) has it */
	uint64_t window_ns; /* 0 = nobody has looked before */
	uint64_t cpu_ns;    /* it ran, of the window */
	uint64_t wait_ns;   /* it wanted to run and was not let */
	/* Of the window, where its control group has a quota of processors. */
	uint64_t n_periods;
	uint64_t n_throttled; /* when that was used up */
};

/* "hung: it waited, with 0.01s of CPU in 4.0s" */
void evidence_add_verdict(struct str *out, const struct evidence_facts *facts);

/* A test has run for a part of its time: what is used from here on counts. */
void evidence_mark(struct run *run, uint32_t slot);

/* A test lasts: from here on its CPU time is counted, also of a process that
 * began before it. */
void evidence_clock(struct run *run, uint32_t slot);
/* What it is so far; false when nobody knows. */
bool evidence_cpu(struct run *run, uint32_t slot, uint64_t *ns);

/* Before the signal that ends the slot's test: all that is known of it, in
 * lines, kept in the slot for its report. */
void evidence_take(struct run *run, uint32_t slot);

/* The process that stands for the test at a position, which a slot runs: the worker, or its
 * test child; 0 = it is not known. */
pid_t evidence_leader(const struct run *run, uint32_t slot,
		      uint32_t position);

#endif
