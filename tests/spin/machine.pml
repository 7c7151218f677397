/* SPDX-License-Identifier: MIT */
/*
 * machine.pml - the machine below the protocol: store buffers and a futex.
 *
 * Spin interleaves steps of sequentially consistent processes.  A processor
 * does not: a store waits in a buffer while later loads of the same processor
 * are served already.  So each word of Dekker's pairs lies in mem[], a store
 * to it goes through the FIFO of its process, and drain() makes it visible at
 * any later time.  A fence, an atomic read-modify-write and a system call wait
 * until the own buffer is empty.  Words whose stores are followed by one of
 * these before any load are plain variables: a late store is a slow process.
 *
 * G2 is a read-modify-write whose result nobody reads.  Its store half goes
 * through the buffer, as C11 and LL/SC machines allow, or G3 would seem
 * superfluous.
 *
 * BUFFER=0 is a machine without buffers.
 */
#ifndef BUFFER
#define BUFFER 0
#endif

#define RUNNER W /* the CPU behind those of the workers */

/* Addresses. */
#define TAIL 0
#define N_SLEEPING 1
#define RUNNER_SLEEPING 2
#define PARKED 3
#define DEQUE (PARKED + W)
#define RECORDS (DEQUE + W)
#define RESTING (RECORDS + W)
#define SIGNS (RESTING + W)
#define WORDS (SIGNS + 1)

byte mem[WORDS];

/* Stores to N_SLEEPING add. */
inline land(address, value)
{
	if
	:: address == N_SLEEPING -> mem[address] = mem[address] + value
	:: else -> mem[address] = value
	fi
}

#if BUFFER > 0
chan buffer[W + 1] = [BUFFER] of { byte, byte };

#define drained(cpu) (len(buffer[cpu]) == 0)
#define has_room(cpu) (len(buffer[cpu]) < BUFFER)
#define store(cpu, address, value) buffer[cpu]!address, value

proctype drain(byte cpu)
{
	byte address, value;

end:
	do
	:: d_step {
		buffer[cpu]?address, value;
		land(address, value);
		address = 0;
		value = 0
	   }
	od
}
#else
#define drained(cpu) true
#define has_room(cpu) true
#define store(cpu, address, value) land(address, value)
#endif

/* wake_seq, the futex.  What counts is whether it moved since a worker read
 * its key (G1): that is kept, and no number that could come round. */
#define NO_KEY 0
#define HAS_KEY 1
#define MOVED 2

byte key[3];
bit asleep[3];

#define move_one(i) key[i] = (key[i] == HAS_KEY -> MOVED : key[i])

inline futex_move()
{
	move_one(0);
	move_one(1);
	move_one(2)
}

inline futex_wake_all()
{
	asleep[0] = 0;
	asleep[1] = 0;
	asleep[2] = 0
}

/* Any of them: more than the kernel's queue allows. */
inline futex_wake_one()
{
	if
	:: asleep[0] -> asleep[0] = 0
	:: asleep[1] -> asleep[1] = 0
	:: asleep[2] -> asleep[2] = 0
	:: else
	fi
}
