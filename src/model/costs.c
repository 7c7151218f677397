/* SPDX-License-Identifier: MIT */
#include "model/costs.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

void costs_init(struct costs *c, const struct listing *listing)
{
	uint32_t i, n = 0;

	*c = (struct costs){ .listing = listing };
	c->first = mem_array((size_t)listing->n_tests + 1, sizeof(*c->first));
	for (i = 0; i < listing->n_tests; i++) {
		uint32_t count = listing->tests[i].count;
		uint32_t block = costs_block(count);

		c->first[i] = n;
		n += (count + block - 1) / block;
	}
	c->first[i] = n;
	c->n_rows = n;
	c->rows = mem_array(n, sizeof(*c->rows));
}

void costs_fini(struct costs *c)
{
	free(c->first);
	free(c->rows);
	free(c->setups);
	*c = (struct costs){ 0 };
}

bool costs_are_known(const struct costs *c)
{
	uint32_t i;

	for (i = 0; i < c->n_rows; i++)
		if (c->rows[i].known)
			return true;
	return c->n_setups > 0;
}

void costs_add_setup(struct costs *c, const struct cost_setup *setup)
{
	vec_room(c->setups, c->n_setups, c->cap_setups);
	c->setups[c->n_setups++] = *setup;
}

static int setup_order(const void *va, const void *vb)
{
	const struct cost_setup *a = va, *b = vb;
	int ret = (a->suite_ix > b->suite_ix) - (a->suite_ix < b->suite_ix);

	return ret ? ret : strcmp(a->scope, b->scope);
}

void costs_sort_setups(struct costs *c)
{
	if (c->n_setups)
		qsort(c->setups, c->n_setups, sizeof(*c->setups), setup_order);
}

/* A test's scope is the first part of its name, not terminated. */
static int setup_compare_test(const struct cost_setup *setup,
			      const struct test *t)
{
	int ret = (setup->suite_ix > t->suite_ix) -
		  (setup->suite_ix < t->suite_ix);

	if (ret == 0)
		ret = strncmp(setup->scope, t->name, t->scope_len);
	return ret || !setup->scope[t->scope_len] ? ret : 1;
}

uint64_t costs_setup_ns(const struct costs *c, uint32_t test_ix)
{
	uint32_t lo = 0, hi = c->n_setups;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int ret = setup_compare_test(&c->setups[mid],
					     &c->listing->tests[test_ix]);

		if (ret == 0)
			return c->setups[mid].setup_ns;
		if (ret < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}
