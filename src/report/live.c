/* SPDX-License-Identifier: MIT */
#include "report/live.h"

#include "report/duration.h"
#include "report/style.h"
#include "report/visible.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#define LIVE_BAR_MAX 40
#define LIVE_COLUMNS_MIN 20u
#define LIVE_COLUMNS_MAX 65535u /* of struct winsize */
#define LIVE_SLOTS_INDENT 13u
#define LIVE_SLOTS_MAX 1024u

/* For terminals that do not know it, as a serial line (VAR-20). */
static uint32_t live_columns_told(void)
{
	const char *text = getenv("COLUMNS");
	unsigned long n = text ? strtoul(text, NULL, 10) : 0;

	return n > 0 && n <= LIVE_COLUMNS_MAX ? (uint32_t)n : 80;
}

void live_measure(struct live_frame *frame, int fd)
{
	struct winsize size = { 0 };

	ioctl(fd, TIOCGWINSZ, &size);
	frame->columns = size.ws_col ? size.ws_col : live_columns_told();
	frame->rows = size.ws_row ? size.ws_row : 24;
	frame->columns = max_of(frame->columns, LIVE_COLUMNS_MIN);
}

/* Rows that the lines take now. */
static uint32_t live_rows(const struct live *live, uint32_t columns)
{
	uint32_t rows = 0, i;

	for (i = 0; i < live->n_lines; i++)
		rows += columns && live->widths[i] > columns
				? (live->widths[i] + columns - 1) / columns : 1;
	return rows;
}

void live_erase(struct live *live, struct str *out, uint32_t columns)
{
	uint32_t rows = live_rows(live, columns);

	if (rows == 0)
		return;
	str_add(out, "\r\033[K");
	for (; rows > 1; rows--)
		str_add(out, "\033[A\033[K");
	live->n_lines = 0;
}

static void live_begin_line(const struct live *live, struct str *out)
{
	if (live->n_lines > 0)
		str_add(out, "\n");
}

/* Cut where the terminal ends. */
static void live_end_line(struct live *live, struct str *out,
			  const struct live_frame *frame, const char *text)
{
	live->widths[live->n_lines++] = (uint32_t)
		visible_add_clipped(out, text, frame->columns - 1);
}

static void live_draw_line(struct live *live, struct str *out,
			   const struct live_frame *frame, const char *text)
{
	live_begin_line(live, out);
	live_end_line(live, out, frame, text);
}

/* What the history expects of a running test; 0 = it knows nothing. */
static uint64_t live_expected_ns(const struct live_frame *frame,
				 const struct running *running)
{
	const struct costs *costs = frame->costs;
	const struct cost *cost;
	struct instance at;

	if (!costs || costs->n_rows == 0)
		return 0;
	at = plan_at(frame->run->plan, running->position);
	cost = &costs->rows[costs_row(costs, at.test_ix, at.index)];
	return cost->known ? (uint64_t)cost->est_ns : 0;
}

/* No run ends before its longest test. */
static uint64_t live_longest_left_ns(const struct live_frame *frame)
{
	const struct event_progress *p = frame->progress;
	uint64_t left = 0;
	size_t i;

	for (i = 0; i < p->n_running; i++) {
		uint64_t all = live_expected_ns(frame, &p->running[i]);
		uint64_t age = p->running[i].elapsed_ns;

		left = max_of(left, all > age ? all - age : 0);
	}
	return left;
}

/* 0 = cannot say. */
static uint64_t live_eta_ns(const struct live_frame *frame)
{
	static const struct pace count;

	return max_of(pace_left_ns(frame->pace ? frame->pace : &count,
				   frame->run, frame->progress),
		      live_longest_left_ns(frame));
}

static void live_add_bar(struct str *out, uint32_t width, uint64_t done,
			 uint64_t total)
{
	uint32_t full = total ? (uint32_t)(width * done / total) : width;
	uint32_t i;

	str_add(out, "[");
	for (i = 0; i < width; i++)
		str_add(out, i < full ? "=" : i == full ? ">" : " ");
	str_add(out, "] ");
}

static void live_add_tail(struct str *out, const struct event_progress *p,
			  uint64_t eta_ns)
{
	str_addf(out, "%" PRIu64 " failed, ", tally_failed(&p->tally));
	duration_add_short(out, p->elapsed_ns);
	if (eta_ns) {
		str_add(out, ", ETA ");
		duration_add_short(out, eta_ns);
	}
}

