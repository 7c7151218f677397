/* SPDX-License-Identifier: MIT */
#include "report/footer.h"

#include "report/duration.h"
#include "report/style.h"
#include "report/visible.h"

#include <inttypes.h>

/* So many times the workers there are are nobody's question. */
#define FOOTER_FAR 64

static void footer_add_name(struct str *out, bool color,
			    const struct event_run *run,
			    const struct makespan_unit *unit)
{
	struct str name = STR_INIT;

	plan_print_name(&name, run->plan, run->listing, unit->lo);
	style_begin(out, color, STYLE_NAME);
	visible_add(out, str_get(&name));
	style_end(out, color);
	if (unit->hi - unit->lo > 1)
		str_addf(out, " and the %" PRIu32 " after it",
			 unit->hi - unit->lo - 1);
	str_fini(&name);
}

static void footer_print_times(struct str *out, const struct makespan *m,
			       const struct makespan_verdict *v,
			       uint64_t actual_ns)
{
	str_add(out, "ideal ");
	duration_add_near(out, v->ideal_ns);
	str_add(out, ", actual ");
	duration_add_near(out, actual_ns);
	str_addf(out, ", efficiency %" PRIu32 "%%", v->percent);
	if (m->fixtures_ns >= NS_PER_MS) {
		str_add(out, ", beside it fixtures ");
		duration_add_near(out, m->fixtures_ns);
	}
	str_add(out, "\n");
}

static void footer_print_limit(struct str *out, bool color,
			       const struct makespan *m,
			       const struct event_run *run,
			       const struct makespan_verdict *v)
{
	switch (v->limit) {
	case MAKESPAN_WORKERS:
		str_addf(out, "limited by the number of workers, %" PRIu32 "\n",
			 run->jobs);
		break;
	case MAKESPAN_UNIT:
		str_add(out, "limited by ");
		footer_add_name(out, color, run, &v->unit);
		str_add(out, ": ");
		duration_add_near(out, v->unit.work_ns);
		str_add(out, ", begun after ");
		duration_add_near(out, v->unit.start_ns -
				  min_of(v->unit.start_ns, m->started_ns));
		str_add(out, "\n");
		break;
	case MAKESPAN_REST:
		str_add(out, "limited by what is not tests (starting, "
			"fixtures, waiting): ");
		duration_add_near(out, v->rest_ns);
		str_add(out, "\n");
		break;
	}
}

static void footer_print_more(struct str *out, bool color,
			      const struct makespan *m,
			      const struct event_run *run,
			      const struct makespan_verdict *v)
{
	uint64_t more = min_of((uint64_t)run->jobs * 2, v->useful);

	if (run->jobs < v->useful) {
		str_addf(out, "%" PRIu64 " workers: ", more);
		duration_add_near(out, makespan_ideal(m, more));
		str_add(out, " at best");
	}
	if (v->useful / run->jobs >= FOOTER_FAR) {
		str_add(out, "\n");
		return;
	}
	if (run->jobs < v->useful)
		str_add(out, "; ");
	str_addf(out, "more than %" PRIu64 " worker%s cannot help: ", v->useful,
		 v->useful == 1 ? "" : "s");
	footer_add_name(out, color, run, &m->longest);
	str_add(out, " alone is ");
	duration_add_near(out, m->longest.work_ns);
	str_add(out, "\n");
}

void footer_print(struct str *out, bool color, const struct makespan *m,
		  const struct event_run *run,
		  const struct event_finished *finished)
{
	const struct tally *t = &finished->tally;
	struct makespan_verdict v;

	if (t->selected < 2 || t->count[OUTCOME_NOTRUN] ||
	    !makespan_judge(m, run->jobs, finished->elapsed_ns, &v))
		return;
	footer_print_times(out, m, &v, finished->elapsed_ns);
	footer_print_limit(out, color, m, run, &v);
	footer_print_more(out, color, m, run, &v);
}
