/* SPDX-License-Identifier: MIT */
/* The worker: src/work/work.c itself, included for its static functions, and
 * what it needs of the rest of src/work. */
#include "work/work.c"

#include "tests/model/world.h"

#include "run/keeper.h"
#include "work/body.h"
#include "work/capture.h"
#include "work/child.h"
#include "work/counters.h"
#include "work/debug.h"
#include "work/exec.h"
#include "work/door.h"
#include "work/folder.h"
#include "work/guard.h"
#include "work/holding.h"
#include "work/leftover.h"
#include "work/meter.h"
#include "work/onset.h"
#include "work/processor.h"
#include "work/serve.h"
#include "work/variables.h"

#include <string.h>

static struct worker workers[THREADS_MAX];
static uint32_t n_workers;
static struct catalog_header header;
static const struct segment *segments;
static struct catalog_test tests[] = {
	{ .isolate = ISOLATE_WORKER },
	{ .isolate = ISOLATE_WORKER, .suite_ix = 1 },
};
static struct catalog_fixture fixture = { .size = 8 };
static const struct part *parts;
static const struct bound *bounds;
static char data[64];

/* ---- the suite: one test, and a fixture when there is one -------------- */

static void set_up(void *object)
{
	memory_plain_write(object);
	world.n_set_up++;
}

/* Nobody looks at what it stands for any more. */
static void tear_down(const void *object)
{
	memory_plain_write(object);
	world.n_begun_down++;
	world.n_torn_down++;
	world.n_run_fell++;
	explore_wake(&world.n_run_fell, 1);
}

/* May die in the middle; leans on the run fixture. */
static void tear_down_own(void)
{
	if (header.n_fixtures)
		memory_plain_read(data);
	world.n_begun_down++;
	explore_step();
	world.n_torn_down++;
}

static const struct shmrun_fixture_ decl = { .run_setup = set_up,
					     .run_teardown = tear_down,
					     .teardown = tear_down_own };
static const struct shmrun_fixture_ *decls[] = { &decl, &decl };
static struct adapter_test entry;
static struct adapter_scope scope = { .name = "s" };
static struct adapter_suite suite = { .tests = &entry,
				     .n_tests = 1,
				     .fixtures = decls,
				     .scopes = &scope,
				     .n_scopes = 1 };
static struct adapter_suite plain = { .tests = &entry,
				     .n_tests = 1,
				     .scopes = &scope,
				     .n_scopes = 1 };
static struct adapter_suite *suites[] = { &suite, &plain };

/* WEIGHT-1: the only worker of such a scene is on a reserved slot.  What the
 * runner has given follows from what its thread has done, so this looks at
 * nothing that a state does not say. */
static void body_is_alone(void)
{
	uint32_t i;

	for (i = world.wide_from; i < header.n_positions; i++)
		check(range_is_empty(keeper_given(&world.run, i)));
}

/* LOCK-5: a test knows which unit of its lock is its own. */
static void body_of_unit(uint32_t position)
{
	if (world.has_lock)
		world.number[position] = holding_find(WORLD_LOCK, 0);
	body_is_alone();
	explore_step();
	body_is_alone();
}

/* SHM-9: it falls while a test of another suite runs. */
static void body_of_other_suite(void)
{
	explore_step();
	explore_told(world.n_run_fell);
	if (world.awaits_fall && world.n_run_fell == 0)
		explore_sleep(&world.n_run_fell, REST_EVER);
}

enum outcome body_run(const struct errand *e)
{
	if (e->suite == &plain)
		body_of_other_suite();
	else if (header.n_fixtures)
		memory_plain_read(data);
	check(e->position < WORLD_POSITIONS_MAX);
	world.n_ran[e->position]++;
	world.order[e->position] = ++world.n_bodies;
	explore_note("runs     %u", e->position);
	if (header.ring_from < header.n_positions)
		body_of_unit(e->position);
	while (world.hang)
		explore_sleep(&world.hang, REST_EVER);
	return e->position < world.n_flaky && !e->attempt ? OUTCOME_FAIL
							  : OUTCOME_PASS;
}

