/* SPDX-License-Identifier: MIT */
#include "cli/round.h"

#include "base/die.h"
#include "base/str.h"
#include "base/sys.h"
#include "model/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* What is told is lines of a letter and a path: */
#define TELL_FILE 'f'	  /* it is mapped, or will be started */
#define TELL_DELETED 'd'  /* and already another one, or gone */
#define TELL_NARROWED 'n' /* without a path */
#define TELL_GONE 'g'	  /* a number: tests of a replay */
#define TELL_OUTCOME 'o'  /* a number: of its last test */

/* A run that is under way. */
struct under_way {
	pid_t pid;
	int told_fd;
	struct str told; /* a line that has begun */
	struct watched *files;
	struct round_end end;
	bool ended;
	int asked; /* the last signal that is to end it; 0 = none */
};

/* ---- in the child ---------------------------------------------------- */

static void round_tell(const struct round *round, char what, const char *text,
		       size_t len)
{
	struct str line = STR_INIT;

	str_addf(&line, "%c%.*s\n", what, (int)len, text);
	sys_write_all(round->tell_fd, str_get(&line), line.len);
	str_fini(&line);
}

void round_tell_narrowed(const struct round *round)
{
	if (round->tell_fd >= 0)
		round_tell(round, TELL_NARROWED, "", 0);
}

static void round_tell_number(const struct round *round, char what, uint32_t n)
{
	char digits[16];
	int len = snprintf(digits, sizeof(digits), "%u", n);

	if (round->tell_fd >= 0)
		round_tell(round, what, digits, (size_t)len);
}

void round_tell_gone(const struct round *round, uint32_t n)
{
	round_tell_number(round, TELL_GONE, n);
}

void round_tell_outcome(const struct round *round, enum outcome outcome)
{
	round_tell_number(round, TELL_OUTCOME, (uint32_t)outcome);
}

/* A line of proc_pid_maps(5): address, rights, ... path.  Programs and
 * libraries have a part that can be executed. */
static const char *round_mapped(const char *line)
{
	const char *rights = strchr(line, ' ');

	return rights && strlen(rights) > 4 && rights[3] == 'x'
		       ? strchr(rights, '/') : NULL;
}

/* One file may have several, together. */
static void round_tell_mapping(const struct round *round, const char *line,
			       struct str *last)
{
	static const char gone[] = " (deleted)";
	const char *path = round_mapped(line);
	size_t len = path ? strcspn(path, "\n") : 0;
	char what = TELL_FILE;

	if (len > strlen(gone) &&
	    strncmp(path + len - strlen(gone), gone, strlen(gone)) == 0) {
		len -= strlen(gone);
		what = TELL_DELETED;
	}
	if (!len || strncmp(path, "/memfd:", 7) == 0 ||
	    (last->len == len && memcmp(last->text, path, len) == 0))
		return;
	str_clear(last);
	str_add_len(last, path, len);
	round_tell(round, what, path, len);
}

bool round_is_watched(const struct round *round)
{
	return round->tell_fd >= 0 && !round->sequence;
}

/* A suite's word: one that is no path, or two, is nothing to look at. */
void round_tell_file(const struct round *round, const char *path)
{
	if (*path == '/' && !strchr(path, '\n'))
		round_tell(round, TELL_FILE, path, strlen(path));
}

void round_tell_files(const struct round *round, pid_t loader)
{
	struct str last = STR_INIT;
	char path[64], *line = NULL;
	size_t cap = 0;
	FILE *maps;

	if (!round_is_watched(round) || !loader)
		return;
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)loader);
	maps = fopen(path, "re");
	while (maps && getline(&line, &cap, maps) > 0)
		round_tell_mapping(round, line, &last);
	if (maps)
		fclose(maps);
	free(line);
	str_fini(&last);
}

/* ---- the terminal ---------------------------------------------------- */

/* From one group to another, if that one has it.  SIGTTOU is ignored. */
static void round_pass_terminal(pid_t from, pid_t to)
{
	if (isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == from)
		tcsetpgrp(STDIN_FILENO, to);
}

/* What a run that was killed could not put back. */
static void round_mend_terminal(const struct termios *before)
{
	if (tcgetpgrp(STDIN_FILENO) == getpgrp())
		tcsetattr(STDIN_FILENO, TCSANOW, before);
}

/* ---- signals ---------------------------------------------------------- */

/* Not one that we were started to ignore. */
static void round_hold(sigset_t *mask, int signo)
{
	struct sigaction now;

	if (sigaction(signo, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
		sigaddset(mask, signo);
}

int round_hold_signals(sigset_t *before)
{
	static const int held[] = { SIGINT,  SIGHUP,  SIGQUIT, SIGTSTP,
				    SIGUSR1, SIGTERM };
	sigset_t mask;
	size_t i;
	int fd;

	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGCONT);
	for (i = 0; i < array_size(held); i++)
		round_hold(&mask, held[i]);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &mask, before);
	/* The terminal is passed on to runs and taken back. */
	signal(SIGTTOU, SIG_IGN);
	fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		die(EXIT_UNTRUSTED, "cannot make event descriptors: %s",
		    strerror(errno));
	return fd;
}

