/* SPDX-License-Identifier: MIT */
/* deque.c: an owner takes one position; a thief steals half of what there is
 * and installs it as its own. */
#include "lockfree/deque.h"

#include "micro.h"

#define N 1000000u

static struct deque own, theirs;

static void install(void)
{
	deque_install(&own, (struct range){ .lo = 0, .hi = N });
}

static void take(unsigned n)
{
	while (n-- > 0)
		micro_expect(deque_try_take(&own, deque_peek(&own)));
}

/* Never empty: what is left is stretched again. */
static void steal(unsigned n)
{
	struct range got = { 0 };

	while (n-- > 0) {
		deque_install(&own, (struct range){ .lo = n, .hi = n + N });
		micro_expect(deque_try_steal(&own, deque_peek(&own), &got));
		deque_install(&theirs, got);
	}
}

int main(void)
{
	micro_run("deque_take", install, take, N);
	micro_run("deque_steal", install, steal, N);
	return 0;
}
