/* SPDX-License-Identifier: MIT */
#include "suite/tap.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "suite/tap_line.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void tap_open(struct tap *t, void (*told)(void *, const struct tap_point *),
	      void *ctx)
{
	memset(t, 0, sizeof(*t));
	t->told = told;
	t->ctx = ctx;
}

void tap_close(struct tap *t)
{
	free(t->seen);
	t->seen = NULL;
}

bool tap_is_broken(const struct tap *t)
{
	return t->broken[0] != '\0';
}

/* The first thing that is wrong is the one that is told. */
static printf_like(2, 3) void tap_break(struct tap *t, const char *fmt, ...)
{
	va_list ap;

	if (tap_is_broken(t))
		return;
	va_start(ap, fmt);
	vsnprintf(t->broken, sizeof(t->broken), fmt, ap);
	va_end(ap);
}

/* ---- the last point -------------------------------------------------- */

static void tap_tell(struct tap *t)
{
	if (!t->pending)
		return;
	t->pending = t->in_yaml = t->after_yaml = false;
	t->detail[t->detail_len] = '\0';
	t->told(t->ctx, &t->point);
}

static void tap_add_detail(struct tap *t, const char *line)
{
	size_t room = TAP_DETAIL_MAX - t->detail_len;
	size_t len = min_of(strlen(line), room);

	if (t->detail_len && room > 0) {
		t->detail[t->detail_len++] = '\n';
		len = min_of(len, room - 1);
	}
	memcpy(t->detail + t->detail_len, line, len);
	t->detail_len += len;
}

static void tap_find_place(struct tap *t, const char *line)
{
	const char *value = tap_line_find_key(line, "file");
	uint32_t number;
	size_t len;

	if (value && !t->file[0]) {
		value += *value == '"' || *value == '\'';
		len = strcspn(value, "\"'},\t");
		memcpy(t->file, value, len);
		while (len > 0 && t->file[len - 1] == ' ')
			len--;
		t->file[len] = '\0';
	}
	value = tap_line_find_key(line, "line");
	if (value && t->point.line == 0 &&
	    tap_line_take_number(&value, &number))
		t->point.line = number;
}

/* A line that is indented, or a comment: does it belong to the point? */
static void tap_take_detail(struct tap *t, const char *line)
{
	if (!t->pending)
		return;
	if (t->in_yaml && *line == ' ') {
		t->in_yaml = strcmp(line, "  ...") != 0;
		t->after_yaml = !t->in_yaml;
		if (!t->in_yaml)
			return;
		tap_find_place(t, line);
		tap_add_detail(t, line + 2);
	} else if (strcmp(line, "  ---") == 0 && !t->after_yaml) {
		t->in_yaml = true;
	} else if (*line == '#') {
		tap_add_detail(t, line);
	}
}

/* ---- points ---------------------------------------------------------- */

static enum tap_state tap_state_of(bool ok, const char *directive)
{
	bool todo = directive && toupper((unsigned char)*directive) == 'T';

	if (todo)
		return ok ? TAP_BONUS : TAP_TODO;
	/* Something that was skipped has not failed: this is no skip. */
	if (!ok)
		return TAP_FAILED;
	return directive ? TAP_SKIPPED : TAP_OK;
}

/* Name and directive: what stands behind the number. */
static void tap_read_name(struct tap *t, bool ok, const char *text)
{
	const char *directive = tap_line_find_directive(text);
	size_t len = directive ? (size_t)(directive - text) : strlen(text);

	t->reason[0] = t->file[0] = '\0';
	t->detail_len = 0;
	t->point = (struct tap_point){ .name = t->name,
				       .reason = t->reason,
				       .detail = t->detail,
				       .file = t->file };
	tap_line_copy(t->name, text, len);
	if (directive) {
		directive = tap_line_skip_blanks(directive + 1);
		text = tap_line_skip_blanks(directive + 4);
		tap_line_copy(t->reason, text, strlen(text));
	}
	t->point.state = tap_state_of(ok, directive);
}

