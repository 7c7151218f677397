/* SPDX-License-Identifier: MIT */
#include "model/listing.h"

#include "base/id.h"
#include "base/mem.h"
#include "base/vec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (256u * 1024)

const char *isolate_name(enum isolate isolate)
{
	static const char *const names[N_ISOLATES] = {
		[ISOLATE_AUTO] = "auto",
		[ISOLATE_WORKER] = "worker",
		[ISOLATE_FORK] = "fork",
		[ISOLATE_EXEC] = "exec",
	};

	return (unsigned)isolate < N_ISOLATES ? names[isolate] : "invalid";
}

void listing_init(struct listing *l)
{
	*l = (struct listing){ .block_used = BLOCK_SIZE };
}

void listing_fini(struct listing *l)
{
	size_t i;

	for (i = 0; i < l->n_blocks; i++)
		free(l->blocks[i]);
	free(l->blocks);
	free(l->tests);
	free(l->suites);
	listing_init(l);
}

static char *listing_block(struct listing *l, size_t size)
{
	vec_room(l->blocks, l->n_blocks, l->cap_blocks);
	return l->blocks[l->n_blocks++] = mem_alloc(size);
}

static char *listing_room(struct listing *l, size_t size)
{
	if (size > BLOCK_SIZE / 4) {
		/* A block of its own; the next text opens a fresh one. */
		l->block_used = BLOCK_SIZE;
		return listing_block(l, size);
	}
	if (l->block_used + size > BLOCK_SIZE) {
		listing_block(l, BLOCK_SIZE);
		l->block_used = 0;
	}
	l->block_used += size;
	return l->blocks[l->n_blocks - 1] + l->block_used - size;
}

const char *listing_text(struct listing *l, const char *text, size_t len)
{
	char *copy;

	if (len == 0)
		return "";
	copy = listing_room(l, len + 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

uint32_t listing_add_suite(struct listing *l, const char *path,
			   const char *adapter)
{
	vec_room(l->suites, l->n_suites, l->cap_suites);
	l->suites[l->n_suites] = (struct suite){
		.path = listing_text(l, path, strlen(path)),
		.adapter = listing_text(l, adapter, strlen(adapter)),
		.id = id_bytes(path, strlen(path)),
		.first_test = l->n_tests,
	};
	return l->n_suites++;
}

void listing_add_test(struct listing *l, const struct test *test)
{
	struct suite *suite = &l->suites[l->n_suites - 1];
	struct test *t;

	vec_room(l->tests, l->n_tests, l->cap_tests);
	t = &l->tests[l->n_tests++];
	*t = *test;
	t->suite_ix = l->n_suites - 1;
	t->name_len = (uint32_t)strlen(t->name);
	l->names_len += t->name_len + 1;
	if (t->attrs.disabled || t->attrs.isolate == ISOLATE_EXEC)
		l->has_unstartable = true;
	if (t->attrs.timeout > 0 &&
	    (l->min_timeout == 0 || t->attrs.timeout < l->min_timeout))
		l->min_timeout = t->attrs.timeout;
	suite->n_tests++;
}

static int listing_double(const struct test *a, const struct test *b,
			  struct err *err)
{
	return err_set(err, -EEXIST, "two tests are called %s: %s:%u and %s:%u",
		       a->name, a->file, a->line, b->file, b->line);
}

/* Open addressing over the suite's tests; an entry is half of a hash and the
 * test's index + 1, so that names are looked at only when hashes agree. */
int listing_check_suite(const struct listing *l, uint32_t suite_ix,
			struct err *err)
{
	const struct suite *suite = &l->suites[suite_ix];
	const struct test *tests = l->tests + suite->first_test;
	uint32_t mask = 15, i;
	uint64_t *table;
	int ret = 0;

	while (mask / 2 < suite->n_tests)
		mask = mask * 2 + 1;
	table = mem_array((size_t)mask + 1, sizeof(*table));
	for (i = 0; i < suite->n_tests && ret == 0; i++) {
		uint64_t id = id_test(suite->id, tests[i].name,
				      tests[i].name_len);
		uint64_t half = id & UINT64_C(0xffffffff00000000);
		uint32_t at = (uint32_t)id & mask;

		for (; table[at]; at = (at + 1) & mask) {
			const struct test *other =
				&tests[(uint32_t)table[at] - 1];

			if ((table[at] ^ half) >> 32 == 0 &&
			    strcmp(other->name, tests[i].name) == 0) {
				ret = listing_double(other, &tests[i], err);
				break;
			}
		}
		table[at] = half | (i + 1);
	}
	free(table);
	return ret;
}

void test_print_name(struct str *out, const struct test *test, uint32_t index)
{
	str_add(out, test->name);
	if (test->indexed)
		str_addf(out, "[%u]", index);
}
