/* SPDX-License-Identifier: MIT */
#include "run/signals.h"

#include "run/pause.h"
#include "run/roster.h"
#include "run/run_impl.h"
#include "run/stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Not one that we were started to ignore: by nohup(1), in the background, or
 * by a shell without job control. */
static void signals_add(sigset_t *mask, int signo)
{
	struct sigaction now;

	if (sigaction(signo, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
		sigaddset(mask, signo);
}

int signals_open(struct run *run, struct err *err)
{
	sigset_t mask;

	sigemptyset(&mask);
	signals_add(&mask, SIGINT);
	signals_add(&mask, SIGHUP);
	signals_add(&mask, SIGQUIT);
	/* With a debugger all of the group stop, and go on, together. */
	if (!run->args->debugger)
		signals_add(&mask, SIGTSTP);
	signals_add(&mask, SIGUSR1);
	signals_add(&mask, SIGPIPE);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	/* A shell that a test starts may take the terminal away (SIG-11). */
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	run->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (run->signal_fd < 0)
		return err_sys(err, -errno, "cannot make event descriptors");
	return 0;
}

/* It was our own write; to the terminal's pipe, or to another one. */
static bool signals_have_lost_reader(void)
{
	struct pollfd fd = { .fd = STDOUT_FILENO };

	return poll(&fd, 1, 0) > 0 && fd.revents & POLLERR;
}

static void signals_obey(struct run *run, int signo)
{
	switch (signo) {
	case SIGTSTP:
		pause_run(run);
		break;
	case SIGUSR1:
		roster_tell(run, ROSTER_TESTS);
		break;
	case SIGPIPE:
		/* Each further write says so again. */
		if (!run->stop.signo && signals_have_lost_reader())
			stop_for_signal(run, signo);
		break;
	case SIGQUIT:
		roster_tell(run, ROSTER_OUTPUTS);
		stop_for_signal(run, signo);
		break;
	default:
		stop_for_signal(run, signo);
		break;
	}
}

void signals_read(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signal_fd, &info, sizeof(info)) == sizeof(info))
		signals_obey(run, (int)info.ssi_signo);
}
