/* SPDX-License-Identifier: MIT */
#include "report/stress.h"

#include "base/vec.h"
#include "report/repeats.h"

#include <inttypes.h>
#include <stdlib.h>

void stress_begin(struct stress *s, const struct event_run *run)
{
	*s = (struct stress){ .copies = run->plan->copies,
			      .len = plan_list_len(run->plan) };
}

void stress_fini(struct stress *s)
{
	free(s->apart_ns);
	*s = (struct stress){ 0 };
}

static void stress_end_volley(struct stress *s)
{
	if (s->n == s->copies) {
		vec_room(s->apart_ns, s->n_apart, s->cap_apart);
		s->apart_ns[s->n_apart++] = (uint32_t)min_of(
			s->last_ns - s->first_ns, (uint64_t)UINT32_MAX);
	}
	s->n = 0;
}

void stress_add(struct stress *s, const struct event_test *test)
{
	uint32_t at = test->position % s->len;

	if (test->outcome == OUTCOME_NOTRUN || test->start_ns == 0)
		return;
	s->n_copies += test->outcome != OUTCOME_SKIP;
	s->n_failed += outcome_is_failure(test->outcome);
	s->n_volleys = max_of(s->n_volleys, at + 1);
	/* A crash may be told late: its backtrace took its time. */
	if (at < s->at)
		return;
	if (at > s->at)
		stress_end_volley(s);
	s->at = at;
	if (s->n == 0)
		s->first_ns = s->last_ns = test->start_ns;
	s->first_ns = min_of(s->first_ns, test->start_ns);
	s->last_ns = max_of(s->last_ns, test->start_ns);
	s->n++;
}

/* "35 ns", "2.1 us", "1.3 ms" */
static void stress_add_time(struct str *out, uint32_t ns)
{
	if (ns < 1000)
		str_addf(out, "%" PRIu32 " ns", ns);
	else if (ns < 1000000)
		str_addf(out, "%.1f us", ns / 1e3);
	else
		str_addf(out, "%.1f ms", ns / 1e6);
}

static void stress_add_apart(struct str *out, const struct stress *s)
{
	if (s->n_apart == 0)
		return;
	str_add(out, ", begun within ");
	stress_add_time(out, stress_apart_ns(s, 50));
	str_add(out, " of each other (95 % within ");
	stress_add_time(out, stress_apart_ns(s, 95));
	str_add(out, ")");
}

static int stress_by_size(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

void stress_end(struct stress *s)
{
	stress_end_volley(s);
	if (s->n_apart)
		qsort(s->apart_ns, s->n_apart, sizeof(*s->apart_ns),
		      stress_by_size);
}

uint32_t stress_apart_ns(const struct stress *s, uint32_t percent)
{
	uint64_t i = (uint64_t)s->n_apart * percent / 100;

	return s->n_apart ? s->apart_ns[min_of(i, s->n_apart - UINT64_C(1))]
			  : 0;
}

void stress_print(struct str *out, const struct stress *s, bool several,
		  uint32_t least)
{
	str_addf(out, "stress: %" PRIu32 " volley%s of %" PRIu32 " copies",
		 s->n_volleys, s->n_volleys == 1 ? "" : "s", s->copies);
	stress_add_apart(out, s);
	str_addf(out, "\n%" PRIu64 " of %" PRIu64 " copies failed",
		 s->n_failed, s->n_copies);
	if (least)
		str_addf(out, ", p(fail)%s < %.2g %% at 95 %% confidence",
			 !several ? "" : s->n_failed
				? " of each test that did not"
				: " of each test",
			 100 * repeats_bound(least));
	str_add(out, "\n");
}
