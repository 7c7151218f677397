/* SPDX-License-Identifier: MIT */
/*
 * html_failure.c - what did not pass: each failure with its place, its values
 * and its output, at the time it is told; later ones with a line, and the
 * last are counted.
 */
#include "report/html_impl.h"

#include "base/clock.h"
#include "base/signame.h"
#include "report/html_text.h"
#include "report/words.h"

#include <inttypes.h>
#include <string.h>

#define FAILURE_NOTES_MAX 6000u /* and the one that begins before */
#define FAILURE_NOTE_MAX 1500u
#define FAILURE_HEAD_MAX 2400u
#define FAILURE_TAIL_MAX 1200u
#define FAILURE_LINE_MAX 200u
#define FAILURE_OPEN 3u
#define FAILURE_FIRST 12u

/* ---- one failure ------------------------------------------------------- */

static void failure_add_place(struct str *out, const char *file, uint32_t line)
{
	html_add_clipped(out, file, strlen(file), HTML_NAME_MAX);
	if (line)
		str_addf(out, ":%" PRIu32, line);
}

/* Where the first note says, else where the test is defined. */
static void failure_add_origin(struct str *out, const struct html *h,
			       const struct event_test *test)
{
	const struct test *listed = &h->run.listing->tests[test->test_ix];
	const struct note *place = words_find_place(test);

	if (place)
		failure_add_place(out, place->file, place->line);
	else if (*listed->file)
		failure_add_place(out, listed->file, listed->line);
}

static void failure_add_when(struct str *out, const struct html *h,
			     const struct event_test *test)
{
	html_add_duration(out, test->duration_ns);
	if (test->start_ns >= h->t0_ns) {
		str_addf(out, " in w%u, begun after ", test->slot);
		html_add_duration(out, test->start_ns - h->t0_ns);
	}
	if (test->attempt)
		str_addf(out, ", attempt %u", test->attempt + 1u);
}

/* The first line of why. */
static void failure_add_line(struct str *out, const struct event_test *test)
{
	struct str text = STR_INIT;
	size_t len;

	words_add_message(&text, test);
	len = strcspn(str_get(&text), "\n");
	html_add_clipped(out, str_get(&text), len, FAILURE_LINE_MAX);
	str_fini(&text);
}

static void failure_add_summary(struct str *out, const struct html *h,
				const struct event_test *test)
{
	str_addf(out, "<summary><b class=\"%s\">%s</b> <code>",
		 html_class(OUTCOME_FAIL), words_state(test));
	html_add_name(out, &h->run, test->position);
	str_add(out, "</code> <small>");
	failure_add_origin(out, h, test);
	str_add(out, "</small><br/><span>");
	failure_add_line(out, test);
	str_add(out, "</span></summary>\n");
}

static void failure_add_note(struct str *out, const struct note *note)
{
	if (*note->file) {
		str_add(out, "<b>");
		failure_add_place(out, note->file, note->line);
		str_add(out, "</b> ");
	}
	if (note->kind == NOTE_ERROR)
		str_add(out, "fixture: ");
	if (note->kind == NOTE_RUNNER)
		str_add(out, "shmrun: ");
	html_add_clipped(out, note->text, strlen(note->text),
			 FAILURE_NOTE_MAX);
	str_add(out, "\n");
}

/* How it ended, when no note says. */
static void failure_add_end(struct str *out, const struct event_test *test)
{
	struct event_test bare = *test;
	struct str text = STR_INIT;

	if (test->n_notes && test->outcome == OUTCOME_FAIL &&
	    test->exit_status < 0)
		return;
	bare.n_notes = 0;
	words_add_message(&text, &bare);
	html_add(out, str_get(&text), text.len);
	str_add(out, "\n");
	str_fini(&text);
}

static void failure_add_notes(struct str *out, const struct event_test *test)
{
	size_t end = out->len + FAILURE_NOTES_MAX, i;

	str_add(out, "<pre class=\"notes\">");
	for (i = 0; i < test->n_notes && out->len < end; i++)
		failure_add_note(out, &test->notes[i]);
	failure_add_end(out, test);
	if (i < test->n_notes)
		str_addf(out, "and %zu more notes, which are not shown here\n",
			 test->n_notes - i);
	str_add(out, "</pre>\n");
}

/* The end of some text, from the beginning of a character. */
static void failure_add_tail(struct str *out, const char *bytes, size_t len)
{
	size_t skip = len - min_of(len, FAILURE_TAIL_MAX), i;

	if (len == 0)
		return;
	for (i = 0; i < 3 && skip && skip < len; i++)
		skip += (bytes[skip] & 0xc0) == 0x80;
	html_add(out, bytes + skip, len - skip);
}

/* The first bytes and the last ones. */
static void failure_add_output(struct str *out, const struct output *o)
{
	size_t head = min_of(o->head_len, FAILURE_HEAD_MAX);
	const char *end = o->tail;
	size_t end_len = o->tail_len;
	uint64_t shown;

	if (o->total == 0)
		return;
	if (end_len == 0 && o->head_len > head) {
		end = o->head + head;
		end_len = o->head_len - head;
	}
	shown = head + min_of(end_len, FAILURE_TAIL_MAX);
	str_add(out, "<p class=\"what\">output, ");
	html_add_count(out, o->total);
	str_add(out, o->total == 1 ? " byte" : " bytes");
	if (shown < o->total) {
		str_add(out, ", of which ");
		html_add_count(out, o->total - shown);
		str_add(out, " in the middle are not shown here");
	}
	str_add(out, "</p>\n<pre>");
	html_add(out, o->head, head);
	if (shown < o->total)
		str_add(out, "\n<i>\xe2\x80\xa6</i>\n");
	failure_add_tail(out, end, end_len);
	str_add(out, "</pre>\n");
}

