/* SPDX-License-Identifier: MIT */
/* state.c: a worker claims a test. */
#include "lockfree/state.h"

#include "micro.h"

#include <string.h>

#define N 1000000u

static struct atom64 states[N];

static void reset(void)
{
	memset(states, 0, sizeof(states));
}

static void claim(unsigned n)
{
	uint32_t attempt;

	while (n-- > 0)
		micro_expect(state_try_claim(&states[n], 1, 2, &attempt));
}

int main(void)
{
	micro_run("state_claim", reset, claim, N);
	return 0;
}
