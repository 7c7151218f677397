/* SPDX-License-Identifier: MIT */
/* What the seam calls, and what a mutant makes of it. */
#include "tests/model/memory_impl.h"

#include "tests/model/explore.h"

#include <stdio.h>
#include <string.h>

/* Operations behind which MUTATION_LATER moves a store: past the claim, past
 * the fence of a gate. */
#define LATER 5

/* A store that was held back behind the next n_left operations
 * (MUTATION_LATE, MUTATION_LATER). */
static struct late {
	void *word;
	uint64_t value;
	enum order order;
	struct site *site;
	int n_left; /* 0 = none */
} late[THREADS_MAX];

void memory_ops_reset(void)
{
	memset(late, 0, sizeof(late));
}

static enum mutation memory_mutation(struct site *site)
{
	enum mutation m = site_mutation(site);

	if (m == MUTATION_NONE && explore_self)
		m = site_mutation(explore_self->caller);
	return m;
}

static const char *memory_site(struct site *site)
{
	static char text[96];

	if (!explore_self || !explore_self->caller)
		return site_name(site);
	snprintf(text, sizeof(text), "%s ", site_name(explore_self->caller));
	strncat(text, site_name(site), sizeof(text) - strlen(text) - 1);
	return text;
}

static void memory_put(void *word, uint64_t value, enum order order,
		       struct site *site)
{
	int w = memory_touch(word, site);

	explore_note("%-8s %s = %#llx%s", memory_site(site), memory_print(w),
		     (unsigned long long)value,
		     order & ORDER_RELEASE ? ", release" : "");
	memory_append(w, value, order, NULL);
}

void memory_done(void)
{
	struct late *l = &late[memory_self()];

	if (l->n_left == 0 || --l->n_left > 0)
		return;
	memory_put(l->word, l->value, l->order, l->site);
}

static enum order memory_order(enum order order, enum mutation m)
{
	switch (m) {
	case MUTATION_RELAXED:
		return ORDER_RELAXED;
	case MUTATION_ACQUIRE:
		return order & ORDER_ACQUIRE;
	case MUTATION_RELEASE:
		return order & ORDER_RELEASE;
	case MUTATION_NONE:
	case MUTATION_DROP:
	case MUTATION_SPLIT:
	case MUTATION_LATE:
	case MUTATION_LATER:
	case N_MUTATIONS:
		break;
	}
	return order;
}

uint64_t memory_load(const void *word, enum order order, struct site *site)
{
	int w = memory_touch(word, site), got;
	uint64_t value;

	order = memory_order(order, memory_mutation(site));
	got = memory_choose(w);
	value = memory_read(w, got, order);
	explore_note("%-8s %s is %#llx%s%s", memory_site(site),
		     memory_print(w), (unsigned long long)value,
		     order & ORDER_ACQUIRE ? ", acquire" : "",
		     got < memory_newest(w) ? " (old)" : "");
	memory_done();
	return value;
}

void memory_store(void *word, uint64_t value, enum order order,
		  struct site *site)
{
	enum mutation m = memory_mutation(site);
	struct late *l = &late[memory_self()];

	if (m == MUTATION_DROP) {
		site_reach(site);
		return;
	}
	if ((m == MUTATION_LATE || m == MUTATION_LATER) && explore_self &&
	    l->n_left == 0) {
		site_reach(site);
		*l = (struct late){ word, value, order, site,
				    m == MUTATION_LATE ? 1 : LATER };
		return;
	}
	memory_put(word, value, memory_order(order, m), site);
	memory_done();
}

static bool memory_cas(void *word, uint64_t *expected, uint64_t desired,
		       struct site *site)
{
	enum mutation m = memory_mutation(site);
	enum order order = memory_order(ORDER_ACQ_REL, m);
	uint64_t value;
	int w;

	if (m == MUTATION_SPLIT) {
		value = memory_load(word, ORDER_ACQUIRE, site);
		if (value == *expected)
			memory_put(word, desired, ORDER_RELEASE, site);
		else
			*expected = value;
		return value == *expected;
	}
	w = memory_touch(word, site);
	value = memory_read(w, memory_newest(w), order);
	explore_note("%-8s %s is %#llx: %s %#llx", memory_site(site),
		     memory_print(w), (unsigned long long)value,
		     value == *expected ? "now" : "not",
		     (unsigned long long)desired);
	if (value == *expected)
		memory_update(w, desired, order);
	memory_done();
	if (value == *expected)
		return true;
	*expected = value;
	return false;
}

bool memory_cas32(uint32_t *word, uint32_t *expected, uint32_t desired,
		  struct site *site)
{
	uint64_t wide = *expected;
	bool won = memory_cas(word, &wide, desired, site);

	*expected = (uint32_t)wide;
	return won;
}

bool memory_cas64(uint64_t *word, uint64_t *expected, uint64_t desired,
		  struct site *site)
{
	return memory_cas(word, expected, desired, site);
}

/* Adds n, or puts n there; what was there before. */
static uint32_t memory_modify(uint32_t *word, uint32_t n, bool add,
			      struct site *site)
{
	enum mutation m = memory_mutation(site);
	enum order order = memory_order(ORDER_ACQ_REL, m);
	uint32_t old;
	int w;

	if (m == MUTATION_DROP || m == MUTATION_SPLIT) {
		old = (uint32_t)memory_load(word, ORDER_ACQUIRE, site);
		if (m == MUTATION_SPLIT)
			memory_put(word, add ? old + n : n, ORDER_RELEASE,
				   site);
		return old;
	}
	w = memory_touch(word, site);
	old = (uint32_t)memory_read(w, memory_newest(w), order);
	explore_note("%-8s %s is %#x: now %#x", memory_site(site),
		     memory_print(w), old, add ? old + n : n);
	memory_update(w, add ? old + n : n, order);
	memory_done();
	return old;
}

uint32_t memory_add32(uint32_t *word, uint32_t n, struct site *site)
{
	return memory_modify(word, n, true, site);
}

uint32_t memory_exchange32(uint32_t *word, uint32_t value, struct site *site)
{
	return memory_modify(word, value, false, site);
}

void memory_fence(struct site *site)
{
	site_reach(site);
	if (!explore_self || memory_mutation(site) == MUTATION_DROP)
		return;
	explore_step();
	explore_note("%-8s fence", memory_site(site));
	memory_trade();
	memory_done();
}

void memory_call(struct site *site)
{
	if (explore_self)
		explore_self->caller = site;
}

void memory_return(void)
{
	if (explore_self)
		explore_self->caller = NULL;
}
