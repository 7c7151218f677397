/* SPDX-License-Identifier: MIT */
/*
 * A whole run (src/run) over an arena into which anything is written at any
 * moment, with a loader that lies and workers that die anywhere: LF-1, LF-6,
 * LF-7, LF-12 to LF-14, SHM-1, STATE-12, PROC-15.
 *
 * For all inputs: no crash; the run ends after a bounded number of turns;
 * every test has exactly one terminal state and the tally counts them; no
 * test passes but one that a worker completed with a pass, or whose
 * completion stood in the memory word for word; exit status 0 only if all
 * passed.  Where nothing was tampered with: each test is entered once,
 * unless a loader died, and is told as it ended, and if it had crashed before
 * the loader died it does not pass; nothing is called damaged;
 * nothing runs beside a wide test, nor two that hold one lock (WEIGHT-1,
 * LOCK-1; world.h says where they stand), and a run fixture comes down once.
 *
 * Input: the run (8 bytes, see setup()), then steps (see play()).
 */
#include "base/vec.h"
#include "base/clock.h"
#include "base/mem.h"
#include "fuzz.h"
#include "tamper.h"
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TURNS_MAX 8000u /* after the script */
#define STEPS 16	 /* of each player in a turn of the end */
#define START_NS (100 * NS_PER_S)
#define SPOOL_MAX (1u << 20) /* more than a script can write */

struct script {
	struct fuzz_input in;
	struct listing listing;
	struct plan plan;
	struct fixture_list fixtures;
	struct sink sink;
	struct loader_args loader_args;
	struct run_args args;
	uint32_t n_signals;
	uint32_t n_turns; /* since the input's end */
	bool has_exec;
};

static struct script script;

/* ---- what is told ---------------------------------------------------- */

/* Whoever reads an event reads all of it. */
static size_t read_all(const struct event_test *t)
{
	size_t sum = 0, i;

	fuzz_must(t->output.total <= SPOOL_MAX, "%llu bytes of output",
		  (unsigned long long)t->output.total);
	for (i = 0; i < t->output.head_len; i++)
		sum += (unsigned char)t->output.head[i];
	for (i = 0; i < t->output.tail_len; i++)
		sum += (unsigned char)t->output.tail[i];
	for (i = 0; i < t->n_notes; i++) {
		fuzz_must(t->notes[i].kind < N_NOTE_KINDS, "note %zu", i);
		sum += strlen(t->notes[i].file) + strlen(t->notes[i].text);
	}
	return sum;
}

static void must_be_true(const struct event_test *t)
{
	struct fate *fate = &world.fates[t->position];

	fuzz_must(fate->n_told == 0, "%u ended twice", t->position);
	fuzz_must(t->outcome > OUTCOME_NONE && t->outcome < N_OUTCOMES,
		  "outcome %d", t->outcome);
	fuzz_must(t->slot < world.n_slots, "w%u", t->slot);
	fuzz_must(t->notrun < N_NOTRUNS, "reason %d", t->notrun);
	fuzz_must(t->outcome != OUTCOME_PASS || fate->passed || fate->forged,
		  "%u passed by nobody", t->position);
	fuzz_must(t->outcome != OUTCOME_PASS || !fate->crashed ||
			  world.tampered, "%u crashed", t->position);
	if (!world.tampered && fate->ended != OUTCOME_NONE &&
	    !world.n_loader_deaths)
		fuzz_must(t->outcome == fate->ended, "%u: %s, was %s",
			  t->position, outcome_name(t->outcome),
			  outcome_name(fate->ended));
	fate->n_told++;
	fate->told = t->outcome;
}

static void hear(void *ctx, const struct event *ev)
{
	volatile size_t sink_of_reads;

	(void)ctx;
	if (ev->kind == EVENT_TEST_FINISHED) {
		fuzz_must(ev->test.position < world.n_positions, "%u",
			  ev->test.position);
		fuzz_must(ev->test.test_ix < script.listing.n_tests, "%u",
			  ev->test.test_ix);
		sink_of_reads = read_all(&ev->test);
		(void)sink_of_reads;
		must_be_true(&ev->test);
	} else if (ev->kind == EVENT_TEST_SLOW) {
		fuzz_must(ev->slow.position < world.n_positions, "%u",
			  ev->slow.position);
	} else if (ev->kind == EVENT_WARNING) {
		fuzz_must(strlen(ev->text) < 4096, "text");
		fuzz_must(world.tampered || !strstr(ev->text, "shared memory"),
			  "%s", ev->text);
	}
}

