/* SPDX-License-Identifier: MIT */
#include "report/failure.h"

#include "base/clock.h"
#include "scene.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

static void is(const struct event_test *test, const char *expected)
{
	struct str out = STR_INIT;

	failure_add(&out, test, NULL);
	cr_expect_str_eq(str_get(&out), expected);
	str_fini(&out);
}

Test(failure, a_note_has_its_place_and_all_its_lines)
{
	const struct note notes[] = {
		{ NOTE_FAILURE, 12, "a.c", "expected 3\ngot 4" },
		{ NOTE_ERROR, 0, "", "no database" },
		{ NOTE_RUNNER, 0, "", "was stopped" },
		{ NOTE_SKIP, 0, "", "" },
	};
	struct event_test test = scene_test(0, OUTCOME_FAIL);

	test.notes = notes;
	test.n_notes = 4;
	test.n_failures = 1;
	is(&test, "    a.c:12: expected 3\n"
		  "        got 4\n"
		  "    fixture: no database\n"
		  "    shmrun: was stopped\n"
		  "    skipped: \n");
}

Test(failure, checks_without_a_note_are_counted)
{
	const struct note note = { NOTE_FAILURE, 1, "a.c", "x" };
	struct event_test test = scene_test(0, OUTCOME_FAIL);

	test.n_failures = 1;
	is(&test, "    1 failed check\n");
	test.notes = &note;
	test.n_notes = 1;
	test.n_failures = 3;
	is(&test, "    a.c:1: x\n    2 more failed checks\n");
}

Test(failure, says_how_it_ended)
{
	struct event_test test = scene_test(0, OUTCOME_CRASH);

	test.signo = SIGABRT;
	is(&test, "    killed by SIGABRT in w3\n");
	test.generation = 2;
	test.attempt = 1;
	is(&test, "    killed by SIGABRT in w3, generation 2, attempt 2\n");
	test = scene_test(0, OUTCOME_CRASH);
	test.signo = SIGSEGV;
	test.fault = &(struct sigfault){ .code = 1, .address = 0x10 };
	is(&test, "    killed by SIGSEGV (SEGV_MAPERR at address 0x10) in w3\n");
	test.fault = &(struct sigfault){ .code = 0x80 };
	is(&test, "    killed by SIGSEGV (SI_KERNEL) in w3\n");
	test.fault = &(struct sigfault){ .code = 77, .address = 1 };
	is(&test, "    killed by SIGSEGV (code 77 at address 0x1) in w3\n");
	test = scene_test(0, OUTCOME_TIMEOUT);
	test.duration_ns = 300 * NS_PER_S;
	is(&test, "    timed out after 5m00s in w3\n");
	/* PROC-15: exit(0) is no pass */
	test = scene_test(0, OUTCOME_FAIL);
	test.exit_status = 0;
	is(&test, "    exited early, with status 0, in w3\n");
}

/* OUT-2: how much was dropped is said exactly */
Test(failure, output_has_a_head_a_gap_and_a_tail)
{
	struct event_test test = scene_test(0, OUTCOME_FAIL);

	test.output = (struct output){ "one\ntwo", 7, "end\n", 4, 1011 };
	is(&test, "    output (1011 bytes):\n"
		  "        one\n"
		  "        two\n"
		  "        ... 1000 bytes dropped ...\n"
		  "        end\n");
	test.output = (struct output){ "a\0\033", 3, "", 0, 3 };
	is(&test, "    output (3 bytes):\n        a\\x00\\x1B\n");
}

Test(failure, what_a_failed_test_used_is_told)
{
	struct usage usage = { .user_ns = 1250 * NS_PER_MS,
			       .system_ns = 250 * NS_PER_MS,
			       .peak_kib = 3072,
			       .minor_faults = 10,
			       .major_faults = 2,
			       .switches = 3,
			       .preemptions = 4 };
	struct event_test test = scene_test(0, OUTCOME_FAIL);

	test.usage = &usage;
	is(&test, "    used 1.500s of CPU (1.250s user, 0.250s system), at "
		  "most 3.0 MiB, 12 faults (2 major), 3 + 4 switches\n");
	usage.user_ns = usage.system_ns = 4 * NS_PER_MS;
	is(&test, "");
	usage.user_ns = 6 * NS_PER_MS;
	is(&test, "    used 0.010s of CPU (0.006s user, 0.004s system), at "
		  "most 3.0 MiB, 12 faults (2 major), 3 + 4 switches\n");
	test = scene_test(0, OUTCOME_PASS);
	test.usage = &usage;
	is(&test, "");
}

/* STATE-11 */
Test(failure, a_leak_is_named)
{
	struct event_test test = scene_test(0, OUTCOME_PASS);

	is(&test, "");
	test.leak = true;
	is(&test, "    left processes or threads behind\n");
}

/* OSC 8; whatever a frame's function is called. */
Test(failure, places_of_frames_are_links)
{
	static const char text[] =
		"f at /dev/null:12 (a.so+0x1)\n"
		"operator()(int) at at /dev/null:7 (b c.so+0x2)\n"
		"g at /no/such file.c:3 (a.so+0x4)\n"
		"h (a.so+0x3)\n"
		"a.so+0x5\n"
		"\033k at /dev/null:x (a.so+0x6)";
	const struct note notes[] = { { NOTE_TRACE, 0, "", text } };
	struct event_test test = scene_test(0, OUTCOME_CRASH);
	struct str out = STR_INIT;

	test.notes = notes;
	test.n_notes = 1;
	failure_add(&out, &test, "host");
	cr_expect_not_null(strstr(str_get(&out),
		"        f at \033]8;;file://host/dev/null\033\\/dev/null:12"
		"\033]8;;\033\\ (a.so+0x1)\n"));
	cr_expect_not_null(strstr(str_get(&out),
		"        operator()(int) at at \033]8;;file://host/dev/null"
		"\033\\/dev/null:7\033]8;;\033\\ (b c.so+0x2)\n"));
	cr_expect_not_null(strstr(str_get(&out),
		"        g at /no/such file.c:3 (a.so+0x4)\n"
		"        h (a.so+0x3)\n"
		"        a.so+0x5\n"
		"        \\x1Bk at /dev/null:x (a.so+0x6)\n"));
	str_fini(&out);
}
