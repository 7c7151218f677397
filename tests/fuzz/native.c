/* SPDX-License-Identifier: MIT */
/*
 * A suite's records, whatever they say (suite/adapter_native.c, attributes.c), and
 * their way to the runner (load/list.c, shm/wire.c, model/listing.c): a
 * sentence, or tests with names, numbers and attributes within their ranges,
 * all of which the runner accepts: NAT-2 to NAT-14, ADP-3.
 *
 * Pointers are NULL or good ones, texts end, and a record is as long as it
 * says, in whole words: a suite that lies about these crashes the loader,
 * which is its right.
 *
 * Input: texts, one per line, and "--"; a byte for what is wrong with the
 * suite's object; then records: kind, size, flags (a byte each), and fields.
 */
#include "suite/adapter.h"

#include "base/mem.h"
#include "base/vec.h"
#include "fuzz.h"
#include "load/list.h"
#include "model/listing.h"
#include "shm/wire.h"
#include "suite/attributes.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_MAX 40u

/* What dlsym(3) finds: this program is the suite (local.mk). */
__attribute__((visibility("default"))) struct shmrun_suite_ shmrun_suite_v1;

void *__real_dlopen(const char *path, int flags);
void *__wrap_dlopen(const char *path, int flags);

static const struct shmrun_ops_ *ops;
static char **texts;
static uint32_t n_texts;
static uint64_t count;

void *__wrap_dlopen(const char *path, int flags)
{
	if (strcmp(path, "./fuzz.so") == 0)
		path = NULL;
	return __real_dlopen(path, flags);
}

static void body(void)
{
}

static uint64_t count_fn(void)
{
	return count;
}

static const char *take_text(struct fuzz_input *in)
{
	uint8_t ix = fuzz_byte(in);

	return n_texts && ix != UINT8_MAX ? texts[ix % n_texts] : NULL;
}

