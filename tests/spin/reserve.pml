/* SPDX-License-Identifier: MIT */
/*
 * reserve.pml - a wide unit: the runner reserves a slot, waits until its worker
 * rests, hands the unit out, and lets the slot go again (src/run/keeper.c,
 * src/work/work.c, src/lockfree/gate.h).
 *
 * Slot 1 is the one that is reserved; the unit is as wide as all slots.  Three
 * tests go through the ring, in this order: a narrow one, the wide one, and a
 * narrow one that comes when the wide one has ended.
 *
 * What must hold: nothing runs beside the wide test (WEIGHT-1), each is
 * entered once, and nobody sleeps for ever.  No sleep ends by itself, as in
 * run.pml; nobody dies here, which run.pml and tests/model are for.
 *
 *	BUFFER		entries of a store buffer (machine.pml)
 *	NO_..., ...	mutations: tests/spin/check
 */
#define W 2
#define NARROW 0
#define WIDE 1
#define LATER 2
#define N 3

#include "machine.pml"

/* Arena, beside mem[]: the ring holds its tests in order. */
byte head;
bit bell, stop;
bit in_body[W];
byte n_entered[N];

/* The runner's own. */
byte tail, n_ended;

/* ---- src/work ---------------------------------------------------------- */

/* Behind the doorbell: after a push, or parking. */
inline go_on()
{
	if
	:: parking -> goto sleep
	:: else -> goto top
	fi
}

proctype worker(byte me)
{
	byte got, n_pushed;
	bit parking, first, held;

	/* ---- claim_next(): the signs, then the ring */
top:	atomic {
		held = mem[SIGNS] && me == 1;		/* G15, G24 */
		if
		:: stop && parking -> goto rise
		:: stop && !parking -> goto left
		:: !stop && held -> held = 0; goto nothing
		:: else -> held = 0
		fi
	};
	atomic {
		mem[TAIL] == head || drained(me);
		if
		:: mem[TAIL] == head -> goto nothing	/* N5 */
		:: else -> got = head; head++		/* N7 */
		fi
	};

	/* ---- found in front of a sleep: unpark first */
	if
	:: parking ->
		atomic {
			drained(me);
			mem[N_SLEEPING] = mem[N_SLEEPING] - 1 /* G4 */
		};
		parking = 0;
		first = 0
	:: else
	fi;

	/* ---- the test */
	atomic {
		n_entered[got]++;
		assert(n_entered[got] == 1);
		in_body[me] = 1;
		assert(n_entered[WIDE] == 0 || n_ended > WIDE ||
		       in_body[0] + in_body[1] == 1)	/* WEIGHT-1 */
	};
	atomic { in_body[me] = 0 };
	atomic {
		has_room(me);
		n_pushed++;
		got = 0;
		store(me, RECORDS + me, n_pushed)	/* R2 */
	};

	/* ---- gate_needs_ring() */
ring:	atomic {
#ifndef NO_G11
		drained(me);				/* G11 */
#endif
		if
		:: mem[RUNNER_SLEEPING] == 0 -> go_on()	/* G12 */
		:: else
		fi
	};
	atomic { drained(me); mem[RUNNER_SLEEPING] = 0 }; /* G13 */
	atomic { bell = 1; go_on() };

	/* ---- work_park() */
nothing:
	if
	:: parking -> goto rest
	:: else
	fi;
	first = 1;
again:	parking = 1;
	key[me] = HAS_KEY;				/* G1 */
	atomic { has_room(me); store(me, N_SLEEPING, 1) }; /* G2 */
#ifdef EARLY_P6
	atomic { has_room(me); store(me, RESTING + me, 1) };
#endif
	atomic { drained(me); goto top };		/* G3 */
rest:
#ifndef EARLY_P6
	atomic { has_room(me); store(me, RESTING + me, 1) }; /* P6 */
#endif
	if
	:: first -> first = 0; atomic { drained(me); bell = 1; goto sleep }
	:: else -> goto ring
	fi;
sleep:	atomic { drained(me); asleep[me] = key[me] == HAS_KEY };
	atomic { !asleep[me]; goto rise };
rise:	atomic { has_room(me); store(me, RESTING + me, 0) }; /* P7 */
#ifndef NO_P10
	drained(me);					/* P10 */
#endif
	key[me] = NO_KEY;
	atomic {
		drained(me);
		mem[N_SLEEPING] = mem[N_SLEEPING] - 1	/* G4 */
	};
	if
	:: stop -> goto left
	:: else -> goto again
	fi;
left:	skip
}

/* ---- src/run ----------------------------------------------------------- */

inline collect()
{
	busy = n_ended != mem[RECORDS] + mem[RECORDS + 1]; /* R3 */
	n_ended = mem[RECORDS] + mem[RECORDS + 1]
}

inline wake_all()
{
	atomic { drained(RUNNER); futex_move() };	/* G19, G16 */
	atomic { futex_wake_all() }
}

/* feed_range(): the next test of the ring. */
inline feed(all)
{
	atomic { has_room(RUNNER); tail++; store(RUNNER, TAIL, tail) }; /* N3 */
	atomic {
		drained(RUNNER);			/* G5 */
		sleepers = mem[N_SLEEPING] > 0		/* G6 */
	};
	if
	:: sleepers ->
		atomic { drained(RUNNER); futex_move() }; /* G7 */
		atomic {
			if
			:: all -> futex_wake_all()
			:: else -> futex_wake_one()
			fi
		}
	:: else
	fi;
	sleepers = 0
}

#ifdef WAKE_ONE
#define HELD_WAKE 0
#else
#define HELD_WAKE 1
#endif

proctype runner()
{
	bit busy, sleepers, reserved;

	feed(0);
	/* ---- keeper_reserve() */
	atomic { has_room(RUNNER); store(RUNNER, SIGNS, 1) }; /* G23, G14 */
#ifndef NO_HOLD_WAKE
	wake_all();
#endif
	reserved = 1;
	goto look;
turn:	atomic {
		drained(RUNNER);
		mem[RUNNER_SLEEPING] = 0;		/* G10 */
		collect()
	};
	/* ---- keeper_turn() */
look:	if
	:: reserved && tail == WIDE ->
#ifndef NO_P8
		drained(RUNNER);			/* P8 */
#endif
		if
#ifdef NO_P9
		:: true -> feed(HELD_WAKE)
#else
		:: mem[RESTING + 1] -> feed(HELD_WAKE)	/* P9 */
		:: else
#endif
		fi
	:: reserved && n_ended > WIDE ->
		atomic { has_room(RUNNER); store(RUNNER, SIGNS, 0) }; /* G14 */
		wake_all();
		reserved = 0;
		feed(0)
	:: n_ended == N -> goto close
	:: else
	fi;
	if
	:: busy -> busy = 0; goto turn
	:: else
	fi;

	/* ---- run_rest() */
	atomic { has_room(RUNNER); store(RUNNER, RUNNER_SLEEPING, 1) }; /* G8 */
	atomic {
#ifndef NO_G9
		drained(RUNNER);			/* G9 */
#endif
		collect();
		if
		:: busy -> goto turn
#ifndef NO_NEWS
		:: !busy && tail == WIDE && mem[RESTING + 1] -> goto turn
#endif
		:: else
		fi
	};
	atomic { drained(RUNNER) && bell -> bell = 0; goto turn };

	/* ---- stop_close_gate() */
close:	stop = 1;					/* G14 */
	wake_all()
}

init
{
	atomic {
		run worker(0);
		run worker(1);
#if BUFFER > 0
		run drain(0);
		run drain(1);
		run drain(RUNNER);
#endif
		run runner()
	}
}