/* ---- the script ------------------------------------------------------ */

static void kill_player(struct player *p, uint8_t how)
{
	if (p->state == PLAYER_LIVE)
		player_die(p, how & 1 ? (how >> 1) << 8 : (how >> 1) % 31 + 1);
}

static void interrupt(void)
{
	if (script.n_signals++ < 2) {
		raise(SIGTERM);
		world.signalled = true;
	}
}

static void step_some(struct player *p, uint8_t how)
{
	static const enum outcome outcomes[] = {
		OUTCOME_PASS, OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_SKIP,
	};
	int n = how % 32;

	while (n-- > 0)
		player_step(p, outcomes[how >> 6]);
}

/* One step of somebody; false when the runner's turn comes. */
static bool play(struct fuzz_input *in)
{
	uint8_t op = fuzz_byte(in);
	struct player *p = &world.players[(op >> 4) % world.n_slots];

	switch (op & 15) {
	case 0:
		return false;
	case 1:
		step_some(p, fuzz_byte(in));
		break;
	case 2:
		kill_player(p, fuzz_byte(in));
		break;
	case 3:
		world_serve();
		break;
	case 4:
		world_refuse(p);
		break;
	case 5:
		world_bury(p, op & 0x80);
		break;
	case 6:
		tamper_bytes(in);
		break;
	case 7:
	case 8:
		tamper_word(in);
		break;
	case 9:
		tamper_record(in);
		break;
	case 10:
		tamper_file(in);
		break;
	case 11:
		interrupt();
		break;
	case 12:
		tamper_message(in);
		break;
	case 13:
		world_kill_loader();
		return false;
	case 14:
		p->frozen = fuzz_byte(in) & 1;
		p->deaf = !p->frozen;
		break;
	default:
		world.now_ns += fuzz_byte(in) * 100 * NS_PER_MS;
		break;
	}
	return true;
}

/* The input is over: everybody does what they should. */
static void play_end(void)
{
	uint32_t i;
	int n;

	fuzz_must(script.n_turns++ < TURNS_MAX, "the run does not end");
	/* Without a timeout a test may hang for ever, until the user ends it. */
	if (!script.args.timeout_ns && script.n_turns % (TURNS_MAX / 3) == 0)
		interrupt();
	/* Who is stuck has a timeout's time, one after the other. */
	world.now_ns += (script.n_turns < TURNS_MAX / 2 ? 10 : 100) * NS_PER_MS;
	world_serve();
	for (i = 0; i < world.n_slots; i++) {
		struct player *p = &world.players[i];

		if (!script.args.timeout_ns)
			p->frozen = false;
		for (n = 0; n < STEPS; n++)
			player_step(p, OUTCOME_PASS);
	}
	world_serve();
}

void world_turn(uint64_t timeout_ns)
{
	world_hear();
	if (script.in.left)
		while (script.in.left && play(&script.in))
			world_hear();
	else
		play_end();
	if (!world.rang && !world.spoke && !world.signalled)
		world.now_ns += timeout_ns;
}

/* ---- the run --------------------------------------------------------- */

static void add_test(const char *name, uint32_t suite_ix, uint32_t count,
		     uint8_t how)
{
	struct attrs attrs = {
		ATTRS_TEXTS,
		.disabled = how & 1,
		.isolate = how & 2 ? ISOLATE_EXEC : ISOLATE_AUTO,
		.timeout = how & 4 ? 1.5 : 0,
		.slow = how & 8 ? 0.25 : 0,
	};

	plan_add(&script.plan, script.listing.n_tests, 0, count);
	listing_add_test(&script.listing, &(struct test){
		.name = name,
		.suite_ix = suite_ix,
		.file = "t.c",
		.attrs = listing_attrs(&script.listing, &attrs),
		.count = count,
		.scope_len = 1,
		.indexed = count > 1,
	});
}

/* All ways in which workers find positions by themselves, and in which the
 * runner hands them out: to anybody, or into a slot's inbox. */
enum shape {
	SHAPE_PART,
	SHAPE_PARTS,
	SHAPE_DEALS,
	SHAPE_UNITS,
	SHAPE_GATED,
	SHAPE_PINNED,
	N_SHAPES
};

