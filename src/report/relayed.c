/* SPDX-License-Identifier: MIT */
#include "report/relayed.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "report/visible.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One piece of output, on its way. */
struct relayed_at {
	struct relayed *r;
	struct relayed_slot *slot;
	struct str *out;
	const char *name;
	uint16_t slot_ix;
};

static struct relayed_slot *relayed_slot(struct relayed *r, uint16_t ix)
{
	size_t n = ix + 1u;

	if (n > r->n) {
		r->slots = mem_resize(r->slots, n, sizeof(*r->slots));
		memset(r->slots + r->n, 0, (n - r->n) * sizeof(*r->slots));
		r->n = n;
	}
	return &r->slots[ix];
}

static void relayed_add_prefix(const struct relayed_at *at)
{
	visible_add(at->out, at->name);
	str_addf(at->out, " (w%u) | ", at->slot_ix);
}

static void relayed_add_line(const struct relayed_at *at, const char *bytes,
			     size_t len)
{
	relayed_add_prefix(at);
	if (len)
		visible_add_lines(at->out, "", bytes, len);
	else
		str_add_char(at->out, '\n');
}

static void relayed_end_line(const struct relayed_at *at)
{
	struct str *line = &at->slot->line;

	if (line->len)
		relayed_add_line(at, str_get(line), line->len);
	str_clear(line);
}

static void relayed_tell_skipped(const struct relayed_at *at)
{
	uint64_t n = at->slot->skipped;

	if (n == 0)
		return;
	relayed_end_line(at);
	relayed_break(at->r, at->out);
	relayed_add_prefix(at);
	str_addf(at->out, "... %" PRIu64 " bytes not shown ...\n", n);
	at->slot->skipped = 0;
}

/* Up to the end of the first line, or of a line that is too long; how much
 * that was. */
static size_t relayed_take(const struct relayed_at *at, const char *text,
			   size_t len)
{
	struct str *line = &at->slot->line;
	size_t most = min_of(len, RELAYED_LINE_MAX - line->len);
	const char *end = memchr(text, '\n', most);
	size_t n = end ? (size_t)(end - text) : most;

	if (end && line->len == 0) {
		relayed_add_line(at, text, n);
		return n + 1;
	}
	str_add_len(line, text, n);
	if (end || line->len >= RELAYED_LINE_MAX)
		relayed_end_line(at);
	return end ? n + 1 : n;
}

static void relayed_add_raw(const struct relayed_at *at, const char *text,
			    size_t len)
{
	if (len == 0)
		return;
	str_add_len(at->out, text, len);
	at->r->in_line = text[len - 1] != '\n';
}

static void relayed_add_text(const struct relayed_at *at, const char *text,
			     size_t len)
{
	if (at->r->how == RELAY_RAW) {
		relayed_add_raw(at, text, len);
		return;
	}
	while (len > 0) {
		size_t n = relayed_take(at, text, len);

		text += n;
		len -= n;
	}
}

void relayed_add(struct relayed *r, struct str *out,
		 const struct event_relayed *ev, const char *name, bool full)
{
	struct relayed_at at = { .r = r,
				 .slot = relayed_slot(r, ev->slot),
				 .out = out,
				 .name = name,
				 .slot_ix = ev->slot };

	at.slot->skipped += ev->skipped + (full ? ev->len : 0);
	if (!full || ev->ends)
		relayed_tell_skipped(&at);
	if (!full)
		relayed_add_text(&at, ev->text, ev->len);
	if (!ev->ends)
		return;
	relayed_end_line(&at);
	relayed_break(r, out);
}

void relayed_break(struct relayed *r, struct str *out)
{
	if (r->in_line)
		str_add_char(out, '\n');
	r->in_line = false;
}

void relayed_fini(struct relayed *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		str_fini(&r->slots[i].line);
	free(r->slots);
}
