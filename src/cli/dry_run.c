/* SPDX-License-Identifier: MIT */
#include "cli/dry_run.h"

#include "base/clock.h"
#include "base/sys.h"
#include "cli/complain.h"
#include "cli/suggest.h"
#include "report/duration.h"
#include "report/visible.h"
#include "sched/estimate.h"
#include "sched/predict.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* ---- where a position is --------------------------------------------- */

enum place_kind { PLACE_PART, PLACE_DEAL, PLACE_GATED, PLACE_LATE };

/* How a position is handed out, and up to where all are handed out alike. */
struct place {
	enum place_kind kind;
	uint32_t i; /* in the plan's table of that kind */
	uint32_t end;
};

/* The first of a table that ends behind a position: ranges in order. */
#define PLACE_FROM(items, n, position)                                        \
	__extension__({                                                       \
		uint32_t from_ = 0, to_ = (n);                                \
		while (from_ < to_) {                                         \
			uint32_t mid_ = from_ + (to_ - from_) / 2;            \
			if ((items)[mid_].hi <= (position))                   \
				from_ = mid_ + 1;                             \
			else                                                  \
				to_ = mid_;                                   \
		}                                                             \
		from_;                                                        \
	})

static struct place dry_run_place(const struct plan *p, uint32_t position)
{
	uint32_t i = PLACE_FROM(p->parts, p->n_parts, position);

	if (i < p->n_parts && p->parts[i].lo <= position)
		return (struct place){ PLACE_PART, i, p->parts[i].hi };
	i = PLACE_FROM(p->deals, p->n_deals, position);
	if (i < p->n_deals && p->deals[i].lo <= position)
		return (struct place){ PLACE_DEAL, i, p->deals[i].hi };
	i = PLACE_FROM(p->gated, p->n_gated, position);
	if (i < p->n_gated && p->gated[i].lo <= position)
		return (struct place){ PLACE_GATED, i, p->gated[i].hi };
	i = PLACE_FROM(p->late, p->n_late, position);
	return (struct place){ PLACE_LATE, i, p->late[i].hi };
}

static bool dry_run_is_canary(const struct plan *p, const struct place *place,
			      uint32_t position)
{
	return place->kind == PLACE_DEAL && place->i < p->n_canaries &&
	       p->deals[place->i].lo == position;
}

static void dry_run_add_uses(struct str *out, const struct plan *p,
			     const struct gated *g)
{
	uint32_t i;

	for (i = g->first_use; i < g->first_use + g->n_uses; i++) {
		const struct lock_use *use = &p->uses[i];
		const struct lock *lock = &p->locks[use->lock];

		str_addf(out, ", lock %.*s", (int)lock->name_len, lock->name);
		if (use->shared)
			str_add(out, " shared");
		else if (lock->units > 1)
			str_addf(out, " %" PRIu32 " of %" PRIu32, use->units,
				 lock->units);
	}
}

static void dry_run_add_gated(struct str *out, const struct plan *p,
			      const struct gated *g)
{
	str_addf(out, "gated before %" PRIu32, g->before);
	if (g->pin)
		str_addf(out, ", only on w%" PRIu32, g->pin - 1);
	dry_run_add_uses(out, p, g);
	if (g->weight > 1)
		str_addf(out, ", takes %" PRIu32 " workers", g->weight);
	if (g->after != PLAN_NONE)
		str_addf(out, ", after %" PRIu32 " of %s",
			 p->groups[g->after].n_members,
			 p->groups[g->after].name);
}

/* "shared", "w0", "canary on w0", "gated before 7, lock db", "alone". */
static void dry_run_add_place(struct str *out, const struct plan *p,
			      const struct place *place, uint32_t position)
{
	switch (place->kind) {
	case PLACE_PART:
		str_add(out, "shared");
		if (p->parts[place->i].setup_ns)
			str_addf(out, ", set-up %.3g s",
				 (double)p->parts[place->i].setup_ns /
					 (double)NS_PER_S);
		break;
	case PLACE_DEAL:
		str_addf(out, "%sw%" PRIu32,
			 dry_run_is_canary(p, place, position) ? "canary on "
							       : "",
			 p->deals[place->i].slot);
		break;
	case PLACE_GATED:
		dry_run_add_gated(out, p, &p->gated[place->i]);
		break;
	case PLACE_LATE:
		str_add(out, p->late[place->i].alone ? "alone" : "last");
		break;
	}
}

