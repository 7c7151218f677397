/* SPDX-License-Identifier: MIT */
#include "report/repeats.h"

#include "base/mem.h"
#include "report/status.h"
#include "report/visible.h"

#include <inttypes.h>
#include <stdlib.h>

void repeats_begin(struct repeats *r, const struct event_run *run)
{
	const struct listing *l = run->listing;
	uint32_t i;

	if (run->plan->n_times < 2 ||
	    run->plan->turn_kind != TURNS_ARE_ITERATIONS)
		return;
	r->run = run;
	r->first = mem_array((size_t)l->n_tests + 1, sizeof(*r->first));
	for (i = 0; i < l->n_tests; i++) {
		r->first[i] = r->n_rows;
		r->n_rows += l->tests[i].count;
	}
	r->first[i] = r->n_rows;
	r->rows = mem_array(r->n_rows + 1, sizeof(*r->rows));
	stress_begin(&r->stress, run);
}

void repeats_fini(struct repeats *r)
{
	free(r->first);
	free(r->rows);
	stress_fini(&r->stress);
	*r = (struct repeats){ 0 };
}

void repeats_add(struct repeats *r, const struct event_test *test)
{
	struct repeats_row *row = &r->rows[r->first[test->test_ix] +
					   test->index];

	row->n_failed += outcome_is_failure(test->outcome);
	row->n_passed += test->outcome == OUTCOME_PASS ||
			 test->outcome == OUTCOME_FLAKY;
	row->n_clean += test->outcome == OUTCOME_PASS;
	if (r->stress.copies)
		stress_add(&r->stress, test);
}

void repeats_end(struct repeats *r)
{
	if (r->stress.copies)
		stress_end(&r->stress);
}

/* 1 - e^-x with x = -ln(0.05) / n: a series, which needs no libm. */
double repeats_bound(uint32_t n)
{
	double x = 2.9957322735539909 / n, term = x, sum = 0;
	int i;

	for (i = 1; i < 32; i++) {
		sum += term;
		term *= -x / (i + 1);
	}
	return sum;
}

bool repeats_next(const struct repeats *r, struct unstable *u)
{
	for (; u->next < r->n_rows; u->next++) {
		const struct repeats_row *row = &r->rows[u->next];

		if (!row->n_passed || !row->n_failed)
			continue;
		while (r->first[u->test_ix + 1] <= u->next)
			u->test_ix++;
		u->index = (uint32_t)(u->next - r->first[u->test_ix]);
		u->n_failed = row->n_failed;
		u->n_times = row->n_failed + row->n_passed;
		u->next++;
		return true;
	}
	return false;
}

static void repeats_add_unstable(struct str *out, bool color,
				 const struct repeats *r,
				 const struct unstable *u)
{
	struct str text = STR_INIT;

	str_addf(&text, "%" PRIu32 "/%" PRIu32, u->n_failed, u->n_times);
	status_add_word(out, color, STYLE_BAD, str_get(&text));
	str_clear(&text);
	test_print_name(&text, &r->run->listing->tests[u->test_ix], u->index);
	str_add(out, " ");
	style_begin(out, color, STYLE_NAME);
	visible_add(out, str_get(&text));
	style_end(out, color);
	str_add(out, "\n");
	str_fini(&text);
}

/* How many there are. */
static uint64_t repeats_add_list(struct str *out, bool color,
				 const struct repeats *r)
{
	struct unstable u = { 0 };
	uint64_t n = 0;

	while (repeats_next(r, &u)) {
		if (n++ == 0)
			str_add(out, "unstable:\n");
		if (n <= REPEATS_SHOWN_MAX)
			repeats_add_unstable(out, color, r, &u);
	}
	if (n > REPEATS_SHOWN_MAX)
		str_addf(out, "             ... and %" PRIu64 " more\n",
			 n - REPEATS_SHOWN_MAX);
	return n;
}

uint32_t repeats_least(const struct repeats *r)
{
	uint32_t least = 0;
	uint64_t i;

	for (i = 0; i < r->n_rows; i++) {
		const struct repeats_row *row = &r->rows[i];

		if (row->n_clean && row->n_clean == row->n_passed &&
		    !row->n_failed && (!least || row->n_clean < least))
			least = row->n_clean;
	}
	return least;
}

void repeats_print(struct str *out, bool color, const struct repeats *r)
{
	uint64_t unstable, passed = 0, failed = 0, i;
	uint32_t least;

	if (!r->run)
		return;
	unstable = repeats_add_list(out, color, r);
	for (i = 0; i < r->n_rows; i++) {
		passed += r->rows[i].n_passed && !r->rows[i].n_failed;
		failed += r->rows[i].n_failed && !r->rows[i].n_passed;
	}
	if (r->stress.copies) {
		stress_print(out, &r->stress, passed + failed + unstable > 1,
			     repeats_least(r));
		return;
	}
	str_addf(out, "of %" PRIu64 " test%s, each %" PRIu32 " times: %" PRIu64
		      " passed always, %" PRIu64 " failed always, %" PRIu64
		      " unstable\n",
		 passed + failed + unstable,
		 passed + failed + unstable == 1 ? "" : "s",
		 r->run->plan->n_times, passed, failed, unstable);
	least = repeats_least(r);
	if (least)
		str_addf(out, "p(fail) of each that passed always: < %.2g %%, "
			 "at 95 %% confidence\n", 100 * repeats_bound(least));
}
