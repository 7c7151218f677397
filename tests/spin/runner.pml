/* SPDX-License-Identifier: MIT */
/*
 * runner.pml - src/run: the loop, feeding, burying, sweeping.  Nobody kills
 * it, so what it does between two looks at the arena is one step.
 */

inline tell(p)
{
	n_told[p]++;
	assert(n_told[p] == 1);				/* LF-2 */
	word[p] = DONE;
	n_ended++
}

inline collect_slot(s)
{
	do
	:: crew[s] != EMPTY && n_read[s] < mem[RECORDS + s] -> /* R3 */
		p = records[s * N + n_read[s]];
		records[s * N + n_read[s]] = 0;
		n_read[s]++;
		assert(word[p] == CLAIMED + s);
		tell(p);
		busy = 1
	:: else -> break
	od;
	p = 0
}

inline collect_all()
{
	busy = 0;
	i = 0;
	do
	:: i < W -> collect_slot(i); i++
	:: else -> break
	od;
	i = 0
}

inline gate_wake(all)
{
	atomic {
#ifndef NO_G5
		drained(RUNNER);			/* G5 */
#endif
		sleepers = mem[N_SLEEPING] > 0		/* G6 */
	};
	if
	:: sleepers ->
		atomic { drained(RUNNER); futex_move() }; /* G7 */
		atomic {
			if
			:: all -> futex_wake_all()
			:: else -> futex_wake_one()
			fi;
			sleepers = 0
		}
	:: else
	fi
}

inline ring_push(r)
{
	cells[tail % RCAP] = r;				/* N2 */
	tail = (tail + 1) % RING_MOD;
	store(RUNNER, TAIL, tail);			/* N3 */
	pushed = 1
}

inline feed_range(r)
{
	if
	:: nempty(backlog) || RING_USED == RCAP -> backlog!r
	:: empty(backlog) && RING_USED < RCAP -> ring_push(r)
	fi
}

inline feed_wake(all)
{
	if
	:: pushed -> pushed = 0; gate_wake(all)
	:: else
	fi
}

/* Until it blocks: the buffer may be full. */
inline feed_top_up()
{
	do
	:: nempty(backlog) && RING_USED < RCAP && has_room(RUNNER) ->
		backlog?r;
		ring_push(r);
		r = 0
	:: empty(backlog) || RING_USED == RCAP || !has_room(RUNNER) -> break
	od
}

inline feed_look()
{
	has_work = RING_USED > 0 || part;
	i = 0;
	do
	:: i < W -> has_work = has_work || mem[DEQUE + i]; i++
	:: else -> break
	od;
	i = 0
}

inline crew_look()
{
	n_crew = 0;
	i = 0;
	do
	:: i < W -> n_crew = n_crew + (crew[i] != EMPTY); i++
	:: else -> break
	od;
	i = 0
}

/* Who has not said yet that it started: the runner's wait is short. */
inline forks_look()
{
	n_crew = 0;
	i = 0;
	do
	:: i < W -> n_crew = n_crew + (crew[i] == STARTING); i++
	:: else -> break
	od;
	i = 0
}

#ifdef NO_FORK
#define MAY_FORK (deaths == 0 || n_crew == 0)
#else
#define MAY_FORK true
#endif

inline crew_start(s)
{
	phase[s] = IDLE;
	position[s] = 0;
	mem[PARKED + s] = 0;
	mem[RECORDS + s] = 0;
	n_read[s] = 0;
	crew[s] = STARTING;
	alive[s] = 1;
	asked[s] = 1
}

inline crew_fill()
{
	s = 0;
	do
	:: s < W ->
		feed_look();
		crew_look();
		if
		:: crew[s] == EMPTY && has_work && MAY_FORK && !closed &&
		   n_ended < N -> crew_start(s)
		:: else
		fi;
		s++
	:: else -> break
	od;
	s = 0;
	n_crew = 0;
	has_work = 0
}

/* bury_judge(): r = 1 + the test that is handed out again. */
inline bury_judge(s)
{
	p = position[s];
	if
	:: phase[s] == CLAIM && word[p] == PENDING && n_told[p] == 0 ->
		r = 1 + p
#ifndef NO_REQUEUE
	:: phase[s] == CLAIM && word[p] == CLAIMED + s ->
		word[p] = PENDING;			/* S4 */
		r = 1 + p
#endif
	:: phase[s] == RUN && word[p] == CLAIMED + s -> tell(p)
#ifdef NO_FIN
	:: phase[s] == FIN && word[p] == CLAIMED + s ->
		word[p] = PENDING;
		r = 1 + p
#else
	:: phase[s] == FIN && word[p] == CLAIMED + s -> tell(p)
#endif
	:: else
	fi;
	p = 0
}

inline bury_sleeper(s)
{
	if
	:: mem[PARKED + s] && mem[N_SLEEPING] > 0 ->
		mem[N_SLEEPING] = mem[N_SLEEPING] - 1	/* G17 */
	:: else
	fi
}

/* Who has started; s = a slot whose worker is gone, or W. */
inline crew_hear()
{
	s = 0;
	do
	:: s < W && started[s] ->
		started[s] = 0;
		crew[s] = (crew[s] == STARTING -> LIVE : crew[s])
	:: s < W && !started[s] && gone[s] -> gone[s] = 0; break
	:: s < W && !started[s] && !gone[s] -> s++
	:: else -> break
	od
}

