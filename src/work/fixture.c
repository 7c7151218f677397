/* SPDX-License-Identifier: MIT */
#include "work/fixture.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/point.h"
#include "base/sys.h"
#include "model/event.h"
#include "shm/notes.h"
#include "work/doorbell.h"
#include "work/folder.h"
#include "work/leftover.h"
#include "work/stage.h"
#include "work/stopwatch.h"
#include "work/worker.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define WAIT_NS (100 * NS_PER_MS)

/* ---- calling --------------------------------------------------------- */

/* Calls fn as a fixture; true when no check failed in it and it did not
 * skip, which only a test can. */
static bool fixture_call(void (*fn)(void))
{
	uint32_t before = stage_failures();

	if (!fn)
		return true;
	stage_in_fixture(true);
	stage_call(fn);
	stage_in_fixture(false);
	return stage_failures() == before && !stage_is_skipped();
}

struct current_word fixture_begin_teardown(struct worker *w)
{
	struct current_word before = current_load(&w->self->current); /* C20 */
	struct current_word now = before;

	now.phase = PHASE_TEARDOWN;
	current_store(&w->self->current, now); /* C21 */
	folder_show(w, FOLDER_FIXTURES);
	return before;
}

void fixture_end_teardown(struct worker *w, struct current_word before)
{
	folder_show(w, FOLDER_TEST);
	current_store(&w->self->current, before); /* C22 */
}

static void fixture_tear_down_span(struct worker *w,
				   const struct adapter_suite *suite,
				   struct adapter_span span)
{
	struct current_word before;
	uint32_t i;

	if (span.n == 0)
		return;
	before = fixture_begin_teardown(w);
	for (i = span.n; i > 0; i--)
		if (!fixture_call(suite->fixtures[span.first + i - 1]
					  ->teardown))
			w->fixtures.teardown_failed = true;
	fixture_end_teardown(w, before);
}

/* All of them, or none: what was set up before a failure comes down again. */
hot_path static bool fixture_set_up_span(struct worker *w,
				const struct adapter_suite *suite,
				struct adapter_span span)
{
	struct adapter_span done = { .first = span.first };

	for (; done.n < span.n; done.n++) {
		if (fixture_call(suite->fixtures[span.first + done.n]->setup))
			continue;
		fixture_tear_down_span(w, suite, done);
		return false;
	}
	return true;
}

static bool fixture_broken(const char *what, const char *name,
			   const char *fault)
{
	char text[512];

	snprintf(text, sizeof(text), "the set-up of the %s fixture%s%s failed%s%s",
		 what, *name ? " of " : "", name, *fault ? ": " : "", fault);
	stage_note(NOTE_ERROR, "", 0, text);
	return false;
}

/* Keeps why a set-up failed for the tests that come later. */
hot_path static enum fixture_mood fixture_mood_of(bool up, char fault[STAGE_FAULT_CAP])
{
	if (!up)
		strncpy(fault, stage_fault(), STAGE_FAULT_CAP - 1);
	return up ? FIXTURE_UP : FIXTURE_BROKEN;
}

/* ---- run fixtures ---------------------------------------------------- */

static bool fixture_move(struct fixture_control *c, struct fixture_word from,
			 struct fixture_word to)
{
	uint64_t expected = fixture_pack(from);

	if (!atom64_cas_acq_rel(&c->word, &expected, fixture_pack(to))) /* F1 */
		return false;
	atom32_add_seq(&c->bell, 1); /* F2 */
	sys_futex_wake(atom32_word(&c->bell), INT_MAX);
	return true;
}

/* This worker owns it: fill its bytes. */
static bool fixture_fill(struct worker *w, const struct adapter_suite *suite,
			 const struct catalog_fixture *entry)
{
	const struct shmrun_fixture_ *decl =
		suite->fixtures[suite->run_fixtures.first + entry->fixture_ix];
	const struct arena_layout *layout = &w->catalog.header->arena;
	uint32_t before = stage_failures();
	int code;
	char *data = arena_map_data(layout, w->arena_fd, true, &code);

	if (!data)
		return false;
	/* A first try may have left something. */
	memset(data + entry->data, 0, entry->size);
	folder_show(w, FOLDER_RUN);
	stage_in_fixture(true);
	stage_call_data(decl->run_setup, data + entry->data);
	stage_in_fixture(false);
	folder_show(w, FOLDER_TEST);
	munmap(data, layout->size - layout->data.v);
	return stage_failures() == before;
}

