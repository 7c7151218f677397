/* SPDX-License-Identifier: MIT */
#include "cli/scripts.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/signame.h"
#include "base/sys.h"
#include "cli/complain.h"
#include "cli/ending.h"
#include "cli/option.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENV_CAP 65536
#define SHOWN_MAX 80 /* of a command in a sentence */

/* One script that runs. */
struct script {
	const char *command;
	pid_t pid;
	int pidfd, signal_fd;
	int status;   /* of waitpid(2) */
	int signo;    /* that we were sent */
	bool late;    /* ran out of time */
};

static void script_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGQUIT);
}

/* The child; never returns. */
static void script_exec(const char *command, const char *env_path)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sys_reset_signals();
	dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	if (env_path)
		setenv("SHMRUN_ENV", env_path, 1);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void script_signal(const struct script *s, int signo)
{
	if (s->pid > 1)
		kill(-s->pid, signo);
}

/* Waits until it ends, we are sent a signal, or until; false = it runs. */
static bool script_wait_until(struct script *s, uint64_t until_ns)
{
	struct pollfd fds[2] = { { .fd = s->pidfd, .events = POLLIN },
				 { .fd = s->signal_fd, .events = POLLIN } };
	uint64_t now = clock_now_ns();
	struct signalfd_siginfo info;

	while (until_ns == 0 || now < until_ns) {
		uint64_t ms = until_ns ? (until_ns - now) / NS_PER_MS + 1
				       : 1000;

		poll(fds, 2, (int)min_of(ms, UINT64_C(1000)));
		if (fds[0].revents)
			return true;
		if (read(s->signal_fd, &info, sizeof(info)) ==
		    sizeof(info)) {
			s->signo = (int)info.ssi_signo;
			return false;
		}
		now = clock_now_ns();
	}
	s->late = true;
	return false;
}

/* Ends one that is late, or as we are ended: politely, then not. */
static void script_end(struct script *s, const struct options *o)
{
	uint64_t grace_end = clock_now_ns() + o->grace_ns;
	int signo = s->signo;

	script_signal(s, signo ? signo : SIGTERM);
	script_signal(s, SIGCONT);
	if (o->grace_ns && script_wait_until(s, grace_end))
		return;
	/* A second signal, or the grace is over. */
	script_signal(s, SIGKILL);
}

static int script_start(struct script *s, const char *env_path,
			struct err *err)
{
	pid_t pid = fork();

	if (pid < 0)
		return err_sys(err, -errno, "cannot start %.*s", SHOWN_MAX,
			       s->command);
	if (pid == 0)
		script_exec(s->command, env_path);
	setpgid(pid, pid);
	s->pid = pid;
	s->pidfd = sys_pidfd_open(pid);
	return 0;
}

static int script_judge(const struct script *s, const char *kind,
			struct err *err)
{
	const char *command = s->command;

	if (s->signo)
		return err_set(err, -EINTR, "%s was ended by %s", kind,
			       signame_get(s->signo));
	if (s->late)
		return err_set(err, -ETIMEDOUT, "%s '%.*s' took too long",
			       kind, SHOWN_MAX, command);
	if (WIFSIGNALED(s->status))
		return err_set(err, -EIO, "%s '%.*s' was killed by %s", kind,
			       SHOWN_MAX, command,
			       signame_get(WTERMSIG(s->status)));
	if (WEXITSTATUS(s->status))
		return err_set(err, -EIO, "%s '%.*s' ended with status %d",
			       kind, SHOWN_MAX, command,
			       WEXITSTATUS(s->status));
	return 0;
}

static int script_run(struct scripts *scripts, const char *kind,
		      const char *command, const char *env_path,
		      struct err *err)
{
	const struct options *o = scripts->o;
	uint64_t limit = o->script_timeout_ns;
	struct script s = { .command = command };
	sigset_t set, before;
	int ret;

