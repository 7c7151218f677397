/* SPDX-License-Identifier: MIT */
#include "suite/native.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "model/listing.h"
#include "suite/attributes.h"
#include "suite/names.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the suite's object ---------------------------------------------- */

static int native_check_abi(const struct shmrun_suite_ *s, struct err *err)
{
	if (s->magic != SHMRUN_MAGIC_)
		return err_set(err, -EINVAL,
			       "its shmrun_suite_v1 is not a suite");
	if (s->major != SHMRUN_ABI_MAJOR)
		return err_set(err, -EPROTO,
			       "it was built for version %u of the native "
			       "interface, this shmrun speaks version %d: "
			       "rebuild it with this shmrun's <shmrun.h>",
			       s->major, SHMRUN_ABI_MAJOR);
	if (s->size < sizeof(struct shmrun_suite_) || !s->ops)
		return err_set(err, -EINVAL, "its shmrun_suite_v1 is damaged");
	return 0;
}

static const struct shmrun_suite_ *native_load(struct native_suite *s,
					       struct err *err)
{
	const struct shmrun_suite_ *object;
	struct str path = STR_INIT;

	if (!strchr(s->path, '/'))
		str_add(&path, "./");
	str_add(&path, s->path);
	s->handle = dlopen(str_get(&path), RTLD_NOW | RTLD_LOCAL);
	str_fini(&path);
	if (!s->handle) {
		err_set(err, -ENOEXEC, "%s", dlerror());
		return NULL;
	}
	object = dlsym(s->handle, "shmrun_suite_v1");
	if (!object) {
		err_set(err, -EINVAL, "it is not a native suite: it does not "
			"include <shmrun.h>");
		return NULL;
	}
	return native_check_abi(object, err) < 0 ? NULL : object;
}

/* ---- its records ----------------------------------------------------- */

/* Attributes as this runner knows them, from a record that may be older. */
static struct shmrun_attrs native_attrs(const void *record, size_t offset,
					uint32_t size)
{
	struct shmrun_attrs attrs = { 0 };

	if (size > offset)
		memcpy(&attrs, (const char *)record + offset,
		       min_of(size - offset, sizeof(attrs)));
	return attrs;
}

#define inherit(member)                                                       \
	do {                                                                  \
		if (!attrs->member)                                           \
			attrs->member = from->member;                         \
	} while (0)

/* Everything but after, signal and exit_code (NAT-11). */
static void native_inherit(struct shmrun_attrs *attrs,
			   const struct shmrun_attrs *from)
{
	inherit(affinity);
	inherit(serial);
	inherit(lock);
	inherit(exclusive);
	inherit(weight);
	inherit(last);
	inherit(priority);
	if (attrs->timeout == 0)
		attrs->timeout = from->timeout;
	if (attrs->slow == 0)
		attrs->slow = from->slow;
	if (attrs->cost == 0)
		attrs->cost = from->cost;
	inherit(isolate);
	inherit(retries);
	inherit(tags);
	inherit(disabled);
	inherit(description);
}

#undef inherit

static bool native_is_word(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	if (!text || !*text)
		return false;
	for (; *p; p++)
		if (*p <= ' ' || *p == '#' || *p == '\\' || *p == 0x7f)
			return false;
	return true;
}

static int native_count(const struct shmrun_test_ *decl, uint32_t *count,
			struct err *err)
{
	uint64_t n = decl->count_fn ? decl->count_fn() : decl->count;
	uint32_t max = decl->flags & SHMRUN_INDEXED_ ? TEST_COUNT_MAX : 1;

	if (n < 1 || n > max)
		return err_set(err, -ERANGE,
			       "%s::%s at %s:%u has %llu instances; it must "
			       "have 1 to %u", decl->scope, decl->name,
			       decl->file, decl->line, (unsigned long long)n,
			       max);
	*count = (uint32_t)n;
	return 0;
}

static int native_add_test(struct native_suite *s,
			   const struct shmrun_record_ *record,
			   struct err *err)
{
	const struct shmrun_test_ *decl = (const void *)record;
	struct native_test test = { .decl = decl };
	struct str name = STR_INIT;
	int ret;

