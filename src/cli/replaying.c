/* SPDX-License-Identifier: MIT */
#include "cli/replaying.h"

#include "base/die.h"
#include "cli/complain.h"
#include "cli/option_suite.h"
#include "cli/quantity.h"
#include "model/tally.h"
#include "sched/sched.h"
#include "suite/adapter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- RECORDING[:wK[.G]] ------------------------------------------------ */

/* Generations and slots are 16 bits wide. */
static bool replaying_parse_number(const char *text, size_t len, uint32_t *n)
{
	char digits[8] = "";

	if (len == 0 || len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	return quantity_parse_count(digits, 0, UINT16_MAX, n) == 0;
}

static int replaying_parse(struct replaying *r, const char *value,
			   struct err *err)
{
	const char *colon = strrchr(value, ':');
	bool all = !colon || colon[1] != 'w';
	size_t len = all ? strlen(value) : (size_t)(colon - value), digits;

	r->slot = r->generation = SEQUENCE_ALL;
	if (len == 0 || len >= sizeof(r->name))
		return err_set(err, -EINVAL, "--replay: '%s' is not a "
			       "RECORDING, nor RECORDING:wK, such as last:w3",
			       value);
	memcpy(r->name, value, len);
	if (all)
		return 0;
	digits = strcspn(colon + 2, ".");
	if (!replaying_parse_number(colon + 2, digits, &r->slot) ||
	    (colon[2 + digits] &&
	     !replaying_parse_number(colon + 3 + digits,
				     strlen(colon + 3 + digits),
				     &r->generation)))
		return err_set(err, -EINVAL, "--replay: '%s' is neither a "
			       "worker, such as w3, nor one of its processes, "
			       "such as w3.0", colon + 1);
	return 0;
}

/* ---- what it ran ----------------------------------------------------- */

static uint32_t replaying_count_processes(const struct sequence *s)
{
	uint32_t n = s->n > 0, i;

	for (i = 1; i < s->n; i++)
		n += s->steps[i].generation != s->steps[i - 1].generation;
	return n;
}

/* All of the slot is there. */
static int replaying_choose_process(struct replaying *r, struct err *err)
{
	struct sequence *s = &r->sequence;
	uint32_t n_processes = replaying_count_processes(s), n = s->n, last;

	if (r->generation == SEQUENCE_ALL) {
		if (n_processes > 1)
			dprintf(STDERR_FILENO,
				"%s: replay: w%u ran %u tests in %u processes, "
				"and they run in one; :w%u.%u is the last of "
				"them\n", program_name, r->slot, n,
				n_processes, r->slot,
				s->steps[n - 1].generation);
		return 0;
	}
	last = s->steps[n - 1].generation;
	sequence_keep_slot(s, r->slot, r->generation);
	if (s->n == 0)
		return err_set(err, -EINVAL, "%s: w%u.%u ran no test; the "
			       "last of w%u that did is w%u.%u", r->name,
			       r->slot, r->generation, r->slot, r->slot, last);
	return 0;
}

/* The tests that may have to do with it. */
static int replaying_choose_before(struct replaying *r, const char *name,
				   struct err *err)
{
	struct sequence *s = &r->sequence;
	uint32_t step;

	if (!sequence_find(s, name, &step))
		return err_set(err, -EINVAL, "%s: '%s' did not run%s", r->name,
			       name, r->slot == SEQUENCE_ALL ? "" : " there");
	r->slot = s->steps[step].slot;
	r->generation = s->steps[step].generation;
	sequence_keep_until(s, step);
	return 0;
}

/* As they ran; but what was repeated, or tried again, runs once. */
static int replaying_choose_all(struct replaying *r, struct err *err)
{
	const struct event_run *run = replay_run(r->recorded.replay);
	bool each = run->plan->n_times &&
		    run->plan->turn_kind == TURNS_ARE_SLOTS;
	uint32_t n = r->sequence.n;

	if (n == 0)
		return err_set(err, -EINVAL, "%s: no test ran", r->name);
	sequence_keep_first(&r->sequence, each);
	if (r->sequence.n < n)
		dprintf(STDERR_FILENO, "%s: replay: %u times a test ran again: "
			"each runs once%s\n", program_name, n - r->sequence.n,
			each ? " on each worker" : "");
	return 0;
}

static int replaying_choose(struct replaying *r, const struct options *o,
			    struct err *err)
{
	uint32_t jobs = replay_run(r->recorded.replay)->jobs;

	/* To bisect it does not take a worker: the test says which. */
	if (r->slot == SEQUENCE_ALL)
		return o->bisect ? replaying_choose_before(r, o->bisect, err)
				 : replaying_choose_all(r, err);
	if (r->slot >= jobs)
		return err_set(err, -EINVAL, "%s has no worker w%u: the last "
			       "one is w%u", r->name, r->slot, jobs - 1);
	sequence_keep_slot(&r->sequence, r->slot, SEQUENCE_ALL);
	if (r->sequence.n == 0)
		return err_set(err, -EINVAL, "%s: w%u ran no test", r->name,
			       r->slot);
	if (o->bisect && r->generation == SEQUENCE_ALL)
		return replaying_choose_before(r, o->bisect, err);
	if (replaying_choose_process(r, err) < 0)
		return err->code;
	return o->bisect ? replaying_choose_before(r, o->bisect, err) : 0;
}

static void replaying_read(struct replaying *r)
{
	sequence_read(&r->sequence, r->recorded.replay);
	if (!r->sequence.whole)
		dprintf(STDERR_FILENO, "%s: replay: the recording is damaged "
			"or has no end; only what can be read of it runs\n",
			program_name);
}

/* ---- how it runs ----------------------------------------------------- */

/* Not all are of a kind that their file shows. */
static void replaying_add_suites(struct replaying *r)
{
	const struct listing *l = r->sequence.listing;
	uint32_t i;

	r->owns_suites = true;
	for (i = 0; i < l->n_suites; i++)
		option_add_suite(&r->o, l->suites[i].path,
				 adapter_find(l->suites[i].adapter)
					 ? l->suites[i].adapter : NULL);
}

/* "last" will be another one tomorrow. */
static const char *replaying_lasting_name(const struct replaying *r)
{
	return access(r->name, F_OK) == 0
		       ? r->name : replay_run(r->recorded.replay)->run_id;
}

static void replaying_set_target(struct replaying *r)
{
	str_add(&r->target, replaying_lasting_name(r));
	if (r->slot != SEQUENCE_ALL)
		str_addf(&r->target, ":w%u", r->slot);
	if (r->generation != SEQUENCE_ALL)
		str_addf(&r->target, ".%u", r->generation);
	r->o.replay = str_get(&r->target);
}

/* One worker's in one process, which nothing of ours replaces. */
static void replaying_set_workers(struct replaying *r)
{
	uint32_t jobs = replay_run(r->recorded.replay)->jobs;

	if (r->sequence.all_slots) {
		r->o.jobs = (struct jobs_spec){ .kind = JOBS_FIXED, .n = jobs };
		r->o.dist = NULL;
		return;
	}
	r->o.dist = &sched_no;
	r->o.recycle = RECYCLE_NEVER;
}

/* Each once. */
static void replaying_set_options(struct replaying *r,
				  const struct options *o)
{
	r->o = *o;
	replaying_set_target(r);
	replaying_set_workers(r);
	r->o.plugin = NULL;
	r->o.no_retries = true;
	r->o.recheck = false;
	r->o.last_failed = false;
	if (o->set_by[OPTION_isolate].by == SET_BY_NOBODY)
		r->o.isolate = replay_run(r->recorded.replay)->isolate;
	if (o->suites.n == 0)
		replaying_add_suites(r);
}

static int replaying_read_all(struct replaying *r, const struct options *o,
			      struct err *err)
{
	if (o->record && recordings_is_file(r->recorded.fd, o->record))
		return err_set(err, -EINVAL,
			       "--record would overwrite what is replayed");
	replaying_read(r);
	return replaying_choose(r, o, err);
}

int replaying_open(struct replaying *r, const struct options *o,
		   struct err *err)
{
	int ret;

	*r = (struct replaying){ .slot = SEQUENCE_ALL };
	ret = replaying_parse(r, o->replay, err);
	if (ret == 0)
		ret = recordings_open(&r->recorded, r->name, err);
	if (ret < 0)
		return ret;
	ret = replaying_read_all(r, o, err);
	if (ret < 0) {
		sequence_fini(&r->sequence);
		recordings_close(&r->recorded);
		return ret;
	}
	replaying_set_options(r, o);
	return 0;
}

void replaying_close(struct replaying *r)
{
	if (r->owns_suites) {
		free(r->o.suites.items);
		free(r->o.kinds.items);
	}
	str_fini(&r->target);
	sequence_fini(&r->sequence);
	recordings_close(&r->recorded);
}

int replaying_run(const struct options *o, round_run *run)
{
	struct round round = ROUND_NONE;
	struct replaying replaying;
	struct err err = { 0 };
	int status;

	if (replaying_open(&replaying, o, &err) < 0)
		return complain(recordings_status(&err), &err);
	round.sequence = &replaying.sequence;
	status = run(&replaying.o, &round);
	replaying_close(&replaying);
	return status;
}

/* ---- its plan ---------------------------------------------------------- */

void replaying_select(const struct round *round, const struct listing *now,
		      struct plan *selected)
{
	const struct sequence *s = round->sequence;
	struct plan plan;
	uint32_t n_gone;

	plan_init(&plan);
	n_gone = sequence_plan(s, now, selected, &plan);
	if (n_gone)
		dprintf(STDERR_FILENO, "%s: replay: of %u tests %u are gone\n",
			program_name, s->n, n_gone);
	round_tell_gone(round, n_gone);
	plan_fini(selected);
	*selected = plan;
}

static void replaying_lay_one(struct replaying_plan *r)
{
	jobs_use_one(r->jobs, "--replay");
	r->planning->ops = &sched_no;
	*r->plan = *r->selected;
	plan_init(r->selected);
	sequence_deal(r->plan);
}

static int replaying_check_slots(const struct replaying_plan *r,
				 struct err *err)
{
	uint32_t n = sequence_count_slots(r->sequence);

	return n <= r->jobs->n ? 0 :
		err_set(err, -ERANGE, "--replay: there were %u workers, and "
			"there can only be %u (%s)", n, r->jobs->n,
			r->jobs->why);
}

/* What has constraints goes when they allow it, and not where it stood. */
static void replaying_tell_gated(const struct replaying_plan *r)
{
	uint32_t n = 0, i;

	for (i = 0; i < r->plan->n_gated; i++)
		n += r->plan->gated[i].hi - r->plan->gated[i].lo;
	if (n)
		str_addf(&r->planning->told, "replay: %u test%s with locks and "
			 "the like run%s on the worker that had %s, when "
			 "these allow it\n", n, n == 1 ? "" : "s",
			 n == 1 ? "s" : "", n == 1 ? "it" : "them");
}

static int replaying_lay_all(struct replaying_plan *r, struct err *err)
{
	struct planning *p = r->planning;
	struct units_request rq = {
		.listing = r->costs->listing,
		.selected = r->selected,
		.costs = r->costs,
		.key = UNIT_TEST,
		.sizes = p->o->locks.items,
		.n_sizes = p->o->locks.n,
	};
	const struct sched_request plan = { .ops = &sched_replay,
					    .units = &p->units,
					    .n_slots = r->jobs->n };

	if (replaying_check_slots(r, err) < 0 ||
	    units_gather(&p->units, &rq, err) < 0)
		return err->code;
	jobs_use_all(r->jobs, "--replay");
	p->ops = &sched_replay;
	sched_plan(r->plan, &plan);
	replaying_tell_gated(r);
	r->plan->turn_kind = r->selected->turn_kind;
	/* Which slot it is says nothing where a test stands once. */
	if (r->plan->n_times < 2)
		r->plan->n_turns = 0;
	return 0;
}

int replaying_lay(struct replaying_plan *r, struct err *err)
{
	str_addf(&r->planning->told, "replay of %s\n",
		 r->planning->o->replay);
	if (r->sequence->all_slots)
		return replaying_lay_all(r, err);
	replaying_lay_one(r);
	return 0;
}

/* ---- how its last test ends ------------------------------------------ */

static void replaying_event(void *ctx, const struct event *ev)
{
	const struct replaying_witness *w = ctx;

	if (ev->kind == EVENT_TEST_FINISHED &&
	    sequence_ends_with(w->round->sequence, w->now, ev->test.test_ix,
			       ev->test.index))
		round_tell_outcome(w->round, ev->test.outcome);
	sink_event(w->next, ev);
}

struct sink replaying_sink(struct replaying_witness *w,
			   const struct round *round,
			   const struct listing *now, const struct sink *next)
{
	if (!round->sequence || round->tell_fd < 0)
		return *next;
	*w = (struct replaying_witness){ round, now, next };
	return (struct sink){ .event = replaying_event,
			      .ctx = w,
			      .progress_ns = next->progress_ns };
}
