/* SPDX-License-Identifier: MIT */
/* shmrun merge: several recordings told, and recorded, as one run. */
#include "cli/cmd.h"

#include "base/mem.h"
#include "cli/complain.h"
#include "cli/environment.h"
#include "cli/outlet.h"
#include "cli/recordings.h"
#include "model/tally.h"
#include "record/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int merge_tell_all(struct merge *m, const struct options *o,
			  const char *run_id)
{
	struct outlet out = { 0 };
	struct err err = { 0 };
	struct sink sink;
	int status;

	if (outlet_open_reports(&out, o, NULL, &err) < 0 ||
	    outlet_open_recording(&out, o, run_id, &err) < 0) {
		status = complain(err.code == -EINVAL ? EXIT_USAGE
							: EXIT_UNTRUSTED, &err);
		outlet_close(&out, &err);
		return status;
	}
	sink = outlet_sink(&out);
	status = merge_events(m, &sink);
	if (outlet_close(&out, &err) < 0)
		status = complain(EXIT_UNTRUSTED, &err);
	return status;
}

static int merge_files(const struct options *o, const int *fds)
{
	char run_id[RUN_ID_CAP];
	struct err err = { 0 };
	struct merge *m;
	int status;

	environment_run_id(run_id);
	m = merge_open(fds, o->suites.items, o->suites.n, run_id, &err);
	if (!m)
		return complain(EXIT_UNTRUSTED, &err);
	status = merge_tell_all(m, o, run_id);
	merge_close(m);
	return status;
}

/* All of them, before one of them may be written over. */
static int merge_open_files(const struct options *o, int *fds, uint32_t *n,
			    struct err *err)
{
	for (*n = 0; *n < o->suites.n; ++*n) {
		const char *name = o->suites.items[*n];
		int fd = recordings_open_file(name, err);

		if (fd < 0)
			return fd;
		fds[*n] = fd;
		if (o->record && recordings_is_file(fd, o->record)) {
			++*n;
			return err_set(err, -EINVAL, "--record would "
				       "overwrite %s", name);
		}
	}
	return 0;
}

int cmd_merge(const struct options *o)
{
	int *fds = mem_array(o->suites.n, sizeof(*fds)), status;
	struct err err = { 0 };
	uint32_t n;

	if (merge_open_files(o, fds, &n, &err) < 0)
		status = complain(EXIT_USAGE, &err);
	else
		status = merge_files(o, fds);
	while (n > 0)
		close(fds[--n]);
	free(fds);
	return status;
}
