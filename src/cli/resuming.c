/* SPDX-License-Identifier: MIT */
#include "cli/resuming.h"

#include "base/die.h"
#include "cli/complain.h"
#include "cli/recordings.h"
#include "cli/retell.h"
#include "cli/selecting.h"
#include "sched/sched.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* How often a test must have ended: each is to run it in every slot, however
 * it ran before (EACH-1).  There may be fewer slots, never more. */
static uint32_t resuming_times(const struct resuming *r)
{
	return r->o->dist == &sched_each ? r->n_slots : 1;
}

int resuming_apply(const struct resuming *r, struct plan *selected,
		   struct resumed *resumed, struct err *err)
{
	uint32_t n = selected->n_positions;
	struct recorded recorded;
	int ret = recordings_open(&recorded, r->o->resume, err);

	if (ret < 0)
		return ret;
	if (r->o->record && recordings_is_file(recorded.fd, r->o->record)) {
		ret = err_set(err, -EINVAL,
			      "--record would overwrite what is resumed");
	} else {
		*resumed = resume_apply(recorded.replay, r->costs->listing,
					selected, resuming_times(r));
		dprintf(STDERR_FILENO,
			"%s: resumed: of %" PRIu32 " tests %" PRIu64
			" had ended before, %" PRIu64 " of them failed\n",
			program_name, n, resumed->n_ended, resumed->n_failed);
	}
	recordings_close(&recorded);
	return ret;
}

int resuming_tell(const struct resuming *r, struct plan *selected)
{
	const struct select_args by = selecting_args(r->o, r->costs);
	const struct merge_pick pick = { .listing = by.costs->listing,
					 .plan = selected,
					 .n_times = r->o->repeat,
					 .bad_suites = r->bad_suites };
	struct err err = { 0 };
	int status = 0;

	if (r->partition)
		partition_select(r->partition, selected);
	else
		status = select_apply(pick.listing, &by, selected, &err);
	if (status == 0)
		status = retell(r->o, &pick, r->run_id, &err);
	if (status < 0)
		return complain(EXIT_UNTRUSTED, &err);
	dprintf(STDOUT_FILENO, "0 passed, 0 failed\n");
	return status;
}