/* Waits until a run fixture is up or has failed, or does it itself. */
static bool fixture_need(struct worker *w, const struct errand *e,
			 uint32_t ix)
{
	struct fixture_control *c = &w->arena.controls[ix];
	uint64_t start_ns;

	for (;;) {
		uint32_t bell = atom32_load_acquire(&c->bell); /* F3 */
		struct fixture_word word =
			fixture_unpack(atom64_load_acquire(&c->word)); /* F4 */
		struct fixture_word next = word;

		if (fixture_is_up(word.state))
			return true;
		if (word.state == FIXTURE_FAILED)
			return false;
		if (word.state == FIXTURE_BUSY ||
		    word.state == FIXTURE_FALLING) {
			sys_futex_wait(atom32_word(&c->bell), bell, WAIT_NS);
			continue;
		}
		next.state = FIXTURE_BUSY;
		next.tries++;
		next.slot = w->slot;
		next.generation = w->generation;
		if (!fixture_move(c, word, next))
			continue;
		word = next;
		start_ns = clock_now_ns();
		next.state = fixture_fill(w, e->suite, &w->catalog.fixtures[ix])
				     ? FIXTURE_READY : FIXTURE_FAILED;
		if (next.state == FIXTURE_READY)
			stopwatch_stop(w, FIXTURE_KIND_RUN, false, e->position,
				       start_ns);
		fixture_move(c, word, next);
	}
}

/* Before the test's own time begins: somebody else sets a run fixture up. */
hot_path void fixture_await_run(struct worker *w, const struct errand *e)
{
	struct current_word current =
		current_load(&w->self->current); /* C28 */
	uint32_t i;

	for (i = 0; i < w->catalog.header->n_fixtures; i++) {
		struct fixture_control *c = &w->arena.controls[i];
		uint32_t bell;

		if (w->catalog.fixtures[i].suite_ix != e->entry->suite_ix)
			continue;
		for (;;) {
			bell = atom32_load_acquire(&c->bell); /* F10 */
			if (fixture_unpack(atom64_load_acquire(&c->word))
				    .state != FIXTURE_BUSY) /* F11 */
				break;
			/* Alive, as the runner sees. */
			current.seq = ++w->claim.seq;
			current_store(&w->self->current, current); /* C27 */
			sys_futex_wait(atom32_word(&c->bell), bell, WAIT_NS);
		}
	}
}

hot_path static bool fixture_enter_run(struct worker *w, const struct errand *e)
{
	struct fixture_suite *s = &w->fixtures.suites[e->entry->suite_ix];
	uint32_t i;

	for (i = 0; i < w->catalog.header->n_fixtures; i++)
		if (w->catalog.fixtures[i].suite_ix == e->entry->suite_ix &&
		    !fixture_need(w, e, i))
			s->run_broken = true;
	if (s->run_broken)
		strncpy(s->fault, stage_fault(), sizeof(s->fault) - 1);
	s->run_ready = true;
	return !s->run_broken;
}

const void *fixture_data(void *worker, const struct shmrun_fixture_ *decl)
{
	struct worker *w = worker;
	uint32_t i;

	for (i = 0; i < w->catalog.header->n_fixtures; i++) {
		const struct catalog_fixture *f = &w->catalog.fixtures[i];
		const struct adapter_suite *suite = w->suites[f->suite_ix];

		if (suite->fixtures[suite->run_fixtures.first +
				    f->fixture_ix] == decl)
			return w->fixtures.data + f->data;
	}
	return NULL;
}

/* False when it is not as it was seen any more. */
static bool fixture_tear_down_one(struct worker *w, uint32_t ix,
				  struct fixture_word seen)
{
	const struct catalog_fixture *f = &w->catalog.fixtures[ix];
	const struct adapter_suite *suite = w->suites[f->suite_ix];
	const struct shmrun_fixture_ *decl =
		suite->fixtures[suite->run_fixtures.first + f->fixture_ix];
	struct fixture_control *c = &w->arena.controls[ix];
	struct fixture_word falling = seen;

	falling.state = FIXTURE_FALLING;
	falling.slot = w->slot;
	falling.generation = w->generation;
	if (!fixture_move(c, seen, falling))
		return false;
	point(fixture_falls);
	folder_show(w, FOLDER_RUN);
	stage_in_fixture(true);
	stage_call_const(decl->run_teardown, w->fixtures.data + f->data);
	stage_in_fixture(false);
	seen = falling;
	seen.state = FIXTURE_DOWN;
	fixture_move(c, falling, seen);
	return true;
}

