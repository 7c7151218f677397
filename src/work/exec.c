/* SPDX-License-Identifier: MIT */
#include "work/exec.h"

#include "base/mem.h"
#include "base/sys.h"
#include "base/vec.h"
#include "model/event.h"
#include "suite/program.h"
#include "suite/runtime.h"
#include "work/child.h"
#include "work/core.h"
#include "work/debug.h"
#include "work/folder.h"
#include "work/listen.h"
#include "work/meter.h"
#include "work/onset.h"
#include "work/stage.h"
#include "work/variables.h"
#include "work/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* More than that is not held against patterns. */
#define OUTPUT_MAX (UINT64_C(16) << 20)

/* What the child tells when it cannot become the program. */
struct fault {
	int code;	  /* -errno; 0 = it has */
	const char *what;
	const char *file; /* of those that the program requires; or NULL */
	uint64_t began_ns; /* where it waited for an onset */
};

struct exec {
	const struct program *program;
	char **argv; /* with the wrapper's words in front, if there is one */
	char **env;
	const struct worker *awaits; /* its onset; NULL = there is none */
	pid_t worker;
	struct fault *fault; /* shared with the child */
	int report_fd; /* what it tells its points to; -1 = it has none */
	bool wrapped; /* argv begins with the path of something else */
	bool debugged; /* it is a fork, and waits for its debugger */
};

/* ---- environment ----------------------------------------------------- */

static bool env_has(const char *entry)
{
	char **at;

	for (at = environ; *at; at++)
		if (variables_is(*at, entry))
			return true;
	return false;
}

/* What a sanitizer finds in a program is to be its failure, where nobody has
 * said what is (VAR-15). */
static void env_add_sanitizers(const struct program *p)
{
	const char *const *option;
	char **own;

	for (option = runtime_options; *option; option++) {
		for (own = p->env; own && *own; own++)
			if (variables_is(*option, *own))
				break;
		if ((!own || !*own) && !env_has(*option))
			variables_add((char *)(uintptr_t)*option);
	}
}

/* ---- a file that says that it has not come to its end ------------------ */

#define MARK_NAME "TEST_PREMATURE_EXIT_FILE"

/* "NAME=PATH".  A program of GoogleTest makes the file when it begins, and
 * removes it when its tests have ended (VAR-13); others know nothing of it. */
static worker_data char mark[512];

static const char *mark_path(void)
{
	return mark + sizeof(MARK_NAME "=") - 1;
}

/* GoogleTest does not look whether it could make the file, and writes to it:
 * what cannot be made must not be named. */
