/* SPDX-License-Identifier: MIT */
#include "report/failure.h"

#include "base/clock.h"
#include "report/duration.h"
#include "report/link.h"
#include "report/visible.h"
#include "report/words.h"

#include <inttypes.h>
#include <string.h>

#define FAILURE_INDENT "    "
#define FAILURE_DEEPER "        "

static const char *failure_label(enum note_kind kind)
{
	static const char *const labels[N_NOTE_KINDS] = {
		[NOTE_FAILURE] = "",
		[NOTE_SKIP] = "skipped: ",
		[NOTE_ERROR] = "fixture: ",
		[NOTE_RUNNER] = "shmrun: ",
		[NOTE_TRACE] = "",
		[NOTE_POINT_OK] = "ok ",
		[NOTE_POINT_FAILED] = "not ok ",
		[NOTE_POINT_SKIPPED] = "skipped: ",
		[NOTE_POINT_TODO] = "todo: ",
		[NOTE_POINT_BONUS] = "todo: ",
	};

	return labels[kind];
}

/* "file:12: " */
static void failure_add_file(struct str *out, const struct note *note,
			     const char *link_host)
{
	bool linked = link_begin(out, link_host, note->file);

	visible_add(out, note->file);
	if (note->line)
		str_addf(out, ":%" PRIu32, note->line);
	if (linked)
		link_end(out);
	str_add(out, ": ");
}

/* "file:12: label first line", further lines deeper. */
static void failure_add_note(struct str *out, const struct note *note,
			     const char *link_host)
{
	size_t len = strlen(note->text);
	size_t first = strcspn(note->text, "\n");

	str_add(out, FAILURE_INDENT);
	if (*note->file)
		failure_add_file(out, note, link_host);
	str_add(out, failure_label(note->kind));
	if (first == 0)
		str_add(out, "\n");
	else
		visible_add_lines(out, "", note->text, first);
	if (first < len)
		visible_add_lines(out, FAILURE_DEEPER, note->text + first + 1,
				  len - first - 1);
}

/* "function at file:12 (object+0x1)": where the file begins and how long
 * "file" and ":12" are; false = the frame names none. */
static bool failure_find_place(const char *frame, size_t *at, size_t *file_len,
			       size_t *line_len)
{
	const char *end = strrchr(frame, '('), *colon = end, *word;

	if (!end || end == frame || end[-1] != ' ')
		return false;
	for (end--; colon > frame && *colon != ':'; colon--)
		;
	*line_len = (size_t)(end - colon);
	if (*line_len < 2 ||
	    strspn(colon + 1, "0123456789") != *line_len - 1)
		return false;
	for (word = colon; word > frame; word--)
		if (word - frame > 4 && strncmp(word - 4, " at ", 4) == 0)
			break;
	*at = (size_t)(word - frame);
	*file_len = (size_t)(colon - word);
	return word > frame;
}

static void failure_add_part(struct str *out, const char *text, size_t len)
{
	struct str part = STR_INIT;

	str_add_len(&part, text, len);
	visible_add(out, str_get(&part));
	str_fini(&part);
}

/* One frame without its newline, its place as a link if it has one. */
static void failure_add_frame(struct str *out, const char *frame,
			      const char *link_host)
{
	size_t at, file_len, line_len;
	struct str file = STR_INIT;
	bool linked;

	if (!link_host ||
	    !failure_find_place(frame, &at, &file_len, &line_len)) {
		visible_add(out, frame);
		return;
	}
	str_add_len(&file, frame + at, file_len);
	failure_add_part(out, frame, at);
	linked = link_begin(out, link_host, str_get(&file));
	failure_add_part(out, frame + at, file_len + line_len);
	if (linked)
		link_end(out);
	visible_add(out, frame + at + file_len + line_len);
	str_fini(&file);
}

static void failure_add_trace(struct str *out, const struct note *note,
			      const char *link_host)
{
	const char *line = note->text;
	struct str frame = STR_INIT;

	str_add(out, FAILURE_INDENT "backtrace:\n");
	while (*line) {
		size_t len = strcspn(line, "\n");

		str_clear(&frame);
		str_add_len(&frame, line, len);
		str_add(out, FAILURE_DEEPER);
		failure_add_frame(out, str_get(&frame), link_host);
		str_add(out, "\n");
		line += len + (line[len] == '\n');
	}
	str_fini(&frame);
}

