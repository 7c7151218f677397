/* SPDX-License-Identifier: MIT */
#include "model/costs.h"

#include "base/mem.h"

#include <stdlib.h>

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
	*c = (struct costs){ 0 };
}
