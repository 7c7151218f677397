/* SPDX-License-Identifier: MIT */
#include "suite/meson.h"

#include "base/err.h"
#include "base/json_tree.h"
#include "base/str.h"
#include "suite/programs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Meson has no largest number where ours is one. */
#define NO_TIMEOUT 1e8

struct reader {
	struct programs *all;
	const char *folder;
	struct json_tree tree;
	struct str unmapped;
	struct programs_test *test; /* that is read */
};

static const struct json_node *meson_get(const struct reader *r,
					 const struct json_node *test,
					 const char *key)
{
	return json_tree_get(&r->tree, test, key);
}

static const char *meson_text(const struct reader *r,
			      const struct json_node *test, const char *key,
			      const char *deflt)
{
	return json_tree_text(meson_get(r, test, key), deflt);
}

/* "project:suite" -> "suite" */
static const char *meson_suite(const char *text)
{
	const char *colon = strrchr(text, ':');

	return colon && colon[1] ? colon + 1 : text;
}

static void meson_read_suites(struct reader *r, const struct json_node *test)
{
	struct shmrun_attrs *a = &r->test->attrs;
	const struct json_node *at =
		json_tree_first(&r->tree, meson_get(r, test, "suite"));

	r->test->scope = programs_word(
		r->all, meson_suite(json_tree_text(at, "meson")));
	for (; at; at = json_tree_next(&r->tree, at)) {
		const char *tag = programs_word(
			r->all, meson_suite(json_tree_text(at, "_")));

		if (strchr(tag, ','))
			continue;
		a->tags = a->tags ? programs_keepf(r->all, "%s,%s", a->tags,
						   tag)
				  : tag;
	}
}

/* What is written there is what Meson puts in front of a search path; it says
 * no more of it. */
static void meson_add_variable(struct reader *r, const char *name,
			       const char *value)
{
	const char *before = getenv("PATH");

	if (!name || strchr(name, '=') || !*name)
		return;
	if (strcmp(name, "PATH") == 0 && before)
		value = programs_keepf(r->all, "%s:%s", value, before);
	program_add(&r->test->program->env,
		    programs_keepf(r->all, "%s=%s", name, value));
}

static void meson_read_environment(struct reader *r,
				   const struct json_node *test)
{
	const struct json_node *at =
		json_tree_first(&r->tree, meson_get(r, test, "env"));

	for (; at; at = json_tree_next(&r->tree, at))
		meson_add_variable(r, at->key, json_tree_text(at, ""));
}

static void meson_read_attributes(struct reader *r,
				  const struct json_node *test)
{
	struct shmrun_attrs *a = &r->test->attrs;
	const struct json_node *parallel = meson_get(r, test, "is_parallel");
	double timeout = json_tree_number(meson_get(r, test, "timeout"), 30);
	double priority = json_tree_number(meson_get(r, test, "priority"), 0);

	a->timeout = timeout > 0 && timeout < NO_TIMEOUT ? timeout : NO_TIMEOUT;
	a->exclusive = parallel && !json_tree_is_true(parallel);
	a->priority = (int)max_of(min_of(priority, 100.0), -100.0);
}

static void meson_tell_unmapped(struct reader *r, const char *what)
{
	if (!strstr(str_get(&r->unmapped), what))
		str_addf(&r->unmapped, "%s%s", r->unmapped.len ? ", " : "",
			 what);
}

static void meson_read_protocol(struct reader *r, const struct json_node *test)
{
	const char *protocol = meson_text(r, test, "protocol", "exitcode");

	if (strcmp(protocol, "tap") == 0)
		r->test->program->protocol = PROGRAM_TAP;
	else if (strcmp(protocol, "exitcode") != 0 &&
		 strcmp(protocol, "gtest") != 0)
		meson_tell_unmapped(r, programs_keepf(r->all, "%.40s",
						      protocol));
	r->test->program->should_fail =
		json_tree_is_true(meson_get(r, test, "should_fail"));
}

static int meson_read_command(struct reader *r, const struct json_node *test,
			      struct err *err)
{
	struct program *p = r->test->program;
	const struct json_node *at =
		json_tree_first(&r->tree, meson_get(r, test, "cmd"));
	const char *path = json_tree_text(at, NULL);

	if (!path || !*path)
		return err_set(err, -EINVAL, "the test %s has no command",
			       r->test->name);
	p->path = program_path(path, r->folder);
	for (; at; at = json_tree_next(&r->tree, at))
		program_add(&p->argv, json_tree_text(at, ""));
	p->cwd = program_path(meson_text(r, test, "workdir", r->folder),
			      r->folder);
	return 0;
}

static int meson_read_test(struct reader *r, const struct json_node *test,
			   struct err *err)
{
	const char *name = meson_text(r, test, "name", NULL);

	if (!name)
		return err_set(err, -EINVAL, "there is a test without a name");
	r->test = programs_add(r->all);
	r->test->name = programs_word(r->all, name);
	r->test->file = "meson.build";
	meson_read_suites(r, test);
	meson_read_environment(r, test);
	meson_read_attributes(r, test);
	meson_read_protocol(r, test);
	return meson_read_command(r, test, err);
}

int meson_parse(struct programs *all, const char *folder, char *bytes,
		size_t len, struct err *unmapped, struct err *err)
{
	struct reader r = { .all = all, .folder = folder };
	int ret = json_tree_parse(&r.tree, bytes, len, err);
	const struct json_node *root = json_tree_root(&r.tree), *at;

	if (ret == 0 && root->kind != JSON_ARRAY)
		ret = err_set(err, -EINVAL, "it is no list of Meson's tests");
	for (at = json_tree_first(&r.tree, root); at && ret == 0;
	     at = json_tree_next(&r.tree, at))
		ret = meson_read_test(&r, at, err);
	if (ret == 0 && r.unmapped.len)
		err_set(unmapped, -ENOTSUP, "protocols of which only the exit "
			"status is read: %s", str_get(&r.unmapped));
	json_tree_fini(&r.tree);
	str_fini(&r.unmapped);
	return ret;
}