	script_signals(&set);
	sigprocmask(SIG_BLOCK, &set, &before);
	s.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	ret = script_start(&s, env_path, err);
	if (ret == 0) {
		if (!script_wait_until(&s, limit ? clock_now_ns() + limit : 0))
			script_end(&s, o);
		while (waitpid(s.pid, &s.status, 0) < 0 && errno == EINTR)
			;
		close(s.pidfd);
		ret = script_judge(&s, kind, err);
	}
	close(s.signal_fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (s.signo)
		scripts->signo = s.signo;
	return ret;
}

/* The lines that a script wrote into the file of SHMRUN_ENV. */
static int scripts_take_lines(struct scripts *s, const char *command,
			      char *text, struct err *err)
{
	char *save = NULL, *line;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		const char *equals = strchr(line, '=');

		if (!equals || equals == line ||
		    strncmp(line, "SHMRUN", 6) == 0)
			return err_set(err, -EINVAL, "setup '%.*s' wrote "
				       "'%.64s' to SHMRUN_ENV, which is not "
				       "NAME=VALUE, or is reserved", SHOWN_MAX,
				       command, line);
		texts_add(&s->env, mem_strdup(line));
	}
	return 0;
}

static int scripts_read_env(struct scripts *s, const char *command, int fd,
			    struct err *err)
{
	char *text = mem_alloc(ENV_CAP + 1);
	ssize_t len = sys_pread_all(fd, text, ENV_CAP + 1, 0);
	int ret;

	if (len < 0) {
		ret = err_sys(err, (int)len, "cannot read SHMRUN_ENV");
	} else if (len > ENV_CAP) {
		ret = err_set(err, -EFBIG, "setup '%.*s' wrote more than 64 "
			      "KiB to SHMRUN_ENV", SHOWN_MAX, command);
	} else if (memchr(text, '\0', (size_t)len)) {
		ret = err_set(err, -EINVAL, "setup '%.*s' wrote a NUL to "
			      "SHMRUN_ENV", SHOWN_MAX, command);
	} else {
		text[len] = '\0';
		ret = scripts_take_lines(s, command, text, err);
	}
	free(text);
	return ret;
}

static int scripts_set_up_one(struct scripts *s, const char *command,
			      struct err *err)
{
	const char *dir = getenv("TMPDIR");
	struct str path = STR_INIT;
	int fd, ret;

	str_addf(&path, "%s/shmrun-env.XXXXXX", dir && *dir ? dir : "/tmp");
	fd = mkostemp(path.text, O_CLOEXEC);
	if (fd < 0) {
		ret = err_sys(err, -errno, "cannot make %s", path.text);
	} else {
		ret = script_run(s, "setup", command, path.text, err);
		if (ret == 0)
			ret = scripts_read_env(s, command, fd, err);
		close(fd);
		unlink(path.text);
	}
	str_fini(&path);
	return ret;
}

int scripts_set_up(struct scripts *s, const struct options *o,
		   struct err *err)
{
	uint32_t i;
	int ret = 0;

	if (o->setup.n + o->teardown.n == 0)
		return 0;
	ending_hold_signals();
	*s = (struct scripts){ .o = o, .begun = true };
	for (i = 0; ret == 0 && i < o->setup.n; i++)
		ret = scripts_set_up_one(s, o->setup.items[i], err);
	return ret;
}

/* 0, or -errno with the sentence of the last that failed. */
static int scripts_tear_all_down(struct scripts *s, struct err *err)
{
	uint32_t i = s->begun ? s->o->teardown.n : 0;
	int ret = 0;

	while (i-- > 0) {
		struct err why = { 0 };

		if (script_run(s, "teardown", s->o->teardown.items[i], NULL,
			       &why) < 0)
			ret = err_set(err, why.code, "%s", why.text);
	}
	s->begun = false;
	return ret;
}

int scripts_tear_down(struct scripts *s, int status, struct err *err)
{
	if (scripts_tear_all_down(s, err) == 0)
		return status;
	complain(EXIT_ENVIRONMENT, err);
	return status == EXIT_PASSED || status == EXIT_NOTHING ||
	       status == EXIT_SKIPPED ? EXIT_ENVIRONMENT : status;
}

void scripts_fini(struct scripts *s)
{
	uint32_t i;

	for (i = 0; i < s->env.n; i++)
		free((void *)(uintptr_t)s->env.items[i]);
	free(s->env.items);
}
