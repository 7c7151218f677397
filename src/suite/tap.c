/* SPDX-License-Identifier: MIT */
#include "suite/tap.h"

#include "base/compiler.h"
#include "base/mem.h"

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

/* ---- text ------------------------------------------------------------ */

static bool tap_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *tap_skip_blanks(const char *at)
{
	while (tap_is_blank(*at))
		at++;
	return at;
}

/* Digits; what is above any limit stays there.  False when there are none. */
static bool tap_take_number(const char **at, uint32_t *number)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)**at))
		return false;
	for (; isdigit((unsigned char)**at); (*at)++)
		value = min_of(value * 10 + (uint64_t)(**at - '0'),
			       (uint64_t)UINT32_MAX);
	*number = (uint32_t)value;
	return true;
}

/* Copies len bytes to out, which has room, without \ in front of # and \,
 * and without blanks at the end. */
static void tap_copy(char *out, const char *at, size_t len)
{
	const char *end = at + len;
	char *to = out;

	while (at < end) {
		if (*at == '\\' && at + 1 < end &&
		    (at[1] == '#' || at[1] == '\\'))
			at++;
		*to++ = *at++;
	}
	while (to > out && tap_is_blank(to[-1]))
		to--;
	*to = '\0';
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

/* "file: x" and "line: 3" of a YAML block, at any depth; and as JSON, on one
 * line, what shmrun itself writes. */
static const char *tap_find_key(const char *line, const char *key)
{
	size_t len = strlen(key);
	const char *at;

	for (at = strstr(line, key); at; at = strstr(at + 1, key)) {
		const char *value = at + len;

		if (at > line && !strchr(" \t{,\"-", at[-1]))
			continue;
		if (*value == '"')
			value++;
		if (*value == ':')
			return tap_skip_blanks(value + 1);
	}
	return NULL;
}

static void tap_find_place(struct tap *t, const char *line)
{
	const char *value = tap_find_key(line, "file");
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
	value = tap_find_key(line, "line");
	if (value && t->point.line == 0 && tap_take_number(&value, &number))
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

/* The # of a directive, which stands apart; NULL = there is none. */
static const char *tap_find_directive(const char *text)
{
	const char *at;

	for (at = text; *at; at++) {
		const char *word;

		if (*at == '\\' && at[1]) {
			at++;
			continue;
		}
		if (*at != '#' || (at > text && !tap_is_blank(at[-1])))
			continue;
		word = tap_skip_blanks(at + 1);
		if ((strncasecmp(word, "skip", 4) == 0 ||
		     strncasecmp(word, "todo", 4) == 0) &&
		    !isalnum((unsigned char)word[4]) && word[4] != '_')
			return at;
	}
	return NULL;
}

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
	const char *directive = tap_find_directive(text);
	size_t len = directive ? (size_t)(directive - text) : strlen(text);

	t->reason[0] = t->file[0] = '\0';
	t->detail_len = 0;
	t->point = (struct tap_point){ .name = t->name,
				       .reason = t->reason,
				       .detail = t->detail,
				       .file = t->file };
	tap_copy(t->name, text, len);
	if (directive) {
		directive = tap_skip_blanks(directive + 1);
		text = tap_skip_blanks(directive + 4);
		tap_copy(t->reason, text, strlen(text));
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

	at = tap_skip_blanks(at);
	tap_take_number(&at, &number);
	at = tap_skip_blanks(at);
	if (*at == '-')
		at = tap_skip_blanks(at + 1);
	tap_read_name(t, ok, at);
	t->point.number = number;
	t->pending = true;
	tap_count(t, number);
}

/* ---- other lines ----------------------------------------------------- */

/* "1..N", and behind it nothing or a directive. */
static bool tap_take_plan(struct tap *t, const char *line)
{
	const char *at = line + 3;
	uint32_t n;

	if (strncmp(line, "1..", 3) != 0 || !tap_take_number(&at, &n))
		return false;
	at = tap_skip_blanks(at);
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
	at = *at ? tap_skip_blanks(at + 1) : at;
	if (n == 0 && strncasecmp(at, "skip", 4) == 0)
		for (at += 4; *at && !tap_is_blank(*at); at++)
			;
	if (n == 0)
		snprintf(t->remark, sizeof(t->remark), "%.*s",
			 (int)sizeof(t->remark) - 1, tap_skip_blanks(at));
	return true;
}

static bool tap_take_bail(struct tap *t, const char *line)
{
	const char *at = tap_skip_blanks(line);

	/* Of a subtest too: the whole program gives up. */
	if ((at - line) % 4 != 0 || strncasecmp(at, "Bail out!", 9) != 0)
		return false;
	if (!t->bailed)
		snprintf(t->remark, sizeof(t->remark), "%.*s",
			 (int)sizeof(t->remark) - 1, tap_skip_blanks(at + 9));
	t->bailed = true;
	return true;
}

static bool tap_take_version(struct tap *t, const char *line)
{
	const char *at = line + 12;
	uint32_t version;

	if (strncasecmp(line, "TAP version ", 12) != 0 ||
	    !tap_take_number(&at, &version) || *tap_skip_blanks(at))
		return false;
	if (t->spoke)
		tap_break(t, "the version is not in the first line");
	if (version < 12 || version > 14)
		tap_break(t, "TAP version %" PRIu32 " is unknown", version);
	return true;
}

/* Behind "ok" there is no word that goes on. */
static bool tap_is_ok(const char *at)
{
	return strncmp(at, "ok", 2) == 0 && !isalnum((unsigned char)at[2]) &&
	       at[2] != '_';
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
	if (tap_is_ok(line))
		tap_take_point(t, true, line + 2);
	else if (strncmp(line, "not ", 4) == 0 && tap_is_ok(line + 4))
		tap_take_point(t, false, line + 6);
	else
		known = tap_take_plan(t, line) || tap_take_version(t, line);
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
	else if (tap_is_blank(t->text[0]))
		tap_take_detail(t, t->text);
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
