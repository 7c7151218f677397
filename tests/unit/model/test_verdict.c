/* SPDX-License-Identifier: MIT */
/* How a run ends that something goes wrong behind (EXIT-9, EXIT-10). */
#include "model/verdict.h"

#include <criterion/criterion.h>
#include <signal.h>

static struct verdict verdict_of(int status, int signo)
{
	char why[] = "told";
	const struct event end = { .kind = EVENT_RUN_FINISHED,
				   .finished = { .why = why,
						 .exit_status = status,
						 .signo = signo } };
	struct verdict v = { 0 };

	verdict_keep(&v, &end);
	why[0] = '!';
	return v;
}

static void amends(int status, int signo, int to, int to_signo, bool changes)
{
	struct verdict v = verdict_of(status, signo);
	const struct event_finished *f = &v.end.finished;

	cr_expect_str_eq(f->why, "told", "it has a copy");
	cr_expect_eq(verdict_amend(&v, to, to_signo, "after all"), changes);
	cr_expect_str_eq(f->why, changes ? "after all" : "told");
	cr_expect_eq(f->exit_status, changes ? to : status);
	cr_expect_eq(f->signo, changes ? to_signo : signo);
	verdict_fini(&v);
	cr_expect_not(v.known);
}

Test(verdict, another_status_has_another_reason)
{
	amends(0, 0, 6, 0, true);
	amends(6, 0, 3, 0, true);
	amends(1, 0, 1, 0, false);
}

Test(verdict, a_signal_goes_before_all)
{
	amends(0, 0, 6, SIGINT, true);
	amends(1, 0, 1, SIGINT, true);
	amends(1, SIGTERM, 3, 0, false);
	amends(1, SIGTERM, 6, SIGINT, false);
}

Test(verdict, a_run_without_an_end_has_none)
{
	struct verdict v = { 0 };

	cr_expect_not(verdict_amend(&v, 3, 0, "no"));
	verdict_fini(&v);
}