static bool mark_can_be_made(void)
{
	int fd;

	unlink(mark_path());
	fd = open(mark_path(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	close(fd);
	return unlink(mark_path()) == 0;
}

/* False: none can be had there. */
static bool mark_open_in(const struct worker *w, const char *folder)
{
	int len = snprintf(mark, sizeof(mark), "%s=%s/shmrun-%s-w%u.exit",
			   MARK_NAME, folder, w->catalog.header->run_id,
			   w->slot);

	if (len < (int)sizeof(mark) && mark_can_be_made())
		return true;
	*mark = '\0';
	return false;
}

static bool mark_open(const struct worker *w)
{
	/* Not in the test's own: that is looked at afterwards. */
	const char *folder = folder_root() ? folder_root() : getenv("TMPDIR");

	if (*mark && mark_can_be_made())
		return true;
	return (folder && *folder == '/' && mark_open_in(w, folder)) ||
	       mark_open_in(w, "/tmp");
}

static void mark_add(const struct worker *w, const struct program *p)
{
	char **own;

	for (own = p->env; own && *own; own++)
		if (variables_is(MARK_NAME "=", *own))
			return;
	if (!env_has(MARK_NAME) && mark_open(w))
		variables_add(mark);
}

/* It is there, and gone then. */
static bool mark_is_left(void)
{
	return *mark && unlink(mark_path()) == 0;
}

/* ---- all of it ------------------------------------------------------- */

/* The worker's environment, with what the program wants of it. */
static char **env_make(const struct worker *w, const struct errand *e,
		       const struct program *p)
{
	char **at;

	variables_begin(w, e, p->env);
	env_add_sanitizers(p);
	mark_add(w, p);
	for (at = p->env; at && *at; at++)
		if (strchr(*at, '='))
			variables_add(*at);
	return variables_end();
}

/* ---- arguments ------------------------------------------------------- */

/* A wrapper starts the program, by its path. */
static char **exec_argv(const struct program *p, char **wrapper)
{
	static worker_data struct {
		char **items;
		size_t n, cap;
	} args;
	char **at;

	args.n = 0;
	for (at = wrapper; at && *at; at++) {
		vec_room(args.items, args.n, args.cap);
		args.items[args.n++] = *at;
	}
	for (at = p->argv; *at; at++) {
		vec_room(args.items, args.n, args.cap);
		args.items[args.n++] = wrapper && at == p->argv ? p->path : *at;
	}
	vec_room(args.items, args.n, args.cap);
	args.items[args.n] = NULL;
	return args.items;
}

/* ---- the child ------------------------------------------------------- */

/* All of this runs in the worker's memory, while the worker stands still
 * (vfork(2)): nothing may be changed here that is not the kernel's. */
no_return static void exec_fail(const struct exec *x, const char *what)
{
	x->fault->code = -errno;
	x->fault->what = what;
	_exit(127);
}

static void exec_open_files(const struct exec *x)
{
	int fd = open("/dev/null", O_RDONLY), to;

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		exec_fail(x, "it cannot have /dev/null");
	if (x->report_fd < 0) {
		sys_close_range(STDERR_FILENO + 1, INT_MAX);
		return;
	}
	to = x->program->protocol == PROGRAM_TAP ? STDOUT_FILENO
						 : PROGRAM_REPORT_FD;
	/* To itself, it would still be closed by execve(2). */
	if (x->report_fd == to ? fcntl(to, F_SETFD, 0) < 0
			       : dup2(x->report_fd, to) < 0)
		exec_fail(x, "it cannot have a pipe");
	sys_close_range(max_of(to, STDERR_FILENO) + 1, INT_MAX);
}

static void exec_look_for_files(const struct exec *x)
{
	char **file = x->program->files;

	for (; file && *file; file++) {
		x->fault->file = *file;
		if (access(*file, F_OK) < 0)
			exec_fail(x, "a file that it requires is missing: ");
	}
	x->fault->file = NULL;
}

no_return static void exec_become(const struct exec *x)
{
	const struct program *p = x->program;
	sigset_t none;

	if (!x->debugged)
		setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != x->worker)
		_exit(1);
	if (x->debugged)
		sys_close_range(STDERR_FILENO + 1, INT_MAX);
	else
		exec_open_files(x);
	if (chdir(p->cwd) < 0)
		exec_fail(x, "its folder cannot be entered");
	exec_look_for_files(x);
	child_unforward_all();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (x->debugged)
		debug_wait_plain();
	if (x->awaits)
		x->fault->began_ns = onset_await(x->awaits);
	execve(x->wrapped ? *x->argv : p->path, x->argv, x->env);
	exec_fail(x, "it cannot be executed");
}

/* The system may be full for a moment.  Signals wait until the child is
 * known: a polite one must find it. */
static pid_t exec_start(const struct exec *x)
{
	struct timespec nap = { .tv_nsec = 10 * 1000 * 1000 };
	sigset_t all, before;
	volatile int tries = 0;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	for (;;) {
		/* It only puts its descriptors right and becomes another. */
		if (x->debugged)
			pid = fork();
		else
			pid = vfork(); /* NOLINT(clang-analyzer-*) */
		if (pid == 0)
			exec_become(x); /* NOLINT(clang-analyzer-*) */
		if (pid >= 0 || errno != EAGAIN || tries++ >= 300)
			break;
		nanosleep(&nap, NULL);
	}
	if (pid > 0)
		child_watch(pid);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* ---- verdict --------------------------------------------------------- */

static void exec_cannot_for(struct finding *f, const char *what,
			    const char *file, int code)
{
	struct str text = STR_INIT;

	str_addf(&text, "%s%s: %s", what, file, strerror(-code));
	stage_note(NOTE_RUNNER, "", 0, str_get(&text));
	str_fini(&text);
	f->outcome = OUTCOME_ERROR;
}

static void exec_cannot(struct finding *f, const char *what, int code)
{
	exec_cannot_for(f, what, "", code);
}

/* What it printed; the caller frees it.  NULL when that is too much. */
static char *exec_read_output(const struct worker *w, size_t *len)
{
	off_t end = lseek(w->spool_fd, 0, SEEK_END);
	uint64_t from = w->capture.begin;
	uint64_t size = end > 0 && (uint64_t)end > from ? (uint64_t)end - from
							: 0;
	char *text;
	ssize_t got;

	if (size > OUTPUT_MAX)
		return NULL;
	text = mem_alloc(size + 1);
	got = sys_pread_all(w->spool_fd, text, size, from);
	*len = got > 0 ? (size_t)got : 0;
	if (got == (ssize_t)size)
		return text;
	free(text);
	return NULL;
}

static void exec_note(enum outcome outcome, const char *why)
{
	if (*why && outcome != OUTCOME_PASS)
		stage_note(outcome == OUTCOME_SKIP ? NOTE_SKIP : NOTE_FAILURE,
			   "", 0, why);
}

/* What it has found is not hidden by what the program prints, or by a failure
 * that is expected. */
static void exec_hear_wrapper(const struct worker *w,
			      const struct program_end *end,
			      enum outcome *outcome,
			      char why[PROGRAM_WHY_CAP])
{
	if (!w->wrapper || !WIFEXITED(end->status) ||
	    WEXITSTATUS(end->status) != PROGRAM_ERRS)
		return;
	*outcome = OUTCOME_ERROR;
	snprintf(why, PROGRAM_WHY_CAP, "exit status %d", PROGRAM_ERRS);
}

static void exec_judge(const struct worker *w, const struct program *p,
		       struct program_end *end, struct finding *f)
{
	char why[PROGRAM_WHY_CAP];
	char *output = NULL;

	if (w->unusual & UNUSUAL_DEBUGGED &&
	    (program_wants_output(p) || program_listens(p))) {
		exec_note(OUTCOME_ERROR, "what it printed went to the user, "
			  "and cannot be judged");
		f->outcome = OUTCOME_ERROR;
		return;
	}
	if (program_wants_output(p)) {
		output = exec_read_output(w, &end->output_len);
		if (!output) {
			exec_cannot(f, "its output cannot be held against "
				    "patterns", -EFBIG);
			return;
		}
		end->output = output;
	}
	if (program_listens(p))
		listen_judge(end, f);
	f->outcome = program_judge(p, end, why);
	exec_hear_wrapper(w, end, &f->outcome, why);
	if (f->outcome == OUTCOME_CRASH)
		f->signo = WTERMSIG(end->status);
	/* Those that were expected are none. */
	if (f->outcome == OUTCOME_PASS)
		f->n_failures = 0;
	exec_note(f->outcome, why);
	free(output);
}

/* ---- run ------------------------------------------------------------- */

/* Shared, for kernels and sanitizers to which vfork is a fork. */
static struct fault *exec_fault(void)
{
	static worker_data struct fault *fault;
	void *page;

	if (!fault) {
		page = mmap(NULL, sizeof(*fault), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		fault = page == MAP_FAILED ? NULL : page;
	}
	if (fault)
		*fault = (struct fault){ 0 };
	return fault;
}

/* Starts it; its pid, or the error is told. */
static pid_t exec_begin(struct exec *x, struct finding *f)
{
	bool listens = program_listens(x->program) && !x->debugged;
	pid_t pid;

	if (!x->fault) {
		exec_cannot(f, "no memory to start it", -ENOMEM);
		return -1;
	}
	x->report_fd = listens ? listen_open(x->program) : -1;
	if (listens && x->report_fd < 0) {
		exec_cannot(f, "no pipe to listen to it", x->report_fd);
		return -1;
	}
	pid = exec_start(x);
	if (pid >= 0)
		return pid;
	exec_cannot(f, "it cannot be started", -errno);
	if (listens)
		listen_cancel();
	return -1;
}

void exec_run(struct worker *w, const struct errand *e, struct finding *f)
{
	const struct program *p = e->test->decl;
	struct program_end end = { 0 };
	struct rusage used = { 0 };
	struct exec x = { .program = p,
			  .argv = exec_argv(p, w->wrapper),
			  .wrapped = w->wrapper != NULL,
			  .worker = w->pid,
			  .awaits = w->unusual & UNUSUAL_ONSET ? w : NULL,
			  .debugged = w->unusual & UNUSUAL_DEBUGGED,
			  .fault = exec_fault() };
	int waited;
	pid_t pid;

	child_ready(w);
	x.env = env_make(w, e, p);
	pid = exec_begin(&x, f);
	if (pid < 0)
		return;
	if (program_listens(p) && !x.debugged)
		listen_to(pid);
	waited = child_wait(pid, &end.status, &used);
	if (x.awaits)
		onset_note(w, x.fault->began_ns);
	end.unfinished = mark_is_left();
	if (waited < 0)
		exec_cannot(f, "its end cannot be had", waited);
	else if (x.fault->code)
		exec_cannot_for(f, x.fault->what,
				x.fault->file ? x.fault->file : "",
				x.fault->code);
	else
		exec_judge(w, p, &end, f);
	if (waited == 0)
		core_fetch(w, pid, end.status, p->cwd);
	meter_child(w, &used);
}
