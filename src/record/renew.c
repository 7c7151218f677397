/* SPDX-License-Identifier: MIT */
#include "record/renew.h"

#include "base/mem.h"
#include "record/average.h"
#include "record/keymap.h"

#include <stdlib.h>
#include <string.h>

#define REBUILT_DEV 1.5f /* KEY-3 */
/* What a test says of its time is not believed beyond that: 11 days. */
#define SAMPLE_MAX_NS 1e15

/* A renewal on its way. */
struct renewing {
	const struct renewal *r;
	const struct costs *costs;
	struct book *out;
	uint64_t suite_key;
	bool full; /* every instance of the book's suites has run */
};

/* ---- was the run whole? ---------------------------------------------- */

static uint32_t renew_instances(const struct test *t, uint32_t index)
{
	return min_of(costs_block(t->count), t->count - index);
}

struct renew_extent {
	bool any, all;
};

static void renew_measure_test(const struct renewal *r, uint32_t test_ix,
			       struct renew_extent *extent)
{
	const struct costs *costs = r->samples->costs;
	const struct test *t = &costs->listing->tests[test_ix];
	uint32_t row, index = 0;

	for (row = costs->first[test_ix]; row < costs->first[test_ix + 1];
	     row++, index += costs_block(t->count)) {
		const struct sample *s = &r->samples->rows[row];

		if (s->n_ended)
			extent->any = true;
		if (s->notrun ||
		    !samples_is_whole(r->samples, s,
				      renew_instances(t, index)))
			extent->all = false;
	}
}

static struct renew_extent renew_measure(const struct renewal *r)
{
	const struct listing *l = r->samples->costs->listing;
	struct renew_extent extent = { .all = true };
	uint32_t s, i;

	for (s = 0; s < l->n_suites; s++)
		for (i = 0; r->suites[s] && i < l->suites[s].n_tests; i++)
			renew_measure_test(r, l->suites[s].first_test + i,
					   &extent);
	return extent;
}

bool renew_is_needed(const struct renewal *r)
{
	return renew_measure(r).any;
}

/* ---- a row ----------------------------------------------------------- */

static struct average renew_get(const struct book_row *row)
{
	return (struct average){ row->est_ns, row->dev_ns, row->runs };
}

static void renew_set(struct book_row *row, const struct average *e)
{
	row->est_ns = (float)e->est_ns;
	row->dev_ns = (float)e->dev_ns;
	row->runs = e->runs;
}

static void renew_learn_time(const struct renewal *r, struct book_row *row,
			     const struct sample *s)
{
	struct average e = renew_get(row);

	if (s->n_passed) {
		average_add(&e, min_of(samples_mean_ns(s), SAMPLE_MAX_NS),
			     r->crowded);
		row->flags &= (uint8_t)~BOOK_CENSORED;
		row->passed_day = r->today;
	} else if (s->timed_out) {
		average_raise(&e, min_of((double)s->sum_ns, SAMPLE_MAX_NS));
		row->flags |= BOOK_CENSORED;
	}
	renew_set(row, &e);
}

/* STOP-3; of a block of which a part ran, the rest keeps its word. */
static void renew_learn_todo(struct book_row *row, const struct sample *s,
			     bool whole)
{
	if (s->failed || s->notrun)
		row->flags |= BOOK_TODO;
	else if (whole)
		row->flags &= (uint8_t)~BOOK_TODO;
}

static void renew_alert(const struct renewal *r, const char *name,
			const struct book_row *row, const struct sample *s)
{
	struct average e = renew_get(row);

	if (r->slow && s->n_passed &&
	    average_is_slow(&e, samples_mean_ns(s)))
		r->slow(r->ctx, name, samples_mean_ns(s), e.est_ns);
}

/* What it once needed it may need again: it sinks slowly. */
static void renew_learn_peak(struct book_row *row, uint32_t peak_kib)
{
	if (peak_kib >= row->peak_kib)
		row->peak_kib = peak_kib;
	else if (peak_kib)
		row->peak_kib -= (row->peak_kib - peak_kib) / 4;
}

