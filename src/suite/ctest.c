/* SPDX-License-Identifier: MIT */
#include "suite/ctest.h"

#include "base/err.h"
#include "base/json_tree.h"
#include "base/str.h"
#include "base/vec.h"
#include "suite/programs.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A name and a test that has to do with it: it is called so, or sets the
 * fixture up. */
struct named {
	const char *name;
	uint32_t ix;
};

struct names {
	struct named *items;
	uint32_t n, cap;
};

/* A test that waits for a name's. */
struct wait {
	uint32_t ix;
	const char *name;
	bool fixture;
};

struct waits {
	struct wait *items;
	uint32_t n, cap;
};

struct reader {
	struct programs *all;
	const char *folder;
	struct json_tree tree;
	struct names tests, setups;
	struct waits waits;
	struct str unmapped;
	/* the test that is read */
	struct programs_test *test;
	uint32_t ix;
};

/* ---- patterns -------------------------------------------------------- */

/* Within brackets [ is a character, and [:alpha:] some of them. */
static bool ctest_is_class(const char *p)
{
	return *p == '[' && p[1] && strchr(":.=", p[1]);
}

/* What is in brackets, up to their end: a [ that would begin a class comes last,
 * but for a - that is none of a range there.  Where it ends a range it stays, as
 * the collating element that not every libc knows. */
static const char *ctest_add_bracketed(struct str *out, const char *p)
{
	bool late = false;

	for (; *p && *p != ']'; p++) {
		if (ctest_is_class(p) && p[-1] == '-')
			str_add(out, "[.[.]");
		else if (ctest_is_class(p))
			late = true;
		else if (!late || *p != '-' || p[1] != ']')
			str_add_char(out, *p);
	}
	if (late)
		str_add(out, p[-1] == '-' ? "[-" : "[");
	return p;
}

/* As POSIX writes it: here { is a character, and \ makes any character one,
 * also such as \< and \', which would be more than that. */
static char *ctest_pattern(const char *cmake)
{
	struct str out = STR_INIT;
	const char *p;

	for (p = cmake; *p; p++) {
		if (*p == '[') {
			str_add_char(&out, *p);
			if (p[1] == '^')
				str_add_char(&out, *++p);
			if (p[1] == ']')
				str_add_char(&out, *++p);
			p = ctest_add_bracketed(&out, p + 1);
			if (!*p)
				break;
			str_add_char(&out, *p);
		} else if (*p == '\\' && p[1]) {
			if (strchr(".[]()*+?{}|^$\\", *++p))
				str_add_char(&out, '\\');
			str_add_char(&out, *p);
		} else {
			if (*p == '{' || *p == '}')
				str_add_char(&out, '\\');
			str_add_char(&out, *p);
		}
	}
	return out.text ? out.text : mem_strdup("");
}

/* ---- values ---------------------------------------------------------- */

/* The first text of a list, or the text that is one. */
static const struct json_node *ctest_first(const struct reader *r,
					   const struct json_node *value)
{
	return value->kind == JSON_ARRAY ? json_tree_first(&r->tree, value)
					 : value;
}

static void ctest_add_texts(const struct reader *r, char ***list,
			    const struct json_node *value)
{
	const struct json_node *at;

	for (at = ctest_first(r, value); at;
	     at = json_tree_next(&r->tree, at))
		program_add(list, json_tree_text(at, ""));
}

static void ctest_add_patterns(const struct reader *r, char ***list,
			       const struct json_node *value)
{
	const struct json_node *at;

	for (at = ctest_first(r, value); at;
	     at = json_tree_next(&r->tree, at)) {
		char *pattern = ctest_pattern(json_tree_text(at, ""));

		program_add(list, pattern);
		free(pattern);
	}
}

/* A part of a list in which commas and colons mean something. */
static const char *ctest_word(struct reader *r, const char *text)
{
	char *word = mem_strdup(text), *p;
	const char *kept;

	for (p = word; *p; p++)
		if (*p == ',' || *p == ':')
			*p = '_';
	kept = programs_word(r->all, word);
	free(word);
	return kept;
}

