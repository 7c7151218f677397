/* SPDX-License-Identifier: MIT */
/* The runner: src/run/run.c itself, included for its static functions. */
#include "run/run.c"

#include "base/parting.h"
#include "tests/model/world.h"

#include "run/core.h"
#include "run/estate.h"
#include "run/evidence.h"
#include "run/interim.h"
#include "run/keys.h"
#include "run/oom.h"
#include "run/pause.h"
#include "run/signals.h"
#include "run/unwind.h"

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

/* ---- there is no scheduler plug-in ------------------------------------ */

void plugin_turn(struct run *run)
{
	(void)run;
}

bool plugin_withholds(const struct run *run, uint32_t position)
{
	(void)run;
	(void)position;
	return false;
}

void plugin_node_up(struct run *run, uint32_t slot)
{
	(void)run;
	(void)slot;
}

void plugin_node_down(struct run *run, uint32_t slot, uint32_t crashed)
{
	(void)run;
	(void)slot;
	(void)crashed;
}

void estate_settle(struct run *run, uint32_t slot, bool wanted,
		   struct str *kept)
{
	(void)run;
	(void)slot;
	(void)wanted;
	(void)kept;
}

void plugin_test_ended(struct run *run, const struct event_test *t)
{
	(void)run;
	(void)t;
}

bool plugin_test_again(struct run *run, uint32_t position, uint32_t attempt)
{
	(void)run;
	(void)position;
	(void)attempt;
	return false;
}

/* ---- nor are there signals, keys, debuggers, pauses and backtraces ----- */

void signals_read(struct run *run)
{
	(void)run;
}

void keys_read(struct run *run)
{
	(void)run;
}

void debug_settle(struct run *run)
{
	(void)run;
}

void debug_look(struct run *run)
{
	(void)run;
}

void keys_look(struct run *run)
{
	(void)run;
}

/* Nothing is measured. */
enum isolate catalog_isolate(enum isolate chosen, enum isolate usual,
			     const struct attrs *attrs)
{
	(void)usual;
	(void)attrs;
	return chosen;
}

void core_crashed(struct run *run)
{
	(void)run;
}

void core_renew(struct run *run)
{
	(void)run;
}

void core_renew_slot(const struct run *run, uint32_t slot)
{
	(void)run;
	(void)slot;
}

void parting_act(void)
{
}

void interim_ask(struct run *run)
{
	(void)run;
}

void interim_turn(struct run *run)
{
	(void)run;
}

uint64_t interim_due(const struct run *run)
{
	(void)run;
	return LOOP_FOREVER;
}

pid_t interim_pid(const struct run *run)
{
	(void)run;
	return 0;
}

void pause_shift(struct run *run, uint64_t ns)
{
	(void)run;
	(void)ns;
}

void pause_deduct(const struct run *run, struct event_test *t)
{
	(void)run;
	(void)t;
}

void evidence_mark(struct run *run, uint32_t slot)
{
	(void)run;
	(void)slot;
}

void evidence_clock(struct run *run, uint32_t slot)
{
	(void)run;
	(void)slot;
}

bool evidence_cpu(struct run *run, uint32_t slot, uint64_t *ns)
{
	(void)run;
	(void)slot;
	(void)ns;
	return false;
}

void evidence_take(struct run *run, uint32_t slot)
{
	(void)run;
	(void)slot;
}

const char *oom_explain(struct run *run)
{
	(void)run;
	return NULL;
}

int unwind_has_wreck(struct run *run, uint32_t position)
{
	(void)run;
	(void)position;
	return 0;
}

pid_t unwind_pid(const struct run *run)
{
	(void)run;
	return 0;
}

int unwind_fd(const struct run *run)
{
	(void)run;
	return -1;
}

bool unwind_question(const struct run *run, uint32_t slot)
{
	(void)run;
	(void)slot;
	return false;
}

bool unwind_take(struct run *run, const struct event *ev,
		 struct remains *remains)
{
	(void)run;
	(void)ev;
	(void)remains;
	return false;
}

void unwind_turn(struct run *run)
{
	(void)run;
}

uint64_t unwind_due(const struct run *run)
{
	(void)run;
	return UINT64_MAX;
}