static struct fixture_word fixture_look(const struct worker *w, uint32_t ix)
{
	return fixture_unpack(
		atom64_load_acquire(&w->arena.controls[ix].word)); /* F7 */
}

void fixture_teardown_run(struct worker *w)
{
	struct current_word before = fixture_begin_teardown(w);
	uint32_t i;

	stage_begin(NOTES_NO_TEST, 0, 0, "", false);
	for (i = w->catalog.header->n_fixtures; i > 0; i--) {
		struct fixture_word seen;

		/* The runner may still move it from ENDING to DUE. */
		do
			seen = fixture_look(w, i - 1);
		while (fixture_is_up(seen.state) &&
		       !fixture_tear_down_one(w, i - 1, seen));
	}
	if (stage_failures())
		w->fixtures.teardown_failed = true;
	fixture_end_teardown(w, before);
}

/* ---- worker and scope ------------------------------------------------ */

hot_path void fixture_open(struct worker *w)
{
	int code;

	w->fixtures.suites = w->fixtures.few;
	if (w->n_suites > array_size(w->fixtures.few))
		w->fixtures.suites = mem_array(w->n_suites,
					       sizeof(*w->fixtures.suites));
	w->fixtures.data = arena_map_data(&w->catalog.header->arena,
					  w->arena_fd, false, &code);
}

/* Sets a span up, and says how long that took. */
hot_path static bool fixture_raise(struct worker *w, const struct errand *e,
				   enum fixture_kind kind,
				   struct adapter_span span)
{
	uint64_t start_ns;
	bool up;

	if (span.n == 0)
		return true;
	start_ns = clock_now_ns();
	folder_show(w, FOLDER_FIXTURES);
	up = fixture_set_up_span(w, e->suite, span);
	folder_show(w, FOLDER_TEST);
	if (!up)
		return false;
	stopwatch_stop(w, kind, false, e->position, start_ns);
	return true;
}

/* Tears a span down that came up whole, and says how long that took. */
static void fixture_lower(struct worker *w, const struct adapter_suite *suite,
			  enum fixture_kind kind, struct adapter_span span,
			  uint32_t position)
{
	uint64_t start_ns;

	if (span.n == 0)
		return;
	start_ns = clock_now_ns();
	fixture_tear_down_span(w, suite, span);
	stopwatch_stop(w, kind, true, position, start_ns);
}

/* The runner sees which run fixtures this worker's own ones may lean on: it
 * says so before they are set up, and takes it back after they are down. */
static void fixture_hold(struct worker *w, uint32_t suite_ix, bool hold)
{
	uint64_t held = atom64_load_relaxed(&w->self->holds); /* F13 */
	uint64_t bits = 0;
	uint32_t i;

	for (i = 0; i < w->catalog.header->n_fixtures; i++)
		if (w->catalog.fixtures[i].suite_ix == suite_ix)
			bits |= fixture_bit(i);
	atom64_store_release(&w->self->holds,
			     hold ? held | bits : held & ~bits); /* F14 */
}

hot_path static bool fixture_enter_worker(struct worker *w, const struct errand *e)
{
	struct fixture_suite *s = &w->fixtures.suites[e->entry->suite_ix];

	if (s->worker == FIXTURE_UNSET) {
		s->position = e->position;
		if (e->suite->run_fixtures.n &&
		    e->suite->n_fixtures > e->suite->run_fixtures.n)
			fixture_hold(w, e->entry->suite_ix, true);
		s->worker = fixture_mood_of(
			fixture_raise(w, e, FIXTURE_KIND_WORKER,
				      e->suite->worker_fixtures),
			s->fault);
		if (e->suite->worker_fixtures.n)
			leftover_accept(false);
	}
	return s->worker == FIXTURE_UP;
}

hot_path static bool fixture_is_in_scope(const struct fixtures *f,
				const struct errand *e)
{
	return f->in_scope && f->suite_ix == e->entry->suite_ix &&
	       f->scope_ix == e->test->scope_ix;
}

hot_path static bool fixture_enter_scope(struct worker *w, const struct errand *e)
{
	struct fixtures *f = &w->fixtures;

	if (!fixture_is_in_scope(f, e)) {
		f->suite_ix = e->entry->suite_ix;
		f->scope_ix = e->test->scope_ix;
		f->position = e->position;
		f->in_scope = true;
		f->scope = fixture_mood_of(
			fixture_raise(w, e, FIXTURE_KIND_SCOPE,
				      e->suite->scopes[f->scope_ix]
					      .scope_fixtures),
			f->scope_fault);
		if (e->suite->scopes[f->scope_ix].scope_fixtures.n)
			leftover_accept(true);
	}
	return f->scope == FIXTURE_UP;
}

