/* SPDX-License-Identifier: MIT */
/*
 * tap.h - reads the Test Anything Protocol, versions 12 to 14, as a program
 * writes it (TAP-2, TAP-3).
 *
 * A stream: bytes go in in pieces of any size, points come out one by one,
 * and memory is bounded whatever is written: a line counts up to TAP_LINE_MAX
 * bytes, and no number of a point is above TAP_POINTS_MAX.  What is indented
 * belongs to subtests or to a point's YAML block and says nothing of its own,
 * but for a bail-out.  Lines that are no TAP are skipped, as every reader
 * does, unless they look like a failed point.
 *
 * A pass needs a plan that is met, each number once, and no failed point
 * (TAP-4); what else there is can only make it worse.  Pure, any role.
 */
#ifndef SUITE_TAP_H
#define SUITE_TAP_H

#include "model/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAP_LINE_MAX 4096u
#define TAP_POINTS_MAX 1000000u
#define TAP_DETAIL_MAX 4096u
#define TAP_WHY_CAP 192

enum tap_state {
	TAP_OK,
	TAP_FAILED,
	TAP_SKIPPED,
	TAP_TODO,  /* it failed, as it may */
	TAP_BONUS, /* it need not have passed */
};

/* Valid while it is told. */
struct tap_point {
	enum tap_state state;
	uint32_t number;
	const char *name;
	const char *reason; /* of a directive; "" = none */
	const char *detail; /* its YAML block and comments, lines; "" = none */
	const char *file;   /* where, as its YAML block says; "" = unknown */
	uint32_t line;
};

struct tap {
	void (*told)(void *ctx, const struct tap_point *point);
	void *ctx;
	/* the line that is being read */
	char text[TAP_LINE_MAX + 1];
	size_t len;
	/* the last point, until it is known that no more belongs to it */
	char name[TAP_LINE_MAX + 1];
	char reason[TAP_LINE_MAX + 1];
	char detail[TAP_DETAIL_MAX + 1];
	char file[TAP_LINE_MAX + 1];
	size_t detail_len;
	struct tap_point point;
	bool pending, in_yaml, after_yaml;
	/* what was seen */
	uint64_t *seen; /* a bit for each number */
	uint32_t n_seen_words;
	uint32_t n_points, n_failed, highest;
	uint32_t planned;
	bool has_plan, plan_ended, bailed, spoke;
	bool strict;	   /* pragma: what is no TAP may not be there */
	bool inner_failed; /* of a subtest, whose point is not told yet */
	char broken[TAP_WHY_CAP]; /* the first thing that is wrong */
	char remark[TAP_WHY_CAP]; /* why it skipped or bailed out */
};

/* told is called for each point. */
void tap_open(struct tap *t, void (*told)(void *, const struct tap_point *),
	      void *ctx);
void tap_feed(struct tap *t, const char *bytes, size_t len);
/* No more comes.  The verdict of its lines; why: a sentence for outcomes that
 * need one, else "". */
enum outcome tap_end(struct tap *t, char why[TAP_WHY_CAP]);
/* Was it no TAP?  After tap_end(). */
bool tap_is_broken(const struct tap *t);
void tap_close(struct tap *t);

#endif