static void failure_add_details(struct html *h, struct html_list *list,
				const struct event_test *test, bool open)
{
	struct str *out = &list->text;

	str_addf(out, "<details class=\"row\"%s>",
		 open ? " open=\"open\"" : "");
	failure_add_summary(out, h, test);
	str_add(out, "<p class=\"what\">");
	html_add_text(out, words_suite(&h->run, test));
	str_add(out, ", ");
	failure_add_when(out, h, test);
	str_add(out, "</p>\n");
	failure_add_notes(out, test);
	failure_add_output(out, &test->output);
	str_add(out, "</details>\n");
	list->n_listed++;
}

static void failure_add_full(struct html *h, const struct event_test *test)
{
	/* Behind the first ones the page goes on. */
	if (h->full.n_listed == FAILURE_FIRST)
		str_add(&h->full.text, "<details class=\"more\"><summary>the "
				       "other failures</summary>\n");
	failure_add_details(h, &h->full, test,
			    h->full.n_listed < FAILURE_OPEN);
}

/* ---- a line for one test ----------------------------------------------- */

static void failure_add_row(struct html *h, struct html_list *list,
			    const struct event_test *test)
{
	struct str *out = &list->text;

	str_addf(out, "<tr class=\"row\"><td><b class=\"%s\">%s</b></td><td>"
		      "<code>",
		 words_is_bad(test) ? "fail" : html_class(test->outcome),
		 words_state(test));
	html_add_name(out, &h->run, test->position);
	str_add(out, "</code></td><td>");
	failure_add_line(out, test);
	str_add(out, "</td></tr>\n");
	list->n_listed++;
}

void html_note_failure(struct html *h, const struct event_test *test)
{
	h->full.n++;
	if (h->full.text.len < HTML_FULL_MAX) {
		failure_add_full(h, test);
	} else {
		h->brief.n++;
		if (h->brief.text.len < HTML_BRIEF_MAX)
			failure_add_row(h, &h->brief, test);
	}
}

void html_note_retried(struct html *h, const struct event_test *test)
{
	h->retried.n++;
	if (h->retried.text.len < HTML_RETRIED_MAX)
		failure_add_details(h, &h->retried, test, false);
}

void html_note_rechecked(struct html *h, const struct event_test *test)
{
	struct str *out = &h->others.text;

	h->others.n++;
	if (out->len >= HTML_OTHERS_MAX)
		return;
	str_addf(out, "<tr class=\"row\"><td><b class=\"%s\">%s</b></td><td>"
		      "<code>",
		 words_is_bad(test) ? "fail" : html_class(test->outcome),
		 words_state(test));
	html_add_name(out, &h->run, test->position);
	str_addf(out, "</code></td><td>%s</td></tr>\n", words_alone(test));
	h->others.n_listed++;
}

void html_note_other(struct html *h, const struct event_test *test)
{
	h->others.n++;
	if (h->others.text.len < HTML_OTHERS_MAX)
		failure_add_row(h, &h->others, test);
}

/* ---- the parts of the page --------------------------------------------- */

static void failure_add_rest(struct str *out, uint64_t n)
{
	if (n == 0)
		return;
	str_add(out, "<p class=\"cut\">");
	html_add_count(out, n);
	str_add(out, " more are not listed here, so that this page stays "
		     "small; <code>shmrun report</code> names them all.</p>\n");
}

static void failure_add_table(struct str *out, const struct html_list *list)
{
	if (list->n_listed == 0)
		return;
	str_add(out, "<table border=\"0\" cellpadding=\"3\"><thead><tr>"
		     "<th align=\"left\">outcome</th><th align=\"left\">test"
		     "</th><th align=\"left\">why</th></tr></thead><tbody>\n");
	str_add_len(out, list->text.text, list->text.len);
	str_add(out, "</tbody></table>\n");
	failure_add_rest(out, list->n - list->n_listed);
}

void html_add_failures(struct str *out, const struct html *h)
{
	if (h->full.n == 0)
		return;
	str_add(out, "<section id=\"failures\"><h2>Failures <small>");
	html_add_count(out, h->full.n);
	str_add(out, "</small></h2>\n");
	str_add_len(out, h->full.text.text, h->full.text.len);
	failure_add_table(out, &h->brief);
	if (h->full.n_listed > FAILURE_FIRST)
		str_add(out, "</details>\n");
	str_add(out, "</section>\n");
}

void html_add_retried(struct str *out, const struct html *h)
{
	if (h->retried.n == 0)
		return;
	str_add(out, "<section id=\"retried\"><h2>Attempts that failed and "
		     "were not the last <small>");
	html_add_count(out, h->retried.n);
	str_add(out, "</small></h2>\n");
	str_add_len(out, h->retried.text.text, h->retried.text.len);
	failure_add_rest(out, h->retried.n - h->retried.n_listed);
	str_add(out, "</section>\n");
}

void html_add_others(struct str *out, const struct html *h)
{
	if (h->others.n == 0)
		return;
	str_add(out, "<section id=\"others\"><h2>Neither passed nor failed "
		     "<small>");
	html_add_count(out, h->others.n);
	str_add(out, "</small></h2>\n");
	failure_add_table(out, &h->others);
	str_add(out, "</section>\n");
}
