/* SPDX-License-Identifier: MIT */
/*
 * Suites written with shmrun.h.  Their bodies are called as they are: nothing
 * of this file runs in a worker.
 */
#include "suite/adapter.h"

#include "base/mem.h"
#include "base/vec.h"
#include "suite/attributes.h"
#include "suite/elf.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct native {
	const struct shmrun_suite_ *object;
	struct shmrun_attrs defaults;
	bool has_defaults;
};

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
	if (s->size < offsetof(struct shmrun_suite_, build) || !s->ops)
		return err_set(err, -EINVAL, "its shmrun_suite_v1 is damaged");
	return 0;
}

static uint32_t native_flavour(const struct shmrun_suite_ *object)
{
	uint32_t flavour = FLAVOUR_KNOWN;

	if (object->size < offsetof(struct shmrun_suite_, coverage_write))
		return 0; /* older than the question */
	if (object->build & SHMRUN_BUILD_OPTIMIZED_)
		flavour |= FLAVOUR_OPTIMIZED;
	if (object->build & SHMRUN_BUILD_ASAN_)
		flavour |= FLAVOUR_ASAN;
	if (object->build & SHMRUN_BUILD_TSAN_)
		flavour |= FLAVOUR_TSAN;
	if (object->coverage[0] || object->coverage[1] || object->coverage[2])
		flavour |= FLAVOUR_COVERAGE;
	return flavour;
}

/* The first that is there. */
static void native_choose(const void *const functions[3], void (**to)(void))
{
	int i;

	for (i = 0; i < 3 && !*to; i++)
		*(const void **)to = functions[i];
}

static void native_find_counters(struct adapter_suite *s,
				 const struct shmrun_suite_ *object)
{
	if (object->size < sizeof(*object))
		return;
	native_choose(object->coverage_write, &s->counters_write);
	native_choose(object->coverage_reset, &s->counters_reset);
}

static bool native_probe(const struct elf *elf)
{
	return elf_defines(elf, "shmrun_suite_v1");
}

static int native_load(struct adapter_suite *s,
		       const struct shmrun_suite_ **object, struct err *err)
{
	int ret;

	*object = adapter_embedded(s->path);
	if (*object) {
		s->handle = dlopen(NULL, RTLD_NOW);
		return 0;
	}
	ret = adapter_load(s, RTLD_NOW, err);
	if (ret == 0)
		*object = dlsym(s->handle, "shmrun_suite_v1");
	return ret;
}

static int native_open(struct adapter_suite *s, struct err *err)
{
	const struct shmrun_suite_ *object;
	struct native *native;
	int ret = native_load(s, &object, err);

	if (ret < 0)
		return ret;
	if (!object)
		return err_set(err, -EINVAL, "it is not a native suite: it "
			       "does not include <shmrun.h>");
	ret = native_check_abi(object, err);
	if (ret < 0)
		return ret;
	native = s->state = mem_zalloc(sizeof(*native));
	native->object = object;
	s->origin.flavour = native_flavour(object);
	native_find_counters(s, object);
	return 0;
}

static void native_close(struct adapter_suite *s)
{
	free(s->state);
}