hot_path bool fixture_is_ready(const struct worker *w, const struct errand *e)
{
	const struct fixtures *f = &w->fixtures;
	const struct fixture_suite *s = &f->suites[e->entry->suite_ix];

	return fixture_is_in_scope(f, e) && f->scope == FIXTURE_UP &&
	       s->worker == FIXTURE_UP && s->run_ready && !s->run_broken;
}

hot_path bool fixture_enter(struct worker *w, const struct errand *e)
{
	const struct fixture_suite *s =
		&w->fixtures.suites[e->entry->suite_ix];

	if (s->run_broken || (!s->run_ready && !fixture_enter_run(w, e)))
		return fixture_broken("run", "", s->fault);
	if (!fixture_enter_worker(w, e))
		return fixture_broken("worker", "", s->fault);
	if (!fixture_enter_scope(w, e))
		return fixture_broken("scope",
				      e->suite->scopes[e->test->scope_ix].name,
				      w->fixtures.scope_fault);
	return true;
}

hot_path void fixture_leave_other(struct worker *w, const struct errand *e)
{
	if (!fixture_is_in_scope(&w->fixtures, e))
		fixture_leave_scope(w);
}

/* A failure from now on belongs to no test. */
static void fixture_off_stage(void)
{
	stage_begin(NOTES_NO_TEST, 0, 0, "", false);
}

hot_path void fixture_leave_scope(struct worker *w)
{
	struct fixtures *f = &w->fixtures;
	const struct adapter_suite *suite;

	if (!f->in_scope)
		return;
	suite = w->suites[f->suite_ix];
	f->in_scope = false;
	fixture_off_stage();
	if (f->scope == FIXTURE_UP)
		fixture_lower(w, suite, FIXTURE_KIND_SCOPE,
			      suite->scopes[f->scope_ix].scope_fixtures,
			      f->position);
	leftover_leave_scope();
}

static void fixture_leave_suite(struct worker *w, uint32_t ix)
{
	struct fixture_suite *s = &w->fixtures.suites[ix];

	if (w->fixtures.suite_ix == ix)
		fixture_leave_scope(w);
	fixture_off_stage();
	if (s->worker == FIXTURE_UP)
		fixture_lower(w, w->suites[ix], FIXTURE_KIND_WORKER,
			      w->suites[ix]->worker_fixtures, s->position);
	s->worker = FIXTURE_UNSET;
}

void fixture_leave_worker(struct worker *w)
{
	uint32_t i;

	fixture_leave_scope(w);
	for (i = 0; i < w->n_suites; i++)
		fixture_leave_suite(w, i);
}

/* ---- when the last test of a suite has ended ------------------------- */

static bool fixture_holds(const struct worker *w, uint32_t ix)
{
	return atom64_load_relaxed(&w->self->holds) & fixture_bit(ix); /* F15 */
}

bool fixture_must_release(const struct worker *w)
{
	uint32_t i;

	for (i = 0; i < w->catalog.header->n_fixtures; i++) {
		enum fixture_state state = fixture_look(w, i).state;

		if (state == FIXTURE_DUE ||
		    (state == FIXTURE_ENDING && fixture_holds(w, i)))
			return true;
	}
	return false;
}

static void fixture_fall(struct worker *w, uint32_t ix,
			 struct fixture_word seen)
{
	struct current_word before = fixture_begin_teardown(w);

	/* Code of the suite runs in this process. */
	w->dirty = true;
	w->plain_fork = false;
	fixture_off_stage();
	fixture_tear_down_one(w, ix, seen);
	if (stage_failures())
		w->fixtures.teardown_failed = true;
	leftover_clean(false);
	fixture_end_teardown(w, before);
}

void fixture_release(struct worker *w)
{
	uint32_t i;

	for (i = 0; i < w->catalog.header->n_fixtures; i++) {
		uint32_t suite_ix = w->catalog.fixtures[i].suite_ix;
		struct fixture_word seen = fixture_look(w, i);

		if (seen.state == FIXTURE_DUE) {
			fixture_fall(w, i, seen);
		} else if (seen.state == FIXTURE_ENDING &&
			   fixture_holds(w, i)) {
			fixture_leave_suite(w, suite_ix);
			fixture_hold(w, suite_ix, false);
		} else {
			continue;
		}
		doorbell_ring(w);
	}
}