/* The bar takes what the figures leave of the line, if that is enough. */
static void live_draw_bar(struct live *live, struct str *out,
			  const struct live_frame *frame)
{
	const struct event_progress *p = frame->progress;
	uint64_t total = p->tally.selected, done = tally_done(&p->tally);
	struct str head = STR_INIT, tail = STR_INIT;
	enum style style = tally_failed(&p->tally) ? STYLE_BAD : STYLE_GOOD;
	size_t used;

	str_addf(&head, "%8" PRIu64 "/%" PRIu64 " %3u%% ", done, total,
		 total ? (unsigned)(done * 100 / total) : 100);
	live_add_tail(&tail, p, live_eta_ns(frame));
	used = head.len + tail.len + 4;
	if (used + 10 <= frame->columns)
		live_add_bar(&head,
			     (uint32_t)min_of(frame->columns - used,
					      (size_t)LIVE_BAR_MAX),
			     done, total);
	str_add(&head, str_get(&tail));
	live_begin_line(live, out);
	style_begin(out, frame->color, style);
	live_end_line(live, out, frame, str_get(&head));
	style_end(out, frame->color);
	str_fini(&head);
	str_fini(&tail);
}

static void live_draw_running(struct live *live, struct str *out,
			      const struct live_frame *frame,
			      const struct running *running)
{
	uint64_t expected_ns = live_expected_ns(frame, running);
	struct str age = STR_INIT, line = STR_INIT;

	duration_add_short(&age, running->elapsed_ns);
	if (expected_ns) {
		str_add(&age, "/");
		duration_add_short(&age, expected_ns);
	}
	str_addf(&line, "%12s w%u ", str_get(&age), running->slot);
	plan_print_name(&line, frame->run->plan, frame->run->listing,
			running->position);
	live_draw_line(live, out, frame, str_get(&line));
	str_fini(&age);
	str_fini(&line);
}

static void live_draw_rest(struct live *live, struct str *out,
			   const struct live_frame *frame, size_t n)
{
	struct str line = STR_INIT;

	str_addf(&line, "%12s and %zu more", "...", n);
	live_draw_line(live, out, frame, str_get(&line));
	str_fini(&line);
}

static char live_slots_char(const bool *busy, uint32_t from, uint32_t to)
{
	uint32_t n_busy = 0, slot;

	for (slot = from; slot < to; slot++)
		n_busy += busy[slot];
	if (n_busy == 0)
		return '.';
	return n_busy == to - from ? '#' : '+';
}

static void live_draw_slots(struct live *live, struct str *out,
			    const struct live_frame *frame)
{
	const struct event_progress *p = frame->progress;
	uint32_t jobs = min_of(frame->run->jobs, LIVE_SLOTS_MAX), from;
	bool busy[LIVE_SLOTS_MAX] = { false };
	uint32_t room = frame->columns > LIVE_SLOTS_INDENT + 4
				? frame->columns - LIVE_SLOTS_INDENT - 3 : 1;
	uint32_t each = (jobs + room - 1) / room;
	struct str line = STR_INIT;
	size_t i;

	for (i = 0; i < p->n_running; i++)
		if (p->running[i].slot < jobs)
			busy[p->running[i].slot] = true;
	str_addf(&line, "%*s[", (int)LIVE_SLOTS_INDENT, "");
	for (from = 0; from < jobs; from += each)
		str_add_char(&line, live_slots_char(busy, from,
						    min_of(from + each, jobs)));
	str_add(&line, "]");
	live_draw_line(live, out, frame, str_get(&line));
	str_fini(&line);
}

void live_add_taskbar(struct str *out, const struct event_progress *p)
{
	uint64_t total = p ? p->tally.selected : 0;

	if (total == 0)
		str_add(out, "\033]9;4;0\033\\");
	else
		str_addf(out, "\033]9;4;%d;%u\033\\",
			 tally_failed(&p->tally) ? 2 : 1,
			 (unsigned)(tally_done(&p->tally) * 100 / total));
}

/* Lines that scroll off the top cannot be cleared again: leave some room for
 * the bar and the last line. */
static size_t live_room(const struct live_frame *frame)
{
	size_t rows = frame->rows > 4 ? frame->rows - 4 : 0;

	return min_of(rows, (size_t)LIVE_RUNNING_MAX);
}

void live_draw(struct live *live, struct str *out,
	       const struct live_frame *frame)
{
	const struct event_progress *p = frame->progress;
	size_t shown = min_of(p->n_running, live_room(frame));
	size_t i;

	live_draw_bar(live, out, frame);
	for (i = 0; i < shown; i++)
		live_draw_running(live, out, frame, &p->running[i]);
	if (p->n_running > shown && shown > 0)
		live_draw_rest(live, out, frame, p->n_running - shown);
	if (frame->run->jobs > LIVE_RUNNING_MAX && shown > 0)
		live_draw_slots(live, out, frame);
}
