/* SPDX-License-Identifier: MIT */
#include "run/plugin.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/role.h"
#include "base/signame.h"
#include "base/sys.h"
#include "run/plugin_impl.h"
#include "shm/brief.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXEC_FAILED 127
/* From the end of its connection to the end of its process. */
#define DEATH_NS (50 * NS_PER_MS)
#define CLOSE_NS NS_PER_S
/* As in the header that plug-ins include. */
#define SCHED_DYNAMIC 1u

/* ---- start ----------------------------------------------------------- */

no_return static void plugin_exec(int sock, char **env, pid_t runner)
{
	char sock_text[16], runner_text[16];
	char *argv[] = { (char *)(uintptr_t)"shmrun",
			 (char *)(uintptr_t)"--scheduler", sock_text,
			 runner_text, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	snprintf(sock_text, sizeof(sock_text), "%d", sock);
	snprintf(runner_text, sizeof(runner_text), "%d", (int)runner);
	setpgid(0, 0);
	dup2(null, STDIN_FILENO);
	/* The report is on standard output: no place for what it prints. */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	fcntl(sock, F_SETFD, 0);
	execve("/proc/self/exe", argv, env);
	/* Without /proc: the path that this program was started by. */
	execve((const char *)getauxval(AT_EXECFN), argv, env);
	_exit(EXEC_FAILED);
}

static int plugin_start(struct plugin *p, struct err *err)
{
	pid_t runner = getpid();
	int socks[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks) < 0)
		return err_sys(err, -errno, "cannot make a socket pair");
	/* What it leaves behind becomes ours, to be killed; what we had
	 * before is not. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	p->n_spared = max_of(sys_children(p->spared, PLUGIN_SPARED_MAX), 0);
	p->pid = fork();
	if (p->pid == 0)
		plugin_exec(socks[1], p->args.env, runner);
	close(socks[1]);
	p->sock = socks[0];
	if (p->pid < 0) {
		p->pid = 0;
		return err_sys(err, -errno, "cannot fork a plug-in host");
	}
	setpgid(p->pid, p->pid);
	p->pidfd = sys_pidfd_open(p->pid);
	if (fcntl(p->sock, F_SETFL, O_NONBLOCK) < 0)
		return err_sys(err, -errno, "cannot speak to a plug-in host");
	return 0;
}

/* ---- end ------------------------------------------------------------- */

static bool plugin_has_ended(const struct plugin *p, uint64_t timeout_ns)
{
	struct pollfd fd = { .fd = p->pidfd, .events = POLLIN };
	struct timespec ts = clock_timespec(timeout_ns);
	int ret;

	do {
		ret = ppoll(&fd, 1, &ts, NULL);
	} while (ret < 0 && errno == EINTR);
	return ret > 0;
}

static bool plugin_is_spared(const struct plugin *p, pid_t pid)
{
	int i;

	if (p->args.loader && pid == p->args.loader->pid)
		return true;
	for (i = 0; i < p->n_spared; i++)
		if (p->spared[i] == pid)
			return true;
	return false;
}

/* What it forked, and that left its group. */
static void plugin_kill_orphans(const struct plugin *p)
{
	pid_t pids[PLUGIN_SPARED_MAX];
	int n = sys_children(pids, PLUGIN_SPARED_MAX), i;

	for (i = 0; i < n; i++) {
		if (plugin_is_spared(p, pids[i]))
			continue;
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, WNOHANG);
	}
}

/* Its wait status, once it and its group are dead; -1 when that takes too
 * long. */
static int plugin_reap(struct plugin *p)
{
	int status = -1;

	if (p->pid == 0)
		return status;
	kill(-p->pid, SIGKILL);
	if (plugin_has_ended(p, CLOSE_NS) &&
	    waitpid(p->pid, &status, WNOHANG) != p->pid)
		status = -1;
	p->pid = 0;
	plugin_kill_orphans(p);
	return status;
}

static void plugin_shut(struct plugin *p)
{
	plugin_reap(p);
	if (p->sock >= 0)
		close(p->sock);
	if (p->pidfd >= 0)
		close(p->pidfd);
	p->sock = p->pidfd = -1;
	p->over = true;
}

