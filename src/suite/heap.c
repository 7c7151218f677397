/* SPDX-License-Identifier: MIT */
#include "suite/heap.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>

/* Half of the places are used at most. */
#define PLACES (UINT32_C(1) << 16)
/* A thread that has the lock and does not run is not waited for, and one that
 * a signal handler has interrupted would never let it go. */
#define TRIES 4096

static struct {
	pthread_spinlock_t lock;
	volatile sig_atomic_t lost; /* something may be missing */
	uint32_t n;
	/* Inverted: whoever looks for leaks must not find a pointer here.  0 =
	 * free; probed one by one. */
	uintptr_t places[PLACES];
} heap;

static uint32_t heap_home(uintptr_t inverted)
{
	return (uint32_t)((uint64_t)(inverted >> 4) *
				  UINT64_C(0x9e3779b97f4a7c15) >> 48) %
	       PLACES;
}

static uint32_t heap_next(uint32_t at)
{
	return (at + 1) % PLACES;
}

/* Where it is, or where it would go. */
static uint32_t heap_find(uintptr_t inverted)
{
	uint32_t at = heap_home(inverted);

	while (heap.places[at] && heap.places[at] != inverted)
		at = heap_next(at);
	return at;
}

/* Is it as far from its home at `to` as it may be: not in front of it? */
static bool heap_may_move(uint32_t from, uint32_t to)
{
	uint32_t home = heap_home(heap.places[from]);

	return (from - home) % PLACES >= (from - to) % PLACES;
}

/* Those behind a place that becomes free move up: a search ends at one. */
static void heap_close(uint32_t free_at)
{
	uint32_t at = free_at;

	for (;;) {
		heap.places[free_at] = 0;
		do {
			at = heap_next(at);
			if (!heap.places[at])
				return;
		} while (!heap_may_move(at, free_at));
		heap.places[free_at] = heap.places[at];
		free_at = at;
	}
}

static bool heap_lock(void)
{
	int i;

	for (i = 0; i < TRIES; i++)
		if (pthread_spin_trylock(&heap.lock) == 0)
			return true;
	heap.lost = 1;
	return false;
}

void heap_open(void)
{
	pthread_spin_init(&heap.lock, PTHREAD_PROCESS_PRIVATE);
}

void heap_add(const volatile void *object)
{
	uint32_t at;

	if (!object || !heap_lock())
		return;
	at = heap_find(~(uintptr_t)object);
	if (heap.n == PLACES / 2) {
		heap.lost = 1;
	} else if (!heap.places[at]) {
		heap.places[at] = ~(uintptr_t)object;
		heap.n++;
	}
	pthread_spin_unlock(&heap.lock);
}

void heap_drop(const volatile void *object)
{
	uint32_t at;

	if (!object || !heap_lock())
		return;
	at = heap_find(~(uintptr_t)object);
	if (heap.places[at]) {
		heap_close(at);
		heap.n--;
	}
	pthread_spin_unlock(&heap.lock);
}

bool heap_is_empty(void)
{
	bool empty;

	if (!heap_lock())
		return false;
	empty = heap.n == 0 && !heap.lost;
	pthread_spin_unlock(&heap.lock);
	return empty;
}
