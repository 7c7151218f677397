/* SPDX-License-Identifier: MIT */
/* ring.c: a worker takes a range from the shared ring. */
#include "lockfree/ring.h"

#include "micro.h"

#define CAP 4096u

static struct ring *ring;
static struct ring_producer producer;

static void fill(void)
{
	while (ring_push_sp(&producer, (struct range){ .lo = 1, .hi = 2 }))
		;
}

static void take(unsigned n)
{
	struct ring_look look;

	while (n-- > 0)
		micro_expect(ring_peek_mc(ring, CAP - 1, &look) &&
			     ring_try_take_mc(ring, &look));
}

int main(void)
{
	ring = calloc(1, ring_size(CAP));
	producer = (struct ring_producer){ .ring = ring, .mask = CAP - 1 };
	micro_run("ring_take", fill, take, CAP);
	return 0;
}
