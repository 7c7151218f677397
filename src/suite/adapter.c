/* SPDX-License-Identifier: MIT */
#include "suite/adapter.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "suite/attributes.h"
#include "suite/elf.h"
#include "suite/names.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct adapter_ops *const adapter_table[] = {
	&adapter_native,
	&adapter_criterion,
	NULL,
};

const struct adapter_ops *adapter_find(const char *name)
{
	const struct adapter_ops *const *ops;

	for (ops = adapter_table; *ops; ops++)
		if (strcmp((*ops)->name, name) == 0)
			return *ops;
	return NULL;
}

/* ---- for adapters ---------------------------------------------------- */

int adapter_load(struct adapter_suite *s, int binding, struct err *err)
{
	struct str path = STR_INIT;

	if (!strchr(s->path, '/'))
		str_add(&path, "./");
	str_add(&path, s->path);
	s->handle = dlopen(str_get(&path), binding | RTLD_LOCAL);
	str_fini(&path);
	return s->handle ? 0 : err_set(err, -ENOEXEC, "%s", dlerror());
}

bool adapter_is_word(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	if (!text || !*text)
		return false;
	for (; *p; p++)
		if (*p <= ' ' || *p == '#' || *p == '\\' || *p == 0x7f)
			return false;
	return true;
}

int adapter_add_test(struct adapter_suite *s, const struct adapter_test *test,
		     const char *name, struct err *err)
{
	struct str full = STR_INIT;
	struct adapter_test *t;

	if (!adapter_is_word(test->scope) || !adapter_is_word(name))
		return err_set(err, -EINVAL,
			       "the test at %s:%u has an invalid name",
			       test->file, test->line);
	str_addf(&full, "%s::%s", test->scope, name);
	vec_room(s->tests, s->n_tests, s->cap_tests);
	t = &s->tests[s->n_tests++];
	*t = *test;
	t->name = full.text;
	t->scope_len = (uint32_t)strlen(test->scope);
	if (attributes_check(&t->attrs, err) < 0)
		return err_wrap(err, "%s at %s:%u", t->name, t->file, t->line);
	return 0;
}

/* ---- scopes ---------------------------------------------------------- */

/* Fixtures of a kind, of one scope. */
static struct adapter_span adapter_find_fixtures(const struct adapter_suite *s,
						 uint32_t kind,
						 const char *scope)
{
	struct adapter_span span = { 0 };
	uint32_t i;

	for (i = 0; i < s->n_fixtures; i++) {
		if (s->fixtures[i]->record.kind != kind ||
		    strcmp(s->fixtures[i]->scope, scope) != 0)
			continue;
		if (span.n++ == 0)
			span.first = i;
	}
	return span;
}

static void adapter_add_scope(struct adapter_suite *s, const char *name)
{
	vec_room(s->scopes, s->n_scopes, s->cap_scopes);
	s->scopes[s->n_scopes++] = (struct adapter_scope){
		.name = name,
		.test_fixtures = adapter_find_fixtures(
			s, SHMRUN_KIND_TEST_FIXTURE_, name),
		.scope_fixtures = adapter_find_fixtures(
			s, SHMRUN_KIND_SCOPE_FIXTURE_, name),
	};
}

static int adapter_by_scope(const void *va, const void *vb)
{
	const struct adapter_test *const *a = va, *const *b = vb;

	return strcmp((*a)->scope, (*b)->scope);
}

/* Numbers the scopes: equal names, equal number. */
static void adapter_number_scopes(struct adapter_suite *s)
{
	struct adapter_test **sorted = mem_array(s->n_tests, sizeof(*sorted));
	uint32_t i;

	for (i = 0; i < s->n_tests; i++)
		sorted[i] = &s->tests[i];
	qsort(sorted, s->n_tests, sizeof(*sorted), adapter_by_scope);
	for (i = 0; i < s->n_tests; i++) {
		const char *scope = sorted[i]->scope;

		if (i == 0 || strcmp(sorted[i - 1]->scope, scope) != 0)
			adapter_add_scope(s, scope);
		sorted[i]->scope_ix = s->n_scopes - 1;
	}
	free(sorted);
}

/* ---- which adapter --------------------------------------------------- */

static void adapter_tell_unknown(struct err *err)
{
	const struct adapter_ops *const *ops;
	struct str why = STR_INIT;

	for (ops = adapter_table; *ops; ops++)
		str_addf(&why, "%s%s", why.len ? ", and " : "", (*ops)->mark);
	err_set(err, -ENOEXEC, "it is no suite that shmrun knows: %s",
		str_get(&why));
	str_fini(&why);
}

/* The one adapter that says yes.  Where two do, the user must choose
 * (ADP-2). */
static const struct adapter_ops *adapter_ask(const struct elf *elf,
					     struct err *err)
{
	const struct adapter_ops *found = NULL;
	const struct adapter_ops *const *ops;

	if (!elf->shared) {
		err_set(err, -ENOEXEC, "it is a program, not a shared object");
		return NULL;
	}
	for (ops = adapter_table; *ops; ops++) {
		if (!(*ops)->probe(elf))
			continue;
		if (found) {
			err_set(err, -EEXIST, "it is a %s suite and a %s "
				"suite: choose with --adapter=NAME",
				found->name, (*ops)->name);
			return NULL;
		}
		found = *ops;
	}
	if (!found)
		adapter_tell_unknown(err);
	return found;
}

const struct adapter_ops *adapter_probe(const char *path, struct err *err)
{
	const struct adapter_ops *ops;
	struct elf elf;

	if (elf_open(&elf, path, err) < 0)
		return NULL;
	ops = adapter_ask(&elf, err);
	elf_close(&elf);
	return ops;
}

/* ---- open ------------------------------------------------------------ */

static int adapter_read(struct adapter_suite *s, struct err *err)
{
	int ret = s->ops->open(s, err);

	if (ret == 0)
		ret = s->ops->list(s, err);
	if (ret < 0)
		return ret;
	/* Never a success (ADP-3). */
	if (s->n_tests == 0)
		return err_set(err, -ENOENT, "it holds no tests (%s)",
			       s->ops->lost);
	adapter_number_scopes(s);
	return names_check(s->tests, s->n_tests, err);
}

struct adapter_suite *adapter_open(const char *path,
				   const struct adapter_ops *ops,
				   struct err *err)
{
	struct adapter_suite *s;

	if (!ops)
		ops = adapter_probe(path, err);
	if (!ops)
		return NULL;
	s = mem_zalloc(sizeof(*s));
	s->ops = ops;
	s->path = mem_strdup(path);
	if (adapter_read(s, err) == 0)
		return s;
	adapter_free(s);
	return NULL;
}

void adapter_free(struct adapter_suite *s)
{
	uint32_t i;

	if (s->ops->close)
		s->ops->close(s);
	for (i = 0; i < s->n_tests; i++)
		free(s->tests[i].name);
	free(s->tests);
	free(s->fixtures);
	free(s->scopes);
	free(s->path);
	free(s);
}
