/* SPDX-License-Identifier: MIT */
#include "run/bury.h"

#include "base/signame.h"
#include "base/sys.h"
#include "base/vec.h"
#include "run/chain.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/estate.h"
#include "run/feed.h"
#include "run/plugin_impl.h"
#include "run/retry.h"
#include "run/stop.h"
#include "run/tell.h"
#include "run/unwind.h"
#include "shm/catalog.h"
#include "shm/usage.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct corpse {
	uint32_t slot;
	int status;
	struct current_word current;
	struct state_word word; /* of current.position */
	bool owns;		/* word: CLAIMED by this slot and generation */
	struct str kept;	/* the path of its test's folder */
};

static struct corpse bury_look(struct run *run, uint32_t slot, int status)
{
	struct corpse c = { .slot = slot, .status = status };

	c.current = current_load(&run->arena.slots[slot].current); /* C11 */
	if (c.current.phase == PHASE_LEFT || c.current.phase == PHASE_IDLE)
		return c;
	if (c.current.position >= run->layout.n_positions) {
		if (c.current.phase != PHASE_TEARDOWN)
			c.current.phase = PHASE_IDLE;
		return c;
	}
	c.word = state_unpack(
		state_load(&run->arena.states[c.current.position]));
	c.owns = c.word.state == STATE_CLAIMED && c.word.slot == slot &&
		 c.word.generation == run->slots[slot].generation &&
		 !run->ended[c.current.position];
	return c;
}

/* The state word first: a claim that fails must fail for good. */
static bool bury_move(struct run *run, const struct corpse *c,
		      enum state state, enum outcome outcome)
{
	struct state_word to = { .state = state,
				 .outcome = outcome,
				 .attempt = c->word.attempt };

	return state_try_move(&run->arena.states[c->current.position],
			      c->word, to);
}

/* Its body was entered: this is another attempt (LF-1). */
static bool bury_move_on(struct run *run, const struct corpse *c)
{
	struct state_word again = { .state = STATE_PENDING,
				    .attempt = c->word.attempt + 1 };

	return state_try_move(&run->arena.states[c->current.position],
			      c->word, again);
}

static void bury_requeue(struct run *run, const struct corpse *c)
{
	uint32_t p = c->current.position;

	if (p >= run->layout.n_positions)
		return;
	if (c->word.state == STATE_PENDING && !run->ended[p])
		feed_give_back(run, c->slot, p);
	else if (c->owns && bury_move(run, c, STATE_PENDING, OUTCOME_NONE))
		feed_give_back(run, c->slot, p);
	else if (!run->ended[p])
		feed_leave_to_others(run, c->slot, p);
}

static struct event bury_event(struct run *run, const struct corpse *c,
			       enum outcome outcome)
{
	const struct crew_slot *s = &run->slots[c->slot];
	uint64_t start_ns =
		atom64_load_relaxed(&run->arena.slots[c->slot].start_ns); /* C17 */

	/* Only believed when it can be true. */
	if (start_ns < run->started_ns || start_ns > run->now_ns)
		start_ns = run->now_ns;
	return (struct event){ .test = {
		.position = c->current.position,
		.outcome = outcome,
		.attempt = (uint8_t)c->word.attempt,
		.slot = (uint16_t)c->slot,
		.generation = (uint16_t)s->generation,
		.start_ns = start_ns,
		.duration_ns = run->now_ns - start_ns,
		.exit_status = -1,
	} };
}

static bool bury_ran_in_worker(const struct run *run, uint32_t position)
{
	struct instance at = plan_at(run->args->plan, position);
	const struct listing *l = run->args->listing;
	const struct test *test = &l->tests[at.test_ix];

	return catalog_isolate(run->args->isolate,
			       l->suites[test->suite_ix].isolate,
			       test->attrs) == ISOLATE_WORKER;
}

/* What the test used that ended with its worker: the worker said it on its way
 * out, or it is what the worker used and none of its other tests. */
