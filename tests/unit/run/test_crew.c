/* SPDX-License-Identifier: MIT */
/* Workers as the loader tells of them: SHM-7, SHM-8, LF-6. */
#include "run/crew.h"

#include "base/clock.h"
#include "base/sys.h"
#include "fake_run.h"
#include "run/bury.h"
#include "run/feed.h"
#include "run/tick.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fake_run f;

static void open_run(void)
{
	fake_run_open(&f, 100, 40);
	feed_range(&f.run, (struct range){ .lo = 0, .hi = 100 });
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(crew, .init = open_run, .fini = close_run);

/* Requests that wait at the loader; the slot of the last. */
static uint32_t requests(uint32_t *last)
{
	struct wire_msg msg;
	int fds[SYS_MAX_FDS], n_fds;
	uint32_t n = 0;

	while (wire_recv(f.loader_end, &msg, fds, &n_fds) > 0) {
		cr_expect_eq(msg.head.kind, WIRE_FORK);
		cr_expect_eq(n_fds, 2, "spool and notes");
		while (n_fds > 0)
			close(fds[--n_fds]);
		*last = msg.head.slot;
		n++;
	}
	return n;
}

static void answer(enum wire_kind kind, uint32_t slot, uint32_t generation,
		   int status)
{
	struct wire_head head = { .kind = kind,
				  .slot = slot,
				  .generation = generation,
				  .status = status };

	cr_assert_eq(wire_send(f.loader_end, &head, NULL, NULL, 0), 0);
	cr_assert(crew_hear(&f.run));
}

/* Few at once: a socket's buffer must hold them, and the work may be done
 * before they come. */
Test(crew, asks_for_workers_in_bounded_numbers)
{
	uint32_t asked, last, n, started = 0, i;

	crew_fill(&f.run);
	n = asked = requests(&last);
	cr_assert(n > 0 && n <= 32, "%u at once", n);
	crew_fill(&f.run);
	cr_expect_eq(requests(&last), 0, "none was answered");
	while (started < 40 && n > 0) {
		for (i = 0; i < n; i++)
			answer(WIRE_STARTED, started++, 0, 0);
		crew_fill(&f.run);
		n = requests(&last);
		cr_expect_leq(n, asked);
	}
	cr_expect_eq(started, 40);
	cr_expect_eq(last, 39);
	cr_expect_eq(crew_count(&f.run), 40);
}

Test(crew, asks_for_none_when_all_is_done_or_stopped)
{
	uint32_t last;

	f.run.stop.asked = true;
	crew_fill(&f.run);
	f.run.stop.asked = false;
	f.run.n_ended = 100;
	crew_fill(&f.run);
	f.run.n_ended = 0;
	f.run.fatal = true;
	crew_fill(&f.run);
	cr_expect_eq(requests(&last), 0);
}

/* SHM-10: a worker without work would only cost. */
Test(crew, asks_for_none_while_there_is_nothing_to_take)
{
	struct range r;
	uint32_t last;

	cr_assert(fake_run_take(&f, &r));
	crew_fill(&f.run);
	cr_expect_eq(requests(&last), 0);
	/* What a dead one left can be stolen. */
	deque_install(&f.run.arena.deques[7].deque,
		      (struct range){ .lo = 5, .hi = 6 });
	crew_fill(&f.run);
	cr_expect_gt(requests(&last), 0);
}

/* SHM-7: the slot stays, the generation grows. */
Test(crew, counts_generations_of_a_slot)
{
	struct fake_worker w = fake_worker_start(&f, 5, -1);

	cr_expect_eq(w.generation, 0);
	fake_worker_gone(&w, FAKE_EXITED(0));
	w = fake_worker_start(&f, 5, -1);
	cr_expect_eq(w.generation, 1);
}

static void answer_succeeded(uint32_t slot, uint32_t generation, int status)
{
	struct wire_head gone = { .kind = WIRE_GONE,
				  .slot = slot,
				  .generation = generation,
				  .flags = WIRE_SUCCEEDED,
				  .status = status };

	cr_assert_eq(wire_send(f.loader_end, &gone, NULL, NULL, 0), 0);
	cr_assert(crew_hear(&f.run));
}

/* The loader has forked the next one already: it is admitted behind the
 * burial, and nobody is asked for. */
Test(crew, admits_a_successor_when_its_predecessor_is_buried)
{
	struct fake_worker w = fake_worker_start(&f, 5, -1);
	struct slot *slot = &f.run.arena.slots[5];
	uint32_t last;

	requests(&last);
	cr_expect_eq(atom32_load_relaxed(&slot->admitted), 1);
	fake_worker_begin(&w, 3);
	answer_succeeded(5, 0, FAKE_KILLED(SIGSEGV));
	cr_assert_not_null(fake_run_told(&f, 3));
	cr_expect_eq(fake_run_told(&f, 3)->test.outcome, OUTCOME_CRASH);
	cr_expect_eq(f.run.slots[5].state, CREW_STARTING);
	cr_expect_eq(f.run.slots[5].generation, 1);
	cr_expect_eq(f.run.n_forking, 1);
	cr_expect_eq(atom32_load_relaxed(&slot->admitted), 2);
	cr_expect_eq(current_load(&slot->current).phase, PHASE_IDLE);
	cr_expect_eq(requests(&last), 0);
	answer(WIRE_STARTED, 5, 1, 0);
	cr_expect_eq(f.run.slots[5].state, CREW_LIVE);
	cr_expect_eq(f.run.n_forking, 0);
}

/* One that dies before it was heard of has run nothing: nobody is blamed. */
Test(crew, buries_a_successor_that_died_at_its_door)
{
	fake_worker_start(&f, 5, -1);
	answer_succeeded(5, 0, FAKE_KILLED(SIGKILL));
	answer(WIRE_GONE, 5, 1, FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.slots[5].state, CREW_EMPTY);
	cr_expect_eq(f.run.slots[5].generation, 2);
	cr_expect_eq(f.run.n_forking, 0);
	cr_expect_eq(f.run.n_ended, 0);
}

/* A loader that forks and forks to no avail must not do so for ever. */
Test(crew, gives_up_when_no_successor_ever_does_anything)
{
	uint32_t g;

	fake_worker_start(&f, 5, -1);
	for (g = 0; g < 200 && !f.run.fatal; g++)
		answer_succeeded(5, g, FAKE_KILLED(SIGSEGV));
	cr_expect(f.run.fatal);
}

/* What a test scribbles over `admitted` would keep a successor out. */
Test(crew, admits_again_at_each_tick)
{
	fake_worker_start(&f, 5, -1);
	atom32_store_relaxed(&f.run.arena.slots[5].admitted, 77);
	tick_run(&f.run);
	cr_expect_eq(atom32_load_relaxed(&f.run.arena.slots[5].admitted), 1);
}

/* ... also when what it scribbles looks like sleep. */
Test(crew, admits_who_seems_asleep)
{
	struct slot *slot = &f.run.arena.slots[5];

	fake_worker_start(&f, 5, -1);
	atom32_store_relaxed(&slot->admitted, 77);
	atom32_store_relaxed(&slot->parked, 1);
	atom32_store_relaxed(&slot->resting, 1);
	tick_run(&f.run);
	cr_expect_eq(atom32_load_relaxed(&slot->admitted), 1);
}

Test(crew, hears_nothing_about_other_generations_and_slots)
{
	fake_worker_start(&f, 5, -1);
	answer(WIRE_GONE, 5, 1, 0);
	answer(WIRE_GONE, 40, 0, 0);
	answer(WIRE_GONE, UINT32_MAX, 0, 0);
	answer(WIRE_STARTED, 6, 0, 0);
	answer((enum wire_kind)99, 5, 0, 0);
	cr_expect_eq(f.run.slots[5].state, CREW_LIVE);
	cr_expect_eq(f.run.slots[6].state, CREW_EMPTY);
	cr_expect_eq(crew_count(&f.run), 1);
}

/* LF-6: a message that is too short is the loader's end. */
Test(crew, takes_garbage_from_the_loader_as_its_death)
{
	cr_assert_eq(write(f.loader_end, "x", 1), 1);
	cr_expect_not(crew_hear(&f.run));
}

Test(crew, notices_that_the_loader_is_gone)
{
	close(f.loader_end);
	cr_expect_not(crew_hear(&f.run));
	f.loader_end = dup(f.loader.sock);
}

/* It has not read all that it was asked: the kernel says so first, in front of
 * what it had still said. */
Test(crew, hears_the_last_words_of_a_loader_that_left_questions)
{
	struct fake_worker w = fake_worker_start(&f, 5, -1);
	struct wire_head gone = { .kind = WIRE_GONE,
				  .slot = 5,
				  .status = FAKE_KILLED(SIGSEGV) };
	struct wire_head question = { .kind = WIRE_FORK };

	fake_worker_begin(&w, 3);
	cr_assert_eq(wire_send(f.loader.sock, &question, NULL, NULL, 0), 0);
	cr_assert_eq(wire_send(f.loader_end, &gone, NULL, NULL, 0), 0);
	close(f.loader_end);
	cr_expect_not(crew_hear(&f.run));
	f.loader_end = dup(f.loader.sock);
	cr_assert_not_null(fake_run_told(&f, 3));
	cr_expect_eq(fake_run_told(&f, 3)->test.signo, SIGSEGV);
}

Test(crew, pauses_after_a_fork_that_was_refused)
{
	uint32_t last;

	crew_fill(&f.run);
	requests(&last);
	answer(WIRE_NOFORK, 0, 0, -EAGAIN);
	cr_expect_eq(f.run.slots[0].state, CREW_EMPTY);
	crew_fill(&f.run);
	cr_expect_eq(requests(&last), 0);
	f.run.now_ns += 100 * NS_PER_MS;
	crew_fill(&f.run);
	cr_expect_geq(requests(&last), 1);
}

/* A run that cannot start a worker ends, with words. */
Test(crew, gives_up_when_no_fork_ever_works)
{
	uint32_t last, i;

	for (i = 0; i < 25 && !f.run.fatal; i++) {
		cr_assert(crew_start(&f.run, 0, 0));
		requests(&last);
		answer(WIRE_NOFORK, 0, 0, -EAGAIN);
		f.run.now_ns += 100 * NS_PER_MS;
	}
	cr_expect(f.run.fatal);
	cr_expect_eq(i, 21);
}

/* While somebody works there is no hurry. */
Test(crew, does_not_give_up_while_somebody_works)
{
	uint32_t last, i;

	fake_worker_start(&f, 1, -1);
	for (i = 0; i < 100; i++) {
		cr_assert(crew_start(&f.run, 0, 0));
		requests(&last);
		answer(WIRE_NOFORK, 0, 0, -EAGAIN);
		f.run.now_ns += 100 * NS_PER_MS;
	}
	cr_expect_not(f.run.fatal);
}

/* In each, nobody else may do what is this slot's alone. */
Test(crew, gives_up_when_those_who_live_have_nothing_to_do)
{
	struct fake_worker w = fake_worker_start(&f, 1, -1);
	uint32_t last, i;

	fake_worker_rest(&w);
	atom32_store_release(&w.shared->resting, 1);
	for (i = 0; i < 25 && !f.run.fatal; i++) {
		cr_assert(crew_start(&f.run, 0, 0));
		requests(&last);
		answer(WIRE_NOFORK, 0, 0, -EAGAIN);
		f.run.now_ns += 100 * NS_PER_MS;
	}
	cr_expect(f.run.fatal);
}

Test(crew, gives_up_when_workers_end_before_any_test)
{
	struct fake_worker w;
	uint32_t i;

	for (i = 0; i < 100 && !f.run.fatal; i++) {
		w = fake_worker_start(&f, 0, -1);
		fake_worker_gone(&w, FAKE_EXITED(1));
	}
	cr_expect(f.run.fatal);
	cr_expect_eq(i, 61, "20 and one a slot, not %u", i);
}

/* Nor does it count that they came so far as to set something up. */
Test(crew, gives_up_when_workers_end_behind_their_fixtures)
{
	struct fake_worker w;
	struct record up;
	uint32_t i;

	for (i = 0; i < 100 && !f.run.fatal; i++) {
		w = fake_worker_start(&f, 0, -1);
		up = fake_worker_record(&w, 0, RECORD_FIXTURE);
		up.attempt = FIXTURE_KIND_WORKER;
		fake_worker_push(&w, up);
		fake_worker_gone(&w, FAKE_EXITED(1));
	}
	cr_expect(f.run.fatal);
	cr_expect_eq(i, 61, "20 and one a slot, not %u", i);
}

/* A crash per generation is no reason to stop. */
Test(crew, goes_on_while_each_worker_does_a_test)
{
	struct fake_worker w;
	uint32_t i;

	for (i = 0; i < 100; i++) {
		w = fake_worker_start(&f, 0, -1);
		fake_worker_begin(&w, i);
		fake_worker_gone(&w, FAKE_KILLED(SIGSEGV));
	}
	cr_expect_not(f.run.fatal);
	cr_expect_eq(f.run.tally.count[OUTCOME_CRASH], 100);
}

Test(crew, blames_no_test_for_a_condemned_worker)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	fake_worker_begin(&w, 3);
	crew_condemn(&f.run, 0, "lies");
	cr_expect_not(fake_worker_end(&w, 3, OUTCOME_PASS), "LF-13");
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_told(&f, 3)->test.outcome, OUTCOME_ERROR);
}

