/* SPDX-License-Identifier: MIT */
/* JOBS-1 (affinity), JOBS-2 (-j cores): which processors and cores are ours. */
#include "cli/processors.h"

#include "place.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct place place;

static void siblings(unsigned cpu, const char *list)
{
	char path[128];

	snprintf(path, sizeof(path),
		 "/sys/devices/system/cpu/cpu%u/topology/thread_siblings_list",
		 cpu);
	place_write(&place, path, list);
}

static uint32_t cores_of(const unsigned *cpus, size_t n)
{
	cpu_set_t mask;
	size_t i;

	CPU_ZERO(&mask);
	for (i = 0; i < n; i++)
		CPU_SET(cpus[i], &mask);
	return processors_count_cores(place.root, &mask, CPU_SETSIZE);
}

static void open_place(void)
{
	place_init(&place);
	siblings(0, "0,4\n");
	siblings(4, "0,4\n");
	siblings(1, "1,5\n");
	siblings(5, "1,5\n");
	siblings(2, "2-3\n");
	siblings(3, "2-3\n");
}

static void close_place(void)
{
	place_fini(&place);
}

TestSuite(processors, .init = open_place, .fini = close_place);

Test(processors, siblings_are_one_core)
{
	cr_expect_eq(cores_of((unsigned[]){ 0, 1, 2, 3, 4, 5 }, 6), 3);
}

/* A mask may have one thread of a core, and not the first. */
Test(processors, half_a_core_is_one)
{
	cr_expect_eq(cores_of((unsigned[]){ 4 }, 1), 1);
	cr_expect_eq(cores_of((unsigned[]){ 3, 4, 5 }, 3), 3);
}

Test(processors, what_is_not_told_is_a_core_of_its_own)
{
	siblings(8, "garbage\n");
	siblings(9, "\n");
	siblings(10, "9999999999999999999-\n");
	cr_expect_eq(cores_of((unsigned[]){ 6, 7, 8, 9, 10 }, 5), 5);
}

Test(processors, this_process_has_the_cpus_of_its_mask)
{
	cpu_set_t one;
	unsigned cpu = 0;

	cr_assert_eq(sched_getaffinity(0, sizeof(one), &one), 0);
	cr_expect_eq(processors_count(), (uint32_t)CPU_COUNT(&one));
	cr_expect_leq(processors_count_own_cores(""), processors_count());
	while (!CPU_ISSET(cpu, &one))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	cr_assert_eq(sched_setaffinity(0, sizeof(one), &one), 0);
	cr_expect_eq(processors_count(), 1);
	cr_expect_eq(processors_count_own_cores(""), 1);
	cr_expect_geq(processors_count_online(), 1);
}
