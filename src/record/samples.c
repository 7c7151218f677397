/* SPDX-License-Identifier: MIT */
#include "record/samples.h"

#include "base/id.h"
#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>

void samples_init(struct samples *s, const struct costs *costs)
{
	*s = (struct samples){
		.costs = costs,
		.rows = mem_array((size_t)costs->n_rows + 1, sizeof(*s->rows)),
	};
	keymap_init(&s->fixture_map, 0);
}

void samples_fini(struct samples *s)
{
	free(s->rows);
	free(s->peaks_kib);
	free(s->fixtures);
	keymap_fini(&s->fixture_map);
	*s = (struct samples){ 0 };
}

/* Finds a test's row, and keeps it as the last one. */
static struct sample *samples_find(struct samples *s,
				   const struct event_test *t)
{
	const uint32_t *first = &s->costs->first[t->test_ix];
	uint32_t block = 1;

	if (first[1] - first[0] > 1)
		block = costs_block(s->costs->listing->tests[t->test_ix].count);
	s->last_test = t->test_ix;
	s->last_index = t->index - t->index % block;
	s->last_count = block;
	return s->last = &s->rows[first[0] + t->index / block];
}

/* Whatever the outcome. */
static void samples_add_peak(struct samples *s, const struct sample *row,
			     const struct event_test *t)
{
	uint32_t *peak;

	if (!t->usage->peak_kib)
		return;
	if (!s->peaks_kib)
		s->peaks_kib = mem_array((size_t)s->costs->n_rows + 1,
					 sizeof(*s->peaks_kib));
	peak = &s->peaks_kib[row - s->rows];
	*peak = max_of(*peak, t->usage->peak_kib);
}

static void samples_add_other(struct samples *s, struct sample *row,
			      const struct event_test *t)
{
	bool clean = t->outcome == OUTCOME_PASS && !t->leak && !t->attempt;

	if (t->usage)
		samples_add_peak(s, row, t);
	row->n_ended += row->n_ended < SAMPLE_ENDED_MAX;
	if (t->outcome == OUTCOME_NOTRUN) {
		row->notrun = 1;
		return;
	}
	if (row->last == OUTCOME_NONE || outcome_is_failure(t->outcome))
		row->last = t->outcome & 15u;
	if (outcome_is_failure(t->outcome))
		row->failed = 1;
	if (clean) {
		if (row->n_passed++ == 0)
			row->sum_ns = 0;
		row->sum_ns += t->duration_ns;
	} else if (t->outcome == OUTCOME_TIMEOUT && row->n_passed == 0) {
		row->timed_out = 1;
		row->sum_ns = max_of(row->sum_ns, t->duration_ns);
	}
}

void samples_add_test(struct samples *s, const struct event_test *t)
{
	struct sample *row = samples_find(s, t);

	if (!samples_try_add(s, t))
		samples_add_other(s, row, t);
}

bool samples_is_whole(const struct samples *s, const struct sample *row,
		      uint32_t n)
{
	uint64_t all = (uint64_t)n * max_of(s->n_times, 1u);

	return row->n_ended >= min_of(all, (uint64_t)SAMPLE_ENDED_MAX);
}

uint32_t samples_peak_kib(const struct samples *s, uint32_t row)
{
	return s->peaks_kib ? s->peaks_kib[row] : 0;
}

double samples_mean_ns(const struct sample *row)
{
	return row->n_passed ? (double)row->sum_ns / row->n_passed : 0;
}

/* ---- fixtures -------------------------------------------------------- */

const char *samples_fixture_name(const struct samples *s,
				 const struct fixture_sample *f, size_t *len)
{
	const struct test *t = &s->costs->listing->tests[f->test_ix];

	*len = f->kind == FIXTURE_KIND_SCOPE ? t->scope_len : 0;
	return *len ? t->name : "";
}

static uint32_t samples_find_fixture(struct samples *s,
				     const struct event_fixture *ev)
{
	const struct test *t = &s->costs->listing->tests[ev->test_ix];
	struct fixture_sample fresh = { .test_ix = ev->test_ix,
					.kind = ev->kind };
	size_t len;
	const char *name = samples_fixture_name(s, &fresh, &len);
	uint64_t key = id_test((uint64_t)t->suite_ix << 2 | ev->kind, name,
			       len);
	uint32_t ix = keymap_get(&s->fixture_map, key);

	if (ix != KEYMAP_NONE)
		return ix;
	vec_room(s->fixtures, s->n_fixtures, s->cap_fixtures);
	s->fixtures[s->n_fixtures] = fresh;
	keymap_put(&s->fixture_map, key, s->n_fixtures);
	return s->n_fixtures++;
}

void samples_add_fixture(struct samples *s, const struct event_fixture *ev)
{
	uint32_t ix = samples_find_fixture(s, ev);
	struct fixture_sample *f = &s->fixtures[ix];

	f->sum_ns += ev->duration_ns;
	if (!ev->teardown)
		f->n_setups++;
}