/* It enters its test while our SIGKILL is on the way; a signal of its own is
 * still a crash. */
Test(crew, blames_no_test_that_a_condemned_worker_was_about_to_run)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	fake_worker_announce(&w, 3);
	cr_assert(fake_worker_claim(&w, 3));
	crew_condemn(&f.run, 0, "lies");
	fake_worker_enter(&w, 3);
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_told(&f, 3)->test.outcome, OUTCOME_ERROR);
}

Test(crew, still_sees_a_crash_in_a_condemned_worker)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	fake_worker_announce(&w, 3);
	cr_assert(fake_worker_claim(&w, 3));
	crew_condemn(&f.run, 0, "lies");
	fake_worker_enter(&w, 3);
	fake_worker_gone(&w, FAKE_KILLED(SIGSEGV));
	cr_expect_eq(fake_run_told(&f, 3)->test.outcome, OUTCOME_CRASH);
}

Test(crew, condemns_once)
{
	fake_worker_start(&f, 0, -1);
	crew_condemn(&f.run, 0, "lies");
	crew_condemn(&f.run, 0, "lies again");
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 1);
	cr_expect_eq(f.run.slots[0].doom, DOOM_CONDEMNED);
}

/* Dead and not reaped, as what a dead loader leaves. */
static pid_t dead_child(int signo)
{
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0) {
		signal(signo, SIG_DFL);
		kill(getpid(), signo);
		_exit(0);
	}
	cr_assert_gt(pid, 0);
	cr_assert_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	return pid;
}

