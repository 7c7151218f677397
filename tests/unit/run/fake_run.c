/* SPDX-License-Identifier: MIT */
#include "fake_run.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/sys.h"
#include "base/vec.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/keeper.h"
#include "run/recheck.h"
#include "run/retry.h"
#include "shm/notes.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the sink -------------------------------------------------------- */

static void hear_notes(struct heard *h, const struct event_test *t)
{
	struct str text = STR_INIT;
	size_t i;

	for (i = 0; i < t->n_notes; i++)
		str_addf(&text, "%c %s:%u %s\n", "fsert"[t->notes[i].kind],
			 t->notes[i].file, t->notes[i].line,
			 t->notes[i].text);
	snprintf(h->text, sizeof(h->text), "%s", str_get(&text));
	str_fini(&text);
	snprintf(h->output, sizeof(h->output), "%.*s",
		 (int)t->output.head_len,
		 t->output.head ? t->output.head : "");
	h->test.notes = NULL;
	h->test.output.head = h->test.output.tail = NULL;
}

static void hear(void *ctx, const struct event *ev)
{
	struct fake_run *f = ctx;
	struct heard *h;

	vec_room(f->heard, f->n_heard, f->cap_heard);
	h = &f->heard[f->n_heard++];
	memset(h, 0, sizeof(*h));
	h->kind = ev->kind;
	switch (ev->kind) {
	case EVENT_TEST_FINISHED:
	case EVENT_TEST_RETRIED:
	case EVENT_TEST_RECHECKED:
	case EVENT_TEST_RERUN:
		h->test = ev->test;
		hear_notes(h, &ev->test);
		break;
	case EVENT_TEST_SLOW:
		h->slow = ev->slow;
		break;
	case EVENT_WORKER_LOST:
		h->worker = ev->worker;
		snprintf(h->text, sizeof(h->text), "%s", ev->worker.why);
		h->worker.why = NULL;
		break;
	case EVENT_PROGRESS:
		h->n_running = ev->progress.n_running;
		break;
	case EVENT_WARNING:
	case EVENT_RUN_CANCELLED:
		snprintf(h->text, sizeof(h->text), "%s", ev->text);
		break;
	case EVENT_RUN_FINISHED:
		snprintf(h->text, sizeof(h->text), "%s", ev->finished.why);
		break;
	case EVENT_OUTPUT_RELAYED:
		h->relayed = ev->relayed;
		h->relayed.text = NULL;
		snprintf(h->output, sizeof(h->output), "%.*s",
			 (int)ev->relayed.len, ev->relayed.text);
		break;
	case EVENT_FIXTURE_ENDED:
		h->fixture = ev->fixture;
		break;
	case EVENT_ROSTER:
	case EVENT_PAUSED:
	case EVENT_RUN_STARTED:
	case N_EVENTS:
		break;
	}
}

/* ---- the run --------------------------------------------------------- */

static void fake_run_fill(struct fake_run *f, uint32_t n_positions)
{
	listing_init(&f->listing);
	plan_init(&f->plan);
	listing_add_suite(&f->listing, "./t.so", "native");
	listing_add_test(&f->listing, &(struct test){ .name = "Range::all",
						      .file = "t.c",
						      .count = n_positions,
						      .scope_len = 5,
						      .indexed = true });
	plan_add(&f->plan, 0, 0, n_positions);
}

static void fake_run_connect(struct fake_run *f)
{
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX,
				SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
				0, ends), 0);
	f->loader.sock = ends[0];
	f->loader_end = ends[1];
	f->loader.pidfd = -1;
}