void plugin_fail(struct plugin *p, const char *fmt, ...)
{
	va_list ap;

	p->over = true;
	if (p->cause[0])
		return;
	va_start(ap, fmt);
	vsnprintf(p->cause, sizeof(p->cause), fmt, ap);
	va_end(ap);
}

void plugin_died(struct plugin *p)
{
	int status;

	if (!plugin_has_ended(p, DEATH_NS)) {
		plugin_fail(p, "it closed its connection");
		return;
	}
	status = plugin_reap(p);
	if (status >= 0 && WIFSIGNALED(status))
		plugin_fail(p, "it was killed by %s (%s)",
			    signame_get(WTERMSIG(status)),
			    strsignal(WTERMSIG(status)));
	else
		plugin_fail(p, "it exited with status %d",
			    status < 0 ? status : WEXITSTATUS(status));
}

/* ---- questions and answers before the run ---------------------------- */

static bool plugin_is_hint(uint32_t kind)
{
	return kind == HINT_PUSH || kind == HINT_ASSIGN ||
	       kind == HINT_RECALL;
}

/* One message, if there is one: true when it is the answer. */
static bool plugin_listen(struct plugin *p, enum hint_kind wanted,
			  struct hint_msg *msg)
{
	int ret = hint_recv(p->sock, msg, true, NULL);

	if (ret == -EAGAIN)
		return false;
	if (ret == -EPROTO)
		plugin_fail(p, "it talks nonsense");
	else if (ret <= 0)
		plugin_died(p);
	else if (msg->head.kind == (uint32_t)wanted ||
		 (msg->head.kind == HINT_REFUSED && wanted == HINT_LOADED))
		return true;
	else if (wanted == HINT_CLOSED)
		return false; /* what it says now is of no use any more */
	else if (wanted != HINT_SCHEDULED || !plugin_is_hint(msg->head.kind))
		plugin_fail(p, "it talks nonsense");
	else
		plugin_hint_take(p, msg, NULL);
	return false;
}

/* Waits for an answer; false, and it has failed, when none comes. */
static bool plugin_await(struct plugin *p, enum hint_kind wanted,
			 const char *what, uint64_t timeout_ns,
			 struct hint_msg *msg)
{
	uint64_t deadline = clock_now_ns() + timeout_ns;
	struct pollfd fds[] = { { .fd = p->sock, .events = POLLIN },
				{ .fd = p->pidfd, .events = POLLIN } };

	while (!p->over) {
		uint64_t now = clock_now_ns();
		struct timespec ts = clock_timespec(
			deadline > now ? deadline - now : 0);

		if (timeout_ns && now >= deadline) {
			plugin_fail(p, "%s takes longer than %.3g s", what,
				    (double)timeout_ns / (double)NS_PER_S);
			break;
		}
		if (p->replies)
			plugin_hint_answer(p);
		if (ppoll(fds, 2, timeout_ns ? &ts : NULL, NULL) <= 0)
			continue;
		if (fds[0].revents && plugin_listen(p, wanted, msg))
			return true;
		/* Its end is noticed when all that it said is read. */
		if (!fds[0].revents && fds[1].revents)
			plugin_died(p);
	}
	return false;
}

/* ---- open ------------------------------------------------------------ */

static int plugin_tell_brief(struct plugin *p, struct err *err)
{
	struct brief_args brief = { .listing = p->args.listing,
				    .plan = p->args.plan,
				    .costs = p->args.costs,
				    .args = p->args.args,
				    .n_slots = p->args.n_slots };
	struct hint_head head = { .kind = HINT_OPEN };
	int fd = brief_write(&brief, err);

	if (fd < 0)
		return fd;
	/* That it is dead already shows when it is listened to. */
	hint_send_text(p->sock, &head, p->path, fd);
	close(fd);
	return 0;
}

/* Until here all that goes wrong is an error. */
static int plugin_load(struct plugin *p, struct hint_msg *msg, struct err *err)
{
	if (!plugin_await(p, HINT_LOADED, "loading it", p->args.timeout_ns,
			  msg))
		return err_set(err, -ELIBACC, "cannot be loaded: %s",
			       p->cause);
	if (msg->head.kind == HINT_REFUSED)
		return err_set(err, -ELIBBAD, "cannot be loaded: %s",
			       msg->text);
	p->flags = msg->head.flags;
	snprintf(p->name, sizeof(p->name), "%.63s", msg->text);
	return 0;
}

