/* SPDX-License-Identifier: MIT */
/*
 * registered.c: BENCH_COUNT (at most 1,000,000) tests, each with a record, a name and a
 * line of its own, as so many SHMRUN_TEST would make; but a constructor fills
 * them in, because a compiler takes minutes and gigabytes for them.  The
 * loader's memory is the same: records with pointers in them are relocated,
 * and so private, in any case.
 */
#define _GNU_SOURCE
#include <shmrun.h>

#include "first.h"

#define REGISTERED 1000000u

static struct shmrun_test_ tests[REGISTERED];
static char names[REGISTERED][12];
/* What stays NULL is no record. */
static struct shmrun_record_ const *pointers[REGISTERED]
	__attribute__((used, section("shmrun_records")));

static void body(void)
{
	first_test();
}

static void name_of(char *name, unsigned i)
{
	char *p = name + 8;

	name[0] = 't';
	for (*p = '\0'; p > name + 1; i /= 10)
		*--p = (char)('0' + i % 10);
}

__attribute__((constructor)) static void fill(void)
{
	const char *text = getenv("BENCH_COUNT");
	unsigned n = text ? (unsigned)strtoul(text, NULL, 10) : REGISTERED;
	unsigned i;

	for (i = 0; i < n && i < REGISTERED; i++) {
		name_of(names[i], i);
		tests[i] = (struct shmrun_test_){
			.record = { SHMRUN_KIND_TEST_, sizeof(tests[i]) },
			.scope = "registered",
			.name = names[i],
			.file = __FILE__,
			.line = i + 1,
			.count = 1,
			.body = body,
		};
		pointers[i] = &tests[i].record;
	}
}