static const char *ctest_words(struct reader *r, const char *before,
			       const struct json_node *value)
{
	const struct json_node *at;

	for (at = ctest_first(r, value); at;
	     at = json_tree_next(&r->tree, at)) {
		const char *word = ctest_word(r, json_tree_text(at, ""));

		before = before ? programs_keepf(r->all, "%s,%s", before, word)
				: word;
	}
	return before;
}

/* Booleans are so, or are written as CMake does. */
static bool ctest_is_on(const struct json_node *value)
{
	const char *text = json_tree_text(value, "");

	return json_tree_is_true(value) || json_tree_number(value, 0) != 0 ||
	       strcasecmp(text, "on") == 0 || strcasecmp(text, "true") == 0 ||
	       strcasecmp(text, "yes") == 0 || strcmp(text, "1") == 0;
}

static double ctest_number(const struct json_node *value, double lo, double hi)
{
	double number = json_tree_number(value, 0);

	if (value->kind == JSON_TEXT)
		number = strtod(value->text, NULL);
	if (!isfinite(number))
		number = 0;
	return number < lo ? lo : number > hi ? hi : number;
}

/* ---- properties ------------------------------------------------------ */

static void ctest_wait_for(struct reader *r, const struct json_node *value,
			   bool fixture)
{
	struct waits *w = &r->waits;
	const struct json_node *at;

	for (at = ctest_first(r, value); at;
	     at = json_tree_next(&r->tree, at)) {
		vec_room(w->items, w->n, w->cap);
		w->items[w->n++] = (struct wait){
			.ix = r->ix,
			.name = json_tree_text(at, ""),
			.fixture = fixture,
		};
	}
}

static void ctest_add_name(struct names *names, const char *name, uint32_t ix)
{
	vec_room(names->items, names->n, names->cap);
	names->items[names->n++] = (struct named){ name, ix };
}

static void ctest_set_up(struct reader *r, const struct json_node *value)
{
	const struct json_node *at;

	for (at = ctest_first(r, value); at;
	     at = json_tree_next(&r->tree, at))
		ctest_add_name(&r->setups, json_tree_text(at, ""), r->ix);
}

/* What is said of the program. */
static bool ctest_set_program(struct reader *r, const char *name,
			      const struct json_node *value)
{
	struct program *p = r->test->program;

	if (strcmp(name, "WILL_FAIL") == 0) {
		p->should_fail = ctest_is_on(value);
	} else if (strcmp(name, "WORKING_DIRECTORY") == 0) {
		free(p->cwd);
		p->cwd = program_path(json_tree_text(value, "."), r->folder);
	} else if (strcmp(name, "ENVIRONMENT") == 0) {
		ctest_add_texts(r, &p->env, value);
	} else if (strcmp(name, "REQUIRED_FILES") == 0) {
		ctest_add_texts(r, &p->files, value);
	} else if (strcmp(name, "PASS_REGULAR_EXPRESSION") == 0) {
		ctest_add_patterns(r, &p->patterns.pass, value);
	} else if (strcmp(name, "FAIL_REGULAR_EXPRESSION") == 0) {
		ctest_add_patterns(r, &p->patterns.fail, value);
	} else if (strcmp(name, "SKIP_REGULAR_EXPRESSION") == 0) {
		ctest_add_patterns(r, &p->patterns.skip, value);
	} else if (strcmp(name, "SKIP_RETURN_CODE") == 0) {
		p->skip_status = (int)ctest_number(value, -1, 255);
	} else {
		return false;
	}
	return true;
}

