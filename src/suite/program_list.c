/* SPDX-License-Identifier: MIT */
#include "suite/program_list.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "suite/programs.h"
#include "suite/words.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 65536u

struct reader {
	struct programs *all;
	const struct program_list *from;
	struct words words;
	struct programs_test *test; /* of this line */
	uint32_t line;
};

/* ---- settings -------------------------------------------------------- */

static bool set_flag(bool *flag, const char *value)
{
	*flag = true;
	return !value;
}

static bool set_seconds(double *seconds, const char *value)
{
	char *end;

	if (!value || !isdigit((unsigned char)*value))
		return false;
	*seconds = strtod(value, &end);
	return *end == '\0';
}

static bool set_number(long *number, long max, const char *value)
{
	char *end;

	if (!value || !*value)
		return false;
	*number = strtol(value, &end, 10);
	return *end == '\0' && *number <= max && *number >= -max;
}

static bool set_text(struct reader *r, const char **text, const char *value)
{
	if (!value || !*value)
		return false;
	*text = programs_keep(r->all, value);
	return true;
}

static bool set_pattern(char ***list, const char *value)
{
	if (!value || !*value)
		return false;
	program_add(list, value);
	return true;
}

static bool set_is(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && memcmp(word, name, len) == 0;
}

/* What is set to a text or a time. */
static bool set_attribute(struct reader *r, const char *word, size_t len,
			  const char *value, bool *good)
{
	struct shmrun_attrs *a = &r->test->attrs;
	const struct {
		const char *name;
		const char **text;
		double *seconds;
	} rows[] = {
		{ "lock", &a->lock, NULL },
		{ "affinity", &a->affinity, NULL },
		{ "after", &a->after, NULL },
		{ "serial", &a->serial, NULL },
		{ "tags", &a->tags, NULL },
		{ "description", &a->description, NULL },
		{ "timeout", NULL, &a->timeout },
		{ "slow", NULL, &a->slow },
		{ "cost", NULL, &a->cost },
	};
	size_t i;

	for (i = 0; i < array_size(rows); i++) {
		if (!set_is(word, len, rows[i].name))
			continue;
		*good = rows[i].text ? set_text(r, rows[i].text, value)
				     : set_seconds(rows[i].seconds, value);
		return true;
	}
	return false;
}

/* What is a flag, or a number. */
static bool set_number_or_flag(struct reader *r, const char *word, size_t len,
			       const char *value, bool *good)
{
	struct shmrun_attrs *a = &r->test->attrs;
	struct program *p = r->test->program;
	long number = 0;

	if (set_is(word, len, "weight")) {
		*good = set_number(&number, 1000000, value) && number > 0;
		a->weight = (int)number;
	} else if (set_is(word, len, "priority")) {
		*good = set_number(&number, 100, value);
		a->priority = (int)number;
	} else if (set_is(word, len, "skip")) {
		*good = set_number(&number, 255, value) && number > 0;
		p->skip_status = (int)number;
	} else if (set_is(word, len, "exclusive")) {
		*good = set_flag(&a->exclusive, value);
	} else if (set_is(word, len, "last")) {
		*good = set_flag(&a->last, value);
	} else if (set_is(word, len, "disabled")) {
		*good = set_flag(&a->disabled, value);
	} else if (set_is(word, len, "fails")) {
		*good = set_flag(&p->should_fail, value);
	} else if (set_is(word, len, "tap")) {
		p->protocol = PROGRAM_TAP;
		*good = !value;
	} else {
		return false;
	}
	return true;
}

/* What else says how it is run and judged. */
static bool set_program(struct reader *r, const char *word, size_t len,
			const char *value, bool *good)
{
	struct program *p = r->test->program;

	if (set_is(word, len, "name")) {
		*good = value && *value;
		r->test->name = programs_word(r->all, value ? value : "");
	} else if (set_is(word, len, "cwd")) {
		*good = value && *value && !p->cwd;
		if (*good)
			p->cwd = program_path(value, r->from->folder);
	} else if (set_is(word, len, "pass-match")) {
		*good = set_pattern(&p->patterns.pass, value);
	} else if (set_is(word, len, "fail-match")) {
		*good = set_pattern(&p->patterns.fail, value);
	} else if (set_is(word, len, "skip-match")) {
		*good = set_pattern(&p->patterns.skip, value);
	} else {
		return false;
	}
	return true;
}

