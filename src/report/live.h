/* SPDX-License-Identifier: MIT */
/*
 * live.h - the lines at the bottom of a terminal that are redrawn.
 *
 *    12345/200000   6% [=>                  ] 3 failed, 12s, ETA 3m10s
 *      35s/1m w0 Scope::name
 *         ... and 54 more
 *             [##.#####]
 *
 * Behind a running test's age stands how long it is expected to take, where
 * earlier runs say so; the time left is at least what the longest of them is
 * expected to need.  The last line is the slots, when there are more than are
 * named: # runs a test, . none; where one column is several slots, + is some.
 *
 * Only CR, CSI K, CSI A and colours are used; no line is as wide as the
 * terminal, so none wraps, until it is made narrower: what was drawn before that
 * is cleared as the rows that it has become.  Makes text and keeps count of its
 * lines; the caller writes it.
 */
#ifndef REPORT_LIVE_H
#define REPORT_LIVE_H

#include "base/str.h"
#include "model/costs.h"
#include "model/event.h"
#include "report/pace.h"

#include <stdbool.h>

/* Running tests shown by name. */
#define LIVE_RUNNING_MAX 8

/* The bar, those, how many more, the slots. */
#define LIVE_LINES_MAX (LIVE_RUNNING_MAX + 3)

/* Zero-initialised = nothing on the terminal. */
struct live {
	uint32_t n_lines; /* on the terminal; the cursor is in the last */
	uint32_t widths[LIVE_LINES_MAX]; /* columns of each */
};

struct live_frame {
	const struct event_run *run;
	const struct event_progress *progress;
	const struct costs *costs; /* by earlier runs; NULL = nobody knows */
	const struct pace *pace; /* NULL = count */
	uint32_t columns, rows;
	bool color;
};

/* The size of the terminal; 80 x 24 if it does not say. */
void live_measure(struct live_frame *frame, int fd);

/* Clears what is on the terminal.  columns: of one that puts a line which has
 * become too long for it into several rows; 0 = it cuts them. */
void live_erase(struct live *live, struct str *out, uint32_t columns);

/* Behind what was erased. */
void live_draw(struct live *live, struct str *out,
	       const struct live_frame *frame);

/* How far the run is, for a task bar (OSC 9;4); NULL = no run any more. */
void live_add_taskbar(struct str *out, const struct event_progress *progress);

#endif