static const struct bound *dry_run_bound(const struct plan *p,
					 uint32_t position)
{
	uint32_t i = PLACE_FROM(p->bounds, p->n_bounds, position);

	return i < p->n_bounds && p->bounds[i].lo <= position ? &p->bounds[i]
							      : NULL;
}

/* ---- the plan, line by line ------------------------------------------ */

/* Positions that are told in one line: one test, one place, one cost. */
struct line {
	uint32_t lo, hi;
	struct instance first;
	const struct cost *cost;
	struct place place;
};

static void dry_run_cut(const struct dry_run *d, struct line *line)
{
	const struct costs *c = d->costs;
	uint32_t block = costs_block(
		c->listing->tests[line->first.test_ix].count);
	uint32_t row_end = (line->first.index / block + 1) * block;
	const struct bound *b = dry_run_bound(d->plan, line->lo);

	line->hi = min_of(line->hi,
			  line->lo + (row_end - line->first.index));
	line->hi = min_of(line->hi, line->place.end);
	if (b)
		line->hi = min_of(line->hi, b->hi);
	if (dry_run_is_canary(d->plan, &line->place, line->lo))
		line->hi = line->lo + 1;
}

static void dry_run_add_name(struct str *out, const struct dry_run *d,
			     const struct line *line)
{
	const struct test *t = &d->costs->listing->tests[line->first.test_ix];
	struct str name = STR_INIT;

	if (line->hi - line->lo > 1)
		str_addf(&name, "%s[%" PRIu32 "-%" PRIu32 "]", t->name,
			 line->first.index,
			 line->first.index + (line->hi - line->lo) - 1);
	else
		test_print_name(&name, t, line->first.index);
	visible_add(out, str_get(&name));
	str_fini(&name);
}

static void dry_run_add_line(struct str *out, const struct dry_run *d,
			     const struct line *line)
{
	const struct bound *b = dry_run_bound(d->plan, line->lo);

	str_addf(out, "%8" PRIu32, line->lo);
	duration_add_exact(out, (uint64_t)line->cost->est_ns);
	str_add(out, " ");
	dry_run_add_name(out, d, line);
	str_add(out, " (");
	dry_run_add_place(out, d->plan, &line->place, line->lo);
	if (b)
		str_addf(out, ", unit of %" PRIu32 " tests", b->hi - b->lo);
	str_addf(out, "; %s)\n", estimate_source_name(line->cost->source));
}

static struct line dry_run_line(const struct dry_run *d,
				const struct stretch *at, uint32_t from)
{
	struct line line = {
		.lo = from,
		.hi = at->position + at->count,
		.first = { at->first.test_ix,
			   at->first.index + (from - at->position) },
		.place = dry_run_place(d->plan, from),
	};

	line.cost = &d->costs->rows[costs_row(d->costs, line.first.test_ix,
					      line.first.index)];
	dry_run_cut(d, &line);
	return line;
}

static void dry_run_add_end(struct str *out, const struct dry_run *d)
{
	double ns = predict_end(d->plan, d->costs, d->jobs->n);

	if (ns > 0)
		str_addf(out, "predicted end: %.3g s, of %.3g s of tests\n",
			 ns / (double)NS_PER_S,
			 d->planning->units.total_ns / (double)NS_PER_S);
	else
		str_add(out, "predicted end: nothing is known of any test\n");
	str_addf(out, "shared memory: %" PRIu64 " bytes\n", d->arena_size);
}

static void dry_run_print(struct str *out, const struct dry_run *d)
{
	struct stretch at = { 0 };

	str_addf(out, "%" PRIu32 " tests, %s\n", d->plan->n_positions,
		 d->jobs->why);
	str_add(out, str_get(&d->planning->told));
	str_add(out, "position estimate test (how it is handed out; where the "
		     "estimate is from)\n");
	while (plan_walk(d->plan, &at)) {
		uint32_t from = at.position;

		while (from < at.position + at.count) {
			struct line line = dry_run_line(d, &at, from);

			dry_run_add_line(out, d, &line);
			from = line.hi;
		}
	}
	dry_run_add_end(out, d);
}

/* ---- one test -------------------------------------------------------- */

static void dry_run_explain_order(struct str *out, const struct dry_run *d,
				  const struct line *line)
{
	const struct test *t = &d->costs->listing->tests[line->first.test_ix];
	const struct ordering *o = &d->planning->ordering;

	str_addf(out, "  order       %s", order_names[o->order]);
	if (o->order == ORDER_RANDOM)
		str_addf(out, ", seed %" PRIu64, o->seed);
	if (o->order == ORDER_FAILED_FIRST)
		str_addf(out, ": it %s",
			 line->cost->todo ? "failed or did not run last time"
					  : "is not known to have failed");
	if (t->attrs->priority)
		str_addf(out, ", priority %d", t->attrs->priority);
	str_add(out, "\n");
}