void fake_run_open(struct fake_run *f, uint32_t n_positions, uint32_t n_slots)
{
	struct run *run = &f->run;
	struct err err = { 0 };

	*f = (struct fake_run){ 0 };
	fake_run_fill(f, n_positions);
	fake_run_connect(f);
	f->sink = (struct sink){ .event = hear, .ctx = f };
	f->args = (struct run_args){ .listing = &f->listing,
				     .plan = &f->plan,
				     .fixtures = &f->fixtures,
				     .loader = &f->loader,
				     .sink = &f->sink,
				     .run_id = "fake",
				     .slowness = 1,
				     .jobs = n_slots };
	*run = (struct run){ .args = &f->args,
			     .n_slots = n_slots,
			     .catalog_fd = -1,
			     .doorbell_fd = -1,
			     .signal_fd = -1,
			     .now_ns = FAKE_NOW_NS,
			     .started_ns = FAKE_NOW_NS / 2 };
	run->layout = arena_layout_make(n_positions, n_slots, FAKE_PARTS,
					FAKE_FIXTURES, 0);
	run->arena_fd = arena_create(&run->arena, &run->layout, &err);
	cr_assert_geq(run->arena_fd, 0, "%s", err.text);
	run->ended = mem_array(n_positions, sizeof(*run->ended));
	run->tally.selected = n_positions;
	cr_assert_eq(crew_open(run, &err), 0, "%s", err.text);
	feed_open(run);
}

void fake_run_close(struct fake_run *f)
{
	crew_close(&f->run);
	feed_close(&f->run);
	keeper_close(&f->run);
	arena_detach(&f->run.arena);
	close(f->run.arena_fd);
	close(f->loader.sock);
	close(f->loader_end);
	retry_close(&f->run);
	recheck_close(&f->run);
	free(f->run.ended);
	free(f->run.retried);
	free(f->heard);
	plan_fini(&f->plan);
	listing_fini(&f->listing);
}

const struct heard *fake_run_told(const struct fake_run *f, uint32_t position)
{
	const struct heard *found = NULL;
	size_t i;

	for (i = 0; i < f->n_heard; i++) {
		if (f->heard[i].kind != EVENT_TEST_FINISHED ||
		    f->heard[i].test.position != position)
			continue;
		cr_assert_null(found, "position %u ended twice", position);
		found = &f->heard[i];
	}
	return found;
}

size_t fake_run_count(const struct fake_run *f, enum event_kind kind)
{
	size_t n = 0, i;

	for (i = 0; i < f->n_heard; i++)
		n += f->heard[i].kind == kind;
	return n;
}

const struct heard *fake_run_last(const struct fake_run *f,
				  enum event_kind kind)
{
	size_t i;

	for (i = f->n_heard; i > 0; i--)
		if (f->heard[i - 1].kind == kind)
			return &f->heard[i - 1];
	return NULL;
}

struct state_word fake_run_state(const struct fake_run *f, uint32_t position)
{
	return state_unpack(state_load(&f->run.arena.states[position]));
}

void fake_run_set_state(struct fake_run *f, uint32_t position, uint64_t raw)
{
	atom64_store_release(&f->run.arena.states[position], raw);
}

static bool fake_run_is_in(struct range r, uint32_t position)
{
	return r.lo <= position && position < r.hi;
}

bool fake_run_is_fed(struct fake_run *f, uint32_t position)
{
	const struct ring_producer *p = &f->run.ring;
	uint32_t i;

	for (i = p->tail - ring_used(p); i != p->tail; i++)
		if (fake_run_is_in(range_unpack(atom64_load_acquire(
					   &p->ring->cells[i & p->mask])),
				   position))
			return true;
	for (i = 0; i < f->run.n_backlog; i++)
		if (fake_run_is_in(f->run.backlog[i], position))
			return true;
	return false;
}

bool fake_run_take(struct fake_run *f, struct range *r)
{
	struct ring_look look;

	if (!ring_peek_mc(f->run.arena.ring, f->run.ring.mask, &look))
		return false;
	cr_assert(ring_try_take_mc(f->run.arena.ring, &look));
	*r = look.range;
	return true;
}

static void fake_run_play(struct fake_run *f, struct fake_worker *w,
			  struct range r)
{
	uint32_t p;