static const struct usage *bury_usage(struct run *run, const struct corpse *c,
				      const struct event *ev)
{
	struct crew_slot *s = &run->slots[c->slot];
	uint64_t start_ns = ev->test.start_ns;

	if (s->has_usage && s->usage_position == c->current.position)
		return &s->usage;
	if (!s->has_total || start_ns < s->metered_at_ns ||
	    !usage_is_known(ev->test.duration_ns,
			    start_ns - s->metered_at_ns) ||
	    !bury_ran_in_worker(run, c->current.position))
		return NULL;
	s->usage = usage_since(&s->total, &s->metered);
	return &s->usage;
}

static void bury_tell(struct run *run, const struct corpse *c,
		      struct event *ev, const char *why)
{
	const struct crew_slot *s = &run->slots[c->slot];
	struct tell_files files = {
		.output = atom64_load_relaxed(
			&run->arena.slots[c->slot].output), /* C18 */
		.output_end = tell_size(s->spool_fd),
		.notes_end = tell_size(s->notes_fd),
		.kept = c->kept.len ? str_get(&c->kept) : NULL,
	};

	ev->test.usage = bury_usage(run, c, ev);
	if (retry_wants(run, ev->test.position, ev->test.outcome)) {
		if (bury_move_on(run, c))
			tell_retried(run, ev, &files, why);
		return;
	}
	if (!bury_move(run, c, STATE_DONE, ev->test.outcome))
		return;
	/* No worker has counted it (STOP-1). */
	if (outcome_is_failure(ev->test.outcome) && !run->retry &&
	    !run->args->recheck)
		gate_count_failure(run->arena.gate, run->args->max_fail);
	tell_test(run, ev, &files, why);
}

/* It died in the body. */
static void bury_in_body(struct run *run, const struct corpse *c)
{
	struct event ev = bury_event(run, c, OUTCOME_CRASH);

	if (WIFSIGNALED(c->status)) {
		ev.test.signo = WTERMSIG(c->status);
	} else {
		ev.test.outcome = OUTCOME_FAIL;
		ev.test.exit_status = WEXITSTATUS(c->status);
	}
	bury_tell(run, c, &ev, NULL);
	if (ev.test.outcome == OUTCOME_CRASH &&
	    ev.kind != EVENT_TEST_RECHECKED)
		stop_for_crash(run);
}

static const char *bury_evidence(const struct run *run, uint32_t slot)
{
	const struct str *evidence = &run->slots[slot].evidence;

	return evidence->len ? str_get(evidence) : NULL;
}

/* The runner had signalled it: no pass any more (STATE-12). */
static void bury_doomed(struct run *run, const struct corpse *c)
{
	struct event ev = bury_event(run, c, OUTCOME_TIMEOUT);

	switch (run->slots[c->slot].doom) {
	case DOOM_INTERRUPTED:
		ev.test.outcome = OUTCOME_NOTRUN;
		ev.test.notrun = run->stop.killed;
		bury_tell(run, c, &ev, "interrupted while it ran");
		break;
	case DOOM_CONDEMNED:
		ev.test.outcome = OUTCOME_ERROR;
		bury_tell(run, c, &ev, "its worker had to be replaced");
		break;
	case DOOM_LEAVING:
		ev.test.outcome = OUTCOME_ERROR;
		bury_tell(run, c, &ev, "the run could not go on");
		break;
	case DOOM_NONE:
	case DOOM_TIMEOUT:
		bury_tell(run, c, &ev, bury_evidence(run, c->slot));
		break;
	}
}

/* A SIGKILL that was sent before the body was entered, and came after. */
static bool bury_is_our_kill(const struct run *run, const struct corpse *c)
{
	return run->slots[c->slot].doom != DOOM_NONE &&
	       WIFSIGNALED(c->status) && WTERMSIG(c->status) == SIGKILL;
}