static double take_real(struct fuzz_input *in)
{
	uint8_t how = fuzz_byte(in);
	uint64_t bits;
	double value;

	if (how < 0xf0)
		return how / 4.0;
	bits = fuzz_u64(in);
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static int take_int(struct fuzz_input *in)
{
	int8_t small = (int8_t)fuzz_byte(in);

	return small == INT8_MIN ? (int)fuzz_u32(in) : small;
}

/* Which attributes are there is 16 bits. */
static struct shmrun_attrs take_attrs(struct fuzz_input *in)
{
	uint32_t has = fuzz_byte(in);
	struct shmrun_attrs a = { 0 };

	has |= (uint32_t)fuzz_byte(in) << 8;
	a.affinity = has & 1 ? take_text(in) : NULL;
	a.serial = has & 2 ? take_text(in) : NULL;
	a.lock = has & 4 ? take_text(in) : NULL;
	a.exclusive = has & 8;
	a.weight = has & 16 ? take_int(in) : 0;
	a.after = has & 32 ? take_text(in) : NULL;
	a.last = has & 64;
	a.priority = has & 128 ? take_int(in) : 0;
	a.timeout = has & 256 ? take_real(in) : 0;
	a.slow = has & 512 ? take_real(in) : 0;
	a.cost = has & 1024 ? take_real(in) : 0;
	a.isolate = has & 2048 ? (enum shmrun_isolate)(take_int(in) & 7)
			       : SHMRUN_ISOLATE_DEFAULT;
	a.retries = has & 4096 ? take_int(in) : 0;
	a.signal = has & 8192 ? take_int(in) : 0;
	a.exit_code = has & 16384 ? take_int(in) : 0;
	a.tags = has & 32768 ? take_text(in) : NULL;
	return a;
}

static size_t take_test(struct fuzz_input *in, void *out, uint8_t flags)
{
	struct shmrun_test_ t = {
		.scope = take_text(in),
		.name = take_text(in),
		.file = take_text(in),
		.line = fuzz_byte(in),
		.flags = flags & 1 ? SHMRUN_INDEXED_ : 0,
		.count = flags & 2 ? fuzz_u64(in) : 1,
		.count_fn = flags & 4 ? count_fn : NULL,
		.body = flags & 8 ? NULL : body,
		.attrs = take_attrs(in),
	};

	memcpy(out, &t, sizeof(t));
	return sizeof(t);
}

static size_t take_defaults(struct fuzz_input *in, void *out)
{
	struct shmrun_defaults_ d = { .file = take_text(in),
				      .line = fuzz_byte(in),
				      .attrs = take_attrs(in) };

	memcpy(out, &d, sizeof(d));
	return sizeof(d);
}

static size_t take_fixture(struct fuzz_input *in, void *out, uint8_t flags)
{
	struct shmrun_fixture_ f = { .scope = take_text(in),
				     .file = take_text(in),
				     .line = fuzz_byte(in),
				     .setup = body,
				     .data_size = flags & 1 ? fuzz_u64(in)
							    : 8 };

	memcpy(out, &f, sizeof(f));
	return sizeof(f);
}

/* As long as it says, so that a sanitizer sees what is read beyond. */
static struct shmrun_record_ *take_record(struct fuzz_input *in)
{
	uint8_t kind = fuzz_byte(in) % 9, size = fuzz_byte(in);
	uint8_t flags = fuzz_byte(in);
	union {
		struct shmrun_record_ record;
		struct shmrun_test_ test;
		char bytes[512];
	} full = { 0 };
	size_t len = kind == SHMRUN_KIND_TEST_
			     ? take_test(in, &full, flags)
		     : kind == SHMRUN_KIND_DEFAULTS_
			     ? take_defaults(in, &full)
			     : take_fixture(in, &full, flags);
	struct shmrun_record_ *record;

	/* 0: what it should be. */
	len = size ? (size & ~7u) + sizeof(full.record) : len;
	full.record.kind = kind;
	full.record.size = (uint32_t)len;
	record = mem_alloc(len);
	memcpy(record, &full, len);
	return kind == 8 && flags & 1 ? free(record), NULL : record;
}

static void make_suite(uint8_t wrong)
{
	shmrun_suite_v1 = (struct shmrun_suite_){
		.magic = wrong & 1 ? 0 : SHMRUN_MAGIC_,
		.major = SHMRUN_ABI_MAJOR + (wrong >> 1 & 1),
		.size = wrong & 4 ? wrong : sizeof(shmrun_suite_v1),
		.ops = wrong & 8 ? NULL : &ops,
	};
	count = wrong & 16 ? SHMRUN_COUNT_MAX + 1ull : wrong >> 5;
}

/* ---- what must hold -------------------------------------------------- */

static void must_span(const struct adapter_suite *s, struct adapter_span span)
{
	fuzz_must(span.n == 0 || (span.first < s->n_fixtures &&
				  span.n <= s->n_fixtures - span.first),
		  "%u at %u of %u", span.n, span.first, s->n_fixtures);
}

static void must_be_good(const struct adapter_suite *s)
{
	struct err err = { 0 };
	uint32_t i, j;

	fuzz_must(s->n_tests > 0, "no tests");
	must_span(s, s->worker_fixtures);
	must_span(s, s->run_fixtures);
	for (i = 0; i < s->n_scopes; i++) {
		must_span(s, s->scopes[i].test_fixtures);
		must_span(s, s->scopes[i].scope_fixtures);
	}
	for (i = 0; i < s->n_tests; i++) {
		const struct adapter_test *t = &s->tests[i];

		fuzz_must(t->count >= 1 && t->count <= SHMRUN_COUNT_MAX, "%u",
			  t->count);
		fuzz_must(t->body, "%s has no body", t->name);
		for (j = 0; j < i; j++)
			fuzz_must(strcmp(t->name, s->tests[j].name), "%s twice",
				  t->name);
		fuzz_must(attributes_check(&t->attrs, &err) == 0, "%s",
			  err.text);
		fuzz_must(t->scope_ix < s->n_scopes &&
				  strcmp(s->scopes[t->scope_ix].name,
					 t->scope) == 0,
			  "%s: scope %u", t->name, t->scope_ix);
	}
}

/* The loader's list is what the runner reads, and accepts but for fixtures
 * that are too large or too many. */
static void must_travel(const struct adapter_suite *s)
{
	static struct wire_fixture fixtures[WIRE_FIXTURES_MAX];
	struct str out = STR_INIT;
	struct err err = { 0 };
	struct listing listing;
	uint32_t n_fixtures = 0, i;

	list_suite(s, &out);
	listing_init(&listing);
	listing_add_suite(&listing, "./fuzz.so", "native");
	if (wire_get_listing(out.text, out.len, &listing, fixtures,
			     &n_fixtures, &err) < 0) {
		fuzz_must(s->run_fixtures.n > 0, "%s", err.text);
	} else {
		fuzz_must(listing.n_tests == s->n_tests, "%u tests",
			  listing.n_tests);
		for (i = 0; i < s->n_tests; i++)
			fuzz_must(strcmp(listing.tests[i].name,
					 s->tests[i].name) == 0, "test %u", i);
	}
	listing_fini(&listing);
	str_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	struct shmrun_record_ *records[RECORDS_MAX];
	struct adapter_suite *s;
	struct err err = { 0 };
	uint32_t n = 0;

	texts = fuzz_lines(&in, &n_texts);
	make_suite(fuzz_byte(&in));
	while (in.left && n < RECORDS_MAX)
		records[n++] = take_record(&in);
	shmrun_suite_v1.start = (struct shmrun_record_ const **)records;
	shmrun_suite_v1.stop = shmrun_suite_v1.start + n;
	s = adapter_open("./fuzz.so", &adapter_native, &err);
	if (s) {
		must_be_good(s);
		must_travel(s);
		adapter_free(s);
	} else {
		fuzz_must(err.code < 0 && *err.text, "no sentence");
	}
	while (n > 0)
		free(records[--n]);
	fuzz_free_lines(texts);
	return 0;
}
