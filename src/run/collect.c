/* SPDX-License-Identifier: MIT */
#include "run/collect.h"

#include "base/sys.h"
#include "run/crew.h"
#include "run/retry.h"
#include "run/stop.h"
#include "run/tell.h"
#include "shm/usage.h"

/* A worker cannot know of timeouts, and does not decide about retries. */
static bool collect_is_outcome(uint8_t outcome)
{
	return outcome == OUTCOME_PASS || outcome == OUTCOME_FAIL ||
	       outcome == OUTCOME_CRASH || outcome == OUTCOME_SKIP ||
	       outcome == OUTCOME_ERROR;
}

/* No test passes in which a check failed, whatever its process believes. */
static enum outcome collect_outcome(const struct record *r)
{
	if (r->n_failures &&
	    (r->outcome == OUTCOME_PASS || r->outcome == OUTCOME_SKIP))
		return OUTCOME_FAIL;
	return (enum outcome)r->outcome;
}

/* Does the record agree with itself, with the slot and with the state word?
 * Then the word moves to DONE, or to the next attempt, and the record
 * counts. */
static bool collect_accept(struct run *run, uint32_t slot,
			   const struct record *r, bool *again)
{
	const struct crew_slot *s = &run->slots[slot];
	struct state_word from = { .state = STATE_CLAIMED,
				   .slot = slot,
				   .attempt = r->attempt,
				   .generation = s->generation };
	struct state_word to = { .state = STATE_PENDING,
				 .attempt = r->attempt + 1u };

	if (r->slot != slot || r->generation != s->generation ||
	    r->position >= run->layout.n_positions ||
	    run->ended[r->position] || !collect_is_outcome(r->outcome))
		return false;
	*again = retry_wants(run, r->position, collect_outcome(r));
	if (likely(!*again)) {
		to = from;
		to.state = STATE_DONE;
		to.outcome = r->outcome;
	}
	return state_try_move(&run->arena.states[r->position], from, to);
}

static bool collect_fixture(struct run *run, uint32_t slot,
			    const struct record *r)
{
	const struct crew_slot *s = &run->slots[slot];

	if (r->slot != slot || r->generation != s->generation ||
	    r->position >= run->layout.n_positions ||
	    r->attempt >= N_FIXTURE_KINDS || r->leak > 1)
		return false;
	tell_fixture(run, r->position, &(struct event_fixture){
		.kind = (enum fixture_kind)r->attempt,
		.teardown = r->leak,
		.slot = (uint16_t)slot,
		.generation = r->generation,
		.start_ns = r->start_ns,
		.duration_ns = r->duration_ns,
	});
	return true;
}

/* Of which test it is, its own record will say. */
static bool collect_usage(struct run *run, uint32_t slot,
			  const struct record *r)
{
	struct crew_slot *s = &run->slots[slot];

	if (r->slot != slot || r->generation != s->generation)
		return false;
	s->has_usage = true;
	s->usage_position = r->position;
	s->usage = usage_get(r);
	usage_add(&s->metered, &s->usage);
	return true;
}

static const struct usage *collect_find_usage(struct crew_slot *s,
					      const struct record *r)
{
	if (likely(!s->has_usage))
		return NULL;
	s->has_usage = false;
	if (s->usage_position != r->position)
		return NULL;
	s->metered_at_ns = r->start_ns + r->duration_ns;
	return &s->usage;
}

static void collect_tell(struct run *run, uint32_t slot,
			 const struct record *r, bool again)
{
	struct tell_files files = { .output = r->output,
				    .output_end = r->output_end,
				    .notes_end = r->notes_end };
	struct event ev;

	ev.test = (struct event_test){
		.position = r->position,
		.outcome = collect_outcome(r),
		.leak = r->leak != 0,
		.attempt = r->attempt,
		.slot = (uint16_t)slot,
		.generation = r->generation,
		.start_ns = r->start_ns,
		.duration_ns = r->duration_ns,
		.signo = r->signo < 128 ? r->signo : 0,
		.exit_status = r->exit_status,
		.n_failures = r->n_failures,
		.usage = collect_find_usage(&run->slots[slot], r),
	};
	if (unlikely(again))
		tell_retried(run, &ev, &files, NULL);
	else
		tell_test(run, &ev, &files, NULL);
	if (unlikely(ev.test.outcome == OUTCOME_CRASH) &&
	    ev.kind != EVENT_TEST_RECHECKED)
		stop_for_crash(run);
}

/* Room was made: a worker that waits for it is woken.  The worker clears its
 * sign itself: here it could be the sign of its next wait. */
static void collect_release(struct crew_slot *s)
{
	struct results *r = s->reader.results;

	results_release(&s->reader);
	atom_fence_seq(); /* R7 */
	if (atom32_load_relaxed(&r->full)) /* R10 */
		sys_futex_wake(atom32_word(&r->head), 1);
}

static bool collect_record(struct run *run, uint32_t slot,
			   const struct record *r)
{
	bool again;

	if (unlikely(r->outcome == RECORD_FIXTURE))
		return collect_fixture(run, slot, r);
	if (unlikely(r->outcome == RECORD_USAGE))
		return collect_usage(run, slot, r);
	if (!collect_accept(run, slot, r, &again))
		return false;
	run->slots[slot].n_attempts++;
	collect_tell(run, slot, r, again);
	return true;
}

uint32_t collect_slot(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];
	struct record record;
	bool damaged = false;
	uint32_t n, i;

	if (s->state == CREW_EMPTY)
		return 0;
	n = results_waiting(&s->reader, &damaged);
	for (i = 0; i < n; i++) {
		if (!results_pop_sc(&s->reader, &record) ||
		    !collect_record(run, slot, &record))
			crew_condemn(run, slot, "wrote a bad record");
	}
	if (damaged)
		crew_condemn(run, slot, "damaged its result ring");
	if (n) {
		s->quiet_since_ns = run->last_result_ns = run->now_ns;
		collect_release(s);
	}
	return n;
}

uint32_t collect_all(struct run *run)
{
	uint32_t n = 0, i;

	for (i = 0; i < run->n_slots; i++)
		n += collect_slot(run, i);
	return n;
}
