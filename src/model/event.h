/* SPDX-License-Identifier: MIT */
/*
 * event.h - the one currency between the run and everything that reports.
 *
 * The run makes events, in order, and hands each to a sink; nothing flows
 * back.  An event and all it points to is valid only during the call: who
 * wants to keep something copies it.  Each event has one kind; the member of
 * the union that belongs to it is named in the comment.
 *
 * A test ends once, by EVENT_TEST_FINISHED.  Each attempt before that which
 * failed is an EVENT_TEST_RETRIED; that of a crash waits for its backtrace and
 * may come behind the end of its test.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "model/listing.h"
#include "model/outcome.h"
#include "model/partition.h"
#include "model/plan.h"
#include "model/tally.h"

#include <stddef.h>
#include <sys/types.h>

enum event_kind {
	EVENT_RUN_STARTED,     /* run */
	EVENT_TEST_FINISHED,   /* test */
	EVENT_TEST_RETRIED,    /* test: an attempt failed, it is run again */
	EVENT_TEST_RECHECKED,  /* test: how one that failed ends alone */
	EVENT_TEST_RERUN,      /* test: one that had ended, for its chain */
	EVENT_TEST_SLOW,       /* slow */
	EVENT_FIXTURE_ENDED,   /* fixture: a shared one is up, or down */
	EVENT_WORKER_LOST,     /* worker: one died between tests or at start */
	EVENT_PROGRESS,	       /* progress: at most 10 times a second */
	EVENT_WARNING,	       /* text: something the user should know */
	EVENT_ROSTER,	       /* roster: somebody asked what runs now */
	EVENT_OUTPUT_RELAYED,  /* relayed: a test printed, if that is wanted */
	EVENT_PAUSED,	       /* paused_ns: the run stops, or stood still */
	EVENT_RUN_CANCELLED,   /* text: why no further test starts */
	EVENT_RUN_FINISHED,    /* finished */
	N_EVENTS
};

/* What a run is; constant from EVENT_RUN_STARTED on. */
struct event_run {
	const struct listing *listing;
	const struct plan *plan;
	const char *run_id;	/* UUID as text */
	const char *backend;	/* "io_uring" or "epoll" */
	const char *jobs_why;	/* "2 workers: affinity 2" */
	const char *plan_why;	/* the mode and what to expect: lines */
	const char *host;	/* name of the machine */
	uint64_t wall_ns;	/* since 1970, when the run started */
	uint32_t jobs;
	enum isolate isolate;	/* as chosen; ISOLATE_AUTO = per suite */
	const struct partition *partition; /* NULL = it is no shard */
};

/* One note that a test left: a failed check, a message, a skip's reason. */
struct note {
	enum note_kind {
		NOTE_FAILURE, /* file:line and text (lines split by \n) */
		NOTE_SKIP,    /* text = reason */
		NOTE_ERROR,   /* a fixture failed: file:line and text */
		NOTE_RUNNER,  /* the runner's own remark, e.g. "was stopped" */
		NOTE_TRACE,   /* of a crash: frames, lines of text */
		/* Points of a TAP program: the first line of the text is the
		 * number, a blank, and the name; what else was said follows. */
		NOTE_POINT_OK,
		NOTE_POINT_FAILED,
		NOTE_POINT_SKIPPED,
		NOTE_POINT_TODO,  /* failed, as it may */
		NOTE_POINT_BONUS, /* passed, and need not */
		N_NOTE_KINDS
	} kind;
	uint32_t line;	  /* 0 = none */
	const char *file; /* "" = none */
	const char *text;
};

/* Captured output of one test: the first and the last bytes. */
struct output {
	const char *head; /* first bytes, head_len of them; may hold NULs */
	size_t head_len;
	const char *tail; /* last bytes; empty when nothing was dropped */
	size_t tail_len;
	uint64_t total;	  /* bytes written; total - head_len - tail_len dropped */
};

/* What a test used of the machine. */
struct usage {
	uint64_t user_ns, system_ns;
	uint32_t peak_kib; /* largest resident memory; 0 = not known */
	uint32_t minor_faults, major_faults;
	uint32_t switches, preemptions; /* it waited; others had to run */
};

/* What the kernel said of the signal that a test died of. */
struct sigfault {
	int code;	  /* si_code of sigaction(2) */
	uint64_t address; /* si_addr; 0 also when there is none */
};

static inline bool note_is_point(enum note_kind kind)
{
	return kind >= NOTE_POINT_OK && kind < N_NOTE_KINDS;
}

