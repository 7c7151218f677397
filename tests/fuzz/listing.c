/* SPDX-License-Identifier: MIT */
/*
 * A suite's listing as the runner receives it (shm/wire.c, model/listing.c):
 * constructors live in the loader and can write it.  Any bytes are refused
 * with a sentence, or give tests whose numbers are within their ranges and
 * whose texts end.
 *
 * Input: the listing.
 */
#include "shm/wire.h"

#include "fuzz.h"
#include "model/listing.h"

#include <math.h>
#include <string.h>

static void must_be_time(double seconds)
{
	fuzz_must(isfinite(seconds) && seconds >= 0 && seconds <= 1e9, "%g",
		  seconds);
}

static void must_be_good(const struct listing *l)
{
	uint32_t i;

	for (i = 0; i < l->n_tests; i++) {
		const struct test *t = &l->tests[i];

		fuzz_must(t->count >= 1 && t->count <= TEST_COUNT_MAX, "%u",
			  t->count);
		fuzz_must(*t->name && t->scope_len <= strlen(t->name), "%u of %s",
			  t->scope_len, t->name);
		fuzz_must((unsigned)t->attrs->isolate < N_ISOLATES, "%d",
			  t->attrs->isolate);
		fuzz_must(t->attrs->signal >= 0 && t->attrs->signal < 128, "%d",
			  t->attrs->signal);
		must_be_time(t->attrs->timeout);
		must_be_time(t->attrs->slow);
		must_be_time(t->attrs->cost);
		fuzz_must(strlen(t->file) + strlen(t->attrs->tags) +
				  strlen(t->attrs->description) < 1u << 28,
			  "texts");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct wire_fixture fixtures[WIRE_FIXTURES_MAX];
	struct err err = { 0 };
	struct listing l;
	uint32_t n = 0, i;

	listing_init(&l);
	listing_add_suite(&l, "./t.so", "native");
	if (wire_get_listing((const char *)data, size, &l, fixtures, &n,
			     &err) < 0) {
		fuzz_must(*err.text, "no sentence");
	} else {
		must_be_good(&l);
		fuzz_must(n <= WIRE_FIXTURES_MAX, "%u fixtures", n);
		for (i = 0; i < n; i++)
			fuzz_must(fixtures[i].size <= WIRE_FIXTURE_SIZE_MAX,
				  "fixture %u", i);
	}
	listing_fini(&l);
	return 0;
}