static int plugin_call_open(struct plugin *p, struct hint_msg *msg,
			    struct err *err)
{
	if (!plugin_await(p, HINT_OPENED, "open()", p->args.timeout_ns, msg) ||
	    msg->head.status == 0)
		return 0;
	if (msg->text[0])
		return err_set(err, -EINVAL, "refuses to work: %s", msg->text);
	return err_set(err, -EINVAL, "refuses to work: its open() returned %d",
		       msg->head.status);
}

static int plugin_open(struct plugin *p, struct err *err)
{
	struct hint_msg *msg = mem_alloc(sizeof(*msg));
	int ret = plugin_start(p, err);

	if (ret == 0)
		ret = plugin_tell_brief(p, err);
	if (ret == 0)
		ret = plugin_load(p, msg, err);
	if (ret == 0)
		ret = plugin_call_open(p, msg, err);
	free(msg);
	return ret;
}

struct plugin *plugin_new(const struct plugin_args *args, struct err *err)
{
	struct plugin *p = mem_zalloc(sizeof(*p));

	role_assert(ROLE_RUNNER);
	p->args = *args;
	p->path = mem_strdup(args->path);
	p->pidfd = p->sock = -1;
	plugin_hint_open(p);
	if (plugin_open(p, err) < 0) {
		err_wrap(err, "the scheduler %s", args->path);
		plugin_free(p);
		return NULL;
	}
	plugin_event_open(p);
	return p;
}

void plugin_free(struct plugin *p)
{
	if (!p)
		return;
	plugin_shut(p);
	plugin_hint_close(p);
	plugin_event_close(p);
	free(p->path);
	free(p);
}

/* ---- schedule and close ---------------------------------------------- */

bool plugin_is_dynamic(const struct plugin *p)
{
	return p->flags & SCHED_DYNAMIC && !p->over;
}

uint32_t plugin_slots(const struct plugin *p)
{
	return p->args.n_slots;
}

const struct plugin_hint *plugin_hints(const struct plugin *p, uint32_t *n)
{
	*n = p->n_hints;
	return p->hints;
}

/* One line of all that a static one did wrong (PLUG-3, PLUG-6). */
static void plugin_note_faults(struct plugin *p)
{
	uint32_t missing = p->n_own - p->n_fed;
	char twice[64] = "", rest[80] = "";

	if (p->n_again)
		snprintf(twice, sizeof(twice),
			 "; it handed %u out more than once", p->n_again);
	if (missing)
		snprintf(rest, sizeof(rest),
			 "; %u tests that it did not hand out come last",
			 missing);
	if (p->cause[0])
		snprintf(p->notice, sizeof(p->notice),
			 "the scheduler %.200s was ended: %s%s%s",
			 p->path, p->cause, twice, rest);
	else if (missing || p->n_again)
		snprintf(p->notice, sizeof(p->notice),
			 "the scheduler %.200s is wrong%s%s", p->path,
			 twice, rest);
}

void plugin_close(struct plugin *p)
{
	struct hint_head head = { .kind = HINT_CLOSE };
	struct hint_msg *msg;

	if (!p->over) {
		msg = mem_alloc(sizeof(*msg));
		hint_send_head(p->sock, &head);
		if (plugin_await(p, HINT_CLOSED, "close()", CLOSE_NS, msg))
			plugin_has_ended(p, CLOSE_NS);
		free(msg);
	}
	plugin_shut(p);
}

void plugin_schedule(struct plugin *p)
{
	struct hint_head head = { .kind = HINT_SCHEDULE };
	struct hint_msg *msg = mem_alloc(sizeof(*msg));

	if (!p->over)
		hint_send_head(p->sock, &head);
	if (!p->over && plugin_await(p, HINT_SCHEDULED, "schedule()",
				     p->args.timeout_ns, msg) &&
	    msg->head.status)
		plugin_fail(p, "its schedule() returned %d%s%.100s",
			    msg->head.status, msg->text[0] ? ": " : "",
			    msg->text);
	free(msg);
	if (plugin_is_dynamic(p))
		return;
	plugin_close(p);
	plugin_note_faults(p);
}

const char *plugin_notice(const struct plugin *p)
{
	return p->notice;
}
