/* SPDX-License-Identifier: MIT */
/* A worker's steps, one at a time: as src/work, see there for the why; what
 * it claims, src/work/claim.c says itself. */
#include "world.h"

#include "base/clock.h"
#include "base/sys.h"
#include "fuzz.h"

#include <errno.h>
#include <unistd.h>

#define PARK_NS (10 * NS_PER_S)

/* Sleepers look at the futex by themselves. */
static int wake(const uint32_t *word, int n)
{
	(void)word;
	return n;
}

static const struct gate_ops player_gate_ops = { .wake = wake };

static void ring(struct player *p)
{
	uint64_t one = 1;

	(void)p;
	world.rang = true;
	(void)!write(world.doorbell_fd, &one, sizeof(one));
}

static void set_current(struct player *p, enum phase phase)
{
	current_store(&p->self->current,
		      (struct current_word){ .position = p->position,
					     .phase = phase,
					     .seq = p->claim.seq });
}

void player_die(struct player *p, int status)
{
	if (status)
		world.n_deaths++;
	p->state = PLAYER_DEAD;
	p->status = status;
	close(p->life_fd);
	p->life_fd = -1;
}

/* A successor that was forked unasked waits for its predecessor's burial. */
static void enter(struct player *p)
{
	off_t end = lseek(p->spool_fd, 0, SEEK_END);

	p->self = &world.arena.slots[p->slot];
	if (atom32_load_acquire(&p->self->admitted) != p->generation + 1)
		return;
	p->at = AT_REST;
	claim_open(&p->claim, &world.catalog, &world.arena, p->slot,
		   &player_gate_ops);
	p->results = (struct results_writer){
		.results = &p->self->results,
		.cells = arena_cells(&world.arena, p->slot),
		.mask = world.layout.results_cap - 1,
	};
	p->output = end < 0 ? 0 : (uint64_t)end;
	atom64_store_relaxed(&p->self->output, p->output);
}

/* ---- resting --------------------------------------------------------- */

static void park(struct player *p)
{
	p->position = 0;
	set_current(p, PHASE_IDLE);
	p->key = gate_prepare(world.arena.gate);
	p->parked_ns = world.now_ns;
	atom32_store_release(&p->self->parked, 1);
	atom32_store_release(&p->self->resting, 1);
	p->at = AT_PARK;
	ring(p);
}

static void unpark(struct player *p)
{
	struct gate *g = world.arena.gate;

	if (atom32_load_acquire(&g->wake_seq) == p->key &&
	    !gate_is_stopped(g) && world.now_ns < p->parked_ns + PARK_NS)
		return;
	atom32_store_release(&p->self->resting, 0);
	atom32_store_release(&p->self->parked, 0);
	gate_leave(g);
	p->at = AT_REST;
}

static struct fixture_word look(uint32_t ix, uint64_t *seen)
{
	*seen = atom64_load_acquire(&world.arena.controls[ix].word);
	return fixture_unpack(*seen);
}

/* From as it was seen to FALLING, and to DOWN in a step of its own. */
static bool begin_fall(struct player *p, uint32_t ix, uint64_t seen)
{
	struct fixture_word w = fixture_unpack(seen);

	w.state = FIXTURE_FALLING;
	w.slot = p->slot;
	w.generation = p->generation;
	if (!atom64_cas_acq_rel(&world.arena.controls[ix].word, &seen,
				fixture_pack(w)))
		return false;
	p->fixture = ix;
	p->at = AT_FALL;
	p->position = 0;
	set_current(p, PHASE_TEARDOWN);
	fuzz_must(world.tampered || ++world.n_fell[ix] == 1,
		  "fixture %u falls again", ix);
	return true;
}

static void fall(struct player *p)
{
	uint64_t seen;
	struct fixture_word w = look(p->fixture, &seen);

	w.state = FIXTURE_DOWN;
	atom64_cas_acq_rel(&world.arena.controls[p->fixture].word, &seen,
			   fixture_pack(w));
	set_current(p, PHASE_IDLE);
	p->at = AT_REST;
	ring(p);
}

