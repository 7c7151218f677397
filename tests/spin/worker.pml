/* SPDX-License-Identifier: MIT */
/*
 * worker.pml - src/work.  One atomic {} is one step; between two of them
 * anything may happen, the worker's death included.
 */

/* The fullest deque of another slot. */
inline work_find_victim()
{
	victim = W;
	i = 0;
	do
	:: i < W && i != me && LEN(mem[DEQUE + i]) > 0 &&
	   (victim == W || LEN(mem[DEQUE + i]) > LEN(mem[DEQUE + victim])) ->
		victim = i;
		i++
	:: i == W -> break
	:: else -> i++
	od;
	i = 0
}

/* Behind gate_needs_ring(). */
inline go_on()
{
	if
	:: parking -> goto sleep
	:: else -> goto pushed
	fi
}

/* Behind work_install(). */
inline found()
{
	if
	:: parking -> goto unpark
	:: else -> goto take
	fi
}

inline work_main()
{
	phase[me] = IDLE;

	/* ---- work_main(), work_take() */
pushed:	phase[me] = IDLE;				/* C8 */
top:	atomic {
		if
		:: stop -> phase[me] = LEFT; goto left	/* G15, C23 */
		:: else -> goto take
		fi
	};
take:	atomic {
		drained(me);
		robbed = 0;
		seen = mem[DEQUE + me];			/* D1 */
		if
		:: seen == 0 -> goto refill
		:: else
		fi;
#ifndef LATE_C4
		phase[me] = CLAIM;			/* C4 */
		position[me] = LO(seen)
#endif
	};
	atomic {
		drained(me);
		if
		:: mem[DEQUE + me] == seen ->		/* D3 */
			mem[DEQUE + me] = WITHOUT_FIRST(seen)
		:: else -> seen = 0; goto take
		fi
	};

	/* ---- one_run() */
#ifdef NO_CAS
	atomic {
		if
		:: word[LO(seen)] == PENDING
		:: else -> seen = 0; goto top
		fi
	};
	word[LO(seen)] = CLAIMED + me;
#else
	atomic {
		if
		:: word[LO(seen)] == PENDING ->
			word[LO(seen)] = CLAIMED + me	/* S3 */
		:: else -> seen = 0; goto top
		fi
	};
#endif
#ifdef LATE_C4
	atomic { phase[me] = CLAIM; position[me] = LO(seen) };
#endif
	atomic {
		if
		:: stop -> seen = 0; goto top		/* G15 */
		:: else
		fi;
		phase[me] = RUN;			/* C6 */
		n_entered[LO(seen)]++;
		assert(n_entered[LO(seen)] == 1)	/* LF-1 */
	};
	atomic {
#ifdef PROMPT
		LO(seen) == 0 || n_told[LO(seen) - 1] > 0;
#endif
#ifdef PAIRED
		LO(seen) == N - 1 || n_entered[LO(seen) + 1] > 0;
#endif
		phase[me] = FIN				/* C7 */
	};
#ifdef LATE_R2
	phase[me] = IDLE;
#endif
	atomic {
		records[me * N + n_pushed] = LO(seen);
		n_pushed++;
		seen = 0;
		store(me, RECORDS + me, n_pushed);	/* R2 */
		goto ring
	};

	/* ---- gate_needs_ring() and the doorbell: after a push, or parking */
ring:	atomic {
#ifndef NO_G11
		drained(me);				/* G11 */
#endif
		if
		:: mem[RUNNER_SLEEPING] == 0 -> go_on()	/* G12 */
		:: else
		fi
	};
	atomic {
		drained(me);
		i = mem[RUNNER_SLEEPING];
		mem[RUNNER_SLEEPING] = 0		/* G13 */
	};
	atomic { bell = bell | i; i = 0; go_on() };

	/* ---- work_refill(), work_steal(), work_install().  Ring and deques
	 * are a step each when they give something: N4 to N7, D1 and D4.  A
	 * look that finds nothing only loads. */
refill:
#ifdef PARTS
	/* claim_take(), several at once; one at a time is tests/model's. */
	atomic {
		part == 0 || drained(me);
		if
		:: part ->
			got = RANGE(LO(part),
				(LEN(part) > CHUNK -> LO(part) + CHUNK :
						      HI(part)));
			part = (HI(got) == HI(part) -> 0 :
				RANGE(HI(got), HI(part)));	/* K3 */
			goto install
		:: else
		fi
	};
#endif
	atomic {
		mem[TAIL] == head || drained(me);
		if
		:: mem[TAIL] == head -> goto steal	/* N5 */
		:: else
		fi;
		got = cells[head % RCAP];
		cells[head % RCAP] = 0;
		head = (head + 1) % RING_MOD;		/* N7 */
		goto install
	};
steal:	atomic {
		work_find_victim();
		if
		:: victim < W && !drained(me) -> victim = 0; goto late
		:: victim < W && drained(me) ->
			got = BACK_HALF(mem[DEQUE + victim]); /* D4 */
			mem[DEQUE + victim] = FRONT_HALF(mem[DEQUE + victim]);
			robbed = mem[DEQUE + victim] == 0;
			victim = 0;
			goto install
		:: else -> victim = 0
		fi;
		if
		:: !parking -> goto park
		:: parking && stop -> goto unpark	/* G15 */
		:: parking && !stop && !first -> goto ring
		:: else -> goto call
		fi
	};
late:	atomic { drained(me); goto steal };
install:
	atomic {
		has_room(me);
		store(me, DEQUE + me, got);		/* D2 */
		if
		:: LEN(got) == 1 -> got = 0; found()
		:: else -> got = 0
		fi
	};

	/* ---- gate_wake(1) */
	atomic {
#ifndef NO_G5
		drained(me);				/* G5 */
#endif
		if
		:: mem[N_SLEEPING] == 0 -> found()	/* G6 */
		:: else
		fi
	};
	atomic { drained(me); futex_move() };		/* G7 */
	atomic { futex_wake_one(); found() };

	/* ---- work_idle(), work_park() */
park:	atomic {
		phase[me] = IDLE;			/* C9 */
		position[me] = 0;
		first = 1;
		parking = 1;
		goto again
	};
again:
#ifndef LATE_G1
	key[me] = HAS_KEY;				/* G1 */
#endif
	store(me, N_SLEEPING, 1);			/* G2 */
	atomic {
#ifndef NO_G3
		drained(me);				/* G3 */
#endif
		has_room(me);
		store(me, PARKED + me, 1);		/* P1 */
#ifdef NO_LOOK
		goto call
#else
		goto refill
#endif
	};
call:	atomic { drained(me); bell = 1; goto sleep };
sleep:	atomic {
		drained(me);
#ifdef LATE_G1
		key[me] = HAS_KEY;
#endif
		asleep[me] = key[me] == HAS_KEY;
		slept = 1
	};
	atomic { !asleep[me]; goto unpark };
unpark:	atomic { key[me] = NO_KEY; has_room(me); store(me, PARKED + me, 0) };
							/* P2 */
	atomic {
		drained(me);
		mem[N_SLEEPING] = mem[N_SLEEPING] - 1;	/* G4 */
		if
		:: slept && !stop ->
			first = 0;
			slept = 0;
			goto again
		:: else ->
			first = 0;
			slept = 0;
			parking = 0;
			goto top
		fi
	};
left:	skip
}

proctype worker(byte me)
{
	byte seen, got, victim, n_pushed, i;
	bit first, parking, slept;

end:
	do
	:: atomic { asked[me] -> asked[me] = 0; started[me] = 1 };
	   { work_main() } unless { killed[me] };
	   /* What a dead process has stored is there before it is buried. */
	   atomic {
		drained(me);
		asleep[me] = 0;
		key[me] = NO_KEY;
		killed[me] = 0;
		alive[me] = 0;
		gone[me] = 1;
		seen = 0; got = 0; victim = 0; n_pushed = 0; i = 0;
		first = 0; parking = 0; slept = 0
	   }
	od
}
