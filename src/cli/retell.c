/* SPDX-License-Identifier: MIT */
#include "cli/retell.h"

#include "cli/outlet.h"
#include "cli/recordings.h"

#include <unistd.h>

static int retell_events(struct merge *m, const struct options *o,
			 const char *run_id, struct err *err)
{
	struct outlet out = { 0 };
	struct err why;
	struct sink sink;
	int status;

	if (outlet_open_for_machines(&out, o, err) < 0)
		return err->code;
	/* Nobody asked: then what is resumed stays the last one. */
	if (o->record && outlet_open_recording(&out, o, run_id, err) < 0) {
		outlet_close(&out, &why);
		return err->code;
	}
	sink = outlet_sink(&out);
	status = merge_events(m, &sink);
	return outlet_close(&out, err) < 0 ? err->code : status;
}

int retell(const struct options *o, const struct merge_pick *pick,
	   const char *run_id, struct err *err)
{
	int fd = recordings_open_file(o->resume, err), ret;
	struct merge *m;

	if (fd < 0)
		return fd;
	m = merge_open_picked(&fd, &o->resume, pick, run_id, err);
	ret = m ? retell_events(m, o, run_id, err) : err->code;
	if (m)
		merge_close(m);
	close(fd);
	return ret;
}
