/* SPDX-License-Identifier: MIT */
/*
 * tests.h - the tests as a plug-in sees them, made from the brief when they
 * are asked for: a range of ten million tests costs what is looked at.
 *
 * Host only.  Lives as long as the process.
 */
#ifndef HOST_TESTS_H
#define HOST_TESTS_H

#include "shm/brief.h"

#include <shmrun-sched.h>

struct tests {
	const struct brief *brief;
	struct shmrun_sched_test **blocks; /* NULL = not looked at yet */
	uint32_t segment; /* a hint: looked at last */
};

void tests_init(struct tests *t, const struct brief *brief);

/* NULL when there is none of that number. */
const struct shmrun_sched_test *tests_get(struct tests *t, uint32_t test);

#endif