static void shape_deals(struct plan *p)
{
	uint32_t lo = 0, i;

	for (i = 0; i < world.n_slots; i++) {
		uint32_t hi = p->n_positions * (i + 1) / world.n_slots;

		vec_room(p->deals, p->n_deals, p->cap_deals);
		if (hi > lo)
			p->deals[p->n_deals++] =
				(struct deal){ i, lo, hi, i % 2 };
		lo = hi;
	}
}

static void shape_units(struct plan *p)
{
	uint32_t lo;

	for (lo = 1; lo + 2 <= p->n_positions; lo += 3) {
		vec_room(p->bounds, p->n_bounds, p->cap_bounds);
		p->bounds[p->n_bounds++] = (struct bound){ lo, lo + 2 };
	}
	plan_add_part(p, 0, p->n_positions, 0);
}

static void add_lock(struct plan *p, const char *name, uint32_t units)
{
	vec_room(p->locks, p->n_locks, p->cap_locks);
	p->locks[p->n_locks++] =
		(struct lock){ .name = name, .name_len = 1, .units = units };
}

/* The next n positions are one and use one unit of a lock. */
static void add_gated(struct plan *p, uint32_t lo, uint32_t n, uint32_t lock,
		      uint32_t weight)
{
	vec_room(p->gated, p->n_gated, p->cap_gated);
	vec_room(p->uses, p->n_uses, p->cap_uses);
	p->gated[p->n_gated++] = (struct gated){
		.lo = lo,
		.hi = lo + n,
		.weight = weight,
		.after = PLAN_NONE,
		.first_use = p->n_uses,
		.n_uses = 1,
	};
	p->uses[p->n_uses++] = (struct lock_use){ .lock = lock, .units = 1 };
	if (n == 1)
		return;
	vec_room(p->bounds, p->n_bounds, p->cap_bounds);
	p->bounds[p->n_bounds++] = (struct bound){ lo, lo + n };
}

/* A third is free; of the rest some hold one lock, and then a wide one, which
 * so comes when the other slots are busy; some one of two units of another, and
 * the last is alone. */
static void shape_gated(struct plan *p)
{
	uint32_t lo = (p->n_positions + 2) / 3, n;
	uint32_t end = p->n_positions - (p->n_positions > lo + 3);

	plan_add_part(p, 0, lo, 0);
	add_lock(p, "l", 1);
	add_lock(p, "m", 2);
	world.locked_from = lo;
	for (; lo < end && lo < world.locked_from + 4; lo += n) {
		n = lo == world.locked_from && lo + 1 < end ? 2 : 1;
		add_gated(p, lo, n, 0, 1);
	}
	world.locked_to = lo;
	world.wide = lo;
	if (lo < end)
		add_gated(p, lo++, 1, 0, world.n_slots);
	for (; lo < end; lo++)
		add_gated(p, lo, 1, 1, 1);
	world.alone = lo;
	if (lo < p->n_positions)
		p->late[p->n_late++] =
			(struct late){ lo, p->n_positions, true };
}

/* As `each`, of what has locks. */
static void shape_pinned(struct plan *p)
{
	uint32_t lo;

	add_lock(p, "l", 1);
	world.locked_to = p->n_positions;
	for (lo = 0; lo < p->n_positions; lo++) {
		add_gated(p, lo, 1, 0, 1);
		p->gated[lo].pin = lo % world.n_slots + 1;
	}
}

static void shape_plan(enum shape shape)
{
	struct plan *p = &script.plan;
	struct err err = { 0 };

	switch (shape) {
	case SHAPE_PARTS:
		plan_add_part(p, 0, (p->n_positions + 1) / 2, 3);
		if (p->n_positions > 1)
			plan_add_part(p, (p->n_positions + 1) / 2,
				      p->n_positions, 1);
		break;
	case SHAPE_DEALS:
		shape_deals(p);
		break;
	case SHAPE_UNITS:
		shape_units(p);
		break;
	case SHAPE_GATED:
		shape_gated(p);
		break;
	case SHAPE_PINNED:
		shape_pinned(p);
		break;
	case SHAPE_PART:
	case N_SHAPES:
		plan_add_part(p, 0, p->n_positions, 0);
		break;
	}
	fuzz_must(plan_check(p, &script.listing, &err) == 0, "%s", err.text);
}

