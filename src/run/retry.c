/* SPDX-License-Identifier: MIT */
#include "run/retry.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/vec.h"
#include "loop/loop.h"
#include "run/chain.h"
#include "run/feed.h"
#include "run/keeper.h"
#include "run/plugin_impl.h"
#include "run/recheck.h"

#include <stdlib.h>

/* However often a delay is doubled. */
#define DELAY_MAX_NS (60 * NS_PER_S)

/* A test that has failed at least once. */
struct failed {
	uint32_t position;
	uint32_t slot;	   /* where it was last */
	uint64_t due_ns;   /* of run time (TIME-1) */
	uint32_t blocker;  /* of its unit, the first that had not ended */
	uint8_t n_failed;
	bool waits;
	/* How it ended last. */
	enum outcome outcome;
	int signo, exit_status;
	uint64_t duration_ns;
};

struct retry {
	struct failed *failed;
	uint32_t n_failed, cap_failed;
	uint32_t *number;  /* by position: in failed, from 1; 0 = none */
	uint32_t *waiting; /* numbers in failed, from 0 */
	uint32_t n_waiting, cap_waiting;
	uint32_t blocker; /* of whichever was looked at last */
	struct rng rng;
};

void retry_open(struct run *run)
{
	const struct run_retries *how = &run->args->retries;

	if (how->never || (!how->most && !how->crashes &&
			   !run->args->listing->has_retries))
		return;
	run->retry = mem_zalloc(sizeof(*run->retry));
	run->retry->rng.state = how->seed;
	run->retry->number = mem_array(run->args->plan->n_positions,
				       sizeof(*run->retry->number));
	chain_open(run);
}

void retry_close(struct run *run)
{
	chain_close(run);
	if (!run->retry)
		return;
	free(run->retry->failed);
	free(run->retry->number);
	free(run->retry->waiting);
	free(run->retry);
	run->retry = NULL;
}

static struct failed *retry_find(const struct run *run, uint32_t position)
{
	uint32_t number = run->retry ? run->retry->number[position] : 0;

	return number ? &run->retry->failed[number - 1] : NULL;
}

static uint64_t retry_now(const struct run *run)
{
	return run->now_ns - run->paused_ns;
}

/* How often a test that ended so is run again at most. */
static uint32_t retry_most(const struct run *run, uint32_t position,
			   enum outcome outcome)
{
	struct instance at = plan_at(run->args->plan, position);
	const struct attrs *a = run->args->listing->tests[at.test_ix].attrs;

	return attrs_retries(a, run->args->retries.most,
			     outcome == OUTCOME_CRASH
				     ? run->args->retries.crashes : 0);
}

/* How many attempts there may be; there have been some. */
static uint8_t retry_tries(const struct run *run, const struct failed *f)
{
	return (uint8_t)(max_of(retry_most(run, f->position, f->outcome),
				(uint32_t)f->n_failed) + 1);
}

bool retry_wants(const struct run *run, uint32_t position,
		 enum outcome outcome)
{
	const struct failed *f;

	if (likely(!run->retry || !outcome_is_failure(outcome)) ||
	    run->stop.asked || run->closed || run->fatal ||
	    recheck_is_on(run) || chain_is_extra(run, position))
		return false;
	f = retry_find(run, position);
	return (f ? f->n_failed : 0) < retry_most(run, position, outcome);
}

/* Half of an exponential delay is by chance, so that tests which failed
 * together do not meet again. */
static uint64_t retry_delay(struct run *run, uint8_t n_failed)
{
	uint64_t ns = run->args->retries.delay_ns;
	uint32_t i;

	if (!run->args->retries.doubles || !ns)
		return ns;
	for (i = 1; i < n_failed && ns < DELAY_MAX_NS; i++)
		ns *= 2;
	ns = min_of(ns, max_of(DELAY_MAX_NS, run->args->retries.delay_ns));
	return ns / 2 + ns / 2 * rng_below(&run->retry->rng, 1024) / 1024;
}

static struct failed *retry_make(struct run *run, uint32_t position)
{
	struct failed *f = retry_find(run, position);
	struct retry *r = run->retry;

	if (f)
		return f;
	vec_room(r->failed, r->n_failed, r->cap_failed);
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is room */
	r->failed[r->n_failed] = (struct failed){ .position = position,
						  .blocker = UINT32_MAX };
	r->number[position] = ++r->n_failed;
	return &r->failed[r->n_failed - 1];
}

void retry_add(struct run *run, struct event_test *test)
{
	struct failed *f = retry_make(run, test->position);
	struct retry *r = run->retry;

	test->n_failed = f->n_failed;
	f->outcome = test->outcome;
	test->tries = retry_tries(run, f);
	f->n_failed++;
	f->slot = test->slot;
	f->signo = test->signo;
	f->exit_status = test->exit_status;
	f->duration_ns = test->duration_ns;
	f->due_ns = retry_now(run) + retry_delay(run, f->n_failed);
	run->tally.retries++;
	if (f->waits ||
	    (!chain_has(run, test->position) &&
	     plugin_test_again(run, test->position, test->attempt + 1u)))
		return;
	f->waits = true;
	vec_room(r->waiting, r->n_waiting, r->cap_waiting);
	r->waiting[r->n_waiting++] = (uint32_t)(f - r->failed);
}