/* It had ended; only the record is missing.  It is never run again. */
static void bury_unrecorded(struct run *run, const struct corpse *c)
{
	enum outcome outcome = (enum outcome)c->current.outcome;
	struct event ev;

	if (outcome != OUTCOME_PASS && outcome != OUTCOME_FAIL &&
	    outcome != OUTCOME_SKIP && outcome != OUTCOME_CRASH)
		outcome = OUTCOME_ERROR;
	ev = bury_event(run, c, outcome);
	bury_tell(run, c, &ev, "its worker died before it could record it");
}

static void bury_judge(struct run *run, const struct corpse *c)
{
	switch (c->current.phase) {
	case PHASE_IDLE:
	case PHASE_LEFT:
		break;
	case PHASE_CLAIM:
	case PHASE_TEARDOWN:
		bury_requeue(run, c);
		break;
	case PHASE_RUN:
		if (c->owns && bury_is_our_kill(run, c))
			bury_doomed(run, c);
		else if (c->owns)
			bury_in_body(run, c);
		break;
	case PHASE_KILL:
		if (c->owns)
			bury_doomed(run, c);
		break;
	case PHASE_FIN:
		if (c->owns)
			bury_unrecorded(run, c);
		break;
	}
}

static void bury_ring(struct fixture_control *f)
{
	atom32_add_seq(&f->bell, 1); /* F8 */
	sys_futex_wake(atom32_word(&f->bell), INT_MAX);
}

/* Nobody sets it up any more: once more, then never (NAT-12). */
static bool bury_set_up(struct fixture_control *f, uint64_t seen)
{
	struct fixture_word w = fixture_unpack(seen);

	w.state = w.tries < FIXTURE_TRIES ? FIXTURE_NONE : FIXTURE_FAILED;
	return atom64_cas_acq_rel(&f->word, &seen, fixture_pack(w)); /* F6 */
}

/* Half a teardown is not done again; that it did not end is told. */
static void bury_fallen(struct fixture_control *f, uint64_t seen)
{
	struct fixture_word w = fixture_unpack(seen);

	w.state = FIXTURE_DOWN;
	atom64_cas_acq_rel(&f->word, &seen, fixture_pack(w)); /* F19 */
}

/* A run fixture whose set-up or teardown it was.  Its bell is rung in any case: the owner
 * may have died between the word and the bell. */
static void bury_fixtures(struct run *run, uint32_t slot)
{
	uint32_t i;

	for (i = 0; i < run->layout.n_fixtures; i++) {
		struct fixture_control *f = &run->arena.controls[i];
		uint64_t seen = atom64_load_acquire(&f->word); /* F5 */
		struct fixture_word w = fixture_unpack(seen);

		if (w.slot != slot ||
		    w.generation != run->slots[slot].generation)
			continue;
		if (w.state == FIXTURE_BUSY)
			bury_set_up(f, seen);
		else if (w.state == FIXTURE_FALLING)
			bury_fallen(f, seen);
		bury_ring(f);
	}
}

/* A set-up runs inside of a test. */
static bool bury_has_owner(const struct run *run, struct fixture_word w)
{
	enum phase phase;

	if (w.slot >= run->n_slots ||
	    run->slots[w.slot].state == CREW_EMPTY ||
	    run->slots[w.slot].generation != w.generation)
		return false;
	phase = current_load(&run->arena.slots[w.slot].current).phase; /* C31 */
	return phase == PHASE_RUN || phase == PHASE_KILL;
}

bool bury_stray_fixtures(struct run *run)
{
	bool any = false;
	uint32_t i;

	for (i = 0; i < run->layout.n_fixtures; i++) {
		struct fixture_control *f = &run->arena.controls[i];
		uint64_t seen = atom64_load_acquire(&f->word); /* F12 */
		struct fixture_word w = fixture_unpack(seen);

		if (w.state != FIXTURE_BUSY || bury_has_owner(run, w) ||
		    !bury_set_up(f, seen))
			continue;
		bury_ring(f);
		any = true;
	}
	return any;
}

/* A signal that only its own code can have caused, outside of any test: in a
 * fixture's teardown, or at its end (PROC-16). */
