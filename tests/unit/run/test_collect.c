/* SPDX-License-Identifier: MIT */
/* LF-12, LF-14: a record counts when everything about it fits, else never. */
#include "run/collect.h"

#include "base/sys.h"
#include "fake_run.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 600u /* more than a result ring holds */
#define P 3u

static struct fake_run f;
static struct fake_worker w, other;

static void open_run(void)
{
	fake_run_open(&f, N, 2);
	w = fake_worker_start(&f, 0, -1);
	other = fake_worker_start(&f, 1, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(collect, .init = open_run, .fini = close_run);

/* A position whose body has been entered, and its record. */
static struct record begun(void)
{
	fake_worker_begin(&w, P);
	cr_assert(fake_worker_end(&w, P, OUTCOME_PASS));
	return fake_worker_record(&w, P, OUTCOME_PASS);
}

static void expect_condemned(void)
{
	cr_expect_eq(f.run.slots[0].doom, DOOM_CONDEMNED);
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 1);
	cr_expect_eq(f.run.slots[1].doom, DOOM_NONE);
}

/* Not counted, and judged from what is known when the worker is dead. */
static void expect_refused(void)
{
	collect_slot(&f.run, 0);
	cr_expect_eq(f.run.n_ended, 0);
	cr_expect_eq(tally_done(&f.run.tally), 0);
	cr_expect_eq(f.run.slots[0].n_attempts, 0);
	cr_expect_neq(fake_run_state(&f, P).state, STATE_DONE);
	expect_condemned();
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_PASS,
		     "as `current` says");
	fake_run_finish(&f);
}

Test(collect, counts_a_good_record_once)
{
	const struct heard *h;

	fake_worker_push(&w, begun());
	cr_expect_eq(collect_slot(&f.run, 0), 1);
	cr_expect_eq(collect_slot(&f.run, 0), 0);
	h = fake_run_told(&f, P);
	cr_assert_not_null(h);
	cr_expect_eq(h->test.outcome, OUTCOME_PASS);
	cr_expect_eq(h->test.index, P);
	cr_expect_eq(h->test.duration_ns, 1000);
	cr_expect_eq(fake_run_state(&f, P).state, STATE_DONE);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], 1);
	cr_expect_eq(f.run.slots[0].n_attempts, 1);
}

Test(collect, takes_every_outcome_that_a_worker_can_know)
{
	static const enum outcome known[] = { OUTCOME_PASS, OUTCOME_FAIL,
					      OUTCOME_CRASH, OUTCOME_SKIP,
					      OUTCOME_ERROR };
	uint32_t i;

	for (i = 0; i < 5; i++)
		fake_worker_run(&w, i, known[i]);
	cr_expect_eq(collect_slot(&f.run, 0), 5);
	for (i = 0; i < 5; i++)
		cr_expect_eq(f.run.tally.count[known[i]], 1);
	cr_expect_eq(f.run.slots[0].doom, DOOM_NONE);
}

Test(collect, keeps_a_retrys_attempt)
{
	struct record r;

	fake_run_set_state(&f, P, state_pack((struct state_word){
					  .attempt = 2 }));
	r = begun();
	r.attempt = 2;
	fake_worker_push(&w, r);
	collect_slot(&f.run, 0);
	cr_expect_eq(fake_run_told(&f, P)->test.attempt, 2);
}

Test(collect, drains_all_rings)
{
	fake_worker_run(&w, 0, OUTCOME_PASS);
	fake_worker_run(&other, 1, OUTCOME_PASS);
	fake_worker_run(&other, 2, OUTCOME_FAIL);
	cr_expect_eq(collect_all(&f.run), 3);
	cr_expect_eq(f.run.n_ended, 3);
	cr_expect_eq(fake_run_told(&f, 2)->test.slot, 1);
}

/* Room is given back.  The sign of a full ring is the worker's: to clear it
 * here could be to clear the sign of its next wait. */
Test(collect, makes_room_and_leaves_the_sign_of_a_full_ring)
{
	uint32_t cap = f.run.arena.results_cap, i;

	cr_assert_leq(cap, 4096);
	for (i = 0; i < min_of(cap, N); i++)
		fake_worker_run(&w, i, OUTCOME_PASS);
	atom32_store_relaxed(&w.shared->results.full, 1);
	collect_slot(&f.run, 0);
	cr_expect_eq(atom32_load_relaxed(&w.shared->results.full), 1);
	cr_expect_eq(atom32_load_relaxed(&w.shared->results.head),
		     min_of(cap, N));
}

