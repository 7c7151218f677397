/* SPDX-License-Identifier: MIT */
#include "work/child.h"

#include "base/coverage.h"
#include "base/raw.h"
#include "base/role.h"
#include "base/sys.h"
#include "model/event.h"
#include "work/body.h"
#include "work/capture.h"
#include "work/counters.h"
#include "work/debug.h"
#include "work/guard.h"
#include "work/leftover.h"
#include "work/meter.h"
#include "work/onset.h"
#include "work/processor.h"
#include "work/serve.h"
#include "work/stage.h"
#include "work/variables.h"
#include "work/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* No byte of it is another's. */
#define VERDICT_SEAL UINT64_C(0x5e41e9d73c86b2fa)

/* Shared with the child; only the child writes it while it lives, and nobody
 * the seals on both sides. */
struct verdict {
	uint64_t seal;
	uint32_t done; /* the completion record */
	uint32_t outcome;
	uint64_t began_ns; /* where it waited for an onset */
	struct stage_tally tally;
	uint64_t other_seal;
};

/* For the handler: whom a polite signal to the worker is meant for. */
static worker_data volatile sig_atomic_t child_pid;
/* It is a fork of this process, and not another program. */
static worker_data volatile sig_atomic_t child_is_fork;
/* ... of a child that is not ours, where it says so itself; NULL = it is. */
static worker_data const volatile int32_t *child_elsewhere;

/* Polite signals that the runner sends (SIG-2). */
static const int child_signals[] = { SIGTERM, SIGINT, SIGHUP };

static void child_forward(int signo)
{
	pid_t pid = child_pid;

	if (child_elsewhere && *child_elsewhere > 1)
		pid = *child_elsewhere;
	if (pid > 1) {
		/* It may not lead its group yet. */
		if (kill(-pid, signo) < 0)
			kill(pid, signo);
		/* A stopped test hears nothing until it is continued. */
		kill(-pid, SIGCONT);
	}
}

pid_t child_running(void)
{
	return child_is_fork || !child_pid ? child_pid : -1;
}

/* The verdict page, when the first test needs it.  The catalog is nothing to
 * a child, and each mapping costs a microsecond of a fork.  False: errno. */