static bool bury_is_own_fault(int status)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) != SIGKILL &&
		       WTERMSIG(status) != SIGTERM;
	return WEXITSTATUS(status) != WORKER_EXIT_DONE &&
	       WEXITSTATUS(status) != WORKER_EXIT_START;
}

static void bury_end_in_words(const struct corpse *c, char *why, size_t cap)
{
	if (WIFSIGNALED(c->status))
		snprintf(why, cap, "killed by %s",
			 signame_get(WTERMSIG(c->status)));
	else
		snprintf(why, cap, "exited with status %d",
			 WEXITSTATUS(c->status));
}

/* A teardown failed, or did not come to its end. */
static void bury_teardown(struct run *run, const struct corpse *c)
{
	char why[64], late[96];

	run->tally.suite_errors++;
	tell_teardown(run, c->slot);
	if (c->current.phase == PHASE_LEFT && !WIFSIGNALED(c->status))
		return; /* its notes said it */
	bury_end_in_words(c, why, sizeof(why));
	if (c->current.phase == PHASE_LEFT) {
		snprintf(late, sizeof(late), "%s behind its last test", why);
		tell_worker_lost(run, c->slot, late);
		return;
	}
	tell_warning(run, "a fixture's teardown did not end: w%u was %s",
		     c->slot, why);
}

/* It ended outside of any test: asked to, killed, or by its own fault. */
static void bury_lost(struct run *run, const struct corpse *c)
{
	char end[64], why[128];
	bool failed = !WIFEXITED(c->status) || WEXITSTATUS(c->status) != 0;

	if (c->current.phase == PHASE_TEARDOWN ||
	    (c->current.phase == PHASE_LEFT && failed)) {
		bury_teardown(run, c);
		return;
	}
	if (c->current.phase == PHASE_LEFT ||
	    run->slots[c->slot].doom != DOOM_NONE)
		return;
	if (bury_is_own_fault(c->status))
		run->tally.suite_errors++;
	bury_end_in_words(c, end, sizeof(end));
	snprintf(why, sizeof(why), "%s outside of a test", end);
	tell_worker_lost(run, c->slot, why);
}

/* If it was asleep, the count of sleepers is one too high: too many wakes,
 * never too few. */
static void bury_sleeper(struct run *run, uint32_t slot)
{
	struct gate *g = run->arena.gate;

	if (atom32_load_acquire(&run->arena.slots[slot].parked) == 1 && /* P5 */
	    atom32_load_relaxed(&g->n_sleeping) > 0) /* G20 */
		atom32_add_seq(&g->n_sleeping, UINT32_MAX); /* G17 */
}

/* It is on its part no more (FIX-4); all are woken anyway. */
static void bury_part(struct run *run, uint32_t slot)
{
	uint32_t part =
		atom32_load_relaxed(&run->arena.slots[slot].part); /* K11 */

	if (part - 1 < run->layout.n_parts)
		cursor_leave(&run->arena.cursors[part - 1]);
}

static bool bury_is_in_test(const struct corpse *c)
{
	return c->owns && (c->current.phase == PHASE_RUN ||
			   c->current.phase == PHASE_KILL);
}

/* The test that ended with it, exactly; HINT_NO_TEST = none. */
static uint32_t bury_taken_along(const struct corpse *c)
{
	if (bury_is_in_test(c))
		return c->current.position;
	return HINT_NO_TEST;
}

bool bury(struct run *run, uint32_t slot, int status)
{
	struct corpse c;
	bool in_test;

	collect_slot(run, slot);
	c = bury_look(run, slot, status);
	in_test = c.current.phase != PHASE_IDLE &&
		  c.current.phase != PHASE_LEFT &&
		  (c.owns || c.word.state == STATE_PENDING);
	estate_settle(run, slot, bury_is_in_test(&c), &c.kept);
	bury_judge(run, &c);
	if (!bury_is_in_test(&c))
		bury_lost(run, &c);
	chain_break(run, slot);
	bury_fixtures(run, slot);
	bury_sleeper(run, slot);
	bury_part(run, slot);
	plugin_node_down(run, slot, bury_taken_along(&c));
	str_fini(&c.kept);
	crew_wake_all(run);
	return in_test;
}

