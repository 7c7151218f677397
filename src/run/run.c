/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/role.h"
#include "base/sys.h"
#include "model/sums.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/debug.h"
#include "run/feed.h"
#include "run/images.h"
#include "run/interim.h"
#include "run/keeper.h"
#include "run/keys.h"
#include "run/oom.h"
#include "run/pause.h"
#include "run/plugin_impl.h"
#include "run/pressure.h"
#include "run/recheck.h"
#include "run/release.h"
#include "run/retry.h"
#include "run/run_impl.h"
#include "run/signals.h"
#include "run/stop.h"
#include "run/tell.h"
#include "run/tick.h"
#include "run/tokens.h"
#include "run/unwind.h"
#include "run/volley.h"
#include "shm/catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

/* While results keep coming, the runner looks this often and is rung only for
 * a ring that is half full, and by a worker that goes to sleep. */
#define MODERATION_NS (4 * NS_PER_MS)
#define NAP_CREW 8u
#define NAP_NS (300 * NS_PER_US)
#define SWEEP_NS (10 * NS_PER_MS)
#define LOADER_STOP_NS (2 * NS_PER_S)

/* ---- memories and descriptors ---------------------------------------- */

static uint64_t run_page_up(uint64_t size)
{
	return (size + SHM_PAGE - 1) / SHM_PAGE * SHM_PAGE;
}

/* Gives each run fixture pages of its own; the total. */
static uint64_t run_place_fixtures(const struct fixture_list *list,
				   struct catalog_fixture *out)
{
	uint64_t end = 0;
	uint32_t i;

	for (i = 0; i < list->n; i++) {
		out[i] = (struct catalog_fixture){
			.suite_ix = list->items[i].suite_ix,
			.fixture_ix = list->items[i].fixture_ix,
			.size = list->items[i].size,
			.data = end,
		};
		end += run_page_up(max_of(out[i].size, 1));
	}
	return end;
}

uint64_t run_arena_size(const struct plan *plan, uint32_t jobs,
			const struct fixture_list *fixtures)
{
	struct catalog_fixture placed[WIRE_FIXTURES_MAX];

	return arena_layout_make(plan->n_positions, jobs, plan->n_parts,
				 fixtures->n,
				 run_place_fixtures(fixtures, placed)).size;
}

/* Below that nobody looks: every run would pay for it. */
#define ARENA_SMALL (UINT64_C(4) << 20)

/* A control group's limit is no error when memory is asked for: the kernel
 * kills, as soon as too much of it is touched (ENV-2). */
static int run_check_memory(const struct run *run, struct err *err)
{
	bool (*left)(struct run_memory *) = run->args->memory_left;
	uint64_t size = run->layout.size;
	struct run_memory memory;

	if (size < ARENA_SMALL || !left || !left(&memory) ||
	    size < memory.bytes)
		return 0;
	return err_set(err, -ENOMEM, "the arena needs %" PRIu64
		       " MiB, and %" PRIu64 " MiB are left of the memory "
		       "limit at %s", size >> 20, memory.bytes >> 20,
		       memory.where);
}

static int run_make_memories(struct run *run, struct err *err)
{
	const struct run_args *a = run->args;
	struct catalog_fixture fixtures[WIRE_FIXTURES_MAX];
	uint64_t data = run_place_fixtures(a->fixtures, fixtures);
	struct catalog_args catalog = {
		.listing = a->listing,
		.plan = a->plan,
		.fixtures = fixtures,
		.n_fixtures = a->fixtures->n,
		.layout = &run->layout,
		.sums = run->sums,
		.batch_max = a->batch_max,
		/* Only the runner knows which failure counts (STOP-2). */
		.max_fail = run->retry || a->recheck ? 0 : a->max_fail,
		.retries = run->retry != NULL,
		.run_id = a->run_id,
		.jobs = run->n_slots,
		.recycle_on_failure = a->recycle_on_failure,
		.debugged = a->debugger != NULL,
		.recycle_after = a->recycle_after,
		.isolate = a->isolate,
		.timeout_ns = a->timeout_ns,
		.slowness = a->slowness,
		.most_retries = a->retries.most,
		.crash_retries = a->retries.crashes,
		.no_retries = a->retries.never,
	};

	run->layout = arena_layout_make(a->plan->n_positions, run->n_slots,
					a->plan->n_parts, a->fixtures->n, data);
	run->catalog_fd = catalog_write(&catalog, err);
	if (run->catalog_fd < 0)
		return run->catalog_fd;
	if (run_check_memory(run, err) < 0)
		return err->code;
	run->arena_fd = arena_create(&run->arena, &run->layout, err);
	return run->arena_fd < 0 ? run->arena_fd : 0;
}

