/* SPDX-License-Identifier: MIT */
#include "run/loader.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/role.h"
#include "base/signame.h"
#include "base/str.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXEC_FAILED 127
#define LISTING_MAX (UINT64_C(4) << 30)
/* A loader's word for a number of tests is good for so much memory. */
#define RUNTIME_SLOWNESS 3
#define EXPECT_MAX (UINT64_C(1) << 20)

void loader_init(struct loader *l)
{
	*l = (struct loader){ .pidfd = -1, .sock = -1, .log_fd = -1 };
	l->pen.fd = -1;
}

/* ---- start and stop -------------------------------------------------- */

/* Ours in front, so that the user's own win where they say otherwise. */
static void loader_add_env(char **env, const char *item, char separator)
{
	size_t len = strcspn(item, "=") + 1;
	struct str joined = STR_INIT;

	str_add(&joined, item);
	while (*env && strncmp(*env, item, len) != 0)
		env++;
	if (*env)
		str_addf(&joined, "%c%s", separator, *env + len);
	else
		env[1] = NULL;
	*env = mem_strdup(str_get(&joined));
	str_fini(&joined);
}

/* In the child: what a loader with a sanitizer's runtime gets. */
static char **loader_env(const struct loader *l,
			 const struct loader_args *args)
{
	struct str preload = STR_INIT;
	size_t n = 0, more = 2;
	char **env;

	if (!l->preload)
		return args->env;
	while (args->env[n])
		n++;
	while (args->runtime_env[more - 2])
		more++;
	env = mem_array(n + more, sizeof(*env));
	memcpy(env, args->env, (n + 1) * sizeof(*env));
	for (n = 0; args->runtime_env[n]; n++)
		loader_add_env(env, args->runtime_env[n], ':');
	str_addf(&preload, "LD_PRELOAD=%s", l->preload);
	loader_add_env(env, str_get(&preload), ':');
	str_fini(&preload);
	return env;
}

/* As numbers; the loader's are the same. */
static const char *const loader_keep[] = {
	[KEEP_FOLDERS_FAILED] = "0",
	[KEEP_FOLDERS_ALWAYS] = "1",
	[KEEP_FOLDERS_NEVER] = "2",
};

/* With what not every run has: load.h. */
static char **loader_argv(char *const *always, size_t n,
			  const struct loader_args *args)
{
	size_t more = 0;
	char **argv;

	while (args->wrapper && args->wrapper[more])
		more++;
	argv = mem_array(n + more + 6, sizeof(*argv));
	memcpy(argv, always, n * sizeof(*argv));
	if (args->debugged)
		argv[n++] = (char *)(uintptr_t)"debugged";
	if (args->folders) {
		argv[n++] = (char *)(uintptr_t)"folders";
		argv[n++] = (char *)(uintptr_t)loader_keep[args->keep_folders];
		argv[n++] = (char *)(uintptr_t)args->folders->root;
	}
	if (more)
		argv[n++] = (char *)(uintptr_t)"wrapped";
	if (more)
		memcpy(argv + n, args->wrapper, more * sizeof(*argv));
	argv[n + more] = NULL;
	return argv;
}

no_return static void loader_exec(const struct loader *l, int sock,
				  const struct loader_args *args, pid_t runner)
{
	char **env = loader_env(l, args);
	char sock_text[16], nofile_text[24], runner_text[16],
	     core_text[24];
	char *always[] = { (char *)(uintptr_t)"shmrun",
			   (char *)(uintptr_t)"--loader", sock_text,
			   nofile_text, runner_text, core_text };
	char **argv = loader_argv(always, array_size(always), args);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	snprintf(sock_text, sizeof(sock_text), "%d", sock);
	snprintf(nofile_text, sizeof(nofile_text), "%lu", args->nofile);
	snprintf(runner_text, sizeof(runner_text), "%d", (int)runner);
	snprintf(core_text, sizeof(core_text), "%lu", args->core_bytes);
	if (!args->debugged) {
		setpgid(0, 0);
		dup2(null, STDIN_FILENO);
		dup2(l->log_fd, STDOUT_FILENO);
		dup2(l->log_fd, STDERR_FILENO);
	}
	fcntl(sock, F_SETFD, 0);
	execve("/proc/self/exe", argv, env);
	/* Without /proc: the path that this program was started by. */
	execve((const char *)getauxval(AT_EXECFN), argv, env);
	_exit(EXEC_FAILED);
}

