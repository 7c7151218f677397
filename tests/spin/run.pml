/* SPDX-License-Identifier: MIT */
/*
 * run.pml - a run of W workers and a runner: taking, parking and waking,
 * claims, deaths, requeue, sweep, and the end.
 *
 * The steps carry the tags of doc/ORDERING.md, and their order is that of the
 * code.  What saves the real program when a wake-up is lost is left out: no
 * sleep ends by itself, there is no tick, and a sweep that finds nothing wakes
 * nobody.  Of the runner's waits only the short ones end: while results keep
 * coming or a worker starts, and after a sweep that found something.
 *
 *	W N CHUNK RCAP	workers, tests, tests of a chunk, cells of the ring
 *	DEATHS		so many workers are killed at most, before any step
 *	BUFFER		entries of a store buffer (machine.pml)
 *	NO_FORK		a dead worker is not replaced while another one lives
 *	PROMPT		no test ends before the one in front of it was told, so
 *			results must come through while nobody parks
 *	PAIRED		no test ends before the one behind it was entered, so
 *			a sleeping worker must come and take it
 *	POLL		a quiet runner's wait always ends, as in the program
 *	STOP		the run may be interrupted at any time
 *	PARTS		tests lie in a part of the plan, and not in the ring
 *	LIVENESS	for the property `ends`
 *	other NO_..., LATE_...	mutations, each of which breaks it: tests/spin/check
 */
#ifndef W
#define W 2
#endif
#ifndef N
#define N 2
#endif
#ifndef CHUNK
#define CHUNK 2
#endif
#ifndef RCAP
#define RCAP 2
#endif
#ifndef DEATHS
#define DEATHS 0
#endif

#include "machine.pml"

/* Tests lo .. hi - 1 in a byte; 0 is empty. */
#define RANGE(lo, hi) (((lo) << 4) | (hi))
#define LO(r) ((r) >> 4)
#define HI(r) ((r) & 15)
#define LEN(r) (HI(r) - LO(r))
#define MIDDLE(r) (LO(r) + LEN(r) / 2)
#define WITHOUT_FIRST(r) (LEN(r) == 1 -> 0 : RANGE(LO(r) + 1, HI(r)))
#define FRONT_HALF(r) (LEN(r) == 1 -> 0 : RANGE(LO(r), MIDDLE(r)))
#define BACK_HALF(r) RANGE(MIDDLE(r), HI(r))

/* State words; CLAIMED names the slot. */
#define PENDING 0
#define DONE 1
#define CLAIMED 2

/* `current` */
#define IDLE 0
#define CLAIM 1
#define RUN 2
#define FIN 3
#define LEFT 4

/* What the runner knows of a slot. */
#define EMPTY 0
#define STARTING 1
#define LIVE 2

#define RING_MOD 8 /* head and tail come round */
#define RING_USED ((tail + RING_MOD - head) % RING_MOD)

/* Arena, beside mem[]. */
byte head, cells[RCAP];
#ifdef PARTS
byte part; /* what is left of it */
#else
#define part 0
#endif
byte word[N];
byte phase[W], position[W];
byte records[W * N];
bit stop;

bit bell;
bit asked[W], started[W], gone[W]; /* to and from the loader */
bit alive[W], killed[W];
byte deaths;

/* The runner's own memory. */
byte tail; /* mem[TAIL] is the arena's */
chan backlog = [8] of { byte };
byte crew[W], n_read[W];
bit closed, done;
byte n_ended;

/* What must hold. */
byte n_told[N], n_entered[N];
#ifdef LIVENESS
bit robbed;
#else
hidden byte robbed;
#endif

#include "worker.pml"
#include "runner.pml"

/* One death is slot 0's: the slots are alike. */
#if DEATHS == 1
#define VICTIMS 1
#else
#define VICTIMS W
#endif

proctype killer()
{
	byte s;

end:
	do
	:: atomic {
		deaths < DEATHS && !done ->
		select(s : 0 .. VICTIMS - 1);
		if
		:: alive[s] && !killed[s] -> killed[s] = 1; deaths++
		:: else
		fi;
		s = 0
	   }
	od
}

inline plan()
{
#ifdef PARTS
	part = RANGE(0, N);
	lo = N;
#endif
	do
	:: lo < N ->
		hi = (lo + CHUNK < N -> lo + CHUNK : N);
		if
		:: tail < RCAP -> cells[tail] = RANGE(lo, hi); tail++
		:: else -> backlog!RANGE(lo, hi)
		fi;
		lo = hi
	:: else -> break
	od;
	mem[TAIL] = tail;
	lo = 0;
	hi = 0
}

init
{
	byte lo, hi;

	atomic {
		plan();
		do
		:: lo < W ->
			run worker(lo);
#if BUFFER > 0
			run drain(lo);
#endif
			lo++
		:: else -> break
		od;
		lo = 0;
#if BUFFER > 0
		run drain(RUNNER);
#endif
#if DEATHS > 0
		run killer();
#endif
		run runner()
	}
}

/* Two workers may steal the last position from each other for ever, each
 * before the other comes to take it: no schedule of a real machine does. */
ltl ends { <> done || [] <> robbed }