	for (p = r.lo; p < r.hi && p < f->run.layout.n_positions; p++) {
		fake_worker_announce(w, p);
		if (fake_worker_claim(w, p)) {
			fake_worker_enter(w, p);
			fake_worker_end(w, p, OUTCOME_PASS);
			fake_worker_push(w, fake_worker_record(w, p,
							       OUTCOME_PASS));
		}
		collect_all(&f->run);
	}
}

/* What the hints lead to. */
static void fake_run_play_all(struct fake_run *f, struct fake_worker *w)
{
	struct range r;
	uint32_t i;

	feed_top_up(&f->run);
	while (fake_run_take(f, &r)) {
		fake_run_play(f, w, range_free(r));
		feed_top_up(&f->run);
	}
	for (i = 0; i < 2 * f->run.n_slots; i++) {
		struct slot_deque *own = &f->run.arena.deques[i / 2];
		struct deque *d = i % 2 ? &own->held : &own->deque;

		r = deque_peek(d);
		deque_install(d, (struct range){ 0 });
		fake_run_play(f, w, range_free(r));
	}
}

void fake_run_finish(struct fake_run *f)
{
	uint32_t slot = f->run.n_slots - 1, p;
	struct fake_worker w;

	if (f->run.slots[slot].state != CREW_EMPTY) {
		w = (struct fake_worker){
			.fake = f,
			.shared = &f->run.arena.slots[slot],
			.slot = slot,
			.generation = f->run.slots[slot].generation
		};
		fake_worker_leave(&w);
		fake_worker_gone(&w, FAKE_EXITED(0));
	}
	w = fake_worker_start(f, slot, -1);
	do {
		retry_turn(&f->run);
		fake_run_play_all(f, &w);
	} while (feed_sweep(&f->run) > 0);
	for (p = 0; p < f->run.layout.n_positions; p++)
		cr_expect_not_null(fake_run_told(f, p), "%u was lost", p);
	cr_expect_eq(f->run.n_ended, f->run.layout.n_positions);
	cr_expect_eq(tally_done(&f->run.tally), f->run.tally.selected);
	cr_expect_eq(fake_run_count(f, EVENT_TEST_FINISHED),
		     f->run.layout.n_positions);
}

/* ---- workers --------------------------------------------------------- */

static void fake_loader_drain(struct fake_run *f)
{
	struct wire_msg msg;
	int fds[SYS_MAX_FDS], n_fds;

	while (wire_recv(f->loader_end, &msg, fds, &n_fds) > 0)
		while (n_fds > 0)
			close(fds[--n_fds]);
}

struct fake_worker fake_worker_ask(struct fake_run *f, uint32_t slot)
{
	cr_assert(crew_start(&f->run, slot, 0));
	fake_loader_drain(f);
	return (struct fake_worker){
		.fake = f,
		.shared = &f->run.arena.slots[slot],
		.slot = slot,
		.generation = f->run.slots[slot].generation,
		.results = { .results = &f->run.arena.slots[slot].results,
			     .cells = arena_cells(&f->run.arena, slot),
			     .mask = f->run.arena.results_cap - 1 },
	};
}

struct fake_worker fake_worker_start(struct fake_run *f, uint32_t slot,
				     int pidfd)
{
	struct fake_worker w = fake_worker_ask(f, slot);
	struct wire_head started = { .kind = WIRE_STARTED,
				     .slot = slot,
				     .generation = w.generation };

	cr_assert_eq(wire_send(f->loader_end, &started, NULL, &pidfd,
			       pidfd >= 0), 0);
	cr_assert(crew_hear(&f->run));
	cr_assert_eq(f->run.slots[slot].state, CREW_LIVE);
	return w;
}

void fake_process(void)
{
	signal(SIGALRM, SIG_DFL);
	alarm(10);
	for (;;)
		pause();
}

