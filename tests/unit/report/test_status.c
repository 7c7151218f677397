/* SPDX-License-Identifier: MIT */
#include "report/status.h"

#include "scene.h"

#include <criterion/criterion.h>
#include <signal.h>

static void line_is(const struct event_test *test, bool color,
		    const char *expected)
{
	struct str out = STR_INIT;

	status_add_line(&out, color, test, "S::n");
	cr_expect_str_eq(str_get(&out), expected);
	str_fini(&out);
}

Test(status, the_word_is_aligned_on_the_right)
{
	struct event_test test = scene_test(0, OUTCOME_FAIL);

	line_is(&test, false, "        FAIL [   0.005s] S::n (w3)\n");
	test.outcome = OUTCOME_TIMEOUT;
	line_is(&test, false, "     TIMEOUT [   0.005s] S::n (w3)\n");
}

/* STATE-4: the signal is the status */
Test(status, a_crash_shows_its_signal)
{
	struct event_test test = scene_test(0, OUTCOME_CRASH);

	test.signo = SIGSEGV;
	line_is(&test, false, "     SIGSEGV [   0.005s] S::n (w3)\n");
	test.signo = 0;
	line_is(&test, false, "       CRASH [   0.005s] S::n (w3)\n");
	test.signo = SIGRTMIN;
	test.leak = true;
	line_is(&test, false, "signal 34+LEAK [   0.005s] S::n (w3)\n");
}

/* STATE-11: beside the state, never instead of it */
Test(status, a_leak_is_added)
{
	struct event_test test = scene_test(0, OUTCOME_PASS);

	test.leak = true;
	line_is(&test, false, "   PASS+LEAK [   0.005s] S::n (w3)\n");
}

Test(status, a_test_that_never_started_has_no_time_and_no_slot)
{
	struct event_test test = scene_test(0, OUTCOME_NOTRUN);

	test.start_ns = 0;
	line_is(&test, false, "      NOTRUN [         ] S::n\n");
}

Test(status, colours_change_nothing_but_colours)
{
	struct event_test test = scene_test(0, OUTCOME_PASS);

	line_is(&test, true,
		"        \033[32;1mPASS\033[0m [   0.005s] "
		"\033[34;1mS::n\033[0m\033[2m (w3)\033[0m\n");
}