/* "@word" or "@word=value" */
static int reader_set(struct reader *r, const char *word, struct err *err)
{
	size_t len = strcspn(word, "=");
	const char *value = word[len] ? word + len + 1 : NULL;
	bool good = true;

	if (!set_attribute(r, word, len, value, &good) &&
	    !set_number_or_flag(r, word, len, value, &good) &&
	    !set_program(r, word, len, value, &good))
		return err_set(err, -EINVAL, "%s:%" PRIu32 ": there is no "
			       "setting @%.*s", r->from->file, r->line,
			       (int)min_of(len, (size_t)64), word);
	if (!good)
		return err_set(err, -EINVAL, "%s:%" PRIu32 ": @%.*s has a value "
			       "that it cannot have", r->from->file, r->line,
			       (int)min_of(len, (size_t)64), word);
	return 0;
}

/* ---- lines ----------------------------------------------------------- */

static bool reader_is_variable(const char *word)
{
	const char *p = word;

	if (!isalpha((unsigned char)*p) && *p != '_')
		return false;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	return *p == '=';
}

/* The program and its arguments. */
static int reader_take_program(struct reader *r, uint32_t at, struct err *err)
{
	struct programs_test *t = r->test;
	struct program *p = t->program;
	const char *path, *base;

	if (at == r->words.n)
		return err_set(err, -EINVAL, "%s:%" PRIu32 ": it names no "
			       "program", r->from->file, r->line);
	path = r->words.items[at];
	base = strrchr(path, '/');
	p->path = program_find(path, r->from->folder);
	if (!t->name)
		t->name = programs_word(r->all, base ? base + 1 : path);
	if (!p->cwd)
		p->cwd = mem_strdup(r->from->folder);
	for (; at < r->words.n; at++)
		program_add(&p->argv, r->words.items[at]);
	if (program_check_file(p->path, err) < 0)
		return err_wrap(err, "%s:%" PRIu32 ": %s", r->from->file,
				r->line, path);
	return 0;
}

static int reader_take_line(struct reader *r, struct err *err)
{
	struct programs_test *t = r->test = programs_add(r->all);
	const struct words *w = &r->words;
	uint32_t at;
	int ret = 0;

	t->scope = r->from->scope;
	t->file = r->from->file;
	t->line = r->line;
	t->name = NULL;
	for (at = 0; at < w->n && ret == 0; at++) {
		const char *word = w->items[at];

		if (*word == '@')
			ret = reader_set(r, word + 1, err);
		else if (reader_is_variable(word))
			program_add(&t->program->env, word);
		else
			break;
	}
	return ret < 0 ? ret : reader_take_program(r, at, err);
}

/* One line; a NUL in it would hide what follows. */
static int reader_line(struct reader *r, const char *at, const char *end,
		       struct err *err)
{
	if (end > at && end[-1] == '\r')
		end--;
	if ((size_t)(end - at) > LINE_MAX_BYTES ||
	    memchr(at, '\0', (size_t)(end - at)))
		return err_set(err, -EINVAL, "%s:%" PRIu32 ": it is no line of "
			       "text", r->from->file, r->line);
	if (!words_split(&r->words, at, end))
		return err_set(err, -EINVAL, "%s:%" PRIu32 ": a quote is not "
			       "closed, or there are too many words",
			       r->from->file, r->line);
	return r->words.n ? reader_take_line(r, err) : 0;
}

int program_list_parse(struct programs *all, const struct program_list *from,
		       const char *text, size_t len, struct err *err)
{
	struct reader r = { .all = all, .from = from };
	const char *at = text, *end = text + len, *stop;
	int ret = 0;

	for (; at < end && ret == 0; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop)
			stop = end;
		r.line++;
		ret = reader_line(&r, at, stop, err);
	}
	words_fini(&r.words);
	return ret;
}
