/* SPDX-License-Identifier: MIT */
#include "work/processor.h"

#include "base/clock.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each test is a process of its own, which may run as the machine says. */
static int n_allowed(void)
{
	cpu_set_t set;

	cr_assert_eq(sched_getaffinity(0, sizeof(set), &set), 0);
	return CPU_COUNT(&set);
}

#define T0 (100 * NS_PER_S)

/* Skipped where nothing can be seen of it. */
static int begin(void)
{
	int all = n_allowed();

	if (all < 2)
		cr_skip_test("there is one processor");
	processor_hold(T0);
	cr_assert_eq(n_allowed(), all, "the first fork roams");
	processor_hold(T0 + 1);
	cr_assert_eq(n_allowed(), 1);
	return all;
}

Test(processor, is_held_for_a_while_and_then_chosen_anew)
{
	int all = begin();

	processor_hold(T0 + 1 * NS_PER_MS);
	cr_expect_eq(n_allowed(), 1);
	processor_hold(T0 + 3 * NS_PER_MS);
	cr_expect_eq(n_allowed(), all);
	processor_hold(T0 + 3 * NS_PER_MS + 1);
	cr_expect_eq(n_allowed(), 1);
}

Test(processor, is_free_for_other_code)
{
	int all = begin();

	processor_free();
	cr_expect_eq(n_allowed(), all);
	processor_free();
	cr_expect_eq(n_allowed(), all);
	processor_hold(T0 + 2);
	cr_expect_eq(n_allowed(), 1);
}

Test(processor, a_child_is_free_and_its_parent_stays)
{
	int all = begin(), status;
	pid_t pid = fork();

	if (pid == 0) {
		processor_free_child();
		_exit(n_allowed() == all ? 0 : 1);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect_eq(status, 0);
	cr_expect_eq(n_allowed(), 1);
}

Test(processor, is_not_held_where_there_is_one)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	cr_assert_eq(sched_setaffinity(0, sizeof(one), &one), 0);
	processor_hold(T0);
	processor_hold(T0 + 1);
	processor_free();
	processor_free_child();
	cr_expect_eq(n_allowed(), 1);
}
