/* SPDX-License-Identifier: MIT */
/*
 * explore.h - walks every execution of a scene: who steps next, what a load
 * sees, who is woken, and which thread dies in front of which step.
 *
 * Threads are coroutines; a scene is run again and again from its start, each
 * time with the next combination of choices (depth first).  Where an
 * execution comes to a state that was seen before, it is cut off: threads
 * are deterministic, so what they have read so far and what memory holds are
 * all that counts.
 *
 * Rules for scenes: all state is set in setup(); what threads write outside
 * of the model (counters for verify()) must not be read by other threads, and
 * must not depend on the order in which threads got there.
 */
#ifndef TESTS_MODEL_EXPLORE_H
#define TESTS_MODEL_EXPLORE_H

#include "tests/model/memory.h"

#include <stdbool.h>
#include <stdint.h>

#define THREADS_MAX 8

/* What ends a sleep that nobody ends: when nothing else can happen, a short
 * one is over; so are scene->timeouts long ones. */
enum rest {
	REST_SHORT, /* part of how things work */
	REST_LONG,  /* there for when something was lost */
	REST_EVER,
};

enum thread_state {
	THREAD_NONE,
	THREAD_READY,
	THREAD_ASLEEP, /* until explore_wake() */
	THREAD_DONE,
	THREAD_DEAD,   /* killed in front of a step */
};

struct thread {
	const char *name;
	void (*main)(void *arg);
	void *arg;
	enum thread_state state;
	bool mortal;	      /* may die in front of any step */
	bool doomed;	      /* a SIGKILL is under way */
	enum rest rest;
	bool timed_out;
	const void *sleeps_on;
	struct knowledge known;
	uint64_t history;     /* of all that it was told */
	struct site *caller;  /* memory_call() */
	/* It was killed, or has ended by itself; explore_self is not it. */
	void (*on_end)(struct thread *t);
};

struct scene {
	const char *name;
	const char *what;
	void (*setup)(void);
	void (*verify)(void); /* all threads have ended; may be NULL */
	uint32_t deaths;      /* at most so many */
	int preemptions;      /* at most so many; -1 = any number */
	bool may_sleep;	      /* threads may sleep for ever: verify() judges */
	uint32_t timeouts;    /* long sleeps that may time out when nothing
			       * else can happen; more are a lost wake-up */
};

/* ---- for scenes and fakes -------------------------------------------- */

struct thread *explore_spawn(const char *name, void (*main)(void *arg),
			     void *arg);
/* The running one; NULL in setup() and verify(). */
extern struct thread *explore_self;
int explore_index(void); /* of the running one; 0 when there is none */
int explore_index_of(const struct thread *t);
struct thread *explore_thread(int index);
/* Ends the calling thread. */
__attribute__((noreturn)) void explore_exit(void);
/* It dies in front of its next step, or of one of the steps after that. */
void explore_doom(struct thread *t);
/* One of n, each of them in some execution. */
uint32_t explore_choose(uint32_t n);
/* Until a wake on the same thing; false: it timed out. */
bool explore_sleep(const void *on, enum rest rest);
/* Wakes up to n that sleep on it, any of them. */
void explore_wake(const void *on, int n);
/* The thread learned a value: part of its history. */
void explore_told(uint64_t value);
/* State of a scene that is not in memory nor in a thread's history. */
void explore_hash_also(uint64_t (*hash)(void));
/* The thread's next operation: others may step first. */
void explore_step(void);
/* A line for the trace, in whose time alone its words are made: half of all
 * time, else. */
#define explore_note(...)                                                     \
	(explore_tracing ? explore_say(__VA_ARGS__) : (void)0)
extern bool explore_tracing;
__attribute__((format(printf, 1, 2))) void explore_say(const char *fmt, ...);

__attribute__((noreturn, format(printf, 1, 2))) void
explore_fail(const char *fmt, ...);
#define check(condition)                                                      \
	((condition) ? (void)0                                                \
		     : explore_fail("%s:%d: %s", __FILE__, __LINE__,          \
				    #condition))

/* ---- for main.c ------------------------------------------------------ */

struct explored {
	uint64_t executions, states;
	uint32_t longest; /* steps */
	bool failed;
	bool whole; /* nothing was left out for the limit */
};

/* All executions of the scene.  A failure prints its schedule. */
struct explored explore_scene(const struct scene *scene, uint64_t limit);

#endif
