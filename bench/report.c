/* SPDX-License-Identifier: MIT */
/*
 * report.c: what a report costs: N tests on 64 workers are told to it, one in
 * a thousand of them failed, with gaps and durations that no curve can
 * summarise.
 *
 *	report NAME N FILE	CPU ns of telling and writing
 */
#include "base/clock.h"
#include "base/die.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JOBS 64u

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static const struct report_ops *find(const char *name)
{
	size_t i;

	for (i = 0; report_table[i]; i++)
		if (strcmp(report_table[i]->name, name) == 0)
			return report_table[i];
	die(EXIT_USAGE, "no report is called %s", name);
}

static void fill(struct listing *l, struct plan *plan, uint32_t n)
{
	char name[64];
	uint32_t i;

	listing_init(l);
	plan_init(plan);
	listing_add_suite(l, "./bench.so", "native");
	for (i = 0; i < n; i++) {
		int len = snprintf(name, sizeof(name), "bench::test_%u", i);

		listing_add_test(l, &(struct test){
			.name = listing_text(l, name, (size_t)len),
			.file = "bench.c",
			.line = i,
			.count = 1,
			.scope_len = 5,
		});
		plan_add(plan, i, 0, 1);
	}
	plan_add_part(plan, 0, n, 0);
}

static void fail(struct event_test *test)
{
	static const struct note note = { .kind = NOTE_FAILURE,
					  .file = "bench.c",
					  .line = 7,
					  .text = "1 == 2\n1 = 1\n2 = 2" };
	static char text[2000];

	memset(text, 'x', sizeof(text));
	test->outcome = OUTCOME_FAIL;
	test->notes = &note;
	test->n_notes = 1;
	test->output = (struct output){ .head = text,
					.head_len = sizeof(text),
					.total = sizeof(text) };
}

/* When all have ended. */
static uint64_t tell(struct sink *sink, uint32_t n, struct tally *tally)
{
	struct event ev = { .kind = EVENT_TEST_FINISHED };
	uint64_t at[JOBS], end = 0;
	uint32_t x = 1, i;

	for (i = 0; i < JOBS; i++)
		at[i] = NS_PER_S;
	for (i = 0; i < n; i++) {
		uint64_t *now = &at[i % JOBS];

		x = x * 1103515245 + 12345;
		*now += (x >> 8) % 900000;
		ev.test = (struct event_test){ .position = i,
					       .test_ix = i,
					       .outcome = OUTCOME_PASS,
					       .slot = (uint16_t)(i % JOBS),
					       .exit_status = -1,
					       .start_ns = *now,
					       .duration_ns =
						       (x >> 12) % 300000 };
		*now += ev.test.duration_ns;
		end = max_of(end, *now);
		ev.now_ns = *now;
		if (i % 1000 == 0)
			fail(&ev.test);
		tally_add(tally, ev.test.outcome, NOTRUN_NONE, false);
		sink_event(sink, &ev);
	}
	return end;
}

int main(int argc, char **argv)
{
	struct report_wanted wanted = { .path = argv[argc - 1] };
	struct report_setup setup = { .version = "bench" };
	struct event ev = { .kind = EVENT_RUN_STARTED, .now_ns = NS_PER_S };
	struct tally tally = { 0 };
	struct listing listing;
	struct plan plan;
	struct err err = { 0 };
	struct report *report;
	struct sink sink;
	uint64_t start, end;
	uint32_t n;

	if (argc != 4)
		die(EXIT_USAGE, "usage: report NAME N FILE");
	wanted.ops = find(argv[1]);
	n = (uint32_t)strtoul(argv[2], NULL, 10);
	fill(&listing, &plan, n);
	start = cpu_ns();
	report = report_open(&wanted, 1, &setup, &err);
	if (!report)
		die(EXIT_UNTRUSTED, "%s", err.text);
	sink = report_sink(report);
	ev.run = (struct event_run){ .listing = &listing,
				     .plan = &plan,
				     .run_id = "bench",
				     .backend = "none",
				     .host = "bench",
				     .jobs_why = "64 workers",
				     .plan_why = "",
				     .jobs = JOBS };
	sink_event(&sink, &ev);
	tally.selected = n;
	end = tell(&sink, n, &tally);
	ev = (struct event){ .kind = EVENT_RUN_FINISHED, .now_ns = end };
	ev.finished = (struct event_finished){ .tally = tally,
					       .elapsed_ns = end - NS_PER_S,
					       .why = "a test failed",
					       .exit_status = EXIT_FAILED };
	sink_event(&sink, &ev);
	if (report_close(report, &err) < 0)
		die(EXIT_UNTRUSTED, "%s", err.text);
	printf("%llu\n", (unsigned long long)(cpu_ns() - start));
	plan_fini(&plan);
	listing_fini(&listing);
	return 0;
}
