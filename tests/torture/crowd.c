/* SPDX-License-Identifier: MIT */
#include "crowd.h"

#include "base/clock.h"
#include "base/yield.h"

#include <sched.h>
#include <stdlib.h>

struct person {
	struct crowd *crowd;
	uint32_t self;
	pthread_t thread;
};

static void *crowd_enter(void *arg)
{
	struct person *p = arg;

	yield_begin(p->self);
	pthread_barrier_wait(&p->crowd->start);
	p->crowd->body(p->crowd, p->self);
	return NULL;
}

void crowd_run(struct crowd *c, uint32_t n)
{
	struct person people[CROWD_MAX];
	uint32_t i;

	c->deadline_ns = clock_now_ns() + CROWD_LIMIT_NS;
	pthread_barrier_init(&c->start, NULL, n);
	for (i = 0; i < n; i++) {
		people[i] = (struct person){ .crowd = c, .self = i };
		if (pthread_create(&people[i].thread, NULL, crowd_enter,
				   &people[i]) != 0)
			abort();
	}
	for (i = 0; i < n; i++)
		pthread_join(people[i].thread, NULL);
	pthread_barrier_destroy(&c->start);
}

bool crowd_rest(struct crowd *c)
{
	if (atom32_load_relaxed(&c->late))
		return false;
	if (clock_now_ns() > c->deadline_ns) {
		atom32_store_relaxed(&c->late, 1);
		return false;
	}
	sched_yield();
	return true;
}

bool crowd_spin(struct crowd *c, uint32_t *n)
{
	return ++*n % 256 ? true : crowd_rest(c);
}

void crowd_wrong(struct crowd *c)
{
	atom32_add_seq(&c->n_wrong, 1);
}

bool crowd_goes_on(struct crowd *c)
{
	return atom32_load_acquire(&c->n_done) < c->n_rounds &&
	       !atom32_load_relaxed(&c->late);
}

const char *crowd_verdict(const struct crowd *c, const char *wrong)
{
	if (atom32_load_relaxed(&c->n_wrong))
		return wrong;
	if (atom32_load_relaxed(&c->n_lost))
		return "a wake-up was lost";
	if (atom32_load_relaxed(&c->late))
		return "it did not get on";
	return NULL;
}