/* As fixture_release(); true when it took a step. */
static bool heed(struct player *p)
{
	uint64_t holds = atom64_load_relaxed(&p->self->holds), seen;
	uint32_t i;

	for (i = 0; i < world.n_fixtures; i++) {
		enum fixture_state state = look(i, &seen).state;

		if (state == FIXTURE_DUE && begin_fall(p, i, seen))
			return true;
		if (state != FIXTURE_ENDING || !(holds & fixture_bit(i)))
			continue;
		atom64_store_release(&p->self->holds, holds & ~fixture_bit(i));
		ring(p);
		return true;
	}
	return false;
}

/* What is still up at the end; true when it took a step. */
static bool tear_down(struct player *p)
{
	uint64_t seen;
	uint32_t i;

	for (i = world.n_fixtures; i > 0; i--)
		if (fixture_is_up(look(i - 1, &seen).state))
			return begin_fall(p, i - 1, seen);
	return false;
}

static void rest(struct player *p)
{
	if ((p->flags & WIRE_TEARDOWN) && tear_down(p))
		return;
	if (gate_signs(world.arena.gate) & GATE_RELEASE && heed(p))
		return;
	if ((p->flags & WIRE_TEARDOWN) || p->retire ||
	    gate_is_stopped(world.arena.gate)) {
		claim_leave(&p->claim);
		set_current(p, PHASE_LEFT);
		player_die(p, 0);
	} else if (claim_next(&p->claim, world.now_ns, &p->position)) {
		p->at = AT_CLAIM;
	} else {
		park(p);
	}
}

/* ---- one test -------------------------------------------------------- */

static void claim(struct player *p)
{
	p->at = AT_REST;
	if (!gate_is_stopped(world.arena.gate) &&
	    state_try_claim(&world.arena.states[p->position], p->slot,
			    p->generation, &p->attempt))
		p->at = AT_START;
}

/* The first run fixture that is not up; n_fixtures = none. */
static uint32_t missing(enum fixture_state *state, uint64_t *seen)
{
	uint32_t i;

	for (i = 0; i < world.n_fixtures; i++) {
		*seen = atom64_load_acquire(&world.arena.controls[i].word);
		*state = fixture_unpack(*seen).state;
		if (!fixture_is_up(*state))
			break;
	}
	return i;
}

/* The fixtures are those of the first suite. */
static bool has_fixtures(uint32_t position)
{
	const struct catalog *c = &world.catalog;
	const struct segment *s =
		&c->segments[plan_segment(c->segments, c->header->n_segments,
					  position)];

	return c->tests[segment_at(s, position).test_ix].suite_ix == 0;
}

static bool is_alone(uint32_t position)
{
	return position == world.wide || position == world.alone;
}

static bool is_locked(uint32_t position)
{
	return position >= world.locked_from && position < world.locked_to;
}

/* WEIGHT-1, EXCL-1, LOCK-1 */
static bool may_share(uint32_t a, uint32_t b)
{
	return !is_alone(a) && !is_alone(b) && !(is_locked(a) && is_locked(b));
}

static void must_be_allowed(const struct player *p)
{
	uint32_t i;

	for (i = 0; i < world.n_slots && !world.tampered; i++) {
		const struct player *other = &world.players[i];

		if (other == p || other->state != PLAYER_LIVE ||
		    other->at < AT_SET_UP || other->at > AT_BODY)
			continue;
		fuzz_must(may_share(p->position, other->position),
			  "%u runs beside %u", p->position, other->position);
	}
}

static void start(struct player *p)
{
	bool ready = p->set_up || !has_fixtures(p->position);
	enum fixture_state state = FIXTURE_NONE;
	uint64_t seen;

	if (!ready && missing(&state, &seen) < world.n_fixtures &&
	    state == FIXTURE_BUSY) {
		p->claim.seq++;
		set_current(p, PHASE_CLAIM);
		return;
	}
	atom64_store_relaxed(&p->self->start_ns, world.now_ns);
	set_current(p, PHASE_RUN);
	world.fates[p->position].n_entered++;
	must_be_allowed(p);
	p->at = ready ? AT_BODY : AT_SET_UP;
}