/* A worker that is in a test, and of whose start nobody was told. */
static struct fake_worker untold(uint32_t slot, uint32_t position, pid_t pid)
{
	struct fake_worker w = fake_worker_ask(&f, slot);

	atom32_store_relaxed(&w.shared->pid, (uint32_t)pid);
	fake_worker_begin(&w, position);
	return w;
}

/* As crew_survive_loader() does it; each position is handed out already. */
static void lose_loader(void)
{
	struct range r;
	uint32_t i;

	while (fake_run_take(&f, &r))
		;
	crew_reap_all(&f.run);
	for (i = 0; i < f.run.n_slots; i++)
		if (f.run.slots[i].state != CREW_EMPTY)
			bury_with_loader(&f.run, i);
}

static void expect_crash(uint32_t position, int signo)
{
	const struct heard *told = fake_run_told(&f, position);

	cr_assert_not_null(told);
	cr_expect_eq(told->test.outcome, OUTCOME_CRASH);
	cr_expect_eq(told->test.signo, signo);
}

static void expect_again(uint32_t position)
{
	cr_expect_null(fake_run_told(&f, position));
	cr_expect(fake_run_is_fed(&f, position));
}

/* STATE-8: what it ran is not run again as if nothing had been. */
Test(crew, sees_the_crash_of_a_worker_of_whose_start_nobody_was_told)
{
	untold(5, 3, dead_child(SIGSEGV));
	lose_loader();
	expect_crash(3, SIGSEGV);
	cr_expect_eq(f.run.slots[5].state, CREW_EMPTY);
	cr_expect_eq(f.run.slots[5].generation, 1);
}

