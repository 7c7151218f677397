/* SPDX-License-Identifier: MIT */
/* LF-4 and the sleeping and waking of the protocol, with fake futexes. */
#include "lockfree/gate.h"

#include <criterion/criterion.h>

static struct gate gate;
static uint32_t slept_with; /* the value the last wait expected */
static uint64_t slept_for_ns;
static int n_waits, n_wakes, woken;

static int fake_wait(const uint32_t *word, uint32_t expected,
		     uint64_t timeout_ns)
{
	cr_expect_eq(word, atom32_word(&gate.wake_seq));
	cr_expect_eq(atom32_load_relaxed(&gate.n_sleeping), 1,
		     "counted while it sleeps");
	slept_with = expected;
	slept_for_ns = timeout_ns;
	n_waits++;
	return 0;
}

static int fake_wake(const uint32_t *word, int n)
{
	cr_expect_eq(word, atom32_word(&gate.wake_seq));
	n_wakes++;
	woken = n;
	return n;
}

static const struct gate_ops ops = { .wait = fake_wait, .wake = fake_wake };

static uint32_t n_sleeping(void)
{
	return atom32_load_relaxed(&gate.n_sleeping);
}

Test(gate, counts_a_sleeper_while_it_sleeps)
{
	uint32_t key = gate_prepare(&gate);

	cr_expect_eq(n_sleeping(), 1);
	gate_sleep(&gate, &ops, key, 12345);
	gate_leave(&gate);
	cr_expect_eq(n_sleeping(), 0);
	cr_expect_eq(n_waits, 1);
	cr_expect_eq(slept_for_ns, 12345, "the park is timed");
}

Test(gate, forgets_a_sleeper_that_found_work)
{
	gate_prepare(&gate);
	gate_leave(&gate);
	cr_expect_eq(n_sleeping(), 0);
	cr_expect_eq(n_waits, 0);
}

/* ACC-2: one of all who sleep looks every turn. */
Test(gate, lets_a_sleeper_sleep_a_turn_for_each_who_sleeps)
{
	cr_expect_eq(gate_turns(&gate, 4), 1, "a count that a death left");
	gate_prepare(&gate);
	cr_expect_eq(gate_turns(&gate, 4), 1);
	gate_prepare(&gate);
	gate_prepare(&gate);
	cr_expect_eq(gate_turns(&gate, 4), 3);
	atom32_store_relaxed(&gate.n_sleeping, UINT32_MAX);
	cr_expect_eq(gate_turns(&gate, 4), 4, "a test wrote there");
}

/* ACC-4: nobody will tell it anything any more. */
Test(gate, knows_who_is_forgotten)
{
	gate_prepare(&gate);
	cr_expect(!gate_is_forgotten(&gate));
	atom32_store_relaxed(&gate.n_sleeping, 0);
	cr_expect(gate_is_forgotten(&gate));
}

/* ACC-2: the wake-up that came, and was lost, is in the new key. */
Test(gate, looks_again_with_a_new_key)
{
	uint32_t key = gate_prepare(&gate);

	gate_wake(&gate, &ops, 1);
	cr_expect_neq(gate_renew(&gate), key);
	key = gate_renew(&gate);
	gate_wake(&gate, &ops, 1);
	gate_sleep(&gate, &ops, key, 1);
	cr_expect_neq(slept_with, atom32_load_relaxed(&gate.wake_seq),
		      "futex(2) refuses to sleep");
}

/* LF-4: no system call when nobody sleeps. */
Test(gate, wakes_nobody_when_nobody_sleeps)
{
	gate_wake(&gate, &ops, 3);
	cr_expect_eq(n_wakes, 0);
	cr_expect_eq(atom32_load_relaxed(&gate.wake_seq), 0);
}

Test(gate, wakes_as_many_as_can_use_the_work)
{
	gate_prepare(&gate);
	gate_wake(&gate, &ops, 3);
	cr_expect_eq(n_wakes, 1);
	cr_expect_eq(woken, 3);
}

/* The pair that loses no wake-up: who publishes after gate_prepare() changes
 * the word, so the futex wait returns at once. */
Test(gate, changes_the_key_of_whoever_is_about_to_sleep)
{
	uint32_t key = gate_prepare(&gate);

	gate_wake(&gate, &ops, 1);
	cr_expect_neq(atom32_load_relaxed(&gate.wake_seq), key);
	gate_sleep(&gate, &ops, key, 1);
	cr_expect_eq(slept_with, key, "the old key, which fails the wait");
}

Test(gate, rings_the_runner_once_per_sleep)
{
	cr_expect_not(gate_needs_ring(&gate), "awake");
	gate_doze(&gate);
	cr_expect(gate_needs_ring(&gate), "the first");
	cr_expect_not(gate_needs_ring(&gate), "the second");
	gate_doze(&gate);
	cr_expect(gate_needs_ring(&gate));
}

Test(gate, does_not_ring_a_runner_that_woke_by_itself)
{
	gate_doze(&gate);
	gate_awake(&gate);
	cr_expect_not(gate_needs_ring(&gate));
}

Test(gate, stays_stopped)
{
	cr_expect_not(gate_is_stopped(&gate));
	gate_raise(&gate, GATE_STOP);
	cr_expect(gate_is_stopped(&gate));
	gate_raise(&gate, GATE_STOP);
	cr_expect(gate_is_stopped(&gate));
}

/* SHM-5: a worker may stop the run while the runner changes another sign. */
Test(gate, changes_one_sign_and_no_other)
{
	gate_raise(&gate, GATE_RING);
	gate_raise(&gate, GATE_STOP);
	cr_expect_eq(gate_signs(&gate), GATE_STOP | GATE_RING);
	gate_lower(&gate, GATE_RING);
	cr_expect(gate_is_stopped(&gate));
	gate_lower(&gate, GATE_RING);
	cr_expect_eq(gate_signs(&gate), GATE_STOP, "twice is as good as once");
}

/* STOP-1: whoever counts the last one. */
Test(gate, stops_at_the_last_failure_that_is_allowed)
{
	int i;

	for (i = 0; i < 10; i++)
		gate_count_failure(&gate, 0);
	cr_expect_not(gate_is_stopped(&gate), "0 is never");
	gate_count_failure(&gate, 2);
	cr_expect_not(gate_is_stopped(&gate));
	gate_count_failure(&gate, 2);
	cr_expect(gate_is_stopped(&gate));
}

Test(gate, holds_back_the_slots_from_the_limit_on)
{
	gate_hold(&gate, 2);
	cr_expect_eq(gate_signs(&gate), GATE_HOLD);
	cr_expect_not(gate_holds_back(&gate, 1));
	cr_expect(gate_holds_back(&gate, 2));
}

/* What different processes write is never on one line. */
Test(gate, keeps_its_words_apart)
{
	cr_expect_geq(offsetof(struct gate, n_sleeping), ATOM_APART);
	cr_expect_geq(offsetof(struct gate, runner_sleeping),
		      offsetof(struct gate, n_sleeping) + ATOM_APART);
	cr_expect_geq(offsetof(struct gate, signs),
		      offsetof(struct gate, runner_sleeping) + ATOM_APART);
}
