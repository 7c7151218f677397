/* SPDX-License-Identifier: MIT */
#include "tests/model/world.h"

#include "base/mem.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/keeper.h"
#include "run/release.h"
#include "run/retry.h"
#include "run/volley.h"
#include "shm/notes.h"

#include <string.h>

#define FOREVER_NS (UINT64_C(1) << 60)

struct world world;

static struct run_args args;
static struct listing listing;
static const struct attrs attrs = { ATTRS_TEXTS };
static struct suite suites[2];
static struct test listed[] = {
	{ .attrs = &attrs, .name = "t" },
	{ .attrs = &attrs, .name = "u", .suite_ix = 1 },
};
static struct plan plan;
static struct segment segments[2];
static struct deal deals[WORLD_SLOTS_MAX];
static struct fixture_list fixtures;
static struct part parts[2];
static struct bound bounds[WORLD_POSITIONS_MAX];
static struct gated gated[WORLD_POSITIONS_MAX];
static struct lock_use use = { .units = 1 };
static struct lock lock = { .name = WORLD_LOCK, .name_len = 1 };
static uint64_t sums[WORLD_POSITIONS_MAX + 1];
static struct cost rows[WORLD_POSITIONS_MAX];
static uint32_t first_row[] = { 0, WORLD_POSITIONS_MAX };
static struct costs costs = { .listing = &listing,
			      .first = first_row,
			      .rows = rows };
static struct loader fake_loader;
static struct sink sink;
static bool mortal, asked, held;

/* ---- what the run tells ---------------------------------------------- */

static void world_hear(void *ctx, const struct event *ev)
{
	(void)ctx;
	if (ev->kind == EVENT_WARNING) {
		world.n_warnings++;
		explore_note("warns    %s", ev->text);
	}
	if (ev->kind != EVENT_TEST_FINISHED)
		return;
	check(ev->test.position < WORLD_POSITIONS_MAX);
	world.n_ended[ev->test.position]++;
	world.outcome[ev->test.position] = ev->test.outcome;
	explore_note("tells    %u ended as %d", ev->test.position,
		     (int)ev->test.outcome);
}

size_t notes_read(int fd, uint64_t from, uint64_t to, uint32_t position,
		  struct note *notes, size_t cap, char **bytes)
{
	(void)fd;
	(void)from;
	(void)to;
	(void)position;
	(void)notes;
	(void)cap;
	*bytes = NULL;
	return 0;
}

size_t notes_part(struct note *notes, size_t *n)
{
	(void)notes;
	return *n;
}

/* ---- the arena ------------------------------------------------------- */

static struct shm_off world_part(uint64_t *end, uint64_t size)
{
	struct shm_off off = { .v = *end };

	*end += (size + ATOM_APART - 1) / ATOM_APART * ATOM_APART;
	return off;
}

/* As arena_layout_make(), but small. */
static struct arena_layout world_layout(const struct world_args *a)
{
	struct arena_layout l = { .n_positions = a->n_positions,
				  .n_slots = a->n_slots,
				  .ring_cap = a->ring_cap,
				  .results_cap = a->results_cap,
				  .n_fixtures = a->n_fixtures,
				  .n_parts = a->n_parts };
	uint64_t end = sizeof(struct arena_header);

	l.gate = world_part(&end, sizeof(struct gate));
	l.ring = world_part(&end, ring_size(l.ring_cap));
	l.deques = world_part(&end, l.n_slots * sizeof(struct slot_deque));
	l.cursors = world_part(&end, l.n_parts * sizeof(struct cursor));
	l.states = world_part(&end, 8 * l.n_positions);
	l.cells = world_part(&end, (uint64_t)l.n_slots * l.results_cap *
					   sizeof(struct record));
	l.controls = world_part(&end, l.n_fixtures *
					      sizeof(struct fixture_control));
	l.slots = world_part(&end, l.n_slots * sizeof(struct slot));
	l.holdings = world_part(&end, (uint64_t)l.n_slots * HOLDINGS_PER_SLOT *
						sizeof(struct holding));
	l.data.v = end;
	l.size = end + 8 * l.n_fixtures;
	return l;
}

static void world_name_parts(const struct arena *a, const struct world_args *w)
{
	static const char *const slots[] = { "slot 0", "slot 1", "slot 2" };
	static const char *const deques[] = { "deque 0", "deque 1", "deque 2" };
	uint32_t i;

	memory_name(a->gate, sizeof(*a->gate), "gate");
	memory_name(a->ring, ring_size(w->ring_cap), "ring");
	memory_name(a->cursors, w->n_parts * sizeof(struct cursor), "cursors");
	memory_name(a->states, 8 * w->n_positions, "states");
	memory_name(a->cells, 64 * w->n_slots * w->results_cap, "records");
	memory_name(a->holdings, w->n_slots * HOLDINGS_PER_SLOT *
				sizeof(struct holding), "holdings");
	memory_name(a->controls, ATOM_APART * w->n_fixtures, "controls");
	for (i = 0; i < w->n_slots; i++) {
		memory_name(&a->slots[i], sizeof(struct slot), slots[i]);
		memory_name(&a->deques[i], sizeof(struct slot_deque),
			    deques[i]);
	}
}

/* ---- the run --------------------------------------------------------- */

static void world_plan_gated(const struct world_args *a)
{
	uint32_t first = a->n_positions - a->n_gated, i;

	world.has_lock = a->n_units;
	world.wide_from = a->n_positions - a->n_wide;
	lock.units = a->n_units;
	for (i = 0; i < a->n_gated; i++)
		gated[i] = (struct gated){
			.lo = first + i,
			.hi = first + i + 1,
			.n_uses = a->n_units > 0,
			.weight = first + i < world.wide_from ? 1 : a->n_slots,
			.after = PLAN_NONE,
		};
	plan.gated = gated;
	plan.n_gated = a->n_gated;
	plan.uses = &use;
	plan.locks = &lock;
	plan.n_uses = plan.n_locks = a->n_units > 0;
}