/* PROC-4: each killed with the loader is run once more, without blame. */
Test(crew, tells_workers_apart_of_whose_start_nobody_was_told)
{
	untold(5, 3, dead_child(SIGKILL));
	untold(6, 4, dead_child(SIGABRT));
	untold(7, 5, dead_child(SIGTERM));
	untold(8, 6, dead_child(SIGBUS));
	lose_loader();
	expect_again(3);
	expect_crash(4, SIGABRT);
	expect_again(5);
	expect_crash(6, SIGBUS);
}

/* What a test has left dies in the same moment. */
Test(crew, takes_no_orphan_for_a_worker)
{
	dead_child(SIGSEGV);
	untold(5, 3, dead_child(SIGKILL));
	dead_child(SIGSEGV);
	untold(6, 4, 0);
	dead_child(SIGSEGV);
	lose_loader();
	expect_again(3);
	expect_again(4);
	cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1, "none is left");
}

/* The number in the slot is the last generation's no more. */
Test(crew, forgets_whose_a_slot_was)
{
	struct fake_worker w = untold(5, 3, dead_child(SIGSEGV));

	fake_worker_gone(&w, FAKE_KILLED(SIGSEGV));
	expect_crash(3, SIGSEGV);
	w = fake_worker_ask(&f, 5);
	fake_worker_begin(&w, 4);
	lose_loader();
	expect_again(4);
}

