/* SPDX-License-Identifier: MIT */
#include "run/recheck.h"

#include "base/vec.h"
#include "run/feed.h"

#include <stdlib.h>

void recheck_close(struct run *run)
{
	free(run->recheck.positions);
	run->recheck.positions = NULL;
}

bool recheck_is_on(const struct run *run)
{
	return run->recheck.under_way;
}

bool recheck_note(struct run *run, const struct event_test *test)
{
	const struct listing *l = run->args->listing;
	struct recheck *r = &run->recheck;

	if (!run->args->recheck || !outcome_is_failure(test->outcome) ||
	    !test->start_ns || *l->tests[test->test_ix].attrs->serial ||
	    r->n == RECHECK_MAX)
		return false;
	vec_room(r->positions, r->n, r->cap);
	r->positions[r->n++] = test->position;
	return true;
}

bool recheck_has_next(const struct run *run)
{
	return !run->stop.asked && !run->fatal &&
	       run->recheck.next < run->recheck.n;
}

void recheck_begin(struct run *run)
{
	uint32_t p = run->recheck.positions[run->recheck.next++];
	struct atom64 *word = &run->arena.states[p];
	struct state_word from = state_unpack(state_load(word));
	struct state_word to = { .state = STATE_PENDING,
				 .attempt = from.attempt + 1 };

	if (from.state != STATE_DONE || !state_try_move(word, from, to))
		return;
	run->recheck.under_way = true;
	run->ended[p] = 0;
	run->n_ended--;
	feed_range(run, (struct range){ p, p + 1 });
}

void recheck_end(struct run *run)
{
	run->recheck.under_way = false;
	run->ended[run->recheck.positions[run->recheck.next - 1]] = 1;
	run->n_ended++;
}