static int run_make_descriptors(struct run *run, struct err *err)
{
	run->doorbell_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (run->doorbell_fd < 0)
		return err_sys(err, -errno, "cannot make event descriptors");
	return signals_open(run, err);
}

static int run_watch(struct run *run, struct err *err)
{
	struct loop *loop = run->args->loop;
	int ret = loop_watch(loop, run->doorbell_fd, RUN_TAG_DOORBELL, err);

	if (ret == 0)
		ret = loop_watch(loop, run->signal_fd, RUN_TAG_SIGNAL, err);
	if (ret == 0)
		ret = keys_open(run, err);
	if (ret == 0)
		ret = crew_watch_loader(run, err);
	if (ret == 0)
		ret = plugin_begin(run, err);
	return ret;
}

static int run_attach_loader(struct run *run, struct err *err)
{
	int ret = crew_attach_loader(run, err);

	if (ret != -EPIPE && ret != -ECONNRESET)
		return ret;
	/* It died after it had listed the suites. */
	ret = loader_restart(run->args->loader, run->args->loader_args, err);
	return ret < 0 ? ret : crew_attach_loader(run, err);
}

static int run_open(struct run *run, const struct run_args *args,
		    struct err *err)
{
	int ret;

	*run = (struct run){ .args = args,
			     .n_slots = args->jobs,
			     .arena_fd = -1,
			     .catalog_fd = -1,
			     .doorbell_fd = -1,
			     .signal_fd = -1 };
	if (args->plugin && plugin_is_dynamic(args->plugin))
		run->plugin = args->plugin;
	run->ended = mem_array(args->plan->n_positions, sizeof(*run->ended));
	if (plan_has_setups(args->plan))
		run->sums = sums_make(args->plan, args->costs);
	run->tally.selected = args->plan->n_positions;
	run->tally.bad_suites = args->bad_suites;
	run->tally.skip_exit = args->skip_exit;
	run->tally.failed_before = args->failed_before;
	run->tally.flaky_fails = args->flaky_fails;
	/* What a dead loader leaves behind becomes ours, to be killed; what we
	 * had before is not. */
	run->n_spared = max_of(sys_children(run->spared, SPARED_MAX), 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	retry_open(run);
	ret = run_make_memories(run, err);
	if (ret == 0)
		ret = run_make_descriptors(run, err);
	if (ret == 0)
		ret = unwind_open(run, err);
	if (ret == 0)
		ret = crew_open(run, err);
	if (ret == 0)
		ret = run_attach_loader(run, err);
	if (ret == 0)
		ret = run_watch(run, err);
	return ret;
}

static void run_close_fd(struct run *run, int fd)
{
	if (fd < 0)
		return;
	loop_unwatch(run->args->loop, fd);
	close(fd);
}

static void run_close(struct run *run)
{
	keys_close(run);
	crew_unwatch_loader(run);
	if (!loader_stop(run->args->loader, LOADER_STOP_NS))
		crew_reap_all(run);
	crew_close(run);
	unwind_close(run);
	feed_close(run);
	keeper_close(run);
	run_close_fd(run, run->signal_fd);
	run_close_fd(run, run->doorbell_fd);
	if (run->arena.base)
		arena_detach(&run->arena);
	if (run->arena_fd >= 0)
		close(run->arena_fd);
	if (run->catalog_fd >= 0)
		close(run->catalog_fd);
	free(run->sums);
	release_close(run);
	free(run->ended);
	retry_close(run);
	recheck_close(run);
	free(run->retried);
	pause_close(run);
}

/* ---- one turn of the loop -------------------------------------------- */

static void run_dispatch(struct run *run, uint64_t tag)
{
	uint64_t drop;

	switch ((enum run_tag)tag) {
	case RUN_TAG_DOORBELL:
		if (read(run->doorbell_fd, &drop, sizeof(drop)) < 0)
			return;
		break;
	case RUN_TAG_LOADER:
		if (!crew_hear(run))
			crew_survive_loader(run);
		break;
	case RUN_TAG_LOADER_END:
		/* One that was heard to end in this very turn has a successor
		 * already. */
		if (!loader_has_ended(run->args->loader))
			break;
		/* Its socket may live on in a process that it left behind. */
		crew_hear(run);
		crew_survive_loader(run);
		break;
	case RUN_TAG_SIGNAL:
		signals_read(run);
		break;
	case RUN_TAG_KEYS:
		keys_read(run);
		break;
	case RUN_TAG_PLUGIN:
	case RUN_TAG_UNWIND:
		break; /* heard in its turn */
	case RUN_TAG_PLUGIN_END:
		run->plugin->dead = true;
		break;
	}
}

static void run_wait(struct run *run, uint64_t timeout_ns)
{
	uint64_t tags[8];
	int n = loop_wait(run->args->loop, timeout_ns, tags, 8), i;

	run->now_ns = clock_now_ns();
	for (i = 0; i < n; i++)
		run_dispatch(run, tags[i]);
}

/* Is everybody asleep although tests are missing?  Meaningful only after
 * gate_doze(): who falls asleep later rings. */
static bool run_is_quiet(const struct run *run)
{
	uint32_t i;

	if (run->closed || run->fatal || volley_holds_back(run) ||
	    run->n_ended + run->chains.n_parked + retry_count(run) ==
		    run->layout.n_positions)
		return false;
	for (i = 0; i < run->n_slots; i++) {
		if (run->slots[i].state == CREW_STARTING)
			return false;
		if (run->slots[i].state == CREW_LIVE &&
		    !atom32_load_acquire(&run->arena.slots[i].parked)) /* P3 */
			return false;
	}
	return true;
}

static void run_sweep(struct run *run)
{
	if (run->now_ns < run->sweep_after_ns)
		return;
	run->sweep_after_ns = run->now_ns + SWEEP_NS;
	if (feed_sweep(run) > 0)
		run->n_vain_sweeps = 0;
	else
		run->n_vain_sweeps++;
	crew_wake_all(run);
}

/* Waits until there is something to do.  Results that keep coming, or will
 * from a worker that starts, are looked for now and then; when none came, or
 * a failure may have to stop the run at once, the doorbell is armed. */
static void run_rest(struct run *run, bool busy)
{
	uint64_t due = min_of(min_of(tick_due(run), unwind_due(run)),
			      min_of(interim_due(run), retry_due(run)));

	if ((busy || run->n_forking) && !stop_may_come(run)) {
		run_wait(run, min_of(due, MODERATION_NS));
		return;
	}
	gate_doze(run->arena.gate);
	if (collect_all(run) == 0 && !keeper_has_news(run) &&
	    !volley_is_due(run)) {
		if (run_is_quiet(run)) {
			if (!pressure_yield(run))
				run_sweep(run);
			due = min_of(due, SWEEP_NS);
		}
		run_wait(run, due);
	}
	gate_awake(run->arena.gate);
}

static void run_turn(struct run *run)
{
	bool busy;

	run->now_ns = clock_now_ns();
	busy = collect_all(run) > 0;
	if (busy)
		run->n_vain_sweeps = 0;
	release_turn(run);
	plugin_turn(run);
	keeper_turn(run);
	retry_turn(run);
	unwind_turn(run);
	interim_turn(run);
	feed_top_up(run);
	crew_fill(run);
	volley_turn(run);
	if (tick_due(run) == 0)
		tick_run(run);
	run_rest(run, busy);
}

/* ---- the phases of a run --------------------------------------------- */

/* What ends a test before it is started; NULL = nothing. */
static const char *run_why_not(const struct run *run, uint32_t test_ix,
			       enum outcome *outcome)
{
	const struct listing *l = run->args->listing;
	const struct test *test = &l->tests[test_ix];
	const struct attrs *attrs = test->attrs;