static void move_fixture(struct player *p, enum fixture_state state)
{
	struct fixture_control *c = &world.arena.controls[p->fixture];
	uint64_t seen = atom64_load_acquire(&c->word);
	struct fixture_word w = fixture_unpack(seen);

	if (state == FIXTURE_BUSY)
		w.tries++;
	w.state = state;
	w.slot = p->slot;
	w.generation = p->generation;
	atom64_cas_acq_rel(&c->word, &seen, fixture_pack(w));
	atom32_add_seq(&c->bell, 1);
}

static void finish(struct player *p, enum outcome outcome)
{
	struct current_word run = { .position = p->position,
				    .phase = PHASE_RUN,
				    .seq = p->claim.seq };
	struct fate *fate = &world.fates[p->position];

	if (!current_try_end(&p->self->current, run, PHASE_FIN, outcome)) {
		player_die(p, 0);
		return;
	}
	if (fate->ended == OUTCOME_NONE)
		fate->ended = outcome;
	fate->passed |= outcome == OUTCOME_PASS;
	p->outcome = outcome;
	p->retire = outcome != OUTCOME_PASS && outcome != OUTCOME_SKIP;
	p->at = AT_RECORD;
}

/* Fixtures of its own lean on them now. */
static void hold(struct player *p)
{
	uint64_t bits = 0;
	uint32_t i;

	for (i = 0; i < world.n_fixtures; i++)
		bits |= fixture_bit(i);
	atom64_store_release(&p->self->holds, bits);
}

static void set_up(struct player *p)
{
	enum fixture_state state = FIXTURE_READY;
	uint64_t seen;

	p->fixture = missing(&state, &seen);
	if (p->fixture == world.n_fixtures) {
		p->set_up = true;
		hold(p);
		p->at = AT_BODY;
	} else if (state == FIXTURE_FAILED) {
		p->set_up = true;
		finish(p, OUTCOME_ERROR);
	} else if (state != FIXTURE_BUSY) {
		move_fixture(p, FIXTURE_BUSY);
		p->at = AT_FILL;
	}
}

static void fill(struct player *p)
{
	move_fixture(p, FIXTURE_READY);
	p->at = AT_SET_UP;
}

static void record(struct player *p)
{
	off_t end = lseek(p->spool_fd, 0, SEEK_END);
	struct record r = {
		.position = p->position,
		.slot = (uint16_t)p->slot,
		.generation = (uint16_t)p->generation,
		.attempt = (uint8_t)p->attempt,
		.start_ns = world.now_ns,
		.output = p->output,
		.output_end = (uint64_t)end,
		.notes_end = (uint64_t)lseek(p->notes_fd, 0, SEEK_END),
		.exit_status = -1,
	};

	if (!results_has_room(&p->results)) {
		atom32_store_relaxed(&p->self->results.full, 1);
		ring(p);
		return;
	}
	atom32_store_relaxed(&p->self->results.full, 0);
	r.outcome = (uint8_t)p->outcome;
	results_push_sp(&p->results, &r);
	if (gate_needs_ring(world.arena.gate))
		ring(p);
	p->output = (uint64_t)end;
	atom64_store_relaxed(&p->self->output, p->output);
	set_current(p, PHASE_IDLE);
	p->at = AT_REST;
}

void player_step(struct player *p, enum outcome outcome)
{
	if (p->state != PLAYER_LIVE || p->frozen)
		return;
	switch (p->at) {
	case AT_DOOR:
		enter(p);
		break;
	case AT_REST:
		rest(p);
		break;
	case AT_PARK:
		unpark(p);
		break;
	case AT_CLAIM:
		claim(p);
		break;
	case AT_START:
		start(p);
		break;
	case AT_SET_UP:
		set_up(p);
		break;
	case AT_FILL:
		fill(p);
		break;
	case AT_BODY:
		finish(p, outcome);
		break;
	case AT_FALL:
		fall(p);
		break;
	case AT_RECORD:
		record(p);
		break;
	}
}
