/* SPDX-License-Identifier: MIT */
/* The runner: src/run/run.c itself, included for its static functions. */
#include "run/run.c"

#include "tests/model/world.h"

/* run_tests() without what it opens and closes. */
void runner_whole(void *arg)
{
	struct run *run = &world.run;

	(void)arg;
	feed_open(run);
	while (run_wants_more(run))
		run_turn(run);
	run_dismiss(run);
	run_tear_down(run);
	stop_tell_rest(run);
}

void runner_turn(struct run *run)
{
	run_turn(run);
}

/* The end of a run whose work a scene has fed itself. */
void runner_rest(void *arg)
{
	struct run *run = &world.run;

	(void)arg;
	while (run_wants_more(run))
		run_turn(run);
	run_dismiss(run);
	stop_tell_rest(run);
}
