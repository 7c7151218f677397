/* SPDX-License-Identifier: MIT */
/*
 * gate.h - sleeping and waking without a lost wake-up and without spinning.
 *
 * Overview.  An idle worker sleeps on the futex `wake_seq`; who publishes
 * work wakes as many as can use it.  The runner sleeps in its event loop and
 * is woken by a doorbell, once per sleep, not once per result.
 *
 * Use.
 *	worker, idle:	key = gate_prepare(); look everywhere once more;
 *			gate_sleep(key) for gate_turns() if there is nothing;
 *			if nobody woke it, key = gate_renew(), a look if
 *			that is another one, or it is forgotten, and again;
 *			gate_leave()
 *	publisher:	publish; gate_wake(n)
 *	runner:		gate_doze(); look once more; wait or gate_awake();
 *			... wait ...; gate_awake()
 *	worker, after publishing a result:	gate_needs_ring()
 *	runner:		gate_raise() and gate_lower() signs, which a worker
 *			reads before every claim: 0 says that nothing is new
 *
 * Why it is correct.  Both pairs are Dekker's pattern: each side writes its
 * word, a sequentially consistent fence, then reads the other's.  So either
 * the sleeper sees the work or the publisher sees the sleeper.  A worker that
 * dies asleep leaves n_sleeping too high, which costs a needless wake and is
 * put right by the runner; a publisher that dies between publish and wake is
 * covered by the time-out of every sleep, and by the runner, which wakes all
 * when it buries a worker.
 *
 * What a wake-up costs that is lost all the same (ACC-2).  No sleep is longer
 * than a turn for each who sleeps: who goes to sleep alone looks again after
 * one turn, the third one after three.  So some of them looks about every
 * turn, however many they are, and what looking costs does not grow with them.
 * Who finds something then wakes the others.
 *
 * The OS comes in through struct gate_ops: futexes in production, fakes in
 * tests.
 */
#ifndef LOCKFREE_GATE_H
#define LOCKFREE_GATE_H

#include "lockfree/atom.h"
#include "lockfree/gun.h"

struct gate {
	struct atom32 wake_seq; /* the futex; all, by adding */
	char pad0[ATOM_APART - sizeof(struct atom32)];
	struct atom32 n_sleeping; /* workers; the runner for a dead one */
	char pad1[ATOM_APART - sizeof(struct atom32)];
	struct atom32 runner_sleeping; /* runner sets, a worker clears */
	char pad2[ATOM_APART - sizeof(struct atom32)];
	struct atom32 signs; /* enum gate_sign; runner; workers GATE_STOP */
	struct atom32 limit; /* of GATE_HOLD; the runner */
	char pad3[ATOM_APART - 2 * sizeof(struct atom32)];
	struct atom32 n_failed; /* tests; workers, runner (STOP-1) */
	char pad4[ATOM_APART - sizeof(struct atom32)];
	struct gun gun; /* of a run with copies */
};

enum gate_sign {
	GATE_STOP = 1u, /* no test starts from now on */
	GATE_RING = 2u, /* the shared ring holds something: it goes first */
	GATE_HOLD = 4u, /* slots from `limit` on take nothing new */
	GATE_RELEASE = 8u, /* a run fixture has no user left */
	GATE_FILL = 16u, /* those slots may take what is in their inbox */
};

struct gate_ops {
	/* As sys_futex_wait() and sys_futex_wake(). */
	int (*wait)(const uint32_t *word, uint32_t expected,
		    uint64_t timeout_ns);
	int (*wake)(const uint32_t *word, int n);
};

/* ---- workers among each other ---------------------------------------- */

static inline uint32_t gate_prepare(struct gate *g)
{
	uint32_t key = atom32_load_acquire(&g->wake_seq); /* G1 */

	atom32_add_seq(&g->n_sleeping, 1); /* G2 */
	atom_fence_seq();		   /* G3 */
	return key;
}

/* After a sleep that ended by itself; still counted, it needs no fence: who
 * publishes sees that, so the new key is no newer than the look behind it.  The
 * same key: nothing has been published. */
static inline uint32_t gate_renew(const struct gate *g)
{
	return atom32_load_acquire(&g->wake_seq); /* G29 */
}

