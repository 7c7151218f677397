/* SPDX-License-Identifier: MIT */
#include "suite/names.h"

#include "base/id.h"
#include "base/mem.h"
#include "suite/adapter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Open addressing; an entry is half of a hash and the test's index + 1, so
 * that names are looked at only when hashes agree. */
struct names {
	const struct adapter_test *tests;
	uint64_t *table;
	uint32_t mask;
};

static void names_init(struct names *names, const struct adapter_test *tests,
		       uint32_t n)
{
	*names = (struct names){ .tests = tests, .mask = 15 };
	while (names->mask / 2 < n)
		names->mask = names->mask * 2 + 1;
	names->table = mem_array((size_t)names->mask + 1,
				 sizeof(*names->table));
}

/* Another test of this name; NULL when there is none, and then it is in. */
static const struct adapter_test *names_add(struct names *names, uint32_t i)
{
	const char *name = names->tests[i].name;
	uint64_t id = id_bytes(name, strlen(name));
	uint64_t half = id & UINT64_C(0xffffffff00000000);
	uint32_t at = (uint32_t)id & names->mask;

	for (; names->table[at]; at = (at + 1) & names->mask) {
		uint64_t seen = names->table[at];
		const struct adapter_test *other =
			&names->tests[(uint32_t)seen - 1];

		if ((seen ^ half) >> 32 == 0 && strcmp(other->name, name) == 0)
			return other;
	}
	names->table[at] = half | (i + 1);
	return NULL;
}

int names_check(const struct adapter_test *tests, uint32_t n, struct err *err)
{
	const struct adapter_test *double_of = NULL;
	struct names names;
	uint32_t i;

	names_init(&names, tests, n);
	for (i = 0; i < n && !double_of; i++)
		double_of = names_add(&names, i);
	free(names.table);
	if (!double_of)
		return 0;
	return err_set(err, -EEXIST, "two tests are called %s: %s:%u and %s:%u",
		       double_of->name, double_of->file,
		       double_of->line, tests[i - 1].file,
		       tests[i - 1].line);
}
