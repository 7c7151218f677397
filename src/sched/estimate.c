/* SPDX-License-Identifier: MIT */
#include "sched/estimate.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>

static float estimate_median3(float a, float b, float c)
{
	if (a > b) {
		float t = a;

		a = b;
		b = t;
	}
	return c < a ? a : c > b ? b : c;
}

/* Quickselect (Hoare 1961): the value that would stand at k in order. */
static float estimate_select(float *v, int64_t n, int64_t k)
{
	int64_t lo = 0, hi = n - 1;

	while (lo < hi) {
		float pivot = estimate_median3(v[lo], v[lo + (hi - lo) / 2],
					       v[hi]);
		int64_t i = lo, j = hi;

		while (i <= j) {
			float t;

			while (v[i] < pivot)
				i++;
			while (v[j] > pivot)
				j--;
			if (i > j)
				break;
			t = v[i];
			v[i++] = v[j];
			v[j--] = t;
		}
		if (k <= j)
			hi = j;
		else if (k >= i)
			lo = i;
		else
			break;
	}
	return v[k];
}

float estimate_p99(float *values, uint32_t n)
{
	uint64_t rank = ((uint64_t)n * 99 + 99) / 100;

	return estimate_select(values, n, (int64_t)rank - 1);
}

/* The known ones of rows lo .. hi - 1. */
static uint32_t estimate_known(const struct costs *c, uint32_t lo, uint32_t hi,
			       float *values)
{
	uint32_t i, n = 0;

	for (i = lo; i < hi; i++)
		if (c->rows[i].known)
			values[n++] = c->rows[i].est_ns;
	return n;
}

struct guess {
	float est_ns;
	enum cost_source source;
};

static void estimate_row(struct cost *row, const struct guess *guess)
{
	if (row->known) {
		row->source = COST_HISTORY;
		return;
	}
	row->est_ns = guess->est_ns;
	row->source = (uint8_t)guess->source;
}

/* The rows of one listed test; values is scratch. */
static void estimate_test(struct costs *c, uint32_t test_ix,
			  const struct guess *suite, float *values)
{
	double cost = c->listing->tests[test_ix].attrs->cost;
	uint32_t lo = c->first[test_ix], hi = c->first[test_ix + 1], i, n;
	struct guess guess = *suite;

	n = hi - lo > 1 && cost <= 0 ? estimate_known(c, lo, hi, values) : 0;
	if (n > 0)
		guess = (struct guess){ estimate_p99(values, n), COST_FAMILY };
	if (cost > 0)
		guess = (struct guess){ (float)(cost * (double)NS_PER_S),
					COST_ATTRIBUTE };
	for (i = lo; i < hi; i++)
		estimate_row(&c->rows[i], &guess);
}

static void estimate_suite(struct costs *c, const struct suite *suite,
			   const struct guess *all, float *values)
{
	uint32_t end = suite->first_test + suite->n_tests, i, n;
	struct guess guess = *all;

	n = estimate_known(c, c->first[suite->first_test], c->first[end],
			   values);
	if (n >= ESTIMATE_SUITE_MIN && n < c->first[end] -
						   c->first[suite->first_test])
		guess = (struct guess){ estimate_p99(values, n), COST_SUITE };
	for (i = suite->first_test; i < end; i++)
		estimate_test(c, i, &guess, values);
}

void estimate_fill(struct costs *costs)
{
	struct guess all = { 0, COST_NONE };
	uint32_t n, i;
	float *values;

	/* A million rows that say nothing are left alone. */
	if (!costs->listing->has_order && !costs_are_known(costs))
		return;
	values = mem_array(costs->n_rows, sizeof(*values));
	n = estimate_known(costs, 0, costs->n_rows, values);
	if (n > 0 && n < costs->n_rows)
		all = (struct guess){ estimate_p99(values, n), COST_ALL };
	for (i = 0; i < costs->listing->n_suites; i++)
		estimate_suite(costs, &costs->listing->suites[i], &all, values);
	free(values);
}

const char *estimate_source_name(enum cost_source source)
{
	static const char *const names[N_COST_SOURCES] = {
		[COST_NONE] = "never seen",
		[COST_HISTORY] = "history",
		[COST_ATTRIBUTE] = ".cost",
		[COST_FAMILY] = "never seen, p99 of its other instances",
		[COST_SUITE] = "never seen, p99 of its suite",
		[COST_ALL] = "never seen, p99 of all tests",
	};

	return names[source];
}
