/* SPDX-License-Identifier: MIT */
/*
 * A static scheduler plug-in: the shortest test first, so that the first
 * results, and the first failures, come early.  With the argument "longest"
 * the other way round; tests of which nothing is known come first in any case.
 *
 *	shmrun --dist ./shortest.so[:longest] suite.so
 */
#include <shmrun-sched.h>
#include <stdlib.h>
#include <string.h>

static bool longest;
static const struct shmrun_sched *sched;

static int by_estimate(const void *va, const void *vb)
{
	uint32_t ia = *(const uint32_t *)va, ib = *(const uint32_t *)vb;
	const struct shmrun_sched_test *a = shmrun_sched_test(sched, ia);
	const struct shmrun_sched_test *b = shmrun_sched_test(sched, ib);

	if (!a->est_ns != !b->est_ns)
		return a->est_ns ? 1 : -1;
	if (a->est_ns != b->est_ns)
		return (a->est_ns < b->est_ns) == longest ? 1 : -1;
	return ia < ib ? -1 : 1;
}

static int start(struct shmrun_sched *s, const char *args, void **self)
{
	(void)self;
	longest = strcmp(args, "longest") == 0;
	if (*args && !longest) {
		shmrun_sched_say(s, "the only argument is longest");
		return -1;
	}
	return 0;
}

static int schedule(struct shmrun_sched *s, void *self)
{
	uint32_t n = (uint32_t)shmrun_sched_ntests(s), i;
	uint32_t *order = malloc(n * sizeof(*order));
	int ret = -1;

	(void)self;
	if (!order)
		return ret;
	for (i = 0; i < n; i++)
		order[i] = i;
	sched = s;
	qsort(order, n, sizeof(*order), by_estimate);
	ret = shmrun_sched_push(s, order, n);
	free(order);
	return ret;
}

const struct shmrun_sched_ops shmrun_scheduler = {
	.abi = SHMRUN_SCHED_ABI,
	.size = sizeof(shmrun_scheduler),
	.name = "shortest",
	.open = start,
	.schedule = schedule,
};