/* LF-6: scribbled over, it costs what runs in that slot, at most. */
Test(crew, believes_the_loader_rather_than_the_slot)
{
	struct fake_worker w = fake_worker_start(&f, 5, -1);

	f.run.slots[5].pid = dead_child(SIGSEGV);
	atom32_store_relaxed(&w.shared->pid, 1);
	fake_worker_begin(&w, 3);
	w = fake_worker_start(&f, 6, -1);
	f.run.slots[6].pid = dead_child(SIGKILL);
	atom32_store_relaxed(&w.shared->pid, (uint32_t)f.run.slots[5].pid);
	fake_worker_begin(&w, 4);
	untold(7, 5, getppid());
	untold(8, 6, -1);
	lose_loader();
	expect_crash(3, SIGSEGV);
	expect_again(4);
	expect_again(5);
	expect_again(6);
}

/* It had reaped them, and died before it told. */
Test(crew, sees_the_crash_that_the_loader_has_reaped)
{
	const struct arena_layout *l = &f.run.layout;
	struct fake_worker w = fake_worker_start(&f, 5, -1);

	fake_worker_begin(&w, 3);
	arena_note_end(l, f.run.arena_fd, 5, 0, FAKE_KILLED(SIGSEGV));
	untold(6, 4, 0);
	arena_note_end(l, f.run.arena_fd, 6, 0, FAKE_KILLED(SIGBUS));
	untold(7, 5, 0);
	arena_note_end(l, f.run.arena_fd, 7, 0, FAKE_KILLED(SIGKILL));
	untold(8, 6, 0);
	arena_note_end(l, f.run.arena_fd, 8, 1, FAKE_KILLED(SIGSEGV));
	lose_loader();
	expect_crash(3, SIGSEGV);
	expect_crash(4, SIGBUS);
	expect_crash(5, SIGKILL);
	expect_again(6);
}

/* What the kernel tells of a child goes before what the slot says. */
Test(crew, believes_the_kernel_rather_than_the_slot)
{
	untold(5, 3, dead_child(SIGSEGV));
	arena_note_end(&f.run.layout, f.run.arena_fd, 5, 0, FAKE_KILLED(SIGKILL));
	untold(6, 4, dead_child(SIGKILL));
	arena_note_end(&f.run.layout, f.run.arena_fd, 6, 0, FAKE_KILLED(SIGSEGV));
	lose_loader();
	expect_crash(3, SIGSEGV);
	expect_again(4);
}
