/* SPDX-License-Identifier: MIT */
#include "cli/processors.h"

#include "base/compiler.h"
#include "base/sys.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MASK_FIRST 1024
#define MASK_LAST (1024 * 1024)

uint32_t processors_count_online(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (uint32_t)n : 1;
}

/* ---- cores ---- */

/* Is there a processor below `cpu` in the mask and in the list "0-3,8"? */
static bool processors_has_lower(const char *list, size_t cpu,
				 const cpu_set_t *mask, size_t size)
{
	while (*list >= '0' && *list <= '9') {
		char *end;
		size_t lo = strtoul(list, &end, 10), hi = lo;

		if (*end == '-')
			hi = strtoul(end + 1, &end, 10);
		for (; lo <= hi && lo < cpu; lo++)
			if (CPU_ISSET_S(lo, size, mask))
				return true;
		list = *end == ',' ? end + 1 : end;
	}
	return false;
}

/* Is it the first of its core's in the mask? */
static bool processors_is_first(const char *root, size_t cpu,
				const cpu_set_t *mask, size_t size)
{
	char path[4096], list[1024];

	if (snprintf(path, sizeof(path),
		     "%s/sys/devices/system/cpu/cpu%zu/topology/"
		     "thread_siblings_list",
		     root, cpu) >= (int)sizeof(path) ||
	    sys_read_text(path, list, sizeof(list)) < 0)
		return true;
	return !processors_has_lower(list, cpu, mask, size);
}

uint32_t processors_count_cores(const char *root, const cpu_set_t *mask,
				size_t n_bits)
{
	size_t size = CPU_ALLOC_SIZE(n_bits), cpu;
	uint32_t n = 0;

	for (cpu = 0; cpu < n_bits; cpu++)
		n += CPU_ISSET_S(cpu, size, mask) &&
		     processors_is_first(root, cpu, mask, size);
	return n;
}

/* ---- the mask ---- */

/* This process's, *n_bits long; NULL when the kernel does not say. */
static cpu_set_t *processors_get_mask(size_t *n_bits)
{
	for (*n_bits = MASK_FIRST; *n_bits <= MASK_LAST; *n_bits *= 2) {
		cpu_set_t *mask = CPU_ALLOC(*n_bits);

		if (!mask)
			return NULL;
		if (sched_getaffinity(0, CPU_ALLOC_SIZE(*n_bits), mask) == 0)
			return mask;
		CPU_FREE(mask);
		/* The kernel's own may be larger. */
		if (errno != EINVAL)
			return NULL;
	}
	return NULL;
}

uint32_t processors_count(void)
{
	size_t n_bits;
	cpu_set_t *mask = processors_get_mask(&n_bits);
	uint32_t n = 0;

	if (mask)
		n = (uint32_t)CPU_COUNT_S(CPU_ALLOC_SIZE(n_bits), mask);
	CPU_FREE(mask);
	return n ? n : processors_count_online();
}

uint32_t processors_count_own_cores(const char *root)
{
	size_t n_bits;
	cpu_set_t *mask = processors_get_mask(&n_bits);
	uint32_t n = mask ? processors_count_cores(root, mask, n_bits) : 0;

	CPU_FREE(mask);
	return n ? n : processors_count_online();
}