static void native_bind(const struct adapter_suite *s,
			const struct adapter_host *host)
{
	const struct native *native = s->state;

	*native->object->ops = host->native;
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

#define inherit(attr, member)                                                 \
	do {                                                                  \
		if (!to->member && from->member) {                            \
			to->member = from->member;                            \
			bits |= 1u << (attr);                                 \
		}                                                             \
	} while (0)

/* Times are numbers with a fraction, and no truth values. */
#define inherit_time(attr, member)                                            \
	do {                                                                  \
		if (to->member == 0 && from->member > 0) {                    \
			to->member = from->member;                            \
			bits |= 1u << (attr);                                 \
		}                                                             \
	} while (0)

/* Everything but after, signal and exit_code (NAT-11); which it was. */
static uint32_t native_inherit(struct shmrun_attrs *to,
			       const struct shmrun_attrs *from)
{
	uint32_t bits = 0;

	inherit(ATTR_AFFINITY, affinity);
	inherit(ATTR_SERIAL, serial);
	inherit(ATTR_LOCK, lock);
	inherit(ATTR_EXCLUSIVE, exclusive);
	inherit(ATTR_WEIGHT, weight);
	inherit(ATTR_LAST, last);
	inherit(ATTR_PRIORITY, priority);
	inherit_time(ATTR_TIMEOUT, timeout);
	inherit_time(ATTR_SLOW, slow);
	inherit_time(ATTR_COST, cost);
	inherit(ATTR_ISOLATE, isolate);
	inherit(ATTR_RETRIES, retries);
	inherit(ATTR_TAGS, tags);
	inherit(ATTR_DISABLED, disabled);
	inherit(ATTR_DESCRIPTION, description);
	return bits;
}

#undef inherit_time
#undef inherit

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

static int native_add_test(struct adapter_suite *s,
			   const struct shmrun_record_ *record,
			   struct err *err)
{
	const struct shmrun_test_ *decl = (const void *)record;
	struct adapter_test test = { 0 };
	int ret;

	if (record->size < offsetof(struct shmrun_test_, attrs))
		return err_set(err, -EINVAL, "a test's record is too short");
	if (!decl->file || !decl->body)
		return err_set(err, -EINVAL, "a test near %s:%u has no body",
			       decl->file ? decl->file : "?", decl->line);
	test = (struct adapter_test){
		.body = decl->body,
		.line = decl->line,
		.indexed = decl->flags & SHMRUN_INDEXED_,
		.scope = decl->scope,
		.file = decl->file,
		.attrs = native_attrs(record,
				      offsetof(struct shmrun_test_, attrs),
				      record->size),
	};
	if (!adapter_is_word(decl->scope) || !adapter_is_word(decl->name))
		return err_set(err, -EINVAL,
			       "the test at %s:%u has an invalid name",
			       decl->file, decl->line);
	ret = native_count(decl, &test.count, err);
	return ret < 0 ? ret : adapter_add_test(s, &test, decl->name, err);
}

static int native_add_fixture(struct adapter_suite *s,
			      const struct shmrun_record_ *record,
			      struct err *err)
{
	const struct shmrun_fixture_ *decl = (const void *)record;

	if (record->size < sizeof(*decl) || !adapter_is_word(decl->scope))
		return err_set(err, -EINVAL, "a fixture's record is damaged");
	vec_room(s->fixtures, s->n_fixtures, s->cap_fixtures);
	s->fixtures[s->n_fixtures++] = decl;
	return 0;
}

static int native_add_defaults(struct adapter_suite *s,
			       const struct shmrun_record_ *record,
			       struct err *err)
{
	struct native *native = s->state;
	const struct shmrun_defaults_ *decl = (const void *)record;

	if (record->size < offsetof(struct shmrun_defaults_, attrs) ||
	    !decl->file)
		return err_set(err, -EINVAL,
			       "the record of SHMRUN_DEFAULTS is damaged");
	if (native->has_defaults)
		return err_set(err, -EEXIST,
			       "SHMRUN_DEFAULTS stands twice, the second time "
			       "at %s:%u", decl->file, decl->line);
	native->has_defaults = true;
	native->defaults = native_attrs(record,
				   offsetof(struct shmrun_defaults_, attrs),
				   record->size);
	if (attributes_check(&native->defaults, err) < 0)
		return err_wrap(err, "SHMRUN_DEFAULTS at %s:%u", decl->file,
				decl->line);
	return 0;
}

static int native_read(struct adapter_suite *s, struct err *err)
{
	const struct shmrun_suite_ *object =
		((const struct native *)s->state)->object;
	const struct shmrun_record_ **at;
	int ret = 0;

	adapter_expect(s, object->start < object->stop
				  ? (size_t)(object->stop - object->start)
				  : 0);

	for (at = object->start; at < object->stop && ret == 0; at++) {
		const struct shmrun_record_ *record = *at;

		if (!record)
			continue;
		switch (record->kind) {
		case SHMRUN_KIND_TEST_:
			ret = native_add_test(s, record, err);
			break;
		case SHMRUN_KIND_DEFAULTS_:
			ret = native_add_defaults(s, record, err);
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
	const struct adapter_test *a = va, *b = vb;
	int ret = strcmp(a->file, b->file);

	if (ret == 0)
		ret = (a->line > b->line) - (a->line < b->line);
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

static struct adapter_span native_find(const struct adapter_suite *s,
				       uint32_t kind)
{
	struct adapter_span span = { 0 };
	uint32_t i;

	for (i = 0; i < s->n_fixtures; i++)
		if (s->fixtures[i]->record.kind == kind && span.n++ == 0)
			span.first = i;
	return span;
}

static int native_list(struct adapter_suite *s, struct err *err)
{
	const struct native *native = s->state;
	int ret = native_read(s, err);
	uint32_t i;

	if (ret < 0 || s->n_tests == 0)
		return ret;
	qsort(s->tests, s->n_tests, sizeof(*s->tests), native_by_place);
	if (s->n_fixtures)
		qsort(s->fixtures, s->n_fixtures, sizeof(*s->fixtures),
		      native_by_kind);
	for (i = 0; i < s->n_tests; i++)
		s->tests[i].inherited = native_inherit(&s->tests[i].attrs,
						       &native->defaults);
	s->worker_fixtures = native_find(s, SHMRUN_KIND_WORKER_FIXTURE_);
	s->run_fixtures = native_find(s, SHMRUN_KIND_RUN_FIXTURE_);
	return 0;
}

const struct adapter_ops adapter_native = {
	.name = "native",
	.help = "shared objects written with <shmrun.h>",
	.mark = "it does not include <shmrun.h>",
	.lost = "was the section shmrun_records removed by the linker?",
	.isolate = ISOLATE_WORKER,
	.probe = native_probe,
	.open = native_open,
	.list = native_list,
	.close = native_close,
	.bind = native_bind,
};
