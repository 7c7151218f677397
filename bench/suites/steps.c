/* SPDX-License-Identifier: MIT */
/*
 * steps.c: how many instructions a worker runs from one empty test to the next.
 * Now and then a test lets the processor trap behind each of them until the
 * next test begins, and they are counted; the file STEPS gets a line for each
 * time.  Wants steps_clock.so preloaded.
 */
#define _GNU_SOURCE
#include <shmrun.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define TESTS 20000u
#define EVERY 500u
#define TRAP_FLAG 0x100ul

/* steps_clock.c */
extern bool steps_stand_still __attribute__((weak));

static volatile sig_atomic_t steps;

static void count(int signo)
{
	(void)signo;
	steps++;
}

#ifdef __x86_64__
__attribute__((noinline)) static void trap(bool on)
{
	unsigned long flags = __builtin_ia32_readeflags_u64();

	flags = on ? flags | TRAP_FLAG : flags & ~TRAP_FLAG;
	__builtin_ia32_writeeflags_u64(flags);
}
#else
static void trap(bool on)
{
	if (on)
		shmrun_skip("no machine whose instructions it can count");
}
#endif

static void begin(void)
{
	struct sigaction action = { .sa_handler = count };

	if (!&steps_stand_still)
		shmrun_skip("steps_clock.so is not preloaded");
	sigaction(SIGTRAP, &action, NULL);
	steps = 0;
	steps_stand_still = true;
	trap(true);
}

static void end(void)
{
	FILE *file;

	trap(false);
	if (!steps)
		return;
	steps_stand_still = false;
	file = fopen(getenv("STEPS"), "a");
	if (!file)
		abort();
	fprintf(file, "%d\n", (int)steps);
	fclose(file);
}

SHMRUN_RANGE(steps, empty, TESTS)
{
	uint64_t at = shmrun_index() % EVERY;

	if (__builtin_expect(at == EVERY / 2, 0))
		begin();
	else if (__builtin_expect(at == EVERY / 2 + 1, 0))
		end();
}
