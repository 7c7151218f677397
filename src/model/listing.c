/* SPDX-License-Identifier: MIT */
#include "model/listing.h"

#include "base/id.h"
#include "base/mem.h"
#include "base/vec.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (256u * 1024)

const struct attrs attrs_default = { ATTRS_TEXTS };

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
	for (i = 0; i < l->n_kept; i++)
		l->kept[i].release(l->kept[i].bytes, l->kept[i].size);
	free(l->kept);
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

const struct attrs *listing_attrs(struct listing *l, const struct attrs *attrs)
{
	char *room = listing_room(l, sizeof(*attrs) + alignof(struct attrs));
	size_t odd = (uintptr_t)room % alignof(struct attrs);

	room += odd ? alignof(struct attrs) - odd : 0;
	return memcpy(room, attrs, sizeof(*attrs));
}

void listing_keep(struct listing *l, void *bytes, size_t size,
		  void (*release)(void *bytes, size_t size))
{
	vec_room(l->kept, l->n_kept, l->cap_kept);
	l->kept[l->n_kept++] = (struct listing_kept){ .bytes = bytes,
						      .size = size,
						      .release = release };
}

void listing_expect(struct listing *l, uint32_t n_tests)
{
	if (n_tests <= l->cap_tests - l->n_tests ||
	    n_tests > UINT32_MAX / 2 - l->n_tests)
		return;
	l->cap_tests = l->n_tests + n_tests;
	l->tests = mem_resize(l->tests, l->cap_tests, sizeof(*l->tests));
	mem_touch(l->tests + l->n_tests, n_tests * sizeof(*l->tests));
}

uint32_t listing_add_suite(struct listing *l, const char *path,
			   const char *adapter)
{
	const char *slash = strrchr(path, '/');
	const char *file = slash && slash[1] ? slash + 1 : path;

	vec_room(l->suites, l->n_suites, l->cap_suites);
	l->suites[l->n_suites] = (struct suite){
		.path = listing_text(l, path, strlen(path)),
		.name = listing_text(l, file, strlen(file)),
		.adapter = listing_text(l, adapter, strlen(adapter)),
		.isolate = ISOLATE_WORKER,
		.id = id_bytes(path, strlen(path)),
		.first_test = l->n_tests,
	};
	return l->n_suites++;
}

void listing_describe_suite(struct listing *l, const char *name,
			    uint64_t build_id, uint32_t flavour)
{
	struct suite *suite = &l->suites[l->n_suites - 1];

	if (*name)
		suite->name = listing_text(l, name, strlen(name));
	suite->build_id = build_id;
	suite->flavour = flavour & FLAVOUR_ALL;
}

/* What the whole listing must know of the attributes of some test. */
static void listing_note_attrs(struct listing *l, const struct attrs *attrs)
{
	if (attrs->disabled || attrs->isolate == ISOLATE_EXEC)
		l->has_unstartable = true;
	l->has_retries |= attrs->retries > 0;
	if (*attrs->affinity || *attrs->serial || *attrs->lock ||
	    *attrs->after || attrs->weight > 1 || attrs->exclusive ||
	    attrs->last || attrs->priority || attrs->cost > 0)
		l->has_order = true;
	if (attrs->timeout > 0 &&
	    (l->min_timeout == 0 || attrs->timeout < l->min_timeout))
		l->min_timeout = attrs->timeout;
}

void listing_add_test(struct listing *l, const struct test *test)
{
	struct suite *suite = &l->suites[l->n_suites - 1];
	struct test *t;

	vec_room(l->tests, l->n_tests, l->cap_tests);
	t = &l->tests[l->n_tests++];
	*t = *test;
	t->suite_ix = l->n_suites - 1;
	if (!t->attrs)
		t->attrs = &attrs_default;
	listing_note_attrs(l, t->attrs);
	suite->n_tests++;
}

void listing_set_attrs(struct listing *l, uint32_t test_ix,
		       const struct attrs *attrs)
{
	l->tests[test_ix].attrs = attrs;
	listing_note_attrs(l, attrs);
}

void test_print_name(struct str *out, const struct test *test, uint32_t index)
{
	str_add(out, test->name);
	if (test->indexed)
		str_addf(out, "[%u]", index);
}