void fake_worker_gone(struct fake_worker *w, int status)
{
	struct wire_head gone = { .kind = WIRE_GONE,
				  .slot = w->slot,
				  .generation = w->generation,
				  .status = status };

	cr_assert_eq(wire_send(w->fake->loader_end, &gone, NULL, NULL, 0), 0);
	cr_assert(crew_hear(&w->fake->run));
	cr_assert_eq(w->fake->run.slots[w->slot].state, CREW_EMPTY);
}

static void fake_worker_set(struct fake_worker *w, uint32_t position,
			    enum phase phase)
{
	current_store(&w->shared->current,
		      (struct current_word){ .position = position,
					     .phase = phase,
					     .seq = w->seq });
}

void fake_worker_announce(struct fake_worker *w, uint32_t position)
{
	w->seq++;
	fake_worker_set(w, position, PHASE_CLAIM);
}

bool fake_worker_claim(struct fake_worker *w, uint32_t position)
{
	return state_try_claim(&w->fake->run.arena.states[position], w->slot,
			       w->generation, &w->attempt);
}

void fake_worker_enter(struct fake_worker *w, uint32_t position)
{
	atom64_store_relaxed(&w->shared->start_ns, w->fake->run.now_ns);
	fake_worker_set(w, position, PHASE_RUN);
}

bool fake_worker_end(struct fake_worker *w, uint32_t position,
		     enum outcome outcome)
{
	struct current_word run = { .position = position,
				    .phase = PHASE_RUN,
				    .seq = w->seq };

	return current_try_end(&w->shared->current, run, PHASE_FIN, outcome);
}

static uint64_t fake_size(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);

	cr_assert_geq(end, 0);
	return (uint64_t)end;
}

struct record fake_worker_record(const struct fake_worker *w,
				 uint32_t position, enum outcome outcome)
{
	const struct crew_slot *s = &w->fake->run.slots[w->slot];

	return (struct record){
		.position = position,
		.slot = (uint16_t)w->slot,
		.generation = (uint16_t)w->generation,
		.outcome = (uint8_t)outcome,
		.attempt = (uint8_t)w->attempt,
		.start_ns = w->fake->run.now_ns,
		.duration_ns = 1000,
		.output_end = fake_size(s->spool_fd),
		.notes_end = outcome == OUTCOME_PASS
				     ? 0 : fake_size(s->notes_fd),
		.exit_status = -1,
	};
}

void fake_worker_push(struct fake_worker *w, struct record record)
{
	cr_assert(results_has_room(&w->results));
	results_push_sp(&w->results, &record);
}

void fake_worker_rest(struct fake_worker *w)
{
	fake_worker_set(w, 0, PHASE_IDLE);
}

void fake_worker_leave(struct fake_worker *w)
{
	fake_worker_set(w, 0, PHASE_LEFT);
}

void fake_worker_begin(struct fake_worker *w, uint32_t position)
{
	fake_worker_announce(w, position);
	cr_assert(fake_worker_claim(w, position));
	fake_worker_enter(w, position);
}

void fake_worker_run(struct fake_worker *w, uint32_t position,
		     enum outcome outcome)
{
	fake_worker_begin(w, position);
	cr_assert(fake_worker_end(w, position, outcome));
	fake_worker_push(w, fake_worker_record(w, position, outcome));
	fake_worker_rest(w);
}

void fake_worker_print(struct fake_worker *w, const char *text)
{
	cr_assert_eq(sys_write_all(w->fake->run.slots[w->slot].spool_fd, text,
				   strlen(text)), 0);
}

void fake_worker_note(struct fake_worker *w, uint32_t position, uint32_t kind,
		      const char *text)
{
	cr_assert_eq(notes_append(w->fake->run.slots[w->slot].notes_fd, kind,
				  position, "t.c", 7, text, strlen(text)), 0);
}

void fake_worker_park(struct fake_worker *w)
{
	gate_prepare(w->fake->run.arena.gate);
	atom32_store_release(&w->shared->parked, 1);
	atom32_store_release(&w->shared->resting, 1);
}
