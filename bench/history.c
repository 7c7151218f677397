/* SPDX-License-Identifier: MIT */
/*
 * history.c: what the duration history costs a run of N named tests: reads
 * the book of a run before, learns from each test in turn, saves it.
 *
 *	history FOLDER N	CPU ns of opening, of learning, of saving
 *
 * The folder's first run has nothing to read; it is not printed.
 */
#include "base/die.h"
#include "record/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void fill(struct listing *l, uint32_t n)
{
	char name[64];
	uint32_t i;

	listing_init(l);
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
	}
}

static void ignore(void *ctx, const struct event *ev)
{
	(void)ctx;
	(void)ev;
}

static void learn(struct history *h, uint32_t n)
{
	struct sink none = { .event = ignore }, sink = history_sink(h, &none);
	struct event ev = { .kind = EVENT_TEST_FINISHED };
	uint32_t i;

	ev.test.outcome = OUTCOME_PASS;
	for (i = 0; i < n; i++) {
		ev.test.test_ix = i;
		ev.test.duration_ns = 1000 + i % 1000;
		sink_event(&sink, &ev);
	}
}

static void run(const struct listing *l, const char *folder, bool tell)
{
	struct history_setup setup = { .listing = l,
				       .cache_dir = folder,
				       .today = 20000 };
	uint64_t begin = cpu_ns(), opened, learnt;
	struct history *h = history_open(&setup);

	opened = cpu_ns();
	learn(h, l->n_tests);
	learnt = cpu_ns();
	history_save(h, false);
	history_close(h);
	if (tell)
		printf("%llu %llu %llu\n", (unsigned long long)(opened - begin),
		       (unsigned long long)(learnt - opened),
		       (unsigned long long)(cpu_ns() - learnt));
}

int main(int argc, char **argv)
{
	struct listing l;

	if (argc != 3)
		die(2, "usage: history FOLDER N");
	fill(&l, (uint32_t)strtoul(argv[2], NULL, 10));
	run(&l, argv[1], false);
	run(&l, argv[1], true);
	listing_fini(&l);
	return 0;
}