static void renew_learn(const struct renewing *x, const struct test *t,
			uint32_t index, struct book_row *row, uint32_t at)
{
	const struct sample *s = &x->r->samples->rows[at];

	row->missed = 0;
	if (s->n_ended == 0)
		return;
	renew_alert(x->r, t->name, row, s);
	renew_learn_time(x->r, row, s);
	renew_learn_peak(row, samples_peak_kib(x->r->samples, at));
	renew_learn_todo(row, s, samples_is_whole(x->r->samples, s,
						  renew_instances(t, index)));
	if (s->last != OUTCOME_NONE) {
		row->last = (uint8_t)s->last;
		row->seen_day = x->r->today;
	}
}

/* ---- tests of the listing -------------------------------------------- */

/* What is known of it already; false when nothing is and nothing was seen. */
static bool renew_begin_row(const struct renewing *x, uint32_t row,
			    struct book_row *out)
{
	uint32_t at = x->r->join->row_of[row];

	*out = (struct book_row){ 0 };
	if (at == BOOK_NONE)
		return x->r->samples->rows[row].n_ended > 0;
	*out = x->r->old->rows[at];
	return true;
}

static void renew_test(const struct renewing *x, uint32_t test_ix)
{
	const struct costs *costs = x->costs;
	const struct test *t = &costs->listing->tests[test_ix];
	size_t len = strlen(t->name);
	uint64_t name_key = book_name_key(x->suite_key, BOOK_TEST, t->name,
					  len);
	uint32_t name = BOOK_NONE, row, index = 0;
	struct book_row fresh;

	for (row = costs->first[test_ix]; row < costs->first[test_ix + 1];
	     row++, index += costs_block(t->count)) {
		if (!renew_begin_row(x, row, &fresh))
			continue;
		if (name == BOOK_NONE)
			name = book_add_name(x->out, t->name, len);
		fresh.key = book_row_key(name_key, index);
		fresh.name = name;
		fresh.index = index;
		fresh.file_key = book_file_key(t->file);
		fresh.kind = BOOK_TEST;
		fresh.flags &= (uint8_t)~BOOK_INDEXED;
		fresh.flags |= t->indexed ? BOOK_INDEXED : 0;
		renew_learn(x, t, index, &fresh, row);
		book_add_row(x->out, &fresh);
	}
}

static void renew_tests(const struct renewing *x)
{
	const struct listing *l = x->costs->listing;
	uint32_t s, i;

	for (s = 0; s < l->n_suites; s++)
		for (i = 0; x->r->suites[s] && i < l->suites[s].n_tests; i++)
			renew_test(x, l->suites[s].first_test + i);
}

/* ---- fixtures, and what is not in the listing ------------------------ */

static enum book_kind renew_kind(enum fixture_kind kind)
{
	static const enum book_kind kinds[N_FIXTURE_KINDS] = {
		[FIXTURE_KIND_SCOPE] = BOOK_SCOPE,
		[FIXTURE_KIND_WORKER] = BOOK_WORKER,
		[FIXTURE_KIND_RUN] = BOOK_RUN,
	};

	return kinds[kind];
}

/* The book's keys of all fixtures that were timed. */
static void renew_map_fixtures(const struct renewing *x, struct keymap *map)
{
	const struct samples *samples = x->r->samples;
	uint32_t i;

	keymap_init(map, samples->n_fixtures);
	for (i = 0; i < samples->n_fixtures; i++) {
		const struct fixture_sample *f = &samples->fixtures[i];
		size_t len;
		const char *name = samples_fixture_name(samples, f, &len);

		if (x->r->suites[x->costs->listing->tests[f->test_ix]
					 .suite_ix])
			keymap_put(map, book_name_key(x->suite_key,
						      renew_kind(f->kind),
						      name, len), i);
	}
}

