/* SPDX-License-Identifier: MIT */
/* Processes that go on by forking come to an end (PROC-3). */
#include "base/fell.h"

#include "base/clock.h"
#include "base/sys.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t spared;

static bool is_spared(void *ctx, pid_t pid)
{
	return pid == *(pid_t *)ctx;
}

/* A tree in as many sessions as processes, whose forks are counted: what the
 * kernel does where there is a limit. */
static void grow(atomic_int *left)
{
	for (;;) {
		if (atomic_fetch_sub(left, 1) <= 0)
			pause();
		if (fork() == 0)
			setsid();
	}
}

static bool kill_children(void)
{
	pid_t pids[512];
	int n = sys_children(pids, 512), i, left = 0;

	for (i = 0; i < n; i++) {
		if (pids[i] == spared)
			continue;
		kill(pids[i], SIGKILL);
		left += waitpid(pids[i], NULL, WNOHANG) != pids[i];
	}
	return left > 0;
}

Test(fell, ends_what_grows_and_spares_what_is_spared)
{
	struct fell f = { .spares = is_spared, .ctx = &spared,
			  .nap_ns = 100000 };
	atomic_int *left = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[4];

	cr_assert_neq(left, MAP_FAILED);
	cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	atomic_store(left, 300);
	spared = fork();
	if (spared == 0)
		for (;;)
			pause();
	if (fork() == 0)
		grow(left);
	fell_begin(&f, clock_now_ns());
	/* No look of ours kills anybody: it does it alone. */
	while (fell_again(&f) && f.n_looks < 12)
		;
	while (kill_children() && fell_again(&f))
		;
	cr_expect_eq(sys_children(pids, 4), 1);
	cr_expect_eq(pids[0], spared);
	cr_expect_eq(kill(spared, SIGKILL), 0);
	cr_expect_eq(waitpid(spared, NULL, 0), spared);
}

/* TIME-9: nobody waits for longer than a second. */
Test(fell, gives_up_after_its_time)
{
	struct fell f = { .nap_ns = 1000 };

	fell_begin(&f, clock_now_ns() - NS_PER_S);
	cr_expect_not(fell_again(&f));
	fell_begin(&f, clock_now_ns());
	cr_expect(fell_again(&f));
}