/* Why the last attempt is not the one that there could have been. */
static const char *retry_remark(const struct event_test *test)
{
	if (test->outcome == OUTCOME_SKIP)
		return "it failed, and was skipped when it was run again";
	if (test->notrun == NOTRUN_CHAIN)
		return "it failed, and its chain broke before it was run "
		       "again";
	return "it failed, and the run ended before it was run again";
}

const char *retry_settle(const struct run *run, struct event_test *test)
{
	const struct failed *f = retry_find(run, test->position);
	const char *remark;

	if (likely(!f))
		return NULL;
	test->n_failed = f->n_failed;
	test->tries = retry_tries(run, f);
	if (test->outcome == OUTCOME_PASS)
		test->outcome = OUTCOME_FLAKY;
	if (test->outcome != OUTCOME_SKIP && test->outcome != OUTCOME_NOTRUN)
		return NULL;
	remark = retry_remark(test);
	test->outcome = f->outcome;
	test->notrun = NOTRUN_NONE;
	test->signo = f->signo;
	test->exit_status = f->exit_status;
	test->duration_ns = f->duration_ns;
	return remark;
}

/* ---- handing out ------------------------------------------------------ */

/* What is handed out together; one of its own when it is bound to nothing. */
static struct range retry_share(const struct run *run, uint32_t position)
{
	const struct bound *b = plan_bound(run->args->plan, position);

	return b ? (struct range){ b->lo, b->hi }
		 : (struct range){ position, position + 1 };
}

/* What must not run at the same time.  That may be several chains, and several
 * times of one: each of them begins in a worker of its own (CRASH-3). */
static struct range retry_unit(const struct run *run, uint32_t position)
{
	struct range given = keeper_given(run, position);

	return range_is_empty(given) ? retry_share(run, position) : given;
}

/* Neither ended nor due. */
static bool retry_is_open(const struct run *run, uint32_t position)
{
	const struct failed *f = retry_find(run, position);

	return !run->ended[position] &&
	       !(f && f->waits && f->due_ns <= retry_now(run));
}

static bool retry_is_blocker(const struct run *run, uint32_t position,
			     struct range unit)
{
	return position >= unit.lo && position < unit.hi &&
	       retry_is_open(run, position);
}

/* Has the rest of its unit ended?  Who stood in the way of it, or of another,
 * is looked at first the next time. */
static bool retry_is_free(struct run *run, struct failed *f, struct range unit)
{
	uint32_t p;

	if (retry_is_blocker(run, f->blocker, unit) ||
	    retry_is_blocker(run, run->retry->blocker, unit))
		return false;
	for (p = unit.lo; p < unit.hi; p++) {
		if (!retry_is_open(run, p))
			continue;
		f->blocker = p;
		run->retry->blocker = p;
		return false;
	}
	return true;
}

/* All of its share that waits, to one worker.  False: not now. */
static bool retry_give(struct run *run, struct failed *f)
{
	struct range unit = retry_unit(run, f->position);
	struct range share = unit, r;
	uint32_t p;

	if (run->chains.how)
		share = retry_share(run, f->position);
	r = share;
	if (f->due_ns > retry_now(run) || !retry_is_free(run, f, unit))
		return false;
	/* A chain that has begun again must find its place. */
	if (chain_has(run, f->position) && feed_has_mail(run, f->slot))
		return false;
	if (range_len(unit) > 1 || chain_has(run, f->position))
		r = range_bind(share.lo, share.hi);
	chain_begin_again(run, share);
	if (!feed_again(run, f->slot, r))
		return false;
	for (p = share.lo; p < share.hi; p++)
		if (retry_find(run, p))
			retry_find(run, p)->waits = false;
	return true;
}

void retry_turn(struct run *run)
{
	struct retry *r = run->retry;
	uint32_t i, n = 0;

	if (likely(!r || !r->n_waiting) || run->closed)
		return;
	for (i = 0; i < r->n_waiting; i++) {
		struct failed *f = &r->failed[r->waiting[i]];

		/* One that was found before its time has ended already. */
		if (f->waits && !run->ended[f->position])
			retry_give(run, f);
	}
	for (i = 0; i < r->n_waiting; i++) {
		struct failed *f = &r->failed[r->waiting[i]];

		f->waits = f->waits && !run->ended[f->position];
		if (f->waits)
			r->waiting[n++] = r->waiting[i];
	}
	r->n_waiting = n;
}

uint64_t retry_due(const struct run *run)
{
	const struct retry *r = run->retry;
	uint64_t now_ns = retry_now(run), due = LOOP_FOREVER;
	uint32_t i;

	for (i = 0; r && i < r->n_waiting; i++) {
		const struct failed *f = &r->failed[r->waiting[i]];

		/* What is due and stays waits for an end, which rings. */
		if (f->due_ns > now_ns)
			due = min_of(due, f->due_ns - now_ns);
	}
	return due;
}

uint32_t retry_count(const struct run *run)
{
	return run->retry ? run->retry->n_waiting : 0;
}

bool retry_is_waiting(const struct run *run, uint32_t position)
{
	const struct failed *f = retry_find(run, position);

	return f && f->waits && !run->ended[position];
}

bool retry_waits_for(const struct run *run, uint32_t slot)
{
	const struct retry *r = run->retry;
	uint32_t i;

	for (i = 0; r && i < r->n_waiting; i++) {
		const struct failed *f = &r->failed[r->waiting[i]];

		if (f->slot == slot && f->waits && !run->ended[f->position])
			return true;
	}
	return false;
}

uint32_t retry_waiting(const struct run *run, uint32_t i)
{
	return run->retry->failed[run->retry->waiting[i]].position;
}