void *kernel_mmap(void *at, size_t size, int prot, int flags, int fd,
		  off_t offset);
/* Only the bytes of run fixtures are mapped this way. */
void *kernel_mmap(void *at, size_t size, int prot, int flags, int fd,
		  off_t offset)
{
	(void)at;
	(void)size;
	(void)prot;
	(void)flags;
	(void)fd;
	(void)offset;
	return data;
}

/* ---- what the model has no use for ----------------------------------- */

void capture_end(struct worker *w, uint64_t duration_ns)
{
	(void)w;
	(void)duration_ns;
}

/* The real one stores where the next output begins. */
/* Workers of the model do not come in by the door. */
void door_enter(struct worker *w, const struct heritage *heritage)
{
	(void)w;
	(void)heritage;
	explore_fail("a worker at its door");
}

void stage_bind(const struct adapter_suite *bound)
{
	(void)bound;
}

void meter_open(struct worker *w)
{
	(void)w;
}

void meter_worker(struct worker *w, uint64_t start_ns)
{
	(void)w;
	(void)start_ns;
}

void meter_tell(struct worker *w, uint32_t position)
{
	(void)w;
	(void)position;
}

void counters_write(void)
{
}

void guard_arm(void)
{
}

void guard_disarm(void)
{
}

enum outcome body_run_watched(const struct errand *e)
{
	(void)e;
	explore_fail("%s was called", __func__);
}

void capture_open(struct worker *w)
{
	(void)w;
}

void capture_begin(struct worker *w)
{
	atom64_store_relaxed(&w->self->output, w->capture.begin);
}

void capture_inspect(struct worker *w)
{
	(void)w;
}

void child_run(struct worker *w, const struct errand *e, struct finding *f)
{
	(void)w;
	(void)e;
	(void)f;
}

void exec_run(struct worker *w, const struct errand *e, struct finding *f)
{
	(void)w;
	(void)e;
	(void)f;
}

void debug_wait(const struct errand *e)
{
	(void)e;
}

/* Time is of no interest where all that may happen does. */
void onset_set(struct worker *w, bool forks)
{
	(void)w;
	(void)forks;
}

uint64_t onset_await(const struct worker *w)
{
	(void)w;
	return 0;
}

void processor_free(void)
{
}

void onset_note(struct worker *w, uint64_t began_ns)
{
	(void)w;
	(void)began_ns;
}

void variables_set_unit(bool here)
{
	(void)here;
}

void serve_leave(struct worker *w)
{
	(void)w;
}

void child_unforward(struct worker *w)
{
	(void)w;
}

void folder_show(const struct worker *w, enum folder_of whose)
{
	(void)w;
	(void)whose;
}

void folder_prepare(struct worker *w)
{
	(void)w;
}

bool folder_is_there(void)
{
	return true;
}

void folder_end(struct worker *w, struct finding *f)
{
	(void)w;
	(void)f;
}

void folder_close(const struct worker *w)
{
	(void)w;
}

void leftover_accept(bool in_scope)
{
	(void)in_scope;
}

void leftover_leave_scope(void)
{
}

struct leftovers leftover_clean(bool tell)
{
	(void)tell;
	return (struct leftovers){ .found = false };
}

void leftover_name_threads(void)
{
}

bool leftover_has_threads(void)
{
	return false;
}

void stage_begin(uint32_t position, uint32_t index, uint32_t attempt,
		 const char *name, bool indexed)
{
	(void)position;
	(void)index;
	(void)attempt;
	(void)name;
	(void)indexed;
}

void stage_iterate(uint32_t iteration)
{
	(void)iteration;
}

void stage_in_fixture(bool in_fixture)
{
	(void)in_fixture;
}

void stage_call(void (*fn)(void))
{
	fn();
}

void stage_call_data(void (*fn)(void *), void *object)
{
	fn(object);
}

void stage_call_const(void (*fn)(const void *), const void *object)
{
	fn(object);
}

const char *stage_fault(void)
{
	return "";
}

uint32_t stage_failures(void)
{
	return 0;
}

bool stage_is_skipped(void)
{
	return false;
}

bool stage_is_own(void)
{
	return true;
}

