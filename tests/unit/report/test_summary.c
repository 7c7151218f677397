/* SPDX-License-Identifier: MIT */
#include "report/summary.h"

#include "base/clock.h"
#include "scene.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char *last_line(const char *text)
{
	const char *at = text + strlen(text) - 1;

	while (at > text && at[-1] != '\n')
		at--;
	return at;
}

static void counts_are(const struct event_finished *finished,
		       const char *expected)
{
	struct str out = STR_INIT;

	summary_print_counts(&out, finished);
	summary_print_verdict(&out, false, finished);
	cr_expect_str_eq(str_get(&out), expected);
	str_fini(&out);
}

Test(summary, an_empty_run_has_its_closing_line)
{
	struct event_finished finished = { .why = "no test was selected",
					   .exit_status = 4 };

	counts_are(&finished, "0 tests in 0.000s\n"
			      "exit 4: no test was selected\n"
			      "0 passed, 0 failed\n");
}

/* passed = pass + flaky, failed = fail + crash + timeout + error,
 * skipped = skip + notrun */
Test(summary, every_state_is_in_the_closing_line)
{
	struct event_finished finished = { .why = "a test failed",
					   .exit_status = 1,
					   .elapsed_ns = 1500 * NS_PER_MS };
	struct tally *t = &finished.tally;
	int i;

	for (i = OUTCOME_PASS; i < N_OUTCOMES; i++)
		t->count[i] = UINT64_C(1) << i;
	t->notrun[NOTRUN_INTERRUPTED] = t->count[OUTCOME_NOTRUN];
	t->leaks = 1;
	t->lost_workers = 2;
	counts_are(&finished,
		   "254 tests in 1.500s\n"
		   "2 pass, 4 fail, 8 crash, 16 timeout, 32 skip, 64 error, "
		   "128 flaky, 256 notrun, 1 leak, 2 workers lost\n"
		   "exit 1: a test failed\n"
		   "not run: 256 (interrupted)\n"
		   "130 passed, 92 failed, 288 skipped\n");
}

Test(summary, a_signal_is_named)
{
	struct event_finished finished = { .why = "interrupted",
					   .exit_status = 1,
					   .signo = SIGINT };

	counts_are(&finished, "0 tests in 0.000s\n"
			      "exit by SIGINT: interrupted\n"
			      "0 passed, 0 failed\n");
}

Test(summary, the_last_line_has_no_colours)
{
	struct event_finished finished = { .why = "a test failed",
					   .exit_status = 1 };
	struct str out = STR_INIT;

	finished.tally.count[OUTCOME_FAIL] = 1;
	summary_print_verdict(&out, true, &finished);
	cr_expect_not_null(strchr(str_get(&out), '\033'));
	cr_expect_str_eq(last_line(str_get(&out)), "0 passed, 1 failed\n");
	str_fini(&out);
}

Test(summary, failures_and_slowest_are_named)
{
	struct summary *s = calloc(1, sizeof(*s));
	struct str out = STR_INIT;
	struct event_test test;
	struct scene scene;

	scene_init(&scene);
	summary_init(s, 5);
	test = scene_test(SCENE_HOSTILE_POSITION, OUTCOME_CRASH);
	test.signo = SIGBUS;
	test.leak = true;
	summary_add(s, &scene.run, &test);
	test = scene_test(3, OUTCOME_PASS);
	test.duration_ns = NS_PER_S;
	summary_add(s, &scene.run, &test);
	summary_print_tests(&out, false, s, &scene.run);
	cr_expect_str_eq(str_get(&out),
			 "failed:\n"
			 " SIGBUS+LEAK " SCENE_HOSTILE_SHOWN "\n"
			 "slowest:\n"
			 "      1.000s Big::range[2]\n"
			 "      0.005s " SCENE_HOSTILE_SHOWN "\n");
	str_fini(&out);
	scene_fini(&scene);
	summary_fini(s);
	free(s);
}

Test(summary, many_failures_are_bounded_and_counted)
{
	struct summary *s = calloc(1, sizeof(*s));
	struct str out = STR_INIT;
	struct scene scene;
	uint32_t i;

	scene_init(&scene);
	summary_init(s, 5);
	for (i = 0; i < 900; i++) {
		struct event_test test = scene_test(i, OUTCOME_FAIL);

		summary_add(s, &scene.run, &test);
	}
	summary_print_tests(&out, false, s, &scene.run);
	cr_expect_not_null(strstr(str_get(&out), "FAIL Big::range[48]\n"));
	cr_expect_null(strstr(str_get(&out), "FAIL Big::range[49]\n"));
	cr_expect_not_null(strstr(str_get(&out), "... and 850 more\n"));
	str_fini(&out);
	scene_fini(&scene);
	summary_fini(s);
	free(s);
}
