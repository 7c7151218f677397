/* SPDX-License-Identifier: MIT */
/*
 * brief.h - what the host of a scheduler plug-in is told of the tests: their
 * texts, attributes, estimates, and what is kept together.
 *
 * Written once by the runner, sealed, then read by the host, which may
 * believe it.  Nothing that the host shares with anybody is writable.
 *
 *	+-----------+----------+-------+--------+--------+------+-------+
 *	| brief_head| segments | tests | bounds | placed | rows | texts |
 *	+-----------+----------+-------+--------+--------+------+-------+
 *
 * A test's number is its position in the plan.
 */
#ifndef SHM_BRIEF_H
#define SHM_BRIEF_H

#include "base/err.h"
#include "model/costs.h"
#include "model/plan.h"

#include <stddef.h>
#include <stdint.h>

#define BRIEF_MAGIC UINT64_C(0x46454952424d4853) /* "SHMBRIEF" */

/* A part: distance from the start, and how many. */
struct brief_part {
	uint64_t off;
	uint64_t n;
};

struct brief_head {
	uint64_t magic;
	uint64_t size;
	uint32_t n_positions;
	uint32_t n_slots;
	struct brief_part segments; /* struct segment */
	struct brief_part tests;    /* struct brief_test */
	struct brief_part bounds;   /* struct bound, sorted */
	struct brief_part placed;   /* struct bound, sorted: the runner's */
	struct brief_part rows;	    /* struct cost */
	struct brief_part texts;    /* bytes */
	struct brief_part args;	    /* in texts: the plug-in's arguments */
};

enum brief_text {
	BRIEF_NAME,
	BRIEF_SUITE,
	BRIEF_SCOPE,
	BRIEF_FILE,
	BRIEF_AFFINITY,
	BRIEF_SERIAL,
	BRIEF_LOCK,
	BRIEF_AFTER,
	BRIEF_TAGS,
	N_BRIEF_TEXTS
};

/* A listed test. */
struct brief_test {
	uint64_t texts[N_BRIEF_TEXTS]; /* in texts, terminated */
	uint64_t cost_ns;	       /* .cost */
	uint32_t first_row;	       /* in rows; only when there are any */
	uint32_t line;
	uint32_t count;
	int32_t weight;
	int32_t priority;
	uint8_t indexed, disabled, exclusive, last;
};

struct brief_args {
	const struct listing *listing;
	const struct plan *plan;
	const struct costs *costs; /* NULL = nothing is known */
	const char *args;	   /* of the plug-in */
	uint32_t n_slots;
};

/* Runner: the sealed memfd, or -errno. */
int brief_write(const struct brief_args *args, struct err *err);

/* Private handle of the host. */
struct brief {
	const struct brief_head *head;
	const struct segment *segments;
	const struct brief_test *tests;
	const struct bound *bounds;
	const struct bound *placed;
	const struct cost *rows;
	const char *texts;
	const char *args;
};

/* Host: maps it for the rest of the process's life.  0 or -errno. */
int brief_attach(struct brief *b, int fd, struct err *err);

/* The one of n sorted ranges that a position lies in; NULL = none. */
const struct bound *brief_find(const struct bound *ranges, uint64_t n,
			       uint32_t position);

#endif