	if (record->size < offsetof(struct shmrun_test_, attrs))
		return err_set(err, -EINVAL, "a test's record is too short");
	if (!decl->file || !decl->body)
		return err_set(err, -EINVAL, "a test near %s:%u has no body",
			       decl->file ? decl->file : "?", decl->line);
	if (!native_is_word(decl->scope) || !native_is_word(decl->name))
		return err_set(err, -EINVAL,
			       "the test at %s:%u has an invalid name",
			       decl->file, decl->line);
	ret = native_count(decl, &test.count, err);
	if (ret < 0)
		return ret;
	str_addf(&name, "%s::%s", decl->scope, decl->name);
	test.name = name.text;
	test.scope_len = (uint32_t)strlen(decl->scope);
	test.attrs = native_attrs(record, offsetof(struct shmrun_test_, attrs),
				  record->size);
	vec_room(s->tests, s->n_tests, s->cap_tests);
	s->tests[s->n_tests++] = test;
	if (attributes_check(&test.attrs, err) < 0)
		return err_wrap(err, "%s at %s:%u", test.name, decl->file,
				decl->line);
	return 0;
}

static int native_add_fixture(struct native_suite *s,
			      const struct shmrun_record_ *record,
			      struct err *err)
{
	const struct shmrun_fixture_ *decl = (const void *)record;

	if (record->size < sizeof(*decl) || !native_is_word(decl->scope))
		return err_set(err, -EINVAL, "a fixture's record is damaged");
	vec_room(s->fixtures, s->n_fixtures, s->cap_fixtures);
	s->fixtures[s->n_fixtures++] = decl;
	return 0;
}

static int native_add_defaults(struct native_suite *s,
			       const struct shmrun_record_ *record,
			       bool *seen, struct err *err)
{
	const struct shmrun_defaults_ *decl = (const void *)record;

	if (record->size < offsetof(struct shmrun_defaults_, attrs) ||
	    !decl->file)
		return err_set(err, -EINVAL,
			       "the record of SHMRUN_DEFAULTS is damaged");
	if (*seen)
		return err_set(err, -EEXIST,
			       "SHMRUN_DEFAULTS stands twice, the second time "
			       "at %s:%u", decl->file, decl->line);
	*seen = true;
	s->defaults = native_attrs(record,
				   offsetof(struct shmrun_defaults_, attrs),
				   record->size);
	if (attributes_check(&s->defaults, err) < 0)
		return err_wrap(err, "SHMRUN_DEFAULTS at %s:%u", decl->file,
				decl->line);
	return 0;
}

static int native_read(struct native_suite *s,
		       const struct shmrun_suite_ *object, struct err *err)
{
	const struct shmrun_record_ **at;
	bool defaults = false;
	int ret = 0;

	for (at = object->start; at < object->stop && ret == 0; at++) {
		const struct shmrun_record_ *record = *at;

		if (!record)
			continue;
		switch (record->kind) {
		case SHMRUN_KIND_TEST_:
			ret = native_add_test(s, record, err);
			break;
		case SHMRUN_KIND_DEFAULTS_:
			ret = native_add_defaults(s, record, &defaults, err);
			break;
		case SHMRUN_KIND_TEST_FIXTURE_:
		case SHMRUN_KIND_SCOPE_FIXTURE_:
		case SHMRUN_KIND_WORKER_FIXTURE_:
		case SHMRUN_KIND_RUN_FIXTURE_:
			ret = native_add_fixture(s, record, err);
			break;
		default:
			ret = err_set(err, -EPROTO,
				      "it holds a record of unknown kind %u: "
				      "it needs a newer shmrun", record->kind);
		}
	}
	return ret;
}

/* ---- order ----------------------------------------------------------- */

/* A section's order is not source order (NAT-7). */
static int native_by_place(const void *va, const void *vb)
{
	const struct native_test *a = va, *b = vb;
	int ret = strcmp(a->decl->file, b->decl->file);

	if (ret == 0)
		ret = (a->decl->line > b->decl->line) -
		      (a->decl->line < b->decl->line);
	return ret ? ret : strcmp(a->name, b->name);
}

