/* SPDX-License-Identifier: MIT */
/*
 * hint.h - what the runner and the host of a scheduler plug-in say to each
 * other: hints one way, events the other.
 *
 * Messages are one packet each on a SOCK_SEQPACKET pair: a fixed head, then
 * numbers of tests, events or a text, as its kind says.  The host runs a
 * plug-in's code, so the runner reads every packet as hostile input:
 * hint_check() says whether one is well-formed; whether the numbers in it
 * mean anything is for its reader to say.
 */
#ifndef SHM_HINT_H
#define SHM_HINT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hint_kind {
	/* runner to host */
	HINT_OPEN = 1, /* text = path; fd: the brief (brief.h) */
	HINT_SCHEDULE,
	HINT_EVENTS,   /* n events; serial = number of the last one */
	HINT_RECALLED, /* n tests */
	HINT_CLOSE,
	/* host to runner */
	HINT_LOADED,	/* flags; text = its name */
	HINT_REFUSED,	/* text = why it cannot be loaded */
	HINT_OPENED,	/* status; text = what the plug-in says */
	HINT_PUSH,	/* n tests */
	HINT_ASSIGN,	/* slot, n tests */
	HINT_RECALL,	/* slot; n = how many at most */
	HINT_SCHEDULED, /* status; text = what the plug-in says */
	HINT_SEEN,	/* serial = number of the last event consumed */
	HINT_CLOSED,
	N_HINTS
};

struct hint_head {
	uint32_t kind;
	uint32_t slot;
	uint32_t n;
	uint32_t flags;
	int32_t status;
	uint32_t zero;
	uint64_t serial;
};

enum hint_event_kind {
	HINT_NODE_UP = 1, /* slot, generation */
	HINT_NODE_DOWN,	  /* slot, generation; test = that crashed, or none */
	HINT_COMPLETE,	  /* slot, test, outcome, attempt, flags, times */
	HINT_PENDING,	  /* test, attempt */
	HINT_LOW_WATER,	  /* value = unclaimed tests */
};

struct hint_event {
	uint32_t kind;
	uint32_t slot;
	uint32_t generation;
	uint32_t test; /* HINT_NO_TEST = none */
	uint32_t outcome; /* enum outcome */
	uint32_t attempt;
	uint32_t leak;
	uint32_t late; /* made up after a gap */
	uint64_t start_ns;
	uint64_t duration_ns;
	uint64_t value;
};

#define HINT_NO_TEST UINT32_MAX

_Static_assert(sizeof(struct hint_head) == 32, "no padding");
_Static_assert(sizeof(struct hint_event) == 56, "no padding");

#define HINT_TESTS_MAX 4096u
#define HINT_EVENTS_MAX 256u
#define HINT_TEXT_CAP 4096u

struct hint_msg {
	struct hint_head head;
	union {
		uint32_t tests[HINT_TESTS_MAX];
		struct hint_event events[HINT_EVENTS_MAX];
		char text[HINT_TEXT_CAP];
	};
};

/* Is a packet of len bytes what its kind says, and of this direction?  Its
 * text, if it has one, is terminated then. */
bool hint_check(struct hint_msg *msg, size_t len, bool from_host);

/* Sends a message with head.n tests or events, or with text (NULL = ""), and
 * one descriptor (-1 = none).  0 or -errno. */
int hint_send(int sock, const struct hint_msg *msg, int fd);
int hint_send_text(int sock, const struct hint_head *head, const char *text,
		   int fd);
/* For kinds that are a head and nothing else. */
int hint_send_head(int sock, const struct hint_head *head);

/* Receives one message and checks it: 1; 0 at the end; -EPROTO when it is
 * nonsense; or -errno.  *fd is the first descriptor that came along (-1 =
 * none), others are closed; fd NULL = all are. */
int hint_recv(int sock, struct hint_msg *msg, bool from_host, int *fd);

#endif