inline run_is_quiet()
{
	quiet = !closed && n_ended < N;
	i = 0;
	do
	:: i < W ->
		quiet = quiet && (crew[i] == EMPTY ||
			(crew[i] == LIVE && mem[PARKED + i]));	/* P3 */
		i++
	:: else -> break
	od;
	i = 0
}

inline cover(range)
{
	p = LO(range);
	do
	:: p < HI(range) -> covered = covered | (1 << p); p++
	:: else -> break
	od;
	p = 0
}

/* In three looks, as the real one: a range that moves meanwhile may be handed
 * out twice. */
inline feed_sweep()
{
	atomic {
		i = 0;
		do
		:: i < W -> cover(mem[DEQUE + i]); i++
		:: else -> break
		od;
		i = 0
	};
	atomic {
		i = head;
		do
		:: i != tail -> cover(cells[i % RCAP]); i = (i + 1) % RING_MOD
		:: else -> break
		od;
		cover(part);
		i = 0;
		do
		:: i < len(backlog) -> backlog?r; cover(r); backlog!r; i++
		:: else -> break
		od;
		i = 0;
		r = 0
	};
	do
	:: atomic { q == N -> q = 0; covered = 0; quiet = 0; break }
	:: atomic {
		q < N && has_room(RUNNER) ->
		if
		:: word[q] == PENDING && n_told[q] == 0 &&
		   !(covered >> q & 1) ->
			swept = 1; /* its wait is short */
			feed_range(RANGE(q, q + 1))
		:: else
		fi;
		q++
	   };
	   feed_wake(0)
	od
}

#ifdef POLL
#define POLLS true
#else
#define POLLS false
#endif

#if W == 1
#define IS_RUNG (bell || started[0] || gone[0])
#elif W == 2
#define IS_RUNG (bell || started[0] || gone[0] || started[1] || gone[1])
#else
#define IS_RUNG \
	(bell || started[0] || gone[0] || started[1] || gone[1] || \
	 started[2] || gone[2])
#endif

inline run_finish()
{
	p = 0;
	do
	:: p < N ->
#ifdef STOP
		assert(n_told[p] <= 1);
#else
		assert(n_told[p] == 1);
#endif
		p++
	:: else -> break
	od;
	p = 0;
	done = 1
}

proctype runner()
{
	byte s, p, q, r, i, n_crew, covered;
	bit busy, quiet, swept, pushed, sleepers, has_work;

turn:	atomic {
		drained(RUNNER);
		mem[RUNNER_SLEEPING] = 0;		/* G10 */
		collect_all();
		crew_look();
		if
		:: closed && n_crew == 0 -> n_crew = 0; goto leave
		:: !closed && n_ended == N -> n_crew = 0; goto close
#ifdef STOP
		:: !closed && n_ended < N -> n_crew = 0; goto close
		:: !closed && n_ended < N -> n_crew = 0
#endif
		:: else -> n_crew = 0
		fi;
		feed_top_up();
		if
		:: pushed -> goto fed
		:: else -> goto fill
		fi
	};
fed:	feed_wake(1);
fill:	atomic {
		drained(RUNNER);
		crew_fill();
		forks_look();
		if
		:: busy || n_crew -> busy = 0; n_crew = 0; goto hear
		:: else
		fi
	};

	/* ---- run_rest() */
	store(RUNNER, RUNNER_SLEEPING, 1);		/* G8 */
	atomic {
#ifndef NO_G9
		drained(RUNNER);			/* G9 */
#endif
#ifndef NO_LAST_LOOK
		collect_all();
#endif
		if
		:: busy -> busy = 0; goto turn
		:: else
		fi;
		run_is_quiet();
#ifndef NO_SWEEP
		if
		:: quiet
		:: else -> goto wait
		fi
#endif
	};
#ifndef NO_SWEEP
	feed_sweep();
#endif
	atomic {
		if
		:: swept || POLLS -> swept = 0; goto turn
		:: else
		fi
	};
wait:	atomic { drained(RUNNER) && IS_RUNG -> bell = 0 };

	/* ---- crew_hear(), bury() */
hear:	atomic {
		drained(RUNNER);
		crew_hear();
		if
		:: s == W -> s = 0; goto turn
		:: else
		fi;
#ifndef NO_DRAIN
		collect_slot(s);
		busy = 0;
#endif
		bury_judge(s);
		if
		:: r -> feed_range(RANGE(r - 1, r)); r = 0
		:: else
		fi
	};
	feed_wake(0);
	atomic {
		drained(RUNNER);
		bury_sleeper(s);
		mem[PARKED + s] = 0;
#ifndef NO_BURY_WAKE
		futex_move();				/* G19, G16 */
		futex_wake_all();
#endif
		crew[s] = EMPTY;
		if
#ifndef NO_FORK
		/* A successor that the loader forked unasked. */
		:: phase[s] != LEFT -> crew_start(s)
#endif
		:: position[s] = 0; phase[s] = IDLE
		fi;
		s = 0;
		goto hear
	};

	/* ---- stop_close_gate() */
close:	atomic { closed = 1; stop = 1 };		/* G14 */
	atomic {
		drained(RUNNER);
		futex_move();				/* G19, G16 */
		futex_wake_all();
		goto turn
	};
leave:	atomic { run_finish() }
}
