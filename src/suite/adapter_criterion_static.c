/* SPDX-License-Identifier: MIT */
/*
 * Programs that have libcriterion.a in them, unmodified.
 *
 * Nothing can stand in front of what is linked in: the program says itself what
 * tests there are (--list), and is started for each with a --filter that means
 * that one (CRX-5).  What became of it is told in TAP, on a descriptor of its
 * own; a filter that chooses nothing is an error, although Criterion exits
 * with 0.
 */
#include "base/str.h"
#include "suite/elf.h"
#include "suite/programs.h"
#include "suite/tool.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NO_LIST "what it prints with --list is no list of Criterion's: does "  \
		"its main() take arguments?"
#define SLOW "libcriterion.a is linked into it: it is started anew for each "  \
	     "test; linked with libcriterion.so a test costs a fork"

static bool static_probe(const struct elf *elf)
{
	struct elf_section section;

	return !elf->shared && !elf_needs(elf, "libcriterion.so") &&
	       elf_find_section(elf, "cr_tst", &section);
}

/* ---- its list -------------------------------------------------------- */

struct reader {
	struct programs *all;
	const char *path;    /* absolute */
	const char *scope;   /* NULL = none yet */
	unsigned long wanted; /* tests of it that are still to come */
};

/* An identifier at *at, which goes behind it; NULL = there is none. */
static const char *static_word(struct reader *r, const char **at)
{
	const char *begin = *at;

	while (isalnum((unsigned char)**at) || **at == '_')
		(*at)++;
	if (*at == begin)
		return NULL;
	return programs_keepf(r->all, "%.*s", (int)(*at - begin), begin);
}

/* "scope: 3 tests" */
static bool static_take_scope(struct reader *r, const char *line)
{
	const char *scope = static_word(r, &line);
	char *end;

	if (r->wanted || !scope || strncmp(line, ": ", 2) != 0 ||
	    !isdigit((unsigned char)line[2]))
		return false;
	r->wanted = strtoul(line + 2, &end, 10);
	r->scope = scope;
	return strcmp(end, r->wanted == 1 ? " test" : " tests") == 0;
}

static void static_add(struct reader *r, const char *name, bool disabled)
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
static bool static_take_test(struct reader *r, const char *line)
{
	const char *name;

	while (*line && strchr("|`-", *line))
		line++;
	while (*line & 0x80)
		line++;
	if (!r->wanted || *line++ != ' ')
		return false;
	name = static_word(r, &line);
	if (!name || (*line && strcmp(line, " (skipped)") != 0))
		return false;
	r->wanted--;
	static_add(r, name, *line);
	return true;
}

/* All of it must be what it is expected to be: a main() that takes no
 * arguments has run its tests instead. */
static int static_parse(struct reader *r, char *text, struct err *err)
{
	char *line, *end;

	for (line = text; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (*line && !static_take_scope(r, line) &&
		    !static_take_test(r, line))
			return err_set(err, -EPROTO, NO_LIST);
	}
	return r->wanted ? err_set(err, -EPROTO, NO_LIST) : 0;
}

static int static_open(struct adapter_suite *s, struct err *err)
{
	struct programs *all = programs_open(s);
	struct reader r = { .all = all };
	char *path = program_path(s->path, NULL), *text = NULL;
	const char *argv[] = { path, "--list", NULL };
	size_t len = 0;
	int ret = program_check_file(path, err);

	r.path = programs_keep(all, path);
	if (ret == 0)
		ret = tool_run(argv, ".", &text, &len, err);
	if (ret == 0 && strlen(text) != len)
		ret = err_set(err, -EPROTO, NO_LIST);
	if (ret == 0)
		ret = static_parse(&r, text, err);
	if (ret == 0)
		err_set(&s->warning, -ENOTSUP, SLOW);
	free(text);
	free(path);
	return ret;
}

const struct adapter_ops adapter_criterion_static = {
	.name = "criterion",
	.help = "programs that have Criterion's library in them",
	.lost = "--list names none",
	.isolate = ISOLATE_EXEC,
	.programs = true,
	.probe = static_probe,
	.open = static_open,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};