static void world_deal(const struct world_args *a)
{
	uint32_t share = a->n_positions / a->n_slots, i;

	for (i = 0; i < a->n_slots; i++)
		deals[i] = (struct deal){ i, i * share, (i + 1) * share, true };
	plan.deals = deals;
	plan.n_deals = a->n_slots;
}

/* How long each takes is known. */
static void world_cost(const struct world_args *a)
{
	uint32_t i;

	for (i = 0; i < WORLD_POSITIONS_MAX; i++)
		rows[i] = (struct cost){
			.est_ns = (float)(a->first_ns / (i ? 10 : 1)),
			.known = true,
		};
	args.costs = &costs;
}

static void world_plan(const struct world_args *a)
{
	uint32_t n_free = a->n_positions - a->n_gated, i;
	uint32_t size = a->n_parts ? n_free / a->n_parts : 0;

	for (i = 0; i < a->n_parts; i++)
		parts[i] = (struct part){ .lo = i * size,
					  .hi = (i + 1) * size,
					  .setup_ns = a->setup_ns };
	for (i = 0; a->unit && i < a->n_positions / a->unit; i++)
		bounds[i] = (struct bound){ i * a->unit, (i + 1) * a->unit };
	for (i = 0; i <= a->n_positions; i++)
		sums[i] = i;
	segments[1] = (struct segment){ .position = a->n_positions - 1,
					.test_ix = 1 };
	listed[0].count = a->n_positions;
	listing = (struct listing){ .suites = suites,
				    .tests = listed,
				    .n_tests = 1 + a->two_suites,
				    .n_suites = 1 + a->two_suites };
	plan = (struct plan){ .segments = segments,
			      .n_segments = 1 + a->two_suites,
			      .parts = parts,
			      .n_parts = a->n_parts,
			      .bounds = bounds,
			      .n_bounds = a->unit ? a->n_positions / a->unit : 0,
			      .n_positions = a->n_positions };
	world_plan_gated(a);
	if (a->two_suites || a->copies)
		world_deal(a);
	plan.copies = a->copies ? a->n_slots : 0;
}

static void world_slots(struct run *run)
{
	uint32_t i;

	run->slots = mem_array(run->n_slots, sizeof(*run->slots));
	for (i = 0; i < run->n_slots; i++) {
		struct crew_slot *s = &run->slots[i];

		s->pidfd = s->spool_fd = s->notes_fd = -1;
		s->reader = (struct results_reader){
			.results = &run->arena.slots[i].results,
			.cells = arena_cells(&run->arena, i),
			.mask = run->arena.results_cap - 1,
		};
		/* The first generation of a scene that forks by itself. */
		memory_store(&run->arena.slots[i].admitted, 1, ORDER_RELEASE,
			     NULL);
	}
}

void world_begin(const struct world_args *a)
{
	struct run *run = &world.run;
	struct err err = { 0 };

	kernel_begin();
	loader_begin();
	memset(&world, 0, sizeof(world));
	world.retries = a->retries;
	world.n_flaky = a->n_flaky;
	mortal = a->mortal;
	asked = a->asked;
	held = a->held;
	world_plan(a);
	sink = (struct sink){ .event = world_hear };
	args = (struct run_args){ .listing = &listing,
				  .plan = &plan,
				  .loader = &fake_loader,
				  .fixtures = &fixtures,
				  .sink = &sink,
				  .jobs = a->n_slots,
				  .timeout_ns = a->timeout_ns,
				  .retries = { .most = a->retries },
				  .grace_ns = FOREVER_NS };
	if (a->first_ns)
		world_cost(a);
	*run = (struct run){ .args = &args,
			     .n_slots = a->n_slots,
			     .now_ns = WORLD_NOW_NS,
			     .started_ns = WORLD_NOW_NS,
			     .last_tick_ns = a->timeout_ns ? WORLD_NOW_NS
							   : FOREVER_NS,
			     .layout = world_layout(a) };
	check(arena_create(&run->arena, &run->layout, &err) >= 0);
	run->ended = mem_array(a->n_positions, 1);
	run->sums = a->n_parts > 1 ? sums : NULL;
	run->ring = (struct ring_producer){ .ring = run->arena.ring,
					    .mask = a->ring_cap - 1 };
	world_slots(run);
	world_name_parts(&run->arena, a);
	fixtures.n = a->n_fixtures;
	if (a->two_suites)
		release_open(run);
	retry_open(run);
	keeper_open(run);
	volley_open(run);
	worker_begin(&run->layout, &plan, a->worker_fixture);
}

bool world_is_asked(void)
{
	return asked;
}

bool world_has_held(void)
{
	return held;
}

bool world_is_mortal(void)
{
	return mortal;
}

struct thread *world_spawn(uint32_t slot, void (*main)(void *arg))
{
	struct thread *t = loader_fork(slot, 0, 0, main);

	world.run.slots[slot].state = CREW_LIVE;
	world.run.slots[slot].pidfd = explore_index_of(t);
	return t;
}

void world_verify_ended(void)
{
	uint32_t i;

	for (i = 0; i < world.run.layout.n_positions; i++) {
		check(world.n_ended[i] == 1);
		check(world.n_ran[i] <= 1 + world.retries);
		check(world.outcome[i] != OUTCOME_PASS ||
		      (world.n_ran[i] == 1 && i >= world.n_flaky));
	}
	check(world.n_warnings == world.run.tally.suite_errors);
	check(world.run.tally.lost_workers <= world.n_killed);
}
