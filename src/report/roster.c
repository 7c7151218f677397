/* SPDX-License-Identifier: MIT */
#include "report/roster.h"

#include "report/duration.h"
#include "report/visible.h"

#include <inttypes.h>

#define ROSTER_DEEPER "        "

static void roster_add_standing(struct str *out, const struct event_run *run,
				const struct standing *s)
{
	struct str name = STR_INIT;

	duration_add_exact(out, s->elapsed_ns);
	plan_print_name(&name, run->plan, run->listing, s->position);
	str_add(out, " ");
	visible_add(out, str_get(&name));
	str_fini(&name);
	str_addf(out, " (w%u", s->slot);
	if (s->pid > 0) {
		str_addf(out, ", process %d, state %c, ", (int)s->pid,
			 s->state);
		duration_add_near(out, s->cpu_ns);
		str_add(out, " of CPU");
	}
	str_addf(out, ", %" PRIu64 " byte%s of output)\n", s->output_bytes,
		 s->output_bytes == 1 ? "" : "s");
	visible_add_lines(out, ROSTER_DEEPER, s->tail, s->tail_len);
}

void roster_add(struct str *out, const struct event_run *run,
		const struct event_roster *roster)
{
	const struct tally *t = &roster->tally;
	size_t i;

	str_addf(out, "%zu running, %" PRIu64 "/%" PRIu64 " done, %" PRIu64
		      " failed, ",
		 roster->n, tally_done(t), t->selected, tally_failed(t));
	duration_add_short(out, roster->elapsed_ns);
	str_add(out, "\n");
	for (i = 0; i < roster->n && !roster->brief; i++)
		roster_add_standing(out, run, &roster->items[i]);
}