/* What is said of when it runs. */
static bool ctest_set_attribute(struct reader *r, const char *name,
				const struct json_node *value)
{
	struct shmrun_attrs *a = &r->test->attrs;

	if (strcmp(name, "TIMEOUT") == 0)
		a->timeout = ctest_number(value, 0, 1e9);
	else if (strcmp(name, "COST") == 0)
		a->cost = ctest_number(value, 0, 1e9);
	else if (strcmp(name, "PROCESSORS") == 0)
		a->weight = (int)ctest_number(value, 1, 1e6);
	else if (strcmp(name, "RUN_SERIAL") == 0)
		a->exclusive = ctest_is_on(value);
	else if (strcmp(name, "DISABLED") == 0)
		a->disabled = ctest_is_on(value);
	else if (strcmp(name, "LABELS") == 0)
		a->tags = ctest_words(r, a->tags, value);
	else if (strcmp(name, "RESOURCE_LOCK") == 0)
		a->lock = ctest_words(r, a->lock, value);
	else if (strcmp(name, "FIXTURES_CLEANUP") == 0)
		a->last = true;
	else if (strcmp(name, "FIXTURES_SETUP") == 0)
		ctest_set_up(r, value);
	else if (strcmp(name, "FIXTURES_REQUIRED") == 0)
		ctest_wait_for(r, value, true);
	else if (strcmp(name, "DEPENDS") == 0)
		ctest_wait_for(r, value, false);
	else
		return false;
	return true;
}

/* What would change how a test runs or ends, and is not done here. */
static void ctest_tell_unmapped(struct reader *r, const char *name)
{
	static const char *const names[] = {
		"ENVIRONMENT_MODIFICATION", "RESOURCE_GROUPS",
		"TIMEOUT_AFTER_MATCH", "PROCESSOR_AFFINITY",
		"GENERATED_RESOURCE_SPEC_FILE", "TIMEOUT_SIGNAL_NAME",
		"TIMEOUT_SIGNAL_GRACE_PERIOD",
	};
	size_t i;

	for (i = 0; i < array_size(names); i++) {
		if (strcmp(name, names[i]) != 0 ||
		    strstr(str_get(&r->unmapped), name))
			continue;
		str_addf(&r->unmapped, "%s%s", r->unmapped.len ? ", " : "",
			 name);
	}
}

static void ctest_read_property(struct reader *r, const struct json_node *at)
{
	const char *name =
		json_tree_text(json_tree_get(&r->tree, at, "name"), "");
	const struct json_node *value = json_tree_get(&r->tree, at, "value");

	if (value && !ctest_set_program(r, name, value) &&
	    !ctest_set_attribute(r, name, value))
		ctest_tell_unmapped(r, name);
}

/* ---- tests ----------------------------------------------------------- */

/* Where add_test() stands. */
static void ctest_read_place(struct reader *r, const struct json_node *test)
{
	const struct json_node *graph = json_tree_get(
		&r->tree, json_tree_root(&r->tree), "backtraceGraph");
	double ix = json_tree_number(
		json_tree_get(&r->tree, test, "backtrace"), -1);
	const struct json_node *node, *file;

	if (!(ix >= 0 && ix < 1e9))
		return;
	node = json_tree_at(&r->tree, json_tree_get(&r->tree, graph, "nodes"),
			    (uint32_t)ix);
	ix = json_tree_number(json_tree_get(&r->tree, node, "file"), -1);
	if (!(ix >= 0 && ix < 1e9))
		return;
	file = json_tree_at(&r->tree, json_tree_get(&r->tree, graph, "files"),
			    (uint32_t)ix);
	r->test->file = programs_keep(r->all, json_tree_text(file, ""));
	ix = json_tree_number(json_tree_get(&r->tree, node, "line"), 0);
	r->test->line = ix > 0 && ix < 1e9 ? (uint32_t)ix : 0;
}

/* Without a command there is no such program: it has not been built. */
static void ctest_read_command(struct reader *r, const struct json_node *test)
{
	struct program *p = r->test->program;
	const struct json_node *command =
		json_tree_get(&r->tree, test, "command");
	const char *path =
		json_tree_text(json_tree_first(&r->tree, command), NULL);

	if (!path || !*path) {
		p->path = mem_strdup("");
		program_add(&p->argv, "");
		return;
	}
	p->path = program_path(path, r->folder);
	ctest_add_texts(r, &p->argv, command);
}

static int ctest_read_test(struct reader *r, const struct json_node *test,
			   struct err *err)
{
	const char *name =
		json_tree_text(json_tree_get(&r->tree, test, "name"), NULL);
	const struct json_node *at;