static bool child_open(struct worker *w)
{
	void *page = mmap(NULL, SHM_PAGE, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return false;
	w->verdict = page;
	if (w->catalog.header->n_fixtures == 0)
		madvise(w->catalog.base, w->catalog.size, MADV_DONTFORK);
	return true;
}

no_return hot_path static void child_exit(int status)
{
	coverage_keep();
	for (;;)
		raw_syscall(SYS_exit_group, status, 0, 0, 0, 0);
}

hot_path static void child_settle(struct worker *w)
{
	/* The kernel's own struct, all zero: the default action, no mask. */
	unsigned long dfl[4] = { 0 };

	size_t i;

	for (i = 0; i < array_size(child_signals); i++)
		raw_syscall(SYS_rt_sigaction, child_signals[i], (long)dfl, 0,
			    _NSIG / 8, 0);
	raw_syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (raw_syscall(SYS_getppid, 0, 0, 0, 0, 0) != w->pid)
		child_exit(1);
	if (likely(!(w->unusual & UNUSUAL_DEBUGGED)))
		raw_syscall(SYS_setpgid, 0, 0, 0, 0, 0);
	role_current = ROLE_CHILD;
	stage_adopt((pid_t)raw_syscall(SYS_getpid, 0, 0, 0, 0, 0),
		    &w->verdict->tally);
}

no_return hot_path static void child_main(struct worker *w, const struct errand *e)
{
	enum outcome outcome;

	processor_free_child();
	child_settle(w);
	counters_begin();
	if (unlikely(e->test->attrs.signal))
		guard_expect(e->test->attrs.signal);
	if (unlikely(w->unusual & UNUSUAL_DEBUGGED))
		debug_wait(e);
	if (unlikely(w->unusual & UNUSUAL_ONSET))
		w->verdict->began_ns = onset_await(w);
	outcome = unlikely(w->unusual & UNUSUAL_LEAKS) ? body_run_watched(e) : body_run(e);
	/* A child of the test that came back from the body (PIT-2). */
	if (!stage_is_own())
		child_exit(1);
	if (capture_is_pending(stdout))
		fflush(stdout);
	if (capture_is_pending(stderr))
		fflush(stderr);
	w->verdict->outcome = outcome;
	w->verdict->done = 1;
	/* Coverage, leak checks and the suite's own handlers: PIT-1. */
	if (e->suite->ops->exits && !w->plain_exit)
		exit(0);
	if (e->suite->ops->exits)
		fflush(NULL);
	counters_write();
	child_exit(0);
}

void child_watch(pid_t pid)
{
	child_pid = pid;
	leftover_expect_group(pid);
}

int child_wait(pid_t pid, int *status, struct rusage *used)
{
	pid_t got;

	while ((got = wait4(pid, status, 0, used)) < 0 && errno == EINTR)
		;
	child_pid = child_is_fork = 0;
	return got == pid ? 0 : -errno;
}

static void child_judge_unexpected(const struct errand *e, struct finding *f)
{
	char text[128];

	if (e->entry->signal)
		snprintf(text, sizeof(text), "did not end by the expected "
			 "signal %d (%s)", e->entry->signal,
			 strsignal(e->entry->signal));
	else
		snprintf(text, sizeof(text),
			 "did not exit with the expected status %d",
			 e->entry->exit_code);
	stage_note(NOTE_RUNNER, "", 0, text);
	f->outcome = OUTCOME_FAIL;
}

/* Expected ends: the signal, or the exit status. */
static bool child_is_expected(const struct errand *e, int status)
{
	if (e->entry->signal)
		return WIFSIGNALED(status) &&
		       WTERMSIG(status) == e->entry->signal;
	return e->entry->exit_code && WIFEXITED(status) &&
	       WEXITSTATUS(status) == e->entry->exit_code;
}

/* It ended within a test whose framework says what that means. */
static void child_judge_adapted(struct worker *w, const struct errand *e,
				int status, struct finding *f)
{
	struct adapter_end end = { .status = status };

	stage_end_of(&w->verdict->tally, &end);
	f->outcome = body_judge(e, &end);
	if (f->outcome == OUTCOME_PASS)
		return;
	f->signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	f->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What failed when the test had come to its end: in a handler of atexit(3), in a
 * thread. */
static void child_judge_late(struct worker *w, const struct errand *e,
			     struct finding *f)
{
	struct adapter_end end = { 0 };

	if (f->outcome != OUTCOME_PASS && f->outcome != OUTCOME_SKIP)
		return;
	if (e->suite->ops->judge)
		stage_end_of(&w->verdict->tally, &end);
	if (f->n_failures)
		f->outcome = OUTCOME_FAIL;
	else if (end.n_faults)
		f->outcome = OUTCOME_ERROR;
}

/* A test that has written over its verdict may have lost what failed (ACC-4). */
static void child_judge_seals(const struct worker *w, struct finding *f)
{
	if (likely(w->verdict->seal == VERDICT_SEAL &&
		   w->verdict->other_seal == VERDICT_SEAL))
		return;
	stage_note(NOTE_RUNNER, "", 0, "it wrote over memory that it shares "
		   "with shmrun");
	if (f->outcome == OUTCOME_PASS || f->outcome == OUTCOME_SKIP)
		f->outcome = OUTCOME_ERROR;
}

static void child_judge(struct worker *w, const struct errand *e, int status,
			struct finding *f)
{
	struct verdict v = *w->verdict;
	bool wants = e->entry->signal || e->entry->exit_code;

	f->n_failures =
		atom32_load_relaxed(&w->verdict->tally.n_failures); /* T7 */
	if (!v.done && e->suite->ops->judge) {
		child_judge_adapted(w, e, status, f);
	} else if (wants && child_is_expected(e, status) && !v.done) {
		f->outcome = f->n_failures ? OUTCOME_FAIL : OUTCOME_PASS;
	} else if (WIFSIGNALED(status)) {
		f->outcome = OUTCOME_CRASH;
		f->signo = WTERMSIG(status);
	} else if (!v.done || WEXITSTATUS(status) != 0 ||
		   v.outcome >= N_OUTCOMES) {
		f->outcome = OUTCOME_FAIL;
		f->exit_status = WEXITSTATUS(status);
	} else if (wants && v.outcome == OUTCOME_PASS) {
		child_judge_unexpected(e, f);
	} else {
		f->outcome = (enum outcome)v.outcome;
		child_judge_late(w, e, f);
	}
	child_judge_seals(w, f);
}

/* A child starts from the normal state (VAR-1), and so from a worker that is
 * in it, whatever tests have done to the worker before. */
static void child_normalise(struct worker *w)
{
	struct sigaction forward = { .sa_handler = child_forward };
	size_t i;

	sys_reset_signals();
	umask(022);
	for (i = 0; i < array_size(child_signals); i++)
		sigaction(child_signals[i], &forward, NULL);
	w->unusual |= UNUSUAL_FORWARDS;
}

void child_unforward_all(void)
{
	size_t i;

	for (i = 0; i < array_size(child_signals); i++)
		signal(child_signals[i], SIG_DFL);
}

void child_watch_at(const volatile int32_t *pid, pid_t parent)
{
	child_pid = parent;
	child_elsewhere = pid;
}

void child_unforward(struct worker *w)
{
	child_unforward_all();
	variables_hide();
	w->unusual &= (uint8_t)~UNUSUAL_FORWARDS;
}

void child_ready(struct worker *w)
{
	if (!(w->unusual & UNUSUAL_FORWARDS))
		child_normalise(w);
	/* What stdio holds would be printed twice (PROC-14); only code of the
	 * suite, in fixtures and in tests of the worker tier, can fill it. */
	if (w->dirty)
		fflush(NULL);
	w->dirty = false;
}

/* The system may be full for a moment. */
static pid_t child_fork(bool plain)
{
	struct timespec nap = { .tv_nsec = 10 * 1000 * 1000 };
	pid_t pid = heritage_fork(plain);
	int tries;

	for (tries = 0; pid < 0 && errno == EAGAIN && tries < 300; tries++) {
		nanosleep(&nap, NULL);
		pid = heritage_fork(plain);
	}
	return pid;
}

static void child_cannot(struct finding *f)
{
	stage_note(NOTE_RUNNER, "", 0, strerror(errno));
	f->outcome = OUTCOME_ERROR;
}

hot_path void child_run(struct worker *w, const struct errand *e,
			struct finding *f)
{
	struct rusage used = { 0 };
	int status = 0;
	pid_t pid;

	if (unlikely(e->suite->ops->serves)) {
		if (w->unusual & UNUSUAL_DEBUGGED) {
			stage_note(NOTE_RUNNER, "", 0, "a program that has "
				   "many tests is not for --gdb: start it "
				   "under gdb, and name the test to it");
			f->outcome = OUTCOME_ERROR;
			return;
		}
		processor_free();
		child_ready(w);
		serve_run(w, e, f);
		return;
	}
	if (!w->verdict && !child_open(w)) {
		child_cannot(f);
		return;
	}
	child_ready(w);
	*w->verdict = (struct verdict){ .seal = VERDICT_SEAL,
					.other_seal = VERDICT_SEAL };
	variables_show(w, e);
	/* Handlers of pthread_atfork(3) are code of the suite. */
	if (likely(w->plain_fork))
		processor_hold(w->now_ns);
	pid = child_fork(w->plain_fork);
	if (pid == 0)
		child_main(w, e);
	if (pid < 0) {
		child_cannot(f);
		return;
	}
	child_is_fork = 1;
	child_watch(pid);
	if (child_wait(pid, &status, &used) < 0) {
		child_cannot(f);
		return;
	}
	if (unlikely(w->unusual & UNUSUAL_ONSET))
		onset_note(w, w->verdict->began_ns);
	meter_child(w, &used);
	child_judge(w, e, status, f);
}