	*outcome = OUTCOME_SKIP;
	if (attrs->disabled)
		return "disabled"; /* ADP-7 */
	*outcome = OUTCOME_ERROR;
	if (l->suites[test->suite_ix].isolate == ISOLATE_EXEC)
		return NULL;
	if (catalog_isolate(run->args->isolate,
			    l->suites[test->suite_ix].isolate,
			    attrs) == ISOLATE_EXEC)
		return "it asks for .isolate = exec, which a suite of this "
		       "kind cannot have yet";
	return NULL;
}

static void run_end_unstarted(struct run *run)
{
	const struct plan *plan = run->args->plan;
	struct stretch at = { 0 };
	enum outcome outcome;
	const char *why;
	uint32_t p;

	if (!run->args->listing->has_unstartable &&
	    run->args->isolate != ISOLATE_EXEC)
		return;
	while (plan_walk(plan, &at)) {
		why = run_why_not(run, at.first.test_ix, &outcome);
		for (p = at.position; why && p < at.position + at.count; p++) {
			struct state_word done = { .state = STATE_DONE,
						   .outcome = outcome };

			state_try_move(&run->arena.states[p],
				       (struct state_word){ 0 }, done);
			tell_unstarted(run, p, outcome, NOTRUN_NONE, why);
		}
	}
}

static bool run_wants_more(const struct run *run)
{
	return run->n_ended < run->layout.n_positions && !run->stop.asked &&
	       !run->fatal;
}

/* Should a worker have left by now?  Tests and teardowns have limits of their
 * own (tick.c), unless the run was interrupted. */
static bool run_is_overdue(const struct run *run, uint32_t slot)
{
	const struct crew_slot *s = &run->slots[slot];
	enum phase phase =
		current_load(&run->arena.slots[slot].current).phase; /* C24 */

	if (s->doom != DOOM_NONE ||
	    run->now_ns < run->closed_ns + run->args->grace_ns)
		return false;
	if (phase == PHASE_TEARDOWN)
		return run->stop.signo != 0 ||
		       run->stop.killed == NOTRUN_DEADLINE;
	return phase != PHASE_RUN &&
	       run->now_ns >= s->quiet_since_ns + run->args->grace_ns;
}

/* Many leave at once: to hear of several in one turn costs less. */
static void run_nap(const struct run *run)
{
	struct timespec nap = { .tv_nsec = NAP_NS };

	if (crew_count(run) > NAP_CREW)
		nanosleep(&nap, NULL);
}

/* All that can be run has been: let the workers go, with a deadline. */
static void run_dismiss(struct run *run)
{
	uint32_t i;

	stop_close_gate(run);
	run->now_ns = run->closed_ns = clock_now_ns();
	while (crew_count(run) > 0) {
		run_nap(run);
		run_turn(run);
		for (i = 0; i < run->n_slots; i++)
			if ((run->fatal && run->slots[i].doom == DOOM_NONE) ||
			    run_is_overdue(run, i))
				crew_cut(run, i, DOOM_LEAVING);
	}
}

/* Failed tests once more, each in a worker that ran nothing else. */
static void run_recheck(struct run *run)
{
	while (recheck_has_next(run)) {
		run_dismiss(run);
		stop_open_gate(run);
		recheck_begin(run);
		while (run_wants_more(run))
			run_turn(run);
	}
}

static uint32_t run_count_fixtures_up(const struct run *run)
{
	uint32_t n = 0, i;

	for (i = 0; i < run->layout.n_fixtures; i++)
		n += fixture_is_up(fixture_unpack(atom64_load_acquire(
			     &run->arena.controls[i].word)).state); /* F9 */
	return n;
}

/* Run fixtures that are still up come down in a worker made for it, whoever
 * set them up. */
static void run_tear_down(struct run *run)
{
	if (run_count_fixtures_up(run) == 0)
		return;
	if (!run->fatal && crew_start(run, 0, WIRE_TEARDOWN))
		run_dismiss(run);
	if (run_count_fixtures_up(run) == 0)
		return;
	run->tally.suite_errors++;
	tell_warning(run, "a run fixture was not torn down");
}

int run_tests(const struct run_args *args, struct tally *tally,
	      struct err *err)
{
	struct run run;
	int ret;

	role_assert(ROLE_RUNNER);
	ret = run_open(&run, args, err);
	if (ret < 0)
		goto out;
	run.now_ns = run.started_ns = clock_now_ns();
	tick_open(&run);
	tell_started(&run);
	if (args->plugin && *plugin_notice(args->plugin))
		tell_warning(&run, "%s", plugin_notice(args->plugin));
	if (access("/proc/self/task", R_OK) < 0)
		tell_warning(&run, "there is no /proc: processes that tests "
			     "leave behind cannot be found");
	oom_open(&run);
	release_open(&run);
	keeper_open(&run);
	volley_open(&run);
	run_end_unstarted(&run);
	tokens_open(&run);
	feed_open(&run);
	while (run_wants_more(&run))
		run_turn(&run);
	run_recheck(&run);
	run_dismiss(&run);
	run_tear_down(&run);
	debug_settle(&run);
	stop_tell_rest(&run);
	plugin_end(&run);
	images_check(&run);
	unwind_settle(&run);
	interim_settle(&run);
	run.now_ns = clock_now_ns();
	*tally = run.tally;
	tell_finished(&run);
out:
	run_close(&run);
	return ret;
}