/* False = it was there already. */
static bool tap_see(struct tap *t, uint32_t number)
{
	uint32_t word = number / 64, n = t->n_seen_words;
	uint64_t bit = UINT64_C(1) << number % 64;

	if (word >= n) {
		t->n_seen_words = max_of(word + 1, 2 * n);
		t->seen = mem_resize(t->seen, t->n_seen_words,
				     sizeof(*t->seen));
		memset(t->seen + n, 0,
		       (t->n_seen_words - n) * sizeof(*t->seen));
	}
	if (t->seen[word] & bit)
		return false;
	t->seen[word] |= bit;
	return true;
}

static void tap_count(struct tap *t, uint32_t number)
{
	t->n_points++;
	t->n_failed += t->point.state == TAP_FAILED;
	t->highest = max_of(t->highest, number);
	if (t->plan_ended)
		tap_break(t, "there are points on both sides of the plan");
	if (number == 0 || number > TAP_POINTS_MAX)
		tap_break(t, "there is a point with number %" PRIu32, number);
	else if (!tap_see(t, number))
		tap_break(t, "number %" PRIu32 " is there twice", number);
}

/* at: behind "ok". */
static void tap_take_point(struct tap *t, bool ok, const char *at)
{
	uint32_t number = t->n_points + 1;

	at = tap_line_skip_blanks(at);
	tap_line_take_number(&at, &number);
	at = tap_line_skip_blanks(at);
	if (*at == '-')
		at = tap_line_skip_blanks(at + 1);
	tap_read_name(t, ok, at);
	t->point.number = number;
	t->pending = true;
	t->inner_failed = false;
	tap_count(t, number);
}

/* ---- other lines ----------------------------------------------------- */

/* "1..N", and behind it nothing or a directive. */
static bool tap_take_plan(struct tap *t, const char *line)
{
	const char *at = line + 3;
	uint32_t n;

	if (strncmp(line, "1..", 3) != 0 || !tap_line_take_number(&at, &n))
		return false;
	at = tap_line_skip_blanks(at);
	if (*at && *at != '#')
		return false;
	if (t->has_plan)
		tap_break(t, "there are two plans");
	if (n > TAP_POINTS_MAX)
		tap_break(t, "the plan has more than %u points",
			  TAP_POINTS_MAX);
	t->has_plan = true;
	t->planned = n;
	t->plan_ended = t->n_points > 0;
	at = *at ? tap_line_skip_blanks(at + 1) : at;
	if (n == 0 && strncasecmp(at, "skip", 4) == 0)
		for (at += 4; *at && !tap_line_is_blank(*at); at++)
			;
	if (n == 0)
		snprintf(t->remark, sizeof(t->remark), "%.*s",
			 (int)sizeof(t->remark) - 1, tap_line_skip_blanks(at));
	return true;
}

static bool tap_take_bail(struct tap *t, const char *line)
{
	const char *at = tap_line_skip_blanks(line);

	/* Of a subtest too: the whole program gives up. */
	if (strncasecmp(at, "Bail out!", 9) != 0)
		return false;
	if (!t->bailed)
		snprintf(t->remark, sizeof(t->remark), "%.*s",
			 (int)sizeof(t->remark) - 1, tap_line_skip_blanks(at + 9));
	t->bailed = true;
	return true;
}

static bool tap_take_version(struct tap *t, const char *line)
{
	const char *at = line + 12;
	uint32_t version;

	if (strncasecmp(line, "TAP version ", 12) != 0 ||
	    !tap_line_take_number(&at, &version) || *tap_line_skip_blanks(at))
		return false;
	if (t->spoke)
		tap_break(t, "the version is not in the first line");
	if (version < 12 || version > 14)
		tap_break(t, "TAP version %" PRIu32 " is unknown", version);
	return true;
}

static bool tap_take_pragma(struct tap *t, const char *line)
{
	const char *at;

	if (strncmp(line, "pragma ", 7) != 0)
		return false;
	for (at = line + 7; *at; at++)
		if ((*at == '+' || *at == '-') &&
		    strncmp(at + 1, "strict", 6) == 0 &&
		    !isalnum((unsigned char)at[7]))
			t->strict = *at == '+';
	return true;
}

