/* SPDX-License-Identifier: MIT */
/* A loader that does not answer: SHM-6. */
#include "run/watchdog.h"

#include "base/clock.h"
#include "base/sys.h"
#include "fake_run.h"
#include "run/crew.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fake_run f;
static pid_t loader;

static void open_run(void)
{
	fake_run_open(&f, 10, 2);
	loader = fork();
	if (loader == 0)
		fake_process();
	f.loader.pidfd = sys_pidfd_open(loader);
}

static void close_run(void)
{
	kill(loader, SIGKILL);
	close(f.loader.pidfd);
	fake_run_close(&f);
}

TestSuite(watchdog, .init = open_run, .fini = close_run);

static void pass(uint64_t ns)
{
	f.run.now_ns += ns;
	watchdog_look(&f.run);
}

static int changed(int options)
{
	int status = 0;

	return waitpid(loader, &status, options) == loader ? status : -1;
}

Test(watchdog, leaves_a_loader_alone_that_owes_nothing)
{
	watchdog_look(&f.run);
	pass(100 * NS_PER_S);
	pass(100 * NS_PER_S);
	cr_expect_eq(changed(WNOHANG), -1);
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 0);
}

/* A test may have stopped it. */
Test(watchdog, continues_a_stopped_loader)
{
	kill(loader, SIGSTOP);
	cr_assert(WIFSTOPPED(changed(WUNTRACED)));
	cr_assert(crew_start(&f.run, 0, 0));
	watchdog_look(&f.run);
	pass(NS_PER_S);
	cr_expect(WIFCONTINUED(changed(WCONTINUED)));
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 0);
}

Test(watchdog, kills_a_loader_that_never_answers)
{
	cr_assert(crew_start(&f.run, 0, 0));
	watchdog_look(&f.run);
	pass(10 * NS_PER_S - 1);
	cr_expect_eq(changed(WNOHANG), -1);
	pass(NS_PER_S);
	cr_expect(WIFSIGNALED(changed(0)));
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 1);
}

Test(watchdog, starts_to_count_anew_after_an_answer)
{
	cr_assert(crew_start(&f.run, 0, 0));
	watchdog_look(&f.run);
	pass(9 * NS_PER_S);
	f.run.n_forking = 0;
	pass(NS_PER_S);
	f.run.n_forking = 1;
	pass(NS_PER_S);
	pass(9 * NS_PER_S);
	cr_expect_eq(changed(WNOHANG), -1);
}

/* A worker is dead and nobody says so. */
Test(watchdog, notices_an_end_that_was_not_told)
{
	pid_t worker = fork();
	int pidfd;

	if (worker == 0)
		_exit(0);
	pidfd = sys_pidfd_open(worker);
	fake_worker_start(&f, 0, pidfd);
	close(pidfd);
	waitid(P_PID, (id_t)worker, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	watchdog_look(&f.run);
	pass(10 * NS_PER_S);
	cr_expect(WIFSIGNALED(changed(0)));
}