static void renew_fixture(const struct renewing *x, struct book_row row,
			  const struct fixture_sample *f)
{
	struct average e = renew_get(&row);
	size_t len;
	const char *name = samples_fixture_name(x->r->samples, f, &len);

	if (f->n_setups == 0)
		return;
	average_add(&e, min_of((double)f->sum_ns / f->n_setups, SAMPLE_MAX_NS),
		     x->r->crowded);
	renew_set(&row, &e);
	row.name = book_add_name(x->out, name, len);
	row.kind = (uint8_t)renew_kind(f->kind);
	row.key = book_name_key(x->suite_key, renew_kind(f->kind), name, len);
	row.seen_day = row.passed_day = x->r->today;
	row.last = OUTCOME_PASS;
	row.missed = 0;
	book_add_row(x->out, &row);
}

/* STALE-1 */
static bool renew_is_stale(const struct book_row *row, uint16_t today)
{
	return row->missed >= RENEW_MISSED_MAX ||
	       today > row->seen_day + RENEW_DAYS_MAX;
}

/* Rows that no test of the listing has. */
static void renew_keep(const struct renewing *x, const struct keymap *timed,
		       uint8_t *done)
{
	const struct book *old = x->r->old;
	struct book_copier names = BOOK_COPIER_INIT;
	uint32_t i, f;

	for (i = 0; i < old->n_rows; i++) {
		struct book_row row = old->rows[i];

		if (x->r->join->taken[i] != HISTORY_FREE)
			continue;
		f = row.kind == BOOK_TEST ? KEYMAP_NONE
					  : keymap_get(timed, row.key);
		if (f != KEYMAP_NONE && !done[f]) {
			done[f] = 1;
			renew_fixture(x, row, &x->r->samples->fixtures[f]);
			continue;
		}
		if (x->full && row.missed < UINT8_MAX)
			row.missed++;
		if (x->full && renew_is_stale(&row, x->r->today))
			continue;
		book_copy_row(x->out, old, &row, &names);
	}
}

static void renew_rest(const struct renewing *x)
{
	const struct samples *samples = x->r->samples;
	uint8_t *done = mem_array((size_t)samples->n_fixtures + 1, 1);
	struct keymap timed;
	uint32_t i;

	renew_map_fixtures(x, &timed);
	renew_keep(x, &timed, done);
	for (i = 0; i < samples->n_fixtures; i++)
		if (!done[i] &&
		    x->r->suites[x->costs->listing
					 ->tests[samples->fixtures[i].test_ix]
					 .suite_ix])
			renew_fixture(x, (struct book_row){ 0 },
				      &samples->fixtures[i]);
	keymap_fini(&timed);
	free(done);
}

void renew_book(const struct renewal *r, struct book *out)
{
	struct renewing x = {
		.r = r,
		.costs = r->samples->costs,
		.out = out,
		.suite_key = book_suite_key(book_suite(r->old)),
		.full = !r->partial && renew_measure(r).all,
	};

	book_init(out, book_suite(r->old), book_profile(r->old));
	out->build_id = r->build_id ? r->build_id : r->old->build_id;
	renew_tests(&x);
	renew_rest(&x);
}

/* Many builds without a sample do not make it boundless. */
static float renew_doubt(const struct book_row *row)
{
	return max_of(row->dev_ns,
		      min_of(row->dev_ns * REBUILT_DEV, row->est_ns));
}

void renew_adopt(struct book *book, uint64_t build_id)
{
	uint32_t i;

	if (book->build_id && build_id && book->build_id != build_id)
		for (i = 0; i < book->n_rows; i++)
			book->rows[i].dev_ns = renew_doubt(&book->rows[i]);
	book->build_id = build_id;
}

void renew_prune(const struct book *old, uint16_t today, struct book *out)
{
	struct book_copier names = BOOK_COPIER_INIT;
	uint32_t i;

	book_init(out, book_suite(old), book_profile(old));
	out->build_id = old->build_id;
	for (i = 0; i < old->n_rows; i++)
		if (!renew_is_stale(&old->rows[i], today))
			book_copy_row(out, old, &old->rows[i], &names);
}