Test(collect, says_nothing_of_an_empty_slot)
{
	fake_worker_push(&w, begun());
	f.run.slots[0].state = CREW_EMPTY;
	cr_expect_eq(collect_slot(&f.run, 0), 0);
	cr_expect_eq(f.run.n_ended, 0);
}

/* ---- what cannot be true --------------------------------------------- */

Test(collect, refuses_a_bad_checksum)
{
	fake_worker_push(&w, begun());
	w.results.cells[0].check ^= 1;
	expect_refused();
}

/* A pass forged over what a failed test wrote. */
Test(collect, refuses_a_changed_record)
{
	fake_worker_push(&w, begun());
	w.results.cells[0].duration_ns++;
	expect_refused();
}

Test(collect, refuses_a_record_of_another_slot)
{
	struct record r = begun();

	r.slot = 1;
	fake_worker_push(&w, r);
	expect_refused();
}

Test(collect, refuses_a_record_of_another_generation)
{
	struct record r = begun();

	r.generation++;
	fake_worker_push(&w, r);
	expect_refused();
}

Test(collect, refuses_a_record_of_another_attempt)
{
	struct record r = begun();

	r.attempt++;
	fake_worker_push(&w, r);
	expect_refused();
}

Test(collect, refuses_a_position_out_of_range)
{
	static const uint32_t positions[] = { N, N + 1, UINT32_MAX };
	size_t i;

	for (i = 0; i < sizeof(positions) / sizeof(positions[0]); i++) {
		struct record r = fake_worker_record(&w, positions[i],
						     OUTCOME_PASS);

		fake_worker_push(&w, r);
		collect_slot(&f.run, 0);
		cr_expect_eq(f.run.n_ended, 0);
	}
	expect_condemned();
}

Test(collect, refuses_a_position_that_was_never_claimed)
{
	fake_worker_push(&w, fake_worker_record(&w, P, OUTCOME_PASS));
	collect_slot(&f.run, 0);
	cr_expect_eq(f.run.n_ended, 0);
	cr_expect_eq(fake_run_state(&f, P).state, STATE_PENDING);
	expect_condemned();
}

Test(collect, refuses_a_position_that_another_has)
{
	fake_worker_begin(&other, P);
	fake_worker_push(&w, fake_worker_record(&w, P, OUTCOME_PASS));
	collect_slot(&f.run, 0);
	cr_expect_eq(f.run.n_ended, 0);
	cr_expect_eq(fake_run_state(&f, P).slot, 1);
	expect_condemned();
}

/* The state word may be scribbled back; the runner's own table may not. */
Test(collect, refuses_the_second_record_of_a_test)
{
	struct record r = begun();

	fake_worker_push(&w, r);
	collect_slot(&f.run, 0);
	fake_run_set_state(&f, P, state_pack((struct state_word){
					  .state = STATE_CLAIMED }));
	r.outcome = OUTCOME_FAIL;
	fake_worker_push(&w, r);
	collect_slot(&f.run, 0);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_PASS);
	cr_expect_eq(f.run.n_ended, 1);
	expect_condemned();
}

/* Timeouts and retries are the runner's to know. */
Test(collect, refuses_outcomes_that_a_worker_cannot_know)
{
	struct record r = begun();
	uint32_t outcome;

	for (outcome = 0; outcome < 256; outcome++) {
		if (outcome == OUTCOME_PASS || outcome == OUTCOME_FAIL ||
		    outcome == OUTCOME_CRASH || outcome == OUTCOME_SKIP ||
		    outcome == OUTCOME_ERROR || outcome == RECORD_FIXTURE)
			continue;
		r.outcome = (uint8_t)outcome;
		fake_worker_push(&w, r);
		collect_slot(&f.run, 0);
		cr_expect_eq(f.run.n_ended, 0, "outcome %u", outcome);
	}
	expect_condemned();
}

Test(collect, refuses_a_tail_beyond_the_capacity)
{
	fake_worker_push(&w, begun());
	atom32_store_relaxed(&w.shared->results.tail,
			     f.run.arena.results_cap + 1);
	expect_refused();
}

/* Cells that were never written. */
Test(collect, refuses_a_tail_that_promises_too_much)
{
	uint32_t cap = f.run.arena.results_cap;

	fake_worker_push(&w, begun());
	atom32_store_relaxed(&w.shared->results.tail, cap);
	cr_expect_eq(collect_slot(&f.run, 0), cap);
	cr_expect_eq(f.run.n_ended, 1, "the one that was true");
	expect_condemned();
}