static bool failure_is_check(const struct note *note)
{
	return note->kind == NOTE_FAILURE ||
	       (note->kind == NOTE_ERROR && *note->file);
}

/* Checks that failed without a note: only so many notes are kept. */
static void failure_add_unnoted(struct str *out, const struct event_test *test)
{
	uint32_t noted = 0;
	size_t i;

	for (i = 0; i < test->n_notes; i++)
		noted += failure_is_check(&test->notes[i]);
	if (test->n_failures > noted)
		str_addf(out,
			 FAILURE_INDENT "%" PRIu32 " %sfailed check%s\n",
			 test->n_failures - noted, noted ? "more " : "",
			 test->n_failures - noted == 1 ? "" : "s");
}

static void failure_add_place(struct str *out, const struct event_test *test)
{
	str_addf(out, " in w%u", test->slot);
	if (test->generation)
		str_addf(out, ", generation %u", test->generation);
	if (test->attempt)
		str_addf(out, ", attempt %u", test->attempt + 1);
	str_add(out, "\n");
}

/* Short limits are told to a tenth of a second. */
static void failure_add_age(struct str *out, uint64_t ns)
{
	if (ns < 10 * NS_PER_S)
		str_addf(out, "%.1fs", (double)ns / (double)NS_PER_S);
	else
		duration_add_short(out, ns);
}

static void failure_add_end(struct str *out, const struct event_test *test)
{
	if (test->outcome == OUTCOME_CRASH) {
		str_add(out, FAILURE_INDENT "killed by ");
		words_add_signal(out, test);
	} else if (test->outcome == OUTCOME_TIMEOUT) {
		str_add(out, FAILURE_INDENT "timed out after ");
		failure_add_age(out, test->duration_ns);
	} else if (test->exit_status >= 0) {
		str_addf(out, FAILURE_INDENT "exited early, with status %d,",
			 test->exit_status);
	} else {
		return;
	}
	failure_add_place(out, test);
}

/* Less processor time than this explains nothing: no line for it. */
#define FAILURE_USAGE_NS (10 * NS_PER_MS)

static void failure_add_usage(struct str *out, const struct usage *u)
{
	if (u->user_ns + u->system_ns < FAILURE_USAGE_NS)
		return;
	str_addf(out, FAILURE_INDENT "used %.3fs of CPU (%.3fs user, %.3fs "
				     "system)",
		 (double)(u->user_ns + u->system_ns) / (double)NS_PER_S,
		 (double)u->user_ns / (double)NS_PER_S,
		 (double)u->system_ns / (double)NS_PER_S);
	if (u->peak_kib)
		str_addf(out, ", at most %.1f MiB",
			 (double)u->peak_kib / 1024.0);
	str_addf(out, ", %" PRIu32 " faults (%" PRIu32 " major), %" PRIu32
		      " + %" PRIu32 " switches\n",
		 u->minor_faults + u->major_faults, u->major_faults,
		 u->switches, u->preemptions);
}

static void failure_add_output(struct str *out, const struct output *output)
{
	uint64_t kept = output->head_len + output->tail_len;

	if (output->total == 0)
		return;
	str_addf(out, FAILURE_INDENT "output (%" PRIu64 " byte%s):\n",
		 output->total, output->total == 1 ? "" : "s");
	visible_add_lines(out, FAILURE_DEEPER, output->head, output->head_len);
	if (output->total > kept)
		str_addf(out, FAILURE_DEEPER "... %" PRIu64
					     " bytes dropped ...\n",
			 output->total - kept);
	visible_add_lines(out, FAILURE_DEEPER, output->tail, output->tail_len);
}

void failure_add(struct str *out, const struct event_test *test,
		 const char *link_host)
{
	size_t i;

	for (i = 0; i < test->n_notes; i++)
		if (test->notes[i].kind != NOTE_TRACE)
			failure_add_note(out, &test->notes[i], link_host);
	failure_add_unnoted(out, test);
	failure_add_end(out, test);
	if (test->usage && test->outcome != OUTCOME_PASS)
		failure_add_usage(out, test->usage);
	for (i = 0; i < test->n_notes; i++)
		if (test->notes[i].kind == NOTE_TRACE)
			failure_add_trace(out, &test->notes[i], link_host);
	if (test->leak)
		str_add(out, FAILURE_INDENT "left processes or threads behind\n");
	failure_add_output(out, &test->output);
}