/* The item of the environment by which all of a run are known (VAR-2). */
static const char *loader_mark(const struct loader_args *args)
{
	static const char name[] = "SHMRUN_RUN_ID=";
	char **item = args->env;

	while (*item && strncmp(*item, name, sizeof(name) - 1) != 0)
		item++;
	return *item;
}

/* With its group, if it leads one. */
static void loader_kill(const struct loader *l)
{
	if (kill(-l->pid, SIGKILL) < 0)
		kill(l->pid, SIGKILL);
}

/* Its wait status, after at most timeout_ns and then SIGKILL. */
static int loader_wait(struct loader *l, uint64_t timeout_ns)
{
	struct pollfd fd = { .fd = l->pidfd, .events = POLLIN };
	struct timespec ts = clock_timespec(timeout_ns);
	int status = 0;

	if (ppoll(&fd, 1, &ts, NULL) <= 0)
		loader_kill(l);
	while (waitpid(l->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(l->pidfd);
	l->pid = 0;
	l->pidfd = -1;
	/* With whatever it has left. */
	pen_close(&l->pen);
	return status;
}

static int loader_start(struct loader *l, const struct loader_args *args,
			struct err *err)
{
	pid_t runner = getpid();
	int socks[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks) < 0)
		return err_sys(err, -errno, "cannot make a socket pair");
	if (l->log_fd < 0)
		l->log_fd = sys_memfd("shmrun-load-log");
	fcntl(l->log_fd, F_SETFL, O_APPEND);
	pen_open(&l->pen, args->pen_parent);
	l->pid = pen_fork(&l->pen);
	if (l->pid == 0)
		loader_exec(l, socks[1], args, runner);
	close(socks[1]);
	if (l->pid < 0) {
		close(socks[0]);
		pen_close(&l->pen);
		l->pid = 0;
		return err_sys(err, -errno, "cannot fork the loader");
	}
	if (!args->debugged)
		setpgid(l->pid, l->pid);
	l->sock = socks[0];
	l->answered = false;
	l->pidfd = sys_pidfd_open(l->pid);
	if (l->pidfd < 0) {
		err_sys(err, l->pidfd, "no descriptor can stand for a process");
		loader_wait(l, 0);
		close(l->sock);
		l->sock = -1;
		return err->code;
	}
	warden_open(&l->warden, &(struct warden_args){
				.mark = loader_mark(args),
				.pen_parent = args->pen_parent,
				.folders = args->folders });
	return 0;
}

bool loader_stop(struct loader *l, uint64_t timeout_ns)
{
	int status = 0;

	if (l->sock >= 0)
		close(l->sock);
	l->sock = -1;
	if (l->pid)
		status = loader_wait(l, timeout_ns);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void loader_fini(struct loader *l)
{
	loader_stop(l, 0);
	warden_close(&l->warden);
	if (l->log_fd >= 0)
		close(l->log_fd);
	free(l->refused);
	free(l->warned);
	images_fini(&l->images);
	free(l->raw);
	free(l->preload);
	loader_init(l);
}

size_t loader_read_log(const struct loader *l, char *text, size_t cap)
{
	ssize_t n = l->log_fd < 0 ? 0
				  : sys_pread_all(l->log_fd, text, cap - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

bool loader_has_ended(const struct loader *l)
{
	struct pollfd fd = { .fd = l->pidfd, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

/* ---- one suite ------------------------------------------------------- */

/* Not the suite's fault: the runtime does not work on this machine. */
static int loader_died_of_preload(const struct loader *l, int status,
				  struct err *err)
{
	return err_set(err, -ELIBACC, "it needs %s, with which no program "
		       "starts here: the loader %s %s", l->preload,
		       WIFSIGNALED(status) ? "was killed by" : "exited",
		       WIFSIGNALED(status) ? signame_get(WTERMSIG(status))
					   : "at once");
}

/* The loader ended while it was opening a suite: say how. */
static int loader_died(struct loader *l, struct err *err)
{
	int status;

	close(l->sock);
	l->sock = -1;
	status = loader_wait(l, NS_PER_S);
	if (l->preload && !l->answered)
		return loader_died_of_preload(l, status, err);
	if (WIFSIGNALED(status))
		return err_set(err, -ECHILD, "it crashes when it is loaded: "
			       "killed by %s (%s)",
			       signame_get(WTERMSIG(status)),
			       strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) == EXEC_FAILED)
		return err_set(err, -ELIBEXEC,
			       "the loader cannot be executed");
	return err_set(err, -ECHILD,
		       "it calls exit(%d) when it is loaded",
		       WEXITSTATUS(status));
}

static int loader_hangs(struct loader *l, uint64_t timeout_ns, struct err *err)
{
	loader_kill(l);
	close(l->sock);
	l->sock = -1;
	loader_wait(l, NS_PER_S);
	return err_set(err, -ETIMEDOUT,
		       "it is not loaded after %.3g s (--load-timeout)",
		       (double)timeout_ns / (double)NS_PER_S);
}

/* Waits for one answer; 0, or what became of the loader. */
static int loader_answer(struct loader *l, struct wire_msg *msg,
			 uint64_t timeout_ns, uint64_t deadline,
			 struct err *err)
{
	struct pollfd fd = { .fd = l->sock, .events = POLLIN };
	int fds[SYS_MAX_FDS], n_fds, ret;

	for (;;) {
		uint64_t now = clock_now_ns();
		struct timespec ts = clock_timespec(
			deadline > now ? deadline - now : 0);

		ret = ppoll(&fd, 1, timeout_ns ? &ts : NULL, NULL);
		if (ret < 0 && errno == EINTR)
			continue;
		if (ret == 0)
			return loader_hangs(l, timeout_ns, err);
		break;
	}
	ret = wire_recv(l->sock, msg, fds, &n_fds);
	while (n_fds > 0)
		close(fds[--n_fds]);
	if (ret <= 0)
		return loader_died(l, err);
	l->answered = true;
	return 0;
}

/* The listing where it lies, sealed: nobody changes it while it is read, and
 * its texts stay where they are. */
static int loader_map_listing(int fd, struct listing *listing,
			      struct raw_listing *raw, struct err *err)
{
	struct stat st;
	void *bytes;
	int ret = sys_seal(fd, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK);

	if (ret < 0)
		return err_sys(err, ret, "its listing cannot be sealed");
	if (fstat(fd, &st) < 0 || (uint64_t)st.st_size > LISTING_MAX)
		return err_set(err, -EFBIG, "its listing is too long");
	if (st.st_size == 0)
		return 0;
	bytes = sys_map_now(fd, (size_t)st.st_size, false, &ret);
	if (!bytes)
		return err_sys(err, ret, "its listing cannot be read");
	listing_keep(listing, bytes, (size_t)st.st_size, sys_unmap);
	*raw = (struct raw_listing){ .bytes = bytes,
				     .len = (size_t)st.st_size };
	return 0;
}

/* What the loader says of a suite that it has opened. */
struct opened {
	struct raw_listing raw;
	char adapter[16];
	char name[256];	/* its own; "" = it has none */
	uint64_t build_id;
	uint32_t flavour;
	enum isolate isolate;
	bool serves;
	bool warned;
	char warning[512]; /* cut, and ends */
};

/* Constructors of suites live in the loader, and can say anything. */
static int loader_read_opened(const struct wire_msg *msg, struct opened *opened,
			      struct err *err)
{
	size_t len = strspn(msg->text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (msg->head.kind != WIRE_OPENED || len == 0 ||
	    len >= sizeof(opened->adapter) ||
	    (msg->text[len] && msg->text[len] != ' ') ||
	    msg->head.status < ISOLATE_WORKER ||
	    msg->head.status >= N_ISOLATES)
		return err_set(err, -EPROTO, "its loader talks nonsense");
	memcpy(opened->adapter, msg->text, len);
	if (msg->text[len])
		strncpy(opened->name, msg->text + len + 1,
			sizeof(opened->name) - 1);
	opened->build_id = msg->head.size;
	opened->flavour = msg->head.flags & ~WIRE_SERVES;
	opened->serves = msg->head.flags & WIRE_SERVES;
	opened->isolate = (enum isolate)msg->head.status;
	return 0;
}

/* Another loader must be started, with that in front; once. */
static int loader_keep_preload(struct loader *l, const char *library,
			       struct err *err)
{
	if (l->preload || !*library || strpbrk(library, " :\n"))
		return err_set(err, -EPROTO, "its loader talks nonsense");
	l->preload = mem_strdup(library);
	return -ERESTART;
}

static void loader_hear_use(struct loader *l, const struct loader_args *args,
			    uint32_t ix, const struct wire_msg *msg)
{
	if (args->uses)
		args->uses(args->ctx, msg->text);
	if (msg->head.status)
		images_add_program(&l->images, ix, msg->text);
}

static uint32_t loader_questions(const struct loader_args *args)
{
	if (args->again)
		return 0;
	return WIRE_TELL_PROGRAMS | (args->uses ? WIRE_TELL_USES : 0);
}

/* Opens one suite; its raw listing. */
static int loader_open(struct loader *l, const struct loader_args *args,
		       uint32_t ix, struct listing *listing,
		       struct opened *opened, struct err *err)
{
	struct wire_head head = { .kind = WIRE_OPEN,
				  .size = args->adapters ? args->adapters[ix]
							 : 0,
				  .flags = loader_questions(args) };
	uint64_t timeout_ns = args->timeout_ns *
			      (l->preload ? RUNTIME_SLOWNESS : 1);
	uint64_t deadline = clock_now_ns() + timeout_ns;
	struct wire_msg msg;
	int fd = sys_memfd("shmrun-listing");
	int ret;

	if (fd < 0)
		return err_sys(err, fd, "cannot make a memory file");
	msg.head.kind = 0;
	ret = wire_send(l->sock, &head, args->paths[ix], &fd, 1);
	if (ret < 0)
		ret = loader_died(l, err);
	else
		ret = loader_answer(l, &msg, timeout_ns, deadline, err);
	if (ret == 0 && msg.head.kind == WIRE_COUNTED) {
		listing_expect(listing, (uint32_t)min_of(msg.head.size,
							 EXPECT_MAX));
		ret = loader_answer(l, &msg, timeout_ns, deadline, err);
	}
	if (ret == 0 && msg.head.kind == WIRE_WARNED) {
		opened->warned = true;
		memcpy(opened->warning, msg.text, sizeof(opened->warning) - 1);
		ret = loader_answer(l, &msg, timeout_ns, deadline, err);
	}
	while (ret == 0 && msg.head.kind == WIRE_USES && !args->again) {
		loader_hear_use(l, args, ix, &msg);
		ret = loader_answer(l, &msg, timeout_ns, deadline, err);
	}
	if (ret == 0 && msg.head.kind == WIRE_PRELOAD)
		ret = loader_keep_preload(l, msg.text, err);
	else if (ret == 0 && msg.head.kind == WIRE_REFUSED)
		ret = err_set(err, msg.head.status < 0 ? msg.head.status
						       : -EINVAL,
			      "%s", msg.text);
	else if (ret == 0)
		ret = loader_read_opened(&msg, opened, err);
	if (ret == 0)
		ret = loader_map_listing(fd, listing, &opened->raw, err);
	close(fd);
	return ret;
}

static int loader_one(struct loader *l, const struct loader_args *args,
		      uint32_t ix, struct listing *listing,
		      struct fixture_list *fixtures, struct err *err)
{
	struct opened opened = { .raw = { .bytes = "" } };
	int ret = loader_open(l, args, ix, listing, &opened, err);
	uint32_t suite_ix;

	if (ret < 0)
		return ret;
	if (opened.warned && args->warned && !l->warned[ix])
		args->warned(args->ctx, args->paths[ix], opened.warning);
	l->warned[ix] = opened.warned;
	suite_ix = listing_add_suite(listing, args->paths[ix], opened.adapter);
	listing->suites[suite_ix].isolate = opened.isolate;
	listing->suites[suite_ix].serves = opened.serves;
	listing_describe_suite(listing, opened.name, opened.build_id,
			       opened.flavour);
	ret = wire_get_listing(opened.raw.bytes, opened.raw.len, listing,
			       fixtures->items, &fixtures->n, err);
	if (ret == 0)
		l->raw[ix] = opened.raw;
	return ret;
}

/* ---- all suites ------------------------------------------------------ */

/* Opens all that are not refused yet.  -EAGAIN when one was refused now: its
 * remains may be in the loader, so a fresh one begins again without it. */
static int loader_round(struct loader *l, const struct loader_args *args,
			struct listing *listing, struct fixture_list *fixtures,
			struct err *err)
{
	int ret = loader_start(l, args, err);
	struct err why = { 0 };
	uint32_t i;

	if (ret < 0)
		return ret;
	for (i = 0; i < args->n_paths; i++) {
		if (l->refused[i])
			continue;
		ret = loader_one(l, args, i, listing, fixtures, &why);
		if (ret == 0)
			continue;
		if (ret == -ERESTART) {
			loader_stop(l, 0);
			return -EAGAIN;
		}
		if (why.code == -ELIBEXEC)
			return err_set(err, why.code, "%s", why.text);
		l->refused[i] = true;
		l->raw[i] = (struct raw_listing){ 0 };
		args->refused(args->ctx, args->paths[i], &why);
		loader_stop(l, 0);
		return -EAGAIN;
	}
	return 0;
}

int loader_list(struct loader *l, const struct loader_args *args,
		struct listing *listing, struct fixture_list *fixtures,
		struct err *err)
{
	int ret;

	role_assert(ROLE_RUNNER);
	free(l->refused);
	l->refused = mem_array(args->n_paths, sizeof(*l->refused));
	free(l->warned);
	l->warned = mem_array(args->n_paths, sizeof(*l->warned));
	images_take(&l->images, args->paths, args->n_paths);
	free(l->raw);
	l->raw = mem_array(args->n_paths, sizeof(*l->raw));
	do {
		listing_fini(listing);
		fixtures->n = 0;
		images_forget_programs(&l->images);
		ret = loader_round(l, args, listing, fixtures, err);
	} while (ret == -EAGAIN);
	return ret;
}

static void loader_refused_again(void *ctx, const char *path,
				 const struct err *err)
{
	struct err *out = ctx;

	err_set(out, err->code, "%s: %s", path, err->text);
}

static bool loader_is_same(const struct loader *l,
			   const struct raw_listing *before, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (l->raw[i].len != before[i].len ||
		    (before[i].len && memcmp(l->raw[i].bytes, before[i].bytes,
					     before[i].len) != 0))
			return false;
	return true;
}

int loader_restart(struct loader *l, const struct loader_args *args,
		   struct err *err)
{
	struct loader_args again = *args;
	struct fixture_list *fixtures = mem_zalloc(sizeof(*fixtures));
	struct listing listing;
	struct raw_listing *before = l->raw;
	int ret;

	loader_stop(l, 0);
	again.refused = loader_refused_again;
	again.warned = NULL;
	again.again = true;
	again.ctx = err;
	listing_init(&listing);
	l->raw = mem_array(args->n_paths, sizeof(*l->raw));
	ret = loader_round(l, &again, &listing, fixtures, err);
	if (ret == 0 && !loader_is_same(l, before, args->n_paths))
		ret = err_set(err, -ESTALE, "the suites have changed while "
			      "they were run");
	/* The first listing is the run's, and lives on. */
	free(l->raw);
	l->raw = before;
	listing_fini(&listing);
	free(fixtures);
	return ret;
}
