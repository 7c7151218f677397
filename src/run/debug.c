/* SPDX-License-Identifier: MIT */
#include "run/debug.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/proc.h"
#include "base/str.h"
#include "base/sys.h"
#include "run/run_impl.h"
#include "run/signals.h"
#include "run/tell.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MAX 16
#define EXEC_FAILED 127
/* While nothing but the debugger is left. */
#define SETTLE_MS 100

static bool debug_is_stopped(pid_t pid)
{
	struct proc_stat stat;

	return proc_stat(pid, &stat) && stat.state == 'T';
}

/* Who waits for the debugger; 0 = nobody yet. */
static pid_t debug_find(const struct run *run)
{
	pid_t pids[CHILDREN_MAX], worker = run->slots[0].pid;
	int n, i;

	if (run->slots[0].state != CREW_LIVE || !worker)
		return 0;
	if (debug_is_stopped(worker))
		return worker;
	n = proc_children(worker, pids, CHILDREN_MAX);
	for (i = 0; i < n; i++)
		if (debug_is_stopped(pids[i]))
			return pids[i];
	return 0;
}

/* ---- what gdb is told ------------------------------------------------ */

/* A body's address comes with the signal that says that the test is next; an
 * adapter's test has none, and a program has a main(). */
static void debug_add_place(const struct run *run, struct str *script)
{
	const struct listing *l = run->args->listing;
	struct instance at = plan_at(run->args->plan, 0);
	const struct test *t = &l->tests[at.test_ix];
	const struct suite *suite = &l->suites[t->suite_ix];

	if (run->slots[0].pid != run->debug.test &&
	    suite->isolate == ISOLATE_EXEC)
		str_add(script, "tcatch exec\ncontinue\ntbreak main\n");
	else if (strcmp(suite->adapter, "native") == 0)
		str_add(script, "continue\ntbreak *$_siginfo._sifields._rt."
			"si_sigval.sival_ptr\n");
	else if (!strpbrk(t->file, "\"\\\n\r"))
		str_addf(script, "continue\ntbreak \"%s\":%" PRIu32 "\n",
			 t->file, t->line);
}

/* A file of commands, as gdb says less about these than about -ex; it goes no
 * further where one of them fails.  The pager would wait for a key before
 * there is a prompt. */
static int debug_write_script(const struct run *run)
{
	struct str script = STR_INIT;
	int fd = sys_memfd("shmrun-gdb"), ret;

	str_addf(&script, "set pagination off\nattach %d\n"
		 /* By which it waited. */
		 "handle SIGSTOP nostop noprint nopass\n",
		 (int)run->debug.test);
	debug_add_place(run, &script);
	str_add(&script, "handle SIGSTOP stop print pass\ncontinue\n");
	ret = fd < 0 ? fd : sys_write_all(fd, script.text, script.len);
	str_fini(&script);
	if (ret >= 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return ret;
}

/* ---- its life -------------------------------------------------------- */

no_return static void debug_exec(const char *gdb, int fd)
{
	char script[32];
	sigset_t none;

	/* It mends the terminal before it goes. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGTTIN, SIG_DFL);
	signal(SIGTTOU, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fd = dup(fd); /* this one is kept when it becomes gdb */
	snprintf(script, sizeof(script), "/proc/self/fd/%d", fd);
	execl(gdb, gdb, "-q", "-x", script, (char *)NULL);
	_exit(EXEC_FAILED);
}

static void debug_start(struct run *run)
{
	struct run_debug *d = &run->debug;
	int fd = debug_write_script(run);

	d->on_terminal = tcgetpgrp(STDIN_FILENO) == getpgrp() &&
			 tcgetattr(STDIN_FILENO, &d->before) == 0;
	d->gdb = fd < 0 ? fd : fork();
	if (d->gdb == 0)
		debug_exec(run->args->debugger, fd);
	if (fd >= 0)
		close(fd);
	if (d->gdb > 0)
		return;
	d->gdb = 0;
	tell_warning(run, "cannot start the debugger: %s", strerror(errno));
	kill(d->test, SIGCONT);
}

/* A test that it did not attach to would wait for ever; a terminal that it was
 * killed on would stay as it had it. */
static void debug_end(struct run *run, int status)
{
	struct run_debug *d = &run->debug;

	d->gdb = 0;
	if (d->on_terminal) {
		tcsetpgrp(STDIN_FILENO, getpgrp());
		tcsetattr(STDIN_FILENO, TCSADRAIN, &d->before);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXEC_FAILED)
		tell_warning(run, "%s cannot be executed",
			     run->args->debugger);
	if (run->n_ended == 0 && debug_is_stopped(d->test))
		kill(d->test, SIGCONT);
}

void debug_look(struct run *run)
{
	struct run_debug *d = &run->debug;
	int status;

	if (!run->args->debugger)
		return;
	if (!d->test) {
		d->test = debug_find(run);
		if (d->test)
			debug_start(run);
	} else if (d->gdb && waitpid(d->gdb, &status, WNOHANG) == d->gdb) {
		debug_end(run, status);
	}
}

void debug_settle(struct run *run)
{
	struct pollfd fd = { .fd = run->signal_fd, .events = POLLIN };
	uint64_t left = run->args->grace_ns / NS_PER_MS / SETTLE_MS;

	for (debug_look(run); run->debug.gdb; debug_look(run)) {
		/* The user's, while he types there; another's, otherwise. */
		if (run->stop.signo)
			kill(run->debug.gdb, left ? SIGTERM : SIGKILL);
		if (run->stop.signo && left)
			left--;
		if (poll(&fd, 1, SETTLE_MS) > 0)
			signals_read(run);
	}
}