static bool bury_is_retried(struct run *run, uint32_t position)
{
	uint32_t i;

	for (i = 0; i < run->n_retried; i++)
		if (run->retried[i] == position)
			return true;
	return false;
}

static void bury_retry(struct run *run, const struct corpse *c)
{
	uint32_t p = c->current.position;
	struct event ev = bury_event(run, c, OUTCOME_ERROR);

	if (bury_is_retried(run, c->current.position)) {
		bury_tell(run, c, &ev, "the loader died twice while it ran");
		return;
	}
	vec_room(run->retried, run->n_retried, run->cap_retried);
	run->retried[run->n_retried++] = c->current.position;
	if (bury_move_on(run, c) &&
	    !plugin_test_again(run, p, c->word.attempt + 1))
		feed_give_back(run, c->slot, p);
}

/* May its end be the loader's, or ours?  A worker dies of SIGKILL with it; one
 * that it has noted died before it. */
static bool bury_fell_too(const struct run *run, uint32_t slot, int *status)
{
	const struct crew_slot *s = &run->slots[slot];

	*status = s->end;
	if (!s->has_total)
		return !arena_find_end(&run->arena, slot, s->generation,
				       status);
	return WIFSIGNALED(s->end) && (WTERMSIG(s->end) == SIGKILL ||
				       WTERMSIG(s->end) == SIGTERM);
}

/* Its test crashed, or ended its process, before the loader's death reached it:
 * that is not undone by running it again.  How it ended. */
static bool bury_has_crashed(struct run *run, const struct corpse *c,
			     int *status)
{
	struct instance at = plan_at(run->args->plan, c->current.position);
	int signo;

	if (!bury_fell_too(run, c->slot, status))
		return true;
	/* Of a test child whose worker could not say it any more. */
	signo = unwind_has_wreck(run, c->current.position);
	*status = signo;
	return signo &&
	       run->args->listing->tests[at.test_ix].attrs->signal != signo;
}

/* What ended before the loader is judged as ever.  A teardown that went with
 * it has not ended, whoever killed the loader: it may have been the teardown. */
static void bury_lost_with_loader(struct run *run, struct corpse *c)
{
	bool fell = bury_fell_too(run, c->slot, &c->status);

	if (fell)
		c->status = SIGKILL;
	if (c->current.phase == PHASE_TEARDOWN ||
	    (!fell && (c->current.phase == PHASE_LEFT ||
		       bury_is_own_fault(c->status))))
		bury_lost(run, c);
}

void bury_with_loader(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];
	struct corpse c;
	bool crashed;

	collect_slot(run, slot);
	c = bury_look(run, slot, 0);
	crashed = c.current.phase == PHASE_RUN && c.owns &&
		  bury_has_crashed(run, &c, &c.status);
	/* One that only runs again keeps nothing. */
	estate_settle(run, slot,
		      bury_is_in_test(&c) &&
			      (crashed || c.current.phase == PHASE_KILL),
		      &c.kept);
	if (crashed)
		bury_judge(run, &c);
	else if (c.current.phase == PHASE_RUN && c.owns)
		bury_retry(run, &c);
	else
		bury_judge(run, &c);
	if (!bury_is_in_test(&c))
		bury_lost_with_loader(run, &c);
	chain_break(run, slot);
	bury_fixtures(run, slot);
	bury_sleeper(run, slot);
	bury_part(run, slot);
	plugin_node_down(run, slot, HINT_NO_TEST);
	str_fini(&c.kept);
	if (s->pidfd >= 0)
		close(s->pidfd);
	s->pidfd = -1;
	s->state = CREW_EMPTY;
	s->generation = (s->generation + 1) & 0xffffu;
}
