/* SPDX-License-Identifier: MIT */
#include "storm_gate.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/sys.h"
#include "crowd.h"
#include "lockfree/gate.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WAIT_NS (5 * NS_PER_S) /* a sleep this long was not woken */

/* A moment that differs from round to round, mostly a short one. */
static void dally(struct rng *rng)
{
	volatile uint32_t n = rng_below(rng, 1u << rng_below(rng, 9));

	while (n > 0)
		n--;
}

/* ---- park and wake --------------------------------------------------- */

#define SLEEPERS_MAX 2u

struct letter {
	struct atom32 sent;
	char pad0[ATOM_APART - sizeof(struct atom32)];
	struct atom32 read;
	char pad1[ATOM_APART - sizeof(struct atom32)];
};

struct gate_storm {
	struct gate gate;
	struct letter letters[SLEEPERS_MAX];
	uint32_t n; /* of letters, and who reads or writes them */
	int bell;   /* eventfd(2) */
};

static const struct gate_ops futexes = { .wait = sys_futex_wait,
					 .wake = sys_futex_wake };

static struct atom32 *lost_count;

static int wait_and_tell(const uint32_t *word, uint32_t expected,
			 uint64_t timeout_ns)
{
	int ret = sys_futex_wait(word, expected, timeout_ns);

	if (ret == -ETIMEDOUT)
		atom32_add_seq(lost_count, 1);
	return ret;
}

static const struct gate_ops watched = { .wait = wait_and_tell,
					 .wake = sys_futex_wake };

static bool letter_is_new(const struct letter *l)
{
	return atom32_load_acquire(&l->sent) != atom32_load_relaxed(&l->read);
}

/* As work_park() does it. */
static void gate_await(struct gate *g, struct letter *l)
{
	uint32_t key;

	while (!letter_is_new(l)) {
		key = gate_prepare(g);
		if (letter_is_new(l)) {
			gate_leave(g);
			return;
		}
		gate_sleep(g, &watched, key, WAIT_NS);
		gate_leave(g);
	}
}

static void gate_sleeper(struct crowd *c, struct gate_storm *s,
			 struct letter *l)
{
	uint32_t i;

	for (i = 1; i <= c->n_rounds && !atom32_load_relaxed(&c->late); i++) {
		gate_await(&s->gate, l);
		atom32_store_release(&l->read, i);
	}
}

static void gate_waker(struct crowd *c, struct gate_storm *s)
{
	struct rng rng = { .state = 1 };
	uint32_t n = 0, i, k;

	for (i = 1; i <= c->n_rounds; i++) {
		dally(&rng);
		for (k = 0; k < s->n; k++)
			atom32_store_release(&s->letters[k].sent, i);
		gate_wake(&s->gate, &futexes, (int)s->n);
		for (k = 0; k < s->n; k++)
			while (atom32_load_acquire(&s->letters[k].read) != i)
				if (!crowd_spin(c, &n))
					return;
	}
}

static void wake_body(struct crowd *c, uint32_t self)
{
	struct gate_storm *s = c->ctx;

	if (self == s->n)
		gate_waker(c, s);
	else
		gate_sleeper(c, s, &s->letters[self]);
}

static const char *wake_with(uint32_t n_sleepers, uint32_t rounds)
{
	struct gate_storm *s = mem_zalloc(sizeof(*s));
	struct crowd c = { .body = wake_body, .ctx = s, .n_rounds = rounds };

	s->n = n_sleepers;
	lost_count = &c.n_lost;
	crowd_run(&c, s->n + 1);
	if (atom32_load_relaxed(&s->gate.n_sleeping) != 0)
		crowd_wrong(&c);
	free(s);
	return crowd_verdict(&c, "the count of sleepers is wrong");
}

/* One against one meets most often; with more the count is shared. */
const char *storm_gate_wake(uint32_t rounds)
{
	const char *why = wake_with(1, rounds);

	return why ? why : wake_with(2, rounds / 8);
}

/* ---- the runner's doorbell ------------------------------------------- */

static bool bell_look(struct gate_storm *s, uint32_t *n_read)
{
	bool found = false;
	uint32_t k;

	for (k = 0; k < s->n; k++) {
		struct letter *l = &s->letters[k];

		if (!letter_is_new(l))
			continue;
		atom32_store_release(&l->read, atom32_load_acquire(&l->sent));
		found = true;
		++*n_read;
	}
	return found;
}

/* As run_rest() does it. */
static void bell_runner(struct crowd *c, struct gate_storm *s)
{
	struct pollfd bell = { .fd = s->bell, .events = POLLIN };
	uint32_t n_read = 0;
	uint64_t drop;

	while (n_read < c->n_rounds * s->n &&
	       !atom32_load_relaxed(&c->late)) {
		if (bell_look(s, &n_read))
			continue;
		gate_doze(&s->gate);
		if (!bell_look(s, &n_read)) {
			if (poll(&bell, 1, (int)(WAIT_NS / NS_PER_MS)) == 0)
				atom32_add_seq(&c->n_lost, 1);
			else if (read(s->bell, &drop, sizeof(drop)) < 0)
				crowd_wrong(c);
		}
		gate_awake(&s->gate);
	}
}