bool round_is_wanted_end(int signo)
{
	return signo == SIGINT || signo == SIGTERM || signo == SIGHUP ||
	       signo == SIGQUIT || signo == SIGPIPE;
}

/* ---- start and end --------------------------------------------------- */

no_return static void round_enter(const struct options *o, round_run *run,
				  const struct round *round, pid_t watcher,
				  const sigset_t *before)
{
	setpgid(0, 0);
	round_pass_terminal(watcher, getpid());
	/* It is nothing without the watcher (PROC-4). */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != watcher)
		_exit(EXIT_UNTRUSTED);
	if (round->log_fd >= 0) {
		dup2(round->log_fd, STDOUT_FILENO);
		dup2(round->log_fd, STDERR_FILENO);
	}
	signal(SIGTTOU, SIG_DFL);
	sigprocmask(SIG_SETMASK, before, NULL);
	exit(run(o, round));
}

/* What it says of itself. */
static void round_hear_line(struct under_way *r, const char *line)
{
	if (*line == TELL_NARROWED)
		r->end.narrowed = true;
	else if (*line == TELL_GONE)
		r->end.n_gone = (uint32_t)strtoul(line + 1, NULL, 10);
	else if (*line == TELL_OUTCOME)
		r->end.outcome = (enum outcome)strtoul(line + 1, NULL, 10);
	else if (!r->files)
		return;
	else if (*line == TELL_FILE)
		watched_add(r->files, line + 1, false);
	else if (*line == TELL_DELETED)
		watched_distrust(r->files, line + 1);
}

static void round_hear(struct under_way *r)
{
	char bytes[4096], *end;
	ssize_t n;

	while ((n = read(r->told_fd, bytes, sizeof(bytes))) > 0) {
		str_add_len(&r->told, bytes, (size_t)n);
		while ((end = memchr(r->told.text, '\n', r->told.len))) {
			*end = '\0';
			round_hear_line(r, r->told.text);
			str_drop(&r->told, (size_t)(end - r->told.text) + 1);
		}
	}
	if (n == 0 || errno != EAGAIN) {
		close(r->told_fd);
		r->told_fd = -1;
	}
}

/* It was stopped by a key, and we with it; then it goes on with us. */
static void round_stop(const struct under_way *r)
{
	if (!isatty(STDIN_FILENO))
		return;
	round_pass_terminal(r->pid, getpgrp());
	raise(SIGSTOP);
	round_pass_terminal(getpgrp(), r->pid);
	kill(r->pid, SIGCONT);
}

static void round_see_child(struct under_way *r)
{
	int status;

	if (waitpid(r->pid, &status, WNOHANG | WUNTRACED) != r->pid)
		return;
	if (WIFSTOPPED(status)) {
		round_stop(r);
		return;
	}
	r->ended = true;
	if (WIFSIGNALED(status))
		r->end.signo = WTERMSIG(status);
	else
		r->end.status = WEXITSTATUS(status);
}

/* Also when it was over before it could obey: that is the watcher's to do. */
static void round_remember(struct under_way *r, int signo)
{
	if (signo == SIGINT || signo == SIGTERM || signo == SIGHUP ||
	    signo == SIGQUIT)
		r->asked = signo;
}

static void round_obey(struct under_way *r, int signals)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			round_see_child(r);
			continue;
		}
		if (info.ssi_signo == SIGCONT)
			round_pass_terminal(getpgrp(), r->pid);
		round_remember(r, (int)info.ssi_signo);
		if (!r->ended)
			kill(r->pid, (int)info.ssi_signo);
	}
}

static void round_await(struct under_way *r, int signals)
{
	while (!r->ended) {
		struct pollfd fds[] = {
			{ .fd = signals, .events = POLLIN },
			{ .fd = r->told_fd, .events = POLLIN },
		};

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents)
			round_hear(r);
		if (fds[0].revents)
			round_obey(r, signals);
	}
	if (r->told_fd >= 0)
		round_hear(r);
}

struct round_end round_do(const struct options *o, round_run *run,
			  const struct round *as, struct watched *files,
			  int signals, const sigset_t *before)
{
	struct under_way r = { .files = files };
	struct round round = *as;
	bool has_terminal;
	struct termios tty;
	pid_t watcher = getpid();
	int pipe_fds[2];

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		die(EXIT_UNTRUSTED, "cannot make a pipe: %s", strerror(errno));
	round.tell_fd = pipe_fds[1];
	r.told_fd = pipe_fds[0];
	fcntl(r.told_fd, F_SETFL, O_NONBLOCK);
	if (files)
		watched_begin(files);
	has_terminal = tcgetattr(STDIN_FILENO, &tty) == 0;
	r.pid = fork();
	if (r.pid == 0)
		round_enter(o, run, &round, watcher, before);
	if (r.pid < 0)
		die(EXIT_UNTRUSTED, "cannot fork: %s", strerror(errno));
	setpgid(r.pid, r.pid);
	close(round.tell_fd);
	round_await(&r, signals);
	round_pass_terminal(r.pid, getpgrp());
	if (has_terminal && r.end.signo)
		round_mend_terminal(&tty);
	if (!r.end.signo)
		r.end.signo = r.asked;
	if (r.told_fd >= 0)
		close(r.told_fd);
	str_fini(&r.told);
	return r.end;
}
