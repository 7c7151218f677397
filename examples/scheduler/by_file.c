/* SPDX-License-Identifier: MIT */
/*
 * A dynamic scheduler plug-in: the tests of one source file prefer one slot,
 * whose caches are warm with it.  A file at a time is assigned to each slot;
 * when a slot has ended its file it gets the next one.
 *
 *	shmrun --dist ./by_file.so suite.so
 */
#include <shmrun-sched.h>
#include <stdlib.h>
#include <string.h>

struct by_file {
	uint32_t next;	 /* the first test that nobody has */
	uint32_t *left;	 /* per slot: tests of its file that have not ended */
	uint32_t *owner; /* per test: the slot that it was assigned to */
};

/* The end of the file that a test is in: tests are sorted by file. */
static uint32_t file_end(const struct shmrun_sched *s, uint32_t first)
{
	uint32_t n = (uint32_t)shmrun_sched_ntests(s), i;
	const char *file = shmrun_sched_test(s, first)->file;

	for (i = first + 1; i < n; i++)
		if (strcmp(shmrun_sched_test(s, i)->file, file) != 0)
			break;
	return i;
}

static void assign_file(struct shmrun_sched *s, struct by_file *f,
			unsigned slot)
{
	uint32_t n = (uint32_t)shmrun_sched_ntests(s), end;

	if (f->next == n)
		return;
	end = file_end(s, f->next);
	for (; f->next < end; f->next++) {
		const struct shmrun_sched_test *t =
			shmrun_sched_test(s, f->next);

		if (t->flags & (SHMRUN_SCHED_PLACED | SHMRUN_SCHED_DISABLED))
			continue;
		f->owner[f->next] = slot;
		f->left[slot]++;
		shmrun_sched_assign(s, slot, &f->next, 1);
	}
}

static int start(struct shmrun_sched *s, const char *args, void **self)
{
	struct by_file *f = calloc(1, sizeof(*f));

	(void)args;
	if (!f)
		return -1;
	f->left = calloc(shmrun_sched_nslots(s), sizeof(*f->left));
	f->owner = calloc(shmrun_sched_ntests(s), sizeof(*f->owner));
	*self = f;
	return f->left && f->owner ? 0 : -1;
}

static void refill(struct shmrun_sched *s, struct by_file *f)
{
	unsigned slot;

	for (slot = 0; slot < shmrun_sched_nslots(s); slot++)
		while (f->left[slot] == 0 && f->next < shmrun_sched_ntests(s))
			assign_file(s, f, slot);
}

static int schedule(struct shmrun_sched *s, void *self)
{
	refill(s, self);
	return 0;
}

/* Whichever slot it ran in: it was a part of its owner's file. */
static void ended(struct shmrun_sched *s, void *self, unsigned slot,
		  uint32_t test, const struct shmrun_sched_result *r)
{
	struct by_file *f = self;

	(void)slot;
	(void)r;
	if (f->left[f->owner[test]] > 0)
		f->left[f->owner[test]]--;
	refill(s, f);
}

/* A slot without work helps others; here it gets a file of its own. */
static void low_water(struct shmrun_sched *s, void *self, size_t unclaimed)
{
	struct by_file *f = self;
	unsigned slot, least = 0;

	(void)unclaimed;
	for (slot = 1; slot < shmrun_sched_nslots(s); slot++)
		if (f->left[slot] < f->left[least])
			least = slot;
	assign_file(s, f, least);
}

static void finish(struct shmrun_sched *s, void *self)
{
	struct by_file *f = self;

	(void)s;
	free(f->left);
	free(f->owner);
	free(f);
}

const struct shmrun_sched_ops shmrun_scheduler = {
	.abi = SHMRUN_SCHED_ABI,
	.size = sizeof(shmrun_scheduler),
	.flags = SHMRUN_SCHED_DYNAMIC,
	.name = "by_file",
	.open = start,
	.schedule = schedule,
	.mark_test_complete = ended,
	.low_water = low_water,
	.close = finish,
};
