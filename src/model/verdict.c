/* SPDX-License-Identifier: MIT */
#include "model/verdict.h"

#include "base/mem.h"

#include <stdlib.h>

static void verdict_say(struct verdict *v, const char *why)
{
	char *kept = mem_strdup(why);

	free(v->why);
	v->end.finished.why = v->why = kept;
}

void verdict_keep(struct verdict *v, const struct event *end)
{
	v->known = true;
	v->end = *end;
	verdict_say(v, end->finished.why);
}

bool verdict_amend(struct verdict *v, int status, int signo, const char *why)
{
	struct event_finished *f = &v->end.finished;

	if (!v->known || f->signo || (!signo && f->exit_status == status))
		return false;
	f->exit_status = status;
	f->signo = signo;
	verdict_say(v, why);
	return true;
}

void verdict_fini(struct verdict *v)
{
	free(v->why);
	*v = (struct verdict){ 0 };
}