static struct record of_fixture(void)
{
	struct record r = begun();

	r.outcome = RECORD_FIXTURE;
	r.attempt = FIXTURE_KIND_WORKER;
	r.start_ns = 7;
	r.duration_ns = 5;
	return r;
}

/* DEC-7: it is no test's end, whatever else it says. */
Test(collect, tells_what_a_fixture_took_and_ends_no_test)
{
	const struct heard *h;

	fake_worker_push(&w, of_fixture());
	collect_slot(&f.run, 0);
	cr_expect_eq(f.run.n_ended, 0);
	cr_assert_eq(f.n_heard, 1);
	h = &f.heard[0];
	cr_expect_eq(h->kind, EVENT_FIXTURE_ENDED);
	cr_expect_eq(h->fixture.kind, FIXTURE_KIND_WORKER);
	cr_expect_not(h->fixture.teardown);
	cr_expect_eq(h->fixture.duration_ns, 5);
	cr_expect_eq(f.run.slots[0].n_attempts, 0);
	cr_expect_eq(f.run.tally.untrusted, false);
}

Test(collect, refuses_fixtures_that_cannot_be)
{
	struct record bad[5], good = of_fixture();
	uint32_t i;

	for (i = 0; i < array_size(bad); i++)
		bad[i] = good;
	bad[0].attempt = N_FIXTURE_KINDS;
	bad[1].leak = 2;
	bad[2].position = f.run.layout.n_positions;
	bad[3].slot++;
	bad[4].generation++;
	for (i = 0; i < array_size(bad); i++) {
		fake_worker_push(&w, bad[i]);
		collect_slot(&f.run, 0);
	}
	for (i = 0; i < f.n_heard; i++)
		cr_expect_neq(f.heard[i].kind, EVENT_FIXTURE_ENDED);
	expect_condemned();
}

/* One damaged cell does not take the good ones behind it along. */
/* What another slot's test used is not this one's. */
Test(collect, refuses_what_another_slot_used)
{
	struct record r = begun();

	r.outcome = RECORD_USAGE;
	r.slot = 1;
	fake_worker_push(&w, r);
	expect_refused();
	cr_expect_not(f.run.slots[0].has_usage);
}

/* STATE-12: whatever its process believes. */
Test(collect, passes_no_test_in_which_a_check_failed)
{
	static const enum outcome said[] = { OUTCOME_PASS, OUTCOME_SKIP };
	uint32_t i;

	for (i = 0; i < 2; i++) {
		struct record r;

		fake_worker_begin(&w, i);
		fake_worker_end(&w, i, said[i]);
		r = fake_worker_record(&w, i, said[i]);
		r.n_failures = 1;
		fake_worker_push(&w, r);
	}
	cr_expect_eq(collect_slot(&f.run, 0), 2);
	cr_expect_eq(f.run.tally.count[OUTCOME_FAIL], 2);
	cr_expect_eq(fake_run_told(&f, 0)->test.outcome, OUTCOME_FAIL);
}

Test(collect, counts_the_good_ones_behind_a_bad_one)
{
	uint32_t i;

	for (i = 0; i < 3; i++)
		fake_worker_run(&w, i, OUTCOME_PASS);
	w.results.cells[1].start_ns ^= 1;
	cr_expect_eq(collect_slot(&f.run, 0), 3);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], 2);
	cr_expect_null(fake_run_told(&f, 1));
	expect_condemned();
}

/* LF-6: whatever lies in the ring, nothing counts that did not happen. */
Test(collect, of_noise_counts_nothing)
{
	uint32_t cap = f.run.arena.results_cap, i;

	memset(w.results.cells, 0xa5, cap * sizeof(struct record));
	for (i = 0; i < 300; i++) {
		atom32_store_relaxed(&w.shared->results.tail, i * 0x9e3779b9u);
		collect_slot(&f.run, 0);
	}
	cr_expect_eq(f.run.n_ended, 0);
	expect_condemned();
}

/* The process is killed, not only talked about. */
Test(collect, kills_the_process_of_a_condemned_worker)
{
	pid_t pid = fork();
	int pidfd, status;

	if (pid == 0)
		fake_process();
	pidfd = sys_pidfd_open(pid);
	fake_worker_gone(&w, FAKE_EXITED(0));
	w = fake_worker_start(&f, 0, pidfd);
	close(pidfd);
	fake_worker_push(&w, fake_worker_record(&w, N, OUTCOME_PASS));
	collect_slot(&f.run, 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
