/* SPDX-License-Identifier: MIT */
#include "suite/criterion_list.h"

#include "base/err.h"
#include "suite/programs.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NO_LIST "what it prints with --list is no list of Criterion's: does "  \
		"its main() take arguments?"

struct reader {
	struct programs *all;
	const char *path;    /* absolute */
	const char *scope;   /* NULL = none yet */
	unsigned long wanted; /* tests of it that are still to come */
};

/* An identifier at *at, which goes behind it; NULL = there is none. */
static const char *list_word(struct reader *r, const char **at)
{
	const char *begin = *at;

	while (isalnum((unsigned char)**at) || **at == '_')
		(*at)++;
	if (*at == begin)
		return NULL;
	return programs_keepf(r->all, "%.*s", (int)(*at - begin), begin);
}

/* "scope: 3 tests" */
static bool list_take_scope(struct reader *r, const char *line)
{
	const char *scope = list_word(r, &line);
	char *end;

	if (r->wanted || !scope || strncmp(line, ": ", 2) != 0 ||
	    !isdigit((unsigned char)line[2]))
		return false;
	r->wanted = strtoul(line + 2, &end, 10);
	r->scope = scope;
	return strcmp(end, r->wanted == 1 ? " test" : " tests") == 0;
}

static void list_add(struct reader *r, const char *name, bool disabled)
{
	struct programs_test *t = programs_add(r->all);
	struct program *p = t->program;

	t->scope = r->scope;
	t->name = name;
	t->file = r->path;
	t->attrs.disabled = disabled;
	p->path = program_path(r->path, NULL);
	p->cwd = program_path(".", NULL);
	p->protocol = PROGRAM_CRITERION;
	p->gnu = false;
	program_add(&p->argv, r->path);
	program_add(&p->argv, "-j1");
	program_add(&p->argv, programs_keepf(r->all, "--filter=%s/%s",
					     r->scope, name));
	program_add(&p->argv, programs_keepf(r->all, "--tap=/dev/fd/%d",
					     PROGRAM_REPORT_FD));
	program_add(&p->only, programs_keepf(r->all, "%s::%s", r->scope,
					     name));
}

/* "|-- name", "`-- name (skipped)", or drawn in UTF-8 */
static bool list_take_test(struct reader *r, const char *line)
{
	const char *name;

	while (*line && strchr("|`-", *line))
		line++;
	while (*line & 0x80)
		line++;
	if (!r->wanted || *line++ != ' ')
		return false;
	name = list_word(r, &line);
	if (!name || (*line && strcmp(line, " (skipped)") != 0))
		return false;
	r->wanted--;
	list_add(r, name, *line);
	return true;
}

int criterion_list_parse(struct programs *all, const char *path, char *text,
			 size_t len, struct err *err)
{
	struct reader r = { .all = all, .path = path };
	char *line, *end;

	text[len] = '\0';
	if (strlen(text) != len)
		return err_set(err, -EPROTO, NO_LIST);
	for (line = text; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (*line && !list_take_scope(&r, line) &&
		    !list_take_test(&r, line))
			return err_set(err, -EPROTO, NO_LIST);
	}
	return r.wanted ? err_set(err, -EPROTO, NO_LIST) : 0;
}
