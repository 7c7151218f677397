/* SPDX-License-Identifier: MIT */
/*
 * plugin_impl.h - the state of a scheduler plug-in, and its parts during a
 * run.  Included by src/run only.
 *
 *	plugin.c	the host: start it, ask it, end it
 *	plugin_hint.c	what it says: checks it, keeps it
 *	plugin_event.c	what it is told; no system call but the send
 *	plugin_inbox.c	what it assigned to a slot
 *	plugin_run.c	a turn of the loop: hand out, judge, go on without it
 */
#ifndef RUN_PLUGIN_IMPL_H
#define RUN_PLUGIN_IMPL_H

#include "run/plugin.h"
#include "run/run_impl.h"
#include "shm/hint.h"

#define PLUGIN_SPARED_MAX 64
#define PLUGIN_QUEUE 4096u /* events; a power of two */
/* Messages that change nothing, beside four for each test: more is a flood. */
#define PLUGIN_USELESS_MAX 65536u

/* of struct plugin.marks, per position */
#define PLUGIN_FED 1u
#define PLUGIN_PLACED 2u /* gated, late, dealt: the runner hands it out */
#define PLUGIN_ENDED 4u
#define PLUGIN_TOLD 8u	 /* its end was sent to the host */

/* How a test ended, for a host that missed it. */
struct plugin_end {
	uint16_t slot;
	uint8_t outcome;
	uint8_t leak;
};

struct plugin_node {
	bool up, told_up;
	uint32_t generation, told_generation;
	struct range *queue; /* for its inbox: first .. n - 1 */
	uint32_t first, n, cap;
};

struct plugin {
	struct plugin_args args;
	char *path;
	pid_t pid; /* 0 = none */
	int pidfd, sock;
	pid_t spared[PLUGIN_SPARED_MAX];
	int n_spared;
	uint32_t flags; /* of the plug-in */
	char name[64];
	bool over;	  /* killed, or done */
	char cause[192];  /* why it was ended; "" = in order */
	char notice[512];

	/* What it handed out (plugin_hint.c). */
	uint32_t n;	  /* positions */
	uint8_t *marks;
	uint32_t n_fed;	  /* without those that are placed */
	uint32_t n_own;	  /* to be fed in all */
	uint32_t n_again; /* fed twice */
	uint64_t n_useless;
	struct plugin_hint *hints; /* not handed on yet */
	uint32_t first_hint, n_hints, cap_hints;
	uint32_t n_queued; /* positions that wait for an inbox */
	struct hint_msg *reply; /* not sent yet */
	bool replies;

	/* What it is told (plugin_event.c). */
	struct hint_event *queue;
	uint32_t head, tail; /* count up; modulo PLUGIN_QUEUE */
	bool gap;	     /* events were dropped: the ends are told anew */
	bool gap_again;
	uint32_t gap_at;
	struct plugin_end *ends;
	struct plugin_node *nodes;
	uint64_t n_sent, n_seen;
	uint64_t low_serial; /* of the last LOW_WATER */
	uint64_t low_key;    /* what was so then */

	/* Deadlines (plugin_run.c). */
	bool dead;	    /* its pidfd says so */
	bool settled;	    /* what it left is handed out */
	uint32_t n_open;    /* fed and not ended */
	uint64_t turn_ns;   /* the last turn */
	uint64_t busy_ns;   /* when it last was not to blame for idleness */
	uint64_t seen_ns;   /* when it last consumed an event */
};

/* ---- plugin.c -------------------------------------------------------- */

/* Ends it for that reason; the first one counts. */
void plugin_fail(struct plugin *p, const char *fmt, ...) printf_like(2, 3);
/* It does not speak any more: why, and ends it. */
void plugin_died(struct plugin *p);
/* In order: close() is called, and has a second. */
void plugin_close(struct plugin *p);

/* ---- plugin_hint.c --------------------------------------------------- */

void plugin_hint_open(struct plugin *p);
void plugin_hint_close(struct plugin *p);

/* PUSH, ASSIGN or RECALL.  False, and it has failed, when that cannot be.
 * run is NULL before the run. */
bool plugin_hint_take(struct plugin *p, const struct hint_msg *msg,
		      struct run *run);
/* A RECALL's answer grows: positions that are to be handed out again. */
void plugin_hint_unfeed(struct plugin *p, struct range r);
/* Sends the answer to a RECALL if there is one. */
void plugin_hint_answer(struct plugin *p);
/* The next one to be handed on. */
bool plugin_hint_next(struct plugin *p, struct plugin_hint *hint);

/* ---- plugin_event.c: called whether there is a plug-in or not ---------- */

void plugin_event_open(struct plugin *p);
void plugin_event_close(struct plugin *p);
void plugin_node_up(struct run *run, uint32_t slot);
void plugin_node_down(struct run *run, uint32_t slot, uint32_t crashed);
void plugin_test_ended(struct run *run, const struct event_test *t);
/* It will be run again: does the plug-in hand it out (SCHED_RETRIES)? */
bool plugin_test_again(struct run *run, uint32_t position, uint32_t attempt);
void plugin_event_low_water(struct plugin *p, uint64_t key,
			    uint32_t unclaimed);
/* As much as there is room for in the socket. */
void plugin_event_flush(struct plugin *p);
/* False when it cannot be. */
bool plugin_event_seen(struct plugin *p, uint64_t serial);

/* ---- plugin_inbox.c -------------------------------------------------- */

/* Queues a range; those that can be go into their slots' inboxes. */
void plugin_inbox_add(struct plugin *p, uint32_t slot, struct range r);
void plugin_inbox_fill(struct run *run);
/* What waits goes to whoever takes it. */
void plugin_inbox_release(struct run *run);
/* Takes back until the answer has max positions, if there are so many. */
void plugin_inbox_recall(struct run *run, uint32_t slot, uint32_t max);

/* ---- plugin_run.c ---------------------------------------------------- */

/* 0 or -errno; from now on each turn of the loop. */
int plugin_begin(struct run *run, struct err *err);
void plugin_turn(struct run *run);
void plugin_end(struct run *run);

/* Not handed out yet: no sweep may find it (PLUG-10). */
bool plugin_withholds(const struct run *run, uint32_t position);

#endif