	if (!name)
		return err_set(err, -EINVAL, "ctest lists a test without a "
			       "name");
	r->ix = r->all->n;
	r->test = programs_add(r->all);
	r->test->scope = "ctest";
	r->test->name = programs_word(r->all, name);
	r->test->program->gnu = false;
	r->test->program->cwd = mem_strdup(r->folder);
	ctest_add_name(&r->tests, name, r->ix);
	ctest_read_place(r, test);
	ctest_read_command(r, test);
	for (at = json_tree_first(&r->tree,
				  json_tree_get(&r->tree, test, "properties"));
	     at; at = json_tree_next(&r->tree, at))
		ctest_read_property(r, at);
	return 0;
}

/* ---- what waits for what --------------------------------------------- */

static int ctest_by_name(const void *va, const void *vb)
{
	const struct named *a = va, *b = vb;
	int ret = strcmp(a->name, b->name);

	return ret ? ret : (a->ix > b->ix) - (a->ix < b->ix);
}

/* The first of a name; names->n = there is none. */
static uint32_t ctest_find(const struct names *names, const char *name)
{
	uint32_t lo = 0, hi = names->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (strcmp(names->items[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool ctest_ends_with(const char *list, const char *word)
{
	const char *last = strrchr(list, ',');

	return strcmp(last ? last + 1 : list, word) == 0;
}

/* A test waits for a group of its own, in which are those that it waits
 * for. */
static void ctest_link(struct reader *r, uint32_t ix, uint32_t on)
{
	struct programs_test *t = &r->all->items[ix];
	struct shmrun_attrs *a = &r->all->items[on].attrs;

	/* What cleans up is the last of all, whatever has failed. */
	if (ix == on || t->attrs.last)
		return;
	if (!t->attrs.after)
		t->attrs.after = programs_keepf(r->all, "before-%u", ix);
	/* It may be named by its name and by its fixture. */
	if (a->affinity && ctest_ends_with(a->affinity, t->attrs.after))
		return;
	a->affinity = a->affinity
			      ? programs_keepf(r->all, "%s,%s", a->affinity,
					       t->attrs.after)
			      : t->attrs.after;
}

static void ctest_resolve(struct reader *r)
{
	uint32_t i, at;

	if (r->tests.n)
		qsort(r->tests.items, r->tests.n, sizeof(*r->tests.items),
		      ctest_by_name);
	if (r->setups.n)
		qsort(r->setups.items, r->setups.n, sizeof(*r->setups.items),
		      ctest_by_name);
	for (i = 0; i < r->waits.n; i++) {
		const struct wait *w = &r->waits.items[i];
		const struct names *names = w->fixture ? &r->setups : &r->tests;

		for (at = ctest_find(names, w->name);
		     at < names->n &&
		     strcmp(names->items[at].name, w->name) == 0;
		     at++)
			ctest_link(r, w->ix, names->items[at].ix);
	}
}

/* ---- all ------------------------------------------------------------- */

static int ctest_read(struct reader *r, struct err *err)
{
	const struct json_node *root = json_tree_root(&r->tree), *at;
	const char *kind =
		json_tree_text(json_tree_get(&r->tree, root, "kind"), "");
	int ret = 0;

	if (strcmp(kind, "ctestInfo") != 0)
		return err_set(err, -EINVAL, "what ctest prints is no list of "
			       "tests");
	for (at = json_tree_first(&r->tree,
				  json_tree_get(&r->tree, root, "tests"));
	     at && ret == 0; at = json_tree_next(&r->tree, at))
		ret = ctest_read_test(r, at, err);
	return ret;
}

int ctest_parse(struct programs *all, const char *folder, char *bytes,
		size_t len, struct err *unmapped, struct err *err)
{
	struct reader r = { .all = all, .folder = folder };
	int ret = json_tree_parse(&r.tree, bytes, len, err);

	if (ret == 0)
		ret = ctest_read(&r, err);
	if (ret == 0)
		ctest_resolve(&r);
	if (ret == 0 && r.unmapped.len)
		err_set(unmapped, -ENOTSUP, "properties that are not heeded: "
			"%s", str_get(&r.unmapped));
	json_tree_fini(&r.tree);
	str_fini(&r.unmapped);
	free(r.tests.items);
	free(r.setups.items);
	free(r.waits.items);
	return ret;
}