static void dry_run_explain_unit(struct str *out, const struct dry_run *d,
				 const struct line *line)
{
	const struct bound *b = dry_run_bound(d->plan, line->lo);
	const struct test *t = &d->costs->listing->tests[line->first.test_ix];

	str_add(out, "  unit        ");
	if (!b)
		str_add(out, "by itself\n");
	else
		str_addf(out, "test %" PRIu32 " of %" PRIu32
			 " that run on one worker, in order%s%s\n",
			 line->lo - b->lo + 1, b->hi - b->lo,
			 *t->attrs->serial ? ", chain " : "",
			 t->attrs->serial);
}

static void dry_run_explain_line(struct str *out, const struct dry_run *d,
				 const struct line *line)
{
	const struct listing *l = d->costs->listing;

	dry_run_add_name(out, d, line);
	str_addf(out, " of %s\n  estimate ",
		 l->suites[l->tests[line->first.test_ix].suite_ix].path);
	duration_add_exact(out, (uint64_t)line->cost->est_ns);
	str_addf(out, ", from: %s\n",
		 estimate_source_name(line->cost->source));
	dry_run_explain_order(out, d, line);
	dry_run_explain_unit(out, d, line);
	str_addf(out, "  position    %" PRIu32 " of %" PRIu32 "\n"
		 "  handed out  ",
		 line->lo, d->plan->n_positions);
	dry_run_add_place(out, d->plan, &line->place, line->lo);
	str_add(out, "\n");
}

static int dry_run_unknown(const struct dry_run *d, const char *name,
			   struct err *err)
{
	struct suggest suggest;
	uint32_t i;

	suggest_init(&suggest, name);
	for (i = 0; i < d->costs->listing->n_tests; i++) {
		const struct test *t = &d->costs->listing->tests[i];

		if (t->indexed && strcmp(t->name, name) == 0)
			return err_set(err, -ENOENT,
				       "--explain: %s is a range; name one of "
				       "its tests, such as %s[0]", name, name);
		/* It may be one that is not selected. */
		if (strcmp(t->name, name) != 0)
			suggest_offer(&suggest, t->name);
	}
	return err_set(err, -ENOENT,
		       "--explain: no selected test is called '%s'%s%s%s",
		       name, suggest.best ? "; did you mean " : "",
		       suggest.best ? suggest.best : "",
		       suggest.best ? "?" : "");
}

/* The instances of a stretch that are called so. */
static bool dry_run_explain_stretch(struct str *out, const struct dry_run *d,
				    const struct stretch *at, const char *name)
{
	const struct test *t = &d->costs->listing->tests[at->first.test_ix];
	size_t len = strlen(t->name);
	bool found = false;
	uint32_t i;

	if (strncmp(t->name, name, len) != 0 ||
	    name[len] != (t->indexed ? '[' : '\0'))
		return false;
	for (i = 0; i < at->count; i++) {
		struct str own = STR_INIT;

		test_print_name(&own, t, at->first.index + i);
		if (strcmp(str_get(&own), name) == 0) {
			struct line line = dry_run_line(d, at,
							at->position + i);

			line.hi = line.lo + 1;
			dry_run_explain_line(out, d, &line);
			found = true;
		}
		str_fini(&own);
	}
	return found;
}

static int dry_run_explain(struct str *out, const struct dry_run *d,
			   const char *name, struct err *err)
{
	struct stretch at = { 0 };
	bool found = false;

	str_add(out, str_get(&d->planning->told));
	while (plan_walk(d->plan, &at))
		found |= dry_run_explain_stretch(out, d, &at, name);
	return found ? 0 : dry_run_unknown(d, name, err);
}

/* ---- to stdout ------------------------------------------------------- */

int dry_run_show(const struct dry_run *d, const char *explain)
{
	struct str out = STR_INIT;
	struct err err = { 0 };
	int ret;

	if (!explain) {
		dry_run_print(&out, d);
	} else if (dry_run_explain(&out, d, explain, &err) < 0) {
		str_fini(&out);
		return complain(EXIT_USAGE, &err);
	}
	ret = sys_write_all(STDOUT_FILENO, str_get(&out), out.len);
	str_fini(&out);
	if (ret == 0)
		return EXIT_PASSED;
	err_sys(&err, ret, "could not write the plan");
	return complain(EXIT_UNTRUSTED, &err);
}
