/* SPDX-License-Identifier: MIT */
/* shmrun report: any report of a run that is over, from its recording. */
#include "cli/cmd.h"

#include "cli/complain.h"
#include "cli/outlet.h"
#include "cli/recordings.h"
#include "model/tally.h"
#include "record/replay.h"

#include <errno.h>
#include <unistd.h>

/* The run's own exit status, unless what was asked for cannot be told. */
static int report_play(struct replay *r, const struct options *o)
{
	struct outlet out = { 0 };
	struct err err = { 0 };
	struct sink sink;
	int status;

	if (outlet_open_reports(&out, o, NULL, &err) < 0)
		return complain(err.code == -EINVAL ? EXIT_USAGE
						       : EXIT_UNTRUSTED, &err);
	sink = outlet_sink(&out);
	replay_events(r, &sink);
	status = replay_end(r, &sink);
	if (outlet_close(&out, &err) < 0)
		status = complain(EXIT_UNTRUSTED, &err);
	return status;
}

int cmd_report(const struct options *o)
{
	struct recorded recorded;
	struct err err = { 0 };
	int status;

	if (recordings_open(&recorded, o->suites.items[0], &err) < 0)
		return complain(err.code == -ENOENT ? EXIT_USAGE
						       : EXIT_UNTRUSTED, &err);
	status = report_play(recorded.replay, o);
	recordings_close(&recorded);
	return status;
}