void stage_note(uint32_t kind, const char *file, uint32_t line,
		const char *text)
{
	(void)kind;
	(void)file;
	(void)line;
	(void)text;
}

/* ---- workers --------------------------------------------------------- */

void worker_begin(const struct arena_layout *layout, const struct plan *plan,
		  bool worker_fixture)
{
	n_workers = 0;
	parts = plan->parts;
	bounds = plan->bounds;
	segments = plan->segments;
	header = (struct catalog_header){ .n_positions = layout->n_positions,
					  .n_segments = plan->n_segments,
					  .n_tests = plan->n_segments,
					  .n_fixtures = layout->n_fixtures,
					  .n_parts = plan->n_parts,
					  .n_bounds = plan->n_bounds,
					  .ring_from = plan_kept_from(plan),
					  .ring_to = plan_alone_to(plan),
					  .jobs = layout->n_slots,
					  .list_len = plan_list_len(plan),
					  .arena = *layout };
	suite.n_fixtures = layout->n_fixtures + worker_fixture;
	suite.worker_fixtures = (struct adapter_span){ .first = layout->n_fixtures,
						       .n = worker_fixture };
	suite.run_fixtures.n = layout->n_fixtures;
	memory_name(data, sizeof(data), "fixture data");
}

struct worker *world_worker(uint32_t slot, uint32_t generation)
{
	struct worker *w = &workers[n_workers++];

	*w = (struct worker){ .catalog = { .header = &header,
					   .segments = segments,
					   .tests = tests,
					   .fixtures = &fixture,
					   .parts = parts,
					   .bounds = bounds,
					   .sums = world.run.sums },
			      .arena = world.run.arena,
			      .self = &world.run.arena.slots[slot],
			      .suites = suites,
			      .n_suites = header.n_segments,
			      .slot = slot,
			      .generation = generation,
			      .holds = header.ring_from < header.n_positions,
			      .now_ns = WORLD_NOW_NS };
	w->results = (struct results_writer){
		.results = &w->self->results,
		.cells = arena_cells(&w->arena, slot),
		.mask = w->arena.results_cap - 1,
	};
	claim_open(&w->claim, &w->catalog, &w->arena, slot, &work_gate_ops);
	/* Scenes without bound ranges are spared the look. */
	w->claim.holding = world_has_held();
	fixture_open(w);
	return w;
}

/* work_main() without the door. */
void worker_whole(void *arg)
{
	struct worker *w = arg;
	uint32_t position;

	work_await(w);
	if (loader_tears_down()) {
		fixture_teardown_run(w);
		work_leave(w);
	}
	while (!worker_must_leave(w)) {
		work_heed(w);
		if (!claim_next(&w->claim, w->now_ns, &position) &&
		    !work_idle(w, &position))
			break;
		one_run(w, position);
	}
	work_leave(w);
}

void worker_stay(struct worker *w)
{
	uint32_t position;

	for (;;) {
		if (!claim_next(&w->claim, w->now_ns, &position))
			work_idle(w, &position);
		one_run(w, position);
	}
}

void worker_once(struct worker *w)
{
	uint32_t position;

	if (claim_next(&w->claim, w->now_ns, &position))
		one_run(w, position);
}

void worker_idle(struct worker *w)
{
	uint32_t position;

	work_idle(w, &position);
}

void worker_heed(struct worker *w)
{
	work_heed(w);
}

void worker_raise(struct worker *w)
{
	w->fixtures.suites[0].worker = FIXTURE_UP;
	memory_store(&w->self->holds, fixture_bit(0), ORDER_RELEASE, NULL);
}

bool worker_park(struct worker *w)
{
	uint32_t position;

	return work_park(w, false, &position);
}

void worker_record(struct worker *w, uint32_t position)
{
	struct record record = { .position = position,
				 .slot = (uint16_t)w->slot,
				 .generation = (uint16_t)w->generation,
				 .outcome = OUTCOME_PASS,
				 .exit_status = -1 };

	while (!results_has_room(&w->results))
		doorbell_wait_for_room(w);
	results_push_sp(&w->results, &record);
	doorbell_after_push(w);
}