static void bell_worker(struct crowd *c, struct gate_storm *s,
			struct letter *l, uint32_t seed)
{
	struct rng rng = { .state = seed };
	uint64_t one = 1;
	uint32_t n = 0, i;

	for (i = 1; i <= c->n_rounds; i++) {
		dally(&rng);
		atom32_store_release(&l->sent, i);
		if (gate_needs_ring(&s->gate) &&
		    write(s->bell, &one, sizeof(one)) < 0)
			crowd_wrong(c);
		while (atom32_load_acquire(&l->read) != i)
			if (!crowd_spin(c, &n))
				return;
	}
}

static void bell_body(struct crowd *c, uint32_t self)
{
	struct gate_storm *s = c->ctx;

	if (self == s->n)
		bell_runner(c, s);
	else
		bell_worker(c, s, &s->letters[self], self);
}

static const char *bell_with(uint32_t n_workers, uint32_t rounds)
{
	struct gate_storm *s = mem_zalloc(sizeof(*s));
	struct crowd c = { .body = bell_body, .ctx = s, .n_rounds = rounds };

	s->n = n_workers;
	s->bell = eventfd(0, EFD_CLOEXEC);
	crowd_run(&c, s->n + 1);
	close(s->bell);
	free(s);
	return crowd_verdict(&c, "the bell did not work");
}

const char *storm_gate_bell(uint32_t rounds)
{
	const char *why = bell_with(1, rounds);

	return why ? why : bell_with(2, rounds / 8);
}

/* ---- Dekker's pattern by itself -------------------------------------- */

/*
 * Both sides walk through many gates side by side, once each: sooner or later
 * they meet at one within the few nanoseconds that a store takes.  Either the
 * sleeper sees the work or the publisher sees the sleeper (G3 and G5, G9 and
 * G11).
 */
#define N_GATES 4096u

struct meeting {
	struct gate gate;
	struct atom32 work;
	char pad[ATOM_APART - sizeof(struct atom32)];
	uint32_t found; /* by the sleeper */
	char pad1[ATOM_APART - sizeof(uint32_t)];
	uint32_t called; /* by the publisher */
	char pad2[ATOM_APART - sizeof(uint32_t)];
};

static int no_wake(const uint32_t *word, int n)
{
	(void)word;
	return n;
}

static const struct gate_ops no_futexes = { .wake = no_wake };

/* Side by side again, every few gates: waits for the other, and then a moment
 * that differs, so that sooner or later both are there at once. */
static void meet_again(struct crowd *c, const struct meeting *m, uint32_t *n)
{
	uint32_t at = (uint32_t)(m - (struct meeting *)c->ctx);
	volatile uint32_t moment = *n * 2654435761u >> 27;

	if (at % 8 != 0)
		return;
	atom32_add_seq(&c->n_done, 1);
	while (atom32_load_acquire(&c->n_done) < at / 8 * 2 + 2)
		if (!crowd_spin(c, n))
			return;
	while (moment > 0)
		moment--;
}

static void park_body(struct crowd *c, uint32_t self)
{
	struct meeting *m = c->ctx, *end = m + N_GATES;
	uint32_t n = 0;

	for (; m < end; m++) {
		meet_again(c, m, &n);
		if (self) {
			gate_prepare(&m->gate);
			m->found = atom32_load_relaxed(&m->work);
		} else {
			atom32_store_release(&m->work, 1);
			gate_wake(&m->gate, &no_futexes, 1);
			m->called = atom32_load_relaxed(&m->gate.wake_seq);
		}
	}
}

static void doze_body(struct crowd *c, uint32_t self)
{
	struct meeting *m = c->ctx, *end = m + N_GATES;
	uint32_t n = 0;

	for (; m < end; m++) {
		meet_again(c, m, &n);
		if (self) {
			gate_doze(&m->gate);
			m->found = atom32_load_relaxed(&m->work);
		} else {
			atom32_store_release(&m->work, 1);
			m->called = gate_needs_ring(&m->gate);
		}
	}
}

const char *storm_gate_meet(uint32_t rounds)
{
	struct meeting *m = mem_array(N_GATES, sizeof(*m));
	struct crowd c = { .ctx = m };
	uint32_t i, k;

	for (i = 0; i < rounds / N_GATES; i++) {
		memset(m, 0, N_GATES * sizeof(*m));
		atom32_store_relaxed(&c.n_done, 0);
		c.body = i & 1 ? park_body : doze_body;
		crowd_run(&c, 2);
		for (k = 0; k < N_GATES; k++)
			if (!m[k].found && !m[k].called)
				crowd_wrong(&c);
	}
	free(m);
	return crowd_verdict(&c, "neither saw the other");
}
