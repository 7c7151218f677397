/* SPDX-License-Identifier: MIT */
#include "cli/unrun.h"

#include "base/clock.h"
#include "base/die.h"
#include "cli/complain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static bool unrun_only_shows(const struct unrun *u)
{
	return u->o->dry_run || u->o->explain;
}

static int unrun_fail(const struct err *err)
{
	return complain(err->code == -EINVAL ? EXIT_USAGE : EXIT_UNTRUSTED,
			err);
}

int unrun_tell(struct unrun u, int status, const char *why)
{
	const struct listing no_listing = { 0 };
	const struct plan no_plan = { 0 };
	const struct event_finished finished = { .why = why,
						 .exit_status = status,
						 .signo = u.signo };
	struct event_run run = u.run;
	struct err err = { 0 };

	if (unrun_only_shows(&u))
		return status;
	run.listing = &no_listing;
	run.plan = &no_plan;
	run.partition = NULL;
	run.plan_why = "";
	return outlet_tell_unrun(u.o, &run, &finished, &err) < 0
		       ? unrun_fail(&err) : status;
}

int unrun_tell_nothing(struct unrun u)
{
	if (u.n_bad)
		return unrun_tell(u, EXIT_SUITE,
				  "a suite could not be loaded");
	if (u.o->no_tests != NO_TESTS_PASS)
		dprintf(STDERR_FILENO, "%s: no test is selected\n",
			program_name);
	if (u.o->no_tests == NO_TESTS_FAIL)
		return unrun_tell(u, EXIT_NOTHING, "no test is selected");
	dprintf(STDOUT_FILENO, "0 passed, 0 failed\n");
	return EXIT_PASSED;
}

/* ---- an empty shard ------------------------------------------------------ */

static void unrun_tell_events(const struct unrun *u, int status,
			      const struct sink *sink)
{
	static const struct plan no_plan; /* reports look at it until the end */
	struct event ev = { .kind = EVENT_RUN_STARTED,
			    .now_ns = clock_now_ns(),
			    .run = u->run };
	struct event end = { .kind = EVENT_RUN_FINISHED,
			     .now_ns = ev.now_ns };

	ev.run.plan = &no_plan;
	end.finished.tally.bad_suites = u->n_bad;
	end.finished.exit_status = status;
	end.finished.why = u->n_bad ? "a suite could not be loaded"
				    : "no test is in this shard";
	sink_event(sink, &ev);
	sink_event(sink, &end);
}

int unrun_tell_empty_shard(struct unrun u, struct outlet *out,
			   struct driver *driver, const struct costs *costs)
{
	int status = u.n_bad ? EXIT_SUITE : EXIT_PASSED;
	struct sink outlet, sink;
	struct err err = { 0 };

	dprintf(STDERR_FILENO, "%s: no test of those selected is in shard "
		"%" PRIu32 "/%" PRIu32 "\n", program_name,
		u.run.partition->number, u.run.partition->total);
	if (unrun_only_shows(&u))
		return status;
	if (outlet_open_reports(out, u.o, costs, &err) < 0 ||
	    outlet_open_recording(out, u.o, u.run.run_id, &err) < 0)
		return unrun_fail(&err);
	outlet = outlet_sink(out);
	sink = driver_sink(driver, &outlet);
	unrun_tell_events(&u, status, &sink);
	return status;
}