static void tap_take_other(struct tap *t, const char *line)
{
	if (tap_line_looks_failed(line))
		tap_break(t, "this looks like a failed point, and is none: "
			  "\"%.40s\"", tap_line_skip_paint(line));
	else if (t->strict)
		tap_break(t, "by its pragma +strict this may not be there: "
			  "\"%.40s\"", line);
}

/* What a subtest says is the word of the point behind it; one must be. */
static void tap_take_inner(struct tap *t, const char *line)
{
	const char *directive = tap_line_find_directive(line);

	if (directive)
		directive = tap_line_skip_blanks(directive + 1);
	t->inner_failed |= tap_line_looks_failed(line) &&
			   tap_state_of(false, directive) == TAP_FAILED;
	tap_take_detail(t, line);
}

/* A line in the first column, which ends what belongs to the last point. */
static void tap_take_outer(struct tap *t, const char *line)
{
	bool known = true;

	if (*line == '#') {
		tap_take_detail(t, line);
		return;
	}
	tap_tell(t);
	if (tap_line_is_ok(line))
		tap_take_point(t, true, line + 2);
	else if (strncmp(line, "not ", 4) == 0 && tap_line_is_ok(line + 4))
		tap_take_point(t, false, line + 6);
	else
		known = tap_take_plan(t, line) || tap_take_version(t, line) ||
			tap_take_pragma(t, line);
	if (!known)
		tap_take_other(t, line);
	t->spoke |= known;
}

static void tap_take_line(struct tap *t)
{
	if (t->len > 0 && t->text[t->len - 1] == '\r')
		t->len--;
	t->text[t->len] = '\0';
	t->len = 0;
	/* What comes behind a bail-out is not the test's any more. */
	if (t->bailed || !t->text[0])
		return;
	if (t->in_yaml && strncmp(t->text, "  ", 2) == 0)
		tap_take_detail(t, t->text);
	else if (tap_take_bail(t, t->text))
		return;
	else if (tap_line_is_blank(t->text[0]))
		tap_take_inner(t, t->text);
	else
		tap_take_outer(t, t->text);
}

void tap_feed(struct tap *t, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		char c = bytes[i];

		if (c == '\0')
			c = ' '; /* it would hide what follows */
		if (c == '\n')
			tap_take_line(t);
		else if (t->len < TAP_LINE_MAX)
			t->text[t->len++] = c;
	}
}

/* ---- the end --------------------------------------------------------- */

static void tap_check_plan(struct tap *t)
{
	if (!t->has_plan)
		tap_break(t, t->n_points ? "there is no plan"
					 : "it printed no plan and no point");
	else if (t->n_points != t->planned)
		tap_break(t, "%" PRIu32 " point%s planned, %" PRIu32 " told",
			  t->planned, t->planned == 1 ? "" : "s", t->n_points);
	else if (t->highest > t->planned)
		tap_break(t, "point %" PRIu32 " is outside of the plan",
			  t->highest);
}

enum outcome tap_end(struct tap *t, char why[TAP_WHY_CAP])
{
	const char *more = "";

	if (t->len > 0)
		tap_take_line(t);
	tap_tell(t);
	*why = '\0';
	if (t->bailed) {
		snprintf(why, TAP_WHY_CAP, "Bail out!%s%.*s",
			 t->remark[0] ? " " : "", TAP_WHY_CAP - 16,
			 t->remark);
		return OUTCOME_ERROR;
	}
	tap_check_plan(t);
	if (t->inner_failed)
		tap_break(t, "a subtest failed, and no point is behind it");
	if (t->n_failed) {
		snprintf(why, TAP_WHY_CAP, "%" PRIu32 " of %" PRIu32
			 " points failed", t->n_failed, t->n_points);
		more = "; ";
	}
	if (tap_is_broken(t))
		snprintf(why + strlen(why), TAP_WHY_CAP - strlen(why), "%s%s",
			 more, t->broken);
	if (*why)
		return OUTCOME_FAIL;
	if (t->planned > 0)
		return OUTCOME_PASS;
	snprintf(why, TAP_WHY_CAP, "%s",
		 t->remark[0] ? t->remark : "its plan is 1..0");
	return OUTCOME_SKIP;
}