static int native_by_kind(const void *va, const void *vb)
{
	const struct shmrun_fixture_ *const *a = va, *const *b = vb;
	int ret = ((*a)->record.kind > (*b)->record.kind) -
		  ((*a)->record.kind < (*b)->record.kind);

	if (ret == 0)
		ret = strcmp((*a)->scope, (*b)->scope);
	return ret ? ret : ((*a)->line > (*b)->line) -
			   ((*a)->line < (*b)->line);
}

/* Fixtures of a kind, of one scope or (NULL) of all. */
static struct native_span native_find(const struct native_suite *s,
				      uint32_t kind, const char *scope)
{
	struct native_span span = { 0 };
	uint32_t i;

	for (i = 0; i < s->n_fixtures; i++) {
		if (s->fixtures[i]->record.kind != kind ||
		    (scope && strcmp(s->fixtures[i]->scope, scope) != 0))
			continue;
		if (span.n++ == 0)
			span.first = i;
	}
	return span;
}

static uint32_t native_add_scope(struct native_suite *s, const char *name)
{
	vec_room(s->scopes, s->n_scopes, s->cap_scopes);
	s->scopes[s->n_scopes] = (struct native_scope){
		.name = name,
		.test_fixtures = native_find(s, SHMRUN_KIND_TEST_FIXTURE_,
					     name),
		.scope_fixtures = native_find(s, SHMRUN_KIND_SCOPE_FIXTURE_,
					      name),
	};
	return s->n_scopes++;
}

static int native_by_scope(const void *va, const void *vb)
{
	const struct native_test *const *a = va, *const *b = vb;

	return strcmp((*a)->decl->scope, (*b)->decl->scope);
}

/* Numbers the scopes: equal names, equal number. */
static void native_number_scopes(struct native_suite *s)
{
	struct native_test **sorted = mem_array(s->n_tests, sizeof(*sorted));
	uint32_t i;

	for (i = 0; i < s->n_tests; i++)
		sorted[i] = &s->tests[i];
	qsort(sorted, s->n_tests, sizeof(*sorted), native_by_scope);
	for (i = 0; i < s->n_tests; i++) {
		const char *scope = sorted[i]->decl->scope;

		if (i == 0 || strcmp(sorted[i - 1]->decl->scope, scope) != 0)
			native_add_scope(s, scope);
		sorted[i]->scope_ix = s->n_scopes - 1;
	}
	free(sorted);
}

static void native_arrange(struct native_suite *s)
{
	uint32_t i;

	qsort(s->tests, s->n_tests, sizeof(*s->tests), native_by_place);
	if (s->n_fixtures)
		qsort(s->fixtures, s->n_fixtures, sizeof(*s->fixtures),
		      native_by_kind);
	for (i = 0; i < s->n_tests; i++)
		native_inherit(&s->tests[i].attrs, &s->defaults);
	native_number_scopes(s);
	s->worker_fixtures = native_find(s, SHMRUN_KIND_WORKER_FIXTURE_, NULL);
	s->run_fixtures = native_find(s, SHMRUN_KIND_RUN_FIXTURE_, NULL);
}

struct native_suite *native_open(const char *path, struct err *err)
{
	struct native_suite *s = mem_zalloc(sizeof(*s));
	const struct shmrun_suite_ *object;

	s->path = mem_strdup(path);
	object = native_load(s, err);
	if (!object || native_read(s, object, err) < 0)
		goto fail;
	if (s->n_tests == 0) {
		/* Never a success (ADP-3). */
		err_set(err, -ENOENT, "it holds no tests (was the section "
			"shmrun_records removed by the linker?)");
		goto fail;
	}
	s->ops = object->ops;
	native_arrange(s);
	if (names_check(s->tests, s->n_tests, err) < 0)
		goto fail;
	return s;
fail:
	native_free(s);
	return NULL;
}

void native_free(struct native_suite *s)
{
	uint32_t i;

	for (i = 0; i < s->n_tests; i++)
		free(s->tests[i].name);
	free(s->tests);
	free(s->fixtures);
	free(s->scopes);
	free(s->path);
	free(s);
}
