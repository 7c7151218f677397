/* SPDX-License-Identifier: MIT */
/*
 * tell.h - from what the runner knows to events, and to the tally.
 *
 * The one place where a test gets its terminal state: each position exactly
 * once (LF-1), in the runner's own table.
 */
#ifndef RUN_TELL_H
#define RUN_TELL_H

#include "run/run_impl.h"
#include "shm/notes.h"

/* Tags of what the loop watches. */
enum run_tag {
	RUN_TAG_DOORBELL,
	RUN_TAG_LOADER,	/* its messages */
	RUN_TAG_LOADER_END, /* its pidfd */
	RUN_TAG_SIGNAL,
	RUN_TAG_KEYS, /* what is typed */
	RUN_TAG_PLUGIN,
	RUN_TAG_PLUGIN_END, /* its pidfd */
	RUN_TAG_UNWIND,
};

/* What of the slot's files belongs to a test: unchecked, a worker says it. */
struct tell_files {
	uint64_t output, output_end;
	uint64_t notes_end;
	const char *kept; /* the test's temporary folder; NULL = it is not */
};

/* What of it an event points to, for as long as that lasts. */
struct remains {
	struct note notes[NOTES_PER_TEST + 7];
	size_t n_notes;
	struct note *all; /* with the points */
	char *note_bytes;
	struct str kept;
	char *why; /* the caller's text may not live as long */
	char *head, *tail;
	char summary[256]; /* of a sanitizer's report */
};
void remains_fini(struct remains *r);

/* The runner's own remark of a test; text must live as long. */
void tell_add_note(struct event_test *t, struct remains *r,
		   enum note_kind kind, const char *text);
/* To the sink. */
void tell_event(struct run *run, struct event *ev);

/* A test ended.  ev->test.position, outcome and what else is known are filled
 * in by the caller; kind, listing index, notes and output (for those that did
 * not pass) here.  why (NULL = nothing) is a remark of the runner's. */
void tell_test(struct run *run, struct event *ev,
	       const struct tell_files *files, const char *why);

/* A test that still runs, with what it wrote from that place on: nothing of
 * the slot's changes.  In a fork only (interim.c). */
void tell_so_far(struct run *run, struct event *ev, uint64_t output,
		 const char *why);

/* An attempt failed, and its word says that there is another one. */
void tell_retried(struct run *run, struct event *ev,
		  const struct tell_files *files, const char *why);

/* A test that no slot has to do with: skipped or not run. */
void tell_unstarted(struct run *run, uint32_t position, enum outcome outcome,
		    enum notrun reason, const char *why);

/* Fixtures that the test at a position needs, among others; test_ix is filled
 * in here. */
void tell_fixture(struct run *run, uint32_t position,
		  const struct event_fixture *f);

/* A worker died outside of any test. */
void tell_worker_lost(struct run *run, uint32_t slot, const char *why);

/* What a worker's fixtures had to say when they were torn down. */
void tell_teardown(struct run *run, uint32_t slot);

void tell_warning(struct run *run, const char *fmt, ...) printf_like(2, 3);
/* The run cannot go on, and its result cannot be trusted. */
void tell_fatal(struct run *run, const char *fmt, ...) printf_like(2, 3);

void tell_started(struct run *run);
void tell_slow(struct run *run, uint32_t slot, uint32_t position,
	       uint64_t elapsed_ns);
void tell_cancelled(struct run *run, const char *why);
/* 0 = all stops now; else for how long it was stopped. */
void tell_paused(struct run *run, uint64_t paused_ns);
void tell_roster(struct run *run, const struct standing *items, size_t n,
		 bool brief);
void tell_finished(struct run *run);

/* Size of a slot's file now, 0 when it cannot be told. */
uint64_t tell_size(int fd);

#endif