/* positions, slots, fixtures, three tests' attributes, flags, seconds */
static void setup(struct fuzz_input *in)
{
	uint8_t shape = fuzz_byte(in);
	uint32_t n = world.n_positions = shape % WORLD_POSITIONS + 1;
	struct run_args *a = &script.args;
	uint8_t flags, i;

	world.wide = world.alone = UINT32_MAX;
	world.n_slots = fuzz_byte(in) % WORLD_SLOTS + 1;
	world.n_fixtures = fuzz_byte(in) % (WORLD_FIXTURES + 1);
	listing_init(&script.listing);
	plan_init(&script.plan);
	listing_add_suite(&script.listing, "./t.so", "native");
	listing_add_suite(&script.listing, "./u.so", "native");
	add_test("a::range", 0, (n + 2) / 3, fuzz_byte(in));
	add_test("b::range", 0, (n + 1) / 3, fuzz_byte(in));
	add_test("c::range", 1, n / 3, fuzz_byte(in));
	shape_plan(shape / WORLD_POSITIONS % N_SHAPES);
	script.fixtures.n = world.n_fixtures;
	for (i = 0; i < world.n_fixtures; i++)
		script.fixtures.items[i] =
			(struct wire_fixture){ .fixture_ix = i };
	flags = fuzz_byte(in);
	world.restart_fails = flags & 1;
	a->recycle_on_failure = flags & 2;
	a->max_fail = flags >> 2 & 3;
	a->isolate = flags & 16 ? ISOLATE_FORK : ISOLATE_AUTO;
	a->slow_ns = flags & 32 ? NS_PER_S : 0;
	a->grace_ns = flags & 64 ? NS_PER_S : 0;
	script.sink.progress_ns = flags & 128 ? NS_PER_S : 0;
	a->timeout_ns = fuzz_byte(in) % 64 * NS_PER_S;
}

static void must_add_up(const struct tally *t)
{
	uint32_t n_passed = 0, p;
	const char *why;

	for (p = 0; p < world.n_positions; p++) {
		fuzz_must(world.fates[p].n_told == 1, "%u has no end", p);
		n_passed += world.fates[p].told == OUTCOME_PASS;
		if (!world.tampered && !world.n_loader_deaths)
			fuzz_must(world.fates[p].n_entered <= 1,
				  "%u was entered twice", p);
	}
	fuzz_must(tally_done(t) == t->selected &&
			  t->selected == world.n_positions, "tally");
	fuzz_must(t->count[OUTCOME_PASS] == n_passed, "%u passed", n_passed);
	fuzz_must(tally_exit(t, &why) != EXIT_PASSED ||
			  n_passed + t->count[OUTCOME_SKIP] == world.n_positions,
		  "%s", why);
	if (!world.tampered && !world.n_deaths)
		fuzz_must(!t->untrusted, "untrusted for nothing");
}

static void run(void)
{
	struct err err = { 0 };
	struct tally tally;

	script.sink.event = hear;
	script.args.listing = &script.listing;
	script.args.plan = &script.plan;
	script.args.fixtures = &script.fixtures;
	script.args.loader = &world.loader;
	script.args.loader_args = &script.loader_args;
	script.args.sink = &script.sink;
	script.args.run_id = "fuzz";
	script.args.jobs = world.n_slots;
	script.args.slowness = 1;
	world_open();
	world.now_ns = START_NS;
	fuzz_must(run_tests(&script.args, &tally, &err) == 0, "%s", err.text);
	must_add_up(&tally);
	world_close();
}

/* run_tests() blocks signals for good; a later input must find none. */
static void restore_signals(const sigset_t *mask)
{
	struct timespec now = { 0 };
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	while (sigtimedwait(&term, NULL, &now) > 0)
		;
	sigprocmask(SIG_SETMASK, mask, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t before = fuzz_descriptors();
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	memset(&script, 0, sizeof(script));
	memset(&world, 0, sizeof(world));
	script.in = (struct fuzz_input){ .at = data, .left = size };
	setup(&script.in);
	run();
	world.now_ns = 0;
	plan_fini(&script.plan);
	listing_fini(&script.listing);
	restore_signals(&mask);
	fuzz_must(fuzz_descriptors() == before, "a descriptor is lost");
	return 0;
}