/* What the text of a point begins with; hostile text has the number 0. */
uint64_t note_point_number(const struct note *note);
const char *note_point_name(const struct note *note); /* up to \n, or all */

struct event_test {
	uint32_t position;
	uint32_t test_ix; /* in the listing */
	uint32_t index;	  /* of the instance */
	enum outcome outcome;
	enum notrun notrun;
	bool leak;	  /* left processes behind (STATE-11) */
	uint8_t attempt;  /* from 0 */
	uint8_t n_failed; /* attempts before this one that failed */
	uint8_t tries;	  /* attempts that it may have; 0 = one */
	uint16_t slot;
	uint16_t generation;
	uint64_t start_ns; /* monotonic; 0 when it never started */
	uint64_t duration_ns;
	int signo;	   /* of a crash */
	int exit_status;   /* of an early exit, else -1 */
	const struct usage *usage; /* NULL = not known */
	const struct sigfault *fault; /* of a crash; NULL = not known */
	uint32_t n_failures; /* checks that failed, also those without a note */
	/* Only for outcomes other than pass: */
	const struct note *notes;
	size_t n_notes;
	struct output output;
	/* Of programs that have some, whatever the outcome; no more than
	 * NOTES_POINTS_MAX (shm/notes.h). */
	const struct note *points;
	size_t n_points;
};

struct event_slow {
	uint32_t position;
	uint16_t slot;
	uint64_t elapsed_ns;
	uint64_t cpu_ns; /* of these, on a processor; live runs alone know */
	bool has_cpu;
};

/* Fixtures that several tests share; their time is no test's (DEC-7). */
enum fixture_kind {
	FIXTURE_KIND_SCOPE,
	FIXTURE_KIND_WORKER, /* all of the suite together */
	FIXTURE_KIND_RUN,    /* likewise */
	N_FIXTURE_KINDS
};

struct event_fixture {
	uint32_t test_ix; /* a test of the scope, or of the suite */
	enum fixture_kind kind;
	bool teardown;
	uint16_t slot;
	uint16_t generation;
	uint64_t start_ns;
	uint64_t duration_ns;
};

struct event_worker {
	uint16_t slot;
	uint16_t generation;
	const char *why; /* "killed by SIGKILL between two tests" */
};

struct running {
	uint32_t position;
	uint16_t slot;
	uint64_t elapsed_ns;
};

struct event_progress {
	uint64_t elapsed_ns; /* since the run started */
	const struct running *running; /* the oldest first, all of them */
	size_t n_running;
	struct tally tally; /* so far */
};

/* One running test, as it is at this moment. */
struct standing {
	uint32_t position;
	uint16_t slot;
	pid_t pid;	     /* of its process; 0 = not known */
	char state;	     /* of that: R, S, T ..., as proc(5) has it */
	uint64_t elapsed_ns;
	uint64_t cpu_ns;     /* of that process, from its beginning */
	uint64_t output_bytes;
	const char *tail;    /* the end of the output, when it is wanted */
	size_t tail_len;
};

struct event_roster {
	const struct standing *items;
	size_t n;
	bool brief; /* only how many */
	uint64_t elapsed_ns; /* since the run started */
	struct tally tally;  /* so far */
};

/* What a test printed since it was relayed last.  All of it comes before the
 * test's EVENT_TEST_FINISHED or EVENT_TEST_RETRIED. */
struct event_relayed {
	uint32_t position;
	uint16_t slot;
	bool ends;	  /* there is no more of this attempt */
	uint64_t skipped; /* bytes before the text that nobody could read */
	const char *text; /* may hold NULs */
	size_t len;
};

struct event_finished {
	struct tally tally;
	uint64_t elapsed_ns;
	const char *why; /* one sentence: why the exit status is what it is */
	int exit_status; /* before a signal is raised again */
	int signo;	 /* to be raised again, or 0 */
};

struct event {
	enum event_kind kind;
	uint64_t now_ns;
	union {
		struct event_run run;
		struct event_test test;
		struct event_slow slow;
		struct event_fixture fixture;
		struct event_worker worker;
		struct event_progress progress;
		struct event_roster roster;
		struct event_relayed relayed;
		struct event_finished finished;
		uint64_t paused_ns; /* 0 = it stops now */
		const char *text;
	};
};

/* Where events go. */
struct sink {
	void (*event)(void *ctx, const struct event *ev);
	void *ctx;
	uint64_t progress_ns; /* wanted time between EVENT_PROGRESS, 0 never */
};

static inline void sink_event(const struct sink *sink, const struct event *ev)
{
	sink->event(sink->ctx, ev);
}

#endif
