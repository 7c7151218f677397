/* SPDX-License-Identifier: MIT */
#include "base/yield.h"

#if ENABLE_YIELD

#include "base/rng.h"

#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

static _Thread_local struct rng yield_rng;
static _Thread_local bool yield_has_begun;

void yield_begin(uint64_t who)
{
	const char *text = getenv("SHMRUN_YIELD");

	/* Stirred, or neighbours would draw almost the same. */
	yield_rng.state = who;
	yield_rng.state = rng_next(&yield_rng) ^
			  (text ? strtoull(text, NULL, 10) : 0);
	yield_has_begun = true;
}

void yield_hit(void)
{
	volatile uint32_t spins;

	if (!yield_has_begun)
		yield_begin(0);
	switch (rng_below(&yield_rng, 16)) {
	case 0:
		sched_yield();
		break;
	case 1:
	case 2:
	case 3:
		for (spins = rng_below(&yield_rng, 256); spins > 0;)
			spins--;
		break;
	default:
		break;
	}
}

#endif
