/* SPDX-License-Identifier: MIT */
/*
 * processors.h - which processors the kernel lets this process run on: the
 * affinity mask, which has the cpuset in it, and how many cores that is.
 *
 * Reads topology files below `root` ("" = the real system, else a fixture);
 * what they do not say is a core of its own.  Runner only; keeps no state.
 */
#ifndef CLI_PROCESSORS_H
#define CLI_PROCESSORS_H

#include <sched.h>
#include <stddef.h>
#include <stdint.h>

uint32_t processors_count_online(void); /* of the machine */
uint32_t processors_count(void);	/* in the mask */

/* Cores that have a processor in the mask; a file is read for each. */
uint32_t processors_count_own_cores(const char *root);

/* Cores among the processors of a mask of n_bits. */
uint32_t processors_count_cores(const char *root, const cpu_set_t *mask,
				size_t n_bits);

#endif