/* How many turns a sleep may last, after gate_prepare().  There are no more
 * than `most` workers, whatever a test wrote there. */
static inline uint32_t gate_turns(const struct gate *g, uint32_t most)
{
	uint32_t n = atom32_load_relaxed(&g->n_sleeping); /* G28 */

	if (n > most)
		return most;
	return n ? n : 1;
}

/* Of one that is counted: is it so no more?  A test wrote there, and who
 * publishes sees nobody whom to tell. */
static inline bool gate_is_forgotten(const struct gate *g)
{
	return atom32_load_relaxed(&g->n_sleeping) == 0; /* G30 */
}

/* As ops->wait. */
static inline int gate_sleep(struct gate *g, const struct gate_ops *ops,
			     uint32_t key, uint64_t timeout_ns)
{
	return ops->wait(atom32_word(&g->wake_seq), key, timeout_ns);
}

/* After gate_prepare(), whether it slept or not. */
static inline void gate_leave(struct gate *g)
{
	atom32_add_seq(&g->n_sleeping, UINT32_MAX); /* G4: minus one */
}

/* After publishing work for n: wakes at most so many. */
static inline void gate_wake(struct gate *g, const struct gate_ops *ops, int n)
{
	atom_fence_seq();				 /* G5 */
	if (atom32_load_relaxed(&g->n_sleeping) == 0)	 /* G6 */
		return;
	atom32_add_seq(&g->wake_seq, 1);		 /* G7 */
	ops->wake(atom32_word(&g->wake_seq), n);
}

/* ---- workers and the runner ------------------------------------------ */

/* Runner: about to wait.  Look at everything once more after this. */
static inline void gate_doze(struct gate *g)
{
	atom32_store_relaxed(&g->runner_sleeping, 1); /* G8 */
	atom_fence_seq();			      /* G9 */
}

static inline void gate_awake(struct gate *g)
{
	atom32_store_relaxed(&g->runner_sleeping, 0); /* G10 */
}

/* Worker, after publishing: must it ring the doorbell?  True for one worker
 * per sleep of the runner. */
static inline bool gate_needs_ring(struct gate *g)
{
	atom_fence_seq();				     /* G11 */
	return atom32_load_relaxed(&g->runner_sleeping) &&   /* G12 */
	       atom32_exchange_seq(&g->runner_sleeping, 0);  /* G13 */
}

/* ---- signs ----------------------------------------------------------- */

/* Runner and workers may change different signs at once. */
static inline void gate_change(struct gate *g, uint32_t raise, uint32_t lower)
{
	uint32_t seen = atom32_load_relaxed(&g->signs); /* G22 */

	while (((seen | raise) & ~lower) != seen &&
	       !atom32_cas_acq_rel(&g->signs, &seen,
				   (seen | raise) & ~lower)) /* G14 */
		;
}

static inline void gate_raise(struct gate *g, uint32_t signs)
{
	gate_change(g, signs, 0);
}

static inline void gate_lower(struct gate *g, uint32_t signs)
{
	gate_change(g, 0, signs);
}

/* Runner: slots limit and up take nothing new until GATE_HOLD is lowered. */
static inline void gate_hold(struct gate *g, uint32_t limit)
{
	atom32_store_relaxed(&g->limit, limit); /* G23 */
	gate_raise(g, GATE_HOLD);
}

/* One more test has failed, for good.  Who counts the max'th stops the run
 * (STOP-1); 0 = nobody does. */
static inline void gate_count_failure(struct gate *g, uint32_t max)
{
	if (max && atom32_add_seq(&g->n_failed, 1) + 1 >= max) /* G25 */
		gate_raise(g, GATE_STOP);
}

static inline uint32_t gate_signs(const struct gate *g)
{
	return atom32_load_acquire(&g->signs); /* G15 */
}

static inline bool gate_is_stopped(const struct gate *g)
{
	return gate_signs(g) & GATE_STOP;
}

/* With GATE_HOLD among the signs that were read. */
static inline bool gate_holds_back(const struct gate *g, uint32_t slot)
{
	return slot >= atom32_load_relaxed(&g->limit); /* G24 */
}

#endif
