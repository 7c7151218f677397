/* SPDX-License-Identifier: MIT */
#include "work/guard.h"

#include "base/compiler.h"
#include "base/raw.h"
#include "work/child.h"
#include "work/counters.h"
#include "work/folder.h"
#include "work/guard_regs.h"
#include "work/stage.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define GUARD_STACK (64u << 10)

/* Those whose default is a core dump and that a test's own code raises. */
static const int guard_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE,
				     SIGABRT, SIGSYS, SIGTRAP };

/* -1 = nobody wants any; 0 in the loader, where no test is. */
static worker_data int guard_fd;
/* The signal by which this test is to end; 0 = none. */
static worker_data int guard_expected;

/* Untouched until a test crashes: no fork copies it. */
static struct {
	char maps[WRECK_MAPS_MAX];
	char piece[4096];
	__attribute__((aligned(16))) char stack[GUARD_STACK];
} guard_room;

/* ---- where what is mapped -------------------------------------------- */

/* The lines of /proc/self/maps, one by one as they are read. */
struct guard_lines {
	uint64_t sp;	      /* in: what lies around it is asked for */
	uint64_t lo, hi;      /* out; 0 = nothing does */
	size_t len;	      /* of guard_room.maps */
	char line[256];	      /* the beginning is enough */
	size_t line_len, line_whole;
};

static uint64_t guard_hex(const char **at)
{
	uint64_t value = 0;

	for (;; (*at)++) {
		char c = **at;

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return value;
	}
}

/* Files that an unwinder can open again: no memory files, no devices. */
static bool guard_is_file(const char *line)
{
	const char *path = strchr(line, '/');

	return path && strncmp(path, "/memfd:", 7) != 0 &&
	       strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/SYSV", 5) != 0;
}

static void guard_end_line(struct guard_lines *l)
{
	const char *at = l->line;
	uint64_t lo, hi;

	l->line[l->line_len] = '\0';
	lo = guard_hex(&at);
	at += *at == '-';
	hi = guard_hex(&at);
	/* An overflown stack points below its own. */
	if (l->hi == 0 && l->sp < hi && l->sp + WRECK_STACK_MAX >= lo) {
		l->lo = lo;
		l->hi = hi;
	}
	if (l->line_whole == l->line_len && guard_is_file(l->line) &&
	    l->line_len + 1 <= sizeof(guard_room.maps) - l->len) {
		memcpy(guard_room.maps + l->len, l->line, l->line_len);
		l->len += l->line_len;
		guard_room.maps[l->len++] = '\n';
	}
	l->line_len = l->line_whole = 0;
}

static void guard_add_char(struct guard_lines *l, char c)
{
	if (c == '\n') {
		guard_end_line(l);
		return;
	}
	if (l->line_len < sizeof(l->line) - 1)
		l->line[l->line_len++] = c;
	l->line_whole++;
}

static void guard_read_maps(struct guard_lines *l)
{
	static const char path[] = "/proc/self/maps";
	long fd = raw_syscall(SYS_openat, AT_FDCWD, (long)path,
			      O_RDONLY | O_CLOEXEC, 0, 0);
	long got, i;

	if (fd < 0)
		return;
	while ((got = raw_syscall(SYS_read, fd, (long)guard_room.piece,
				  sizeof(guard_room.piece), 0, 0)) > 0)
		for (i = 0; i < got; i++)
			guard_add_char(l, guard_room.piece[i]);
	raw_syscall(SYS_close, fd, 0, 0, 0, 0);
}

/* ---- the wreck ------------------------------------------------------- */

/* From where it stopped up to who called the test: what lies above is ours. */
static void guard_measure_stack(struct wreck_head *head,
				const struct guard_lines *l)
{
	uint64_t floor = stage_floor(), end = l->hi;

	if (l->hi == 0)
		return;
	head->stack = max_of(head->stack, l->lo);
	if (floor > head->stack && floor < end)
		end = floor;
	head->stack_len = (uint32_t)min_of(end - head->stack,
					   (uint64_t)WRECK_STACK_MAX);
}

static void guard_leave_wreck(int signo, const siginfo_t *info,
			      const ucontext_t *context)
{
	struct wreck_head head = { .magic = WRECK_MAGIC,
				   .position = stage_position(),
				   .signo = signo,
				   .code = info->si_code,
				   .pid = (uint32_t)getpid() };
	struct guard_lines lines = { 0 };

	/* Only the kernel knows one. */
	if (info->si_code > 0)
		head.address = (uint64_t)(uintptr_t)info->si_addr;
	guard_read_regs(context, &head);
	if (head.n_regs) {
		lines.sp = head.stack;
		guard_read_maps(&lines);
		guard_measure_stack(&head, &lines);
		head.maps_len = (uint32_t)lines.len;
	}
	wreck_append(guard_fd, &head, (const void *)(uintptr_t)head.stack,
		     guard_room.maps);
}

/* A process that a test forked is nobody; of two threads that crash the first
 * one counts. */
static bool guard_is_wanted(void)
{
	static volatile sig_atomic_t used;
	int fd = guard_fd;

	if (fd <= 0 || used || !stage_is_own() ||
	    raw_syscall(SYS_lseek, fd, 0, SEEK_END, 0, 0) >=
		    (long)WRECKS_FULL)
		return false;
	used = 1;
	return true;
}

static bool guard_leaves_core(void)
{
	struct rlimit core = { 0 };

	return guard_fd > 0 &&
	       raw_syscall(SYS_prlimit64, 0, RLIMIT_CORE, 0, (long)&core, 0) ==
		       0 &&
	       core.rlim_cur > 1;
}

/* One core after the other, each in its test's folder (PROC-17): the kernel
 * writes to where the process stands, and takes the lock away when the process,
 * and that is behind its core, is gone. */
static void guard_prepare_core(void)
{
	struct flock whole = { .l_type = F_WRLCK };
	const char *folder;

	if (!guard_leaves_core())
		return;
	raw_syscall(SYS_fcntl, guard_fd, F_SETLKW, (long)&whole, 0, 0);
	folder = folder_of_failure();
	if (folder)
		raw_syscall(SYS_chdir, (long)folder, 0, 0, 0, 0);
}

/* Of an end that is expected: too small for any, and for a program that takes
 * cores as well (sys_no_core()). */
static void guard_prevent_core(void)
{
	struct rlimit core = { .rlim_cur = 1, .rlim_max = 1 };

	raw_syscall(SYS_prlimit64, 0, RLIMIT_CORE, (long)&core, 0, 0);
}

/* By the same signal, with all that is known of it.  It is blocked here: it
 * comes when the handler returns, to where it came first. */
static void guard_die(int signo, const siginfo_t *info)
{
	unsigned long dfl[4] = { 0 }; /* the kernel's own struct */

	raw_syscall(SYS_rt_sigaction, signo, (long)dfl, 0, _NSIG / 8, 0);
	raw_syscall(SYS_rt_tgsigqueueinfo, getpid(),
		    raw_syscall(SYS_gettid, 0, 0, 0, 0, 0), signo, (long)info,
		    0);
}

/* The runner asks what a test does that has run out of time. */
static bool guard_is_question(int signo, const siginfo_t *info)
{
	return signo == SIGTRAP && info->si_code == SI_QUEUE &&
	       info->si_value.sival_int == WRECK_QUESTION &&
	       info->si_pid != getpid();
}

/* For the SIGTERM that comes now, as if it had come where the test waits: its
 * own handler runs, or it dies.  Going on at once would end its wait. */
static void guard_await(const ucontext_t *context)
{
	struct timespec most = { .tv_sec = 1 };

	raw_syscall(SYS_ppoll, 0, 0, (long)&most, (long)&context->uc_sigmask,
		    _NSIG / 8);
}

/* Would it answer?  One that has become another program since would die of it,
 * where SIGTERM lets it end in order. */
static bool guard_is_heard(pid_t pid)
{
	static const char key[] = "\nSigCgt:\t";
	char *text = guard_room.piece, path[32];
	const char *at = NULL;
	long fd, got = -1;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = raw_syscall(SYS_openat, AT_FDCWD, (long)path,
			 O_RDONLY | O_CLOEXEC, 0, 0);
	if (fd >= 0) {
		got = raw_syscall(SYS_read, fd, (long)text,
				  sizeof(guard_room.piece) - 1, 0, 0);
		raw_syscall(SYS_close, fd, 0, 0, 0, 0);
	}
	if (got > 0) {
		text[got] = '\0';
		at = strstr(text, key);
	}
	if (!at)
		return true;
	at += sizeof(key) - 1;
	return guard_hex(&at) >> (SIGTRAP - 1) & 1;
}

/* A worker whose test is a child hands the question on; of a test that is
 * another program it knows nothing, and where it waits itself is no answer. */
static void guard_answer(int signo, const siginfo_t *info, void *context)
{
	pid_t child = child_running();

	if (!stage_is_own() || child < 0)
		return;
	if (child > 1) {
		if (guard_is_heard(child))
			raw_syscall(SYS_rt_sigqueueinfo, child, signo,
				    (long)info, 0, 0);
		return;
	}
	if (guard_fd > 0)
		guard_leave_wreck(signo, info, context);
	guard_await(context);
}

static void guard_handle(int signo, siginfo_t *info, void *context)
{
	int saved = errno;

	if (guard_is_question(signo, info)) {
		guard_answer(signo, info, context);
		errno = saved;
		return;
	}
	if (stage_is_own())
		counters_save();
	if (signo == guard_expected) {
		guard_prevent_core();
	} else {
		if (guard_is_wanted())
			guard_leave_wreck(signo, info, context);
		guard_prepare_core();
	}
	guard_die(signo, info);
	errno = saved;
}

hot_path void guard_open(int wrecks_fd)
{
	guard_fd = wrecks_fd;
}

void guard_expect(int signo)
{
	guard_expected = signo;
}

/* ---- out of sight ---------------------------------------------------- */

#if WRECK_IS_LEFT
static bool guard_armed;


/* libc's declarations are the contract. */
typedef int (*guard_sigaction_fn)(int, const struct sigaction *,
				  struct sigaction *);
typedef sighandler_t (*guard_signal_fn)(int, sighandler_t);

static guard_sigaction_fn guard_real_sigaction(void)
{
	static guard_sigaction_fn real;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "sigaction");
	return real;
}

static bool guard_has(int signo)
{
	size_t i;

	for (i = 0; guard_armed && i < array_size(guard_signals); i++)
		if (guard_signals[i] == signo)
			return true;
	return false;
}

static struct sigaction guard_action(void)
{
	struct sigaction action = {
		.sa_sigaction = guard_handle,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART,
	};

	sigfillset(&action.sa_mask);
	return action;
}

__attribute__((visibility("default"))) int
sigaction(int signo, const struct sigaction *action, struct sigaction *old)
{
	struct sigaction ours;
	int ret;

	if (!guard_has(signo))
		return guard_real_sigaction()(signo, action, old);
	if (action && action->sa_handler == SIG_DFL) {
		ours = guard_action();
		action = &ours;
	}
	ret = guard_real_sigaction()(signo, action, old);
	if (ret == 0 && old && old->sa_sigaction == guard_handle)
		*old = (struct sigaction){ .sa_handler = SIG_DFL };
	return ret;
}

__attribute__((visibility("default"))) sighandler_t
signal(int signo, sighandler_t handler)
{
	struct sigaction action = { .sa_handler = handler,
				    .sa_flags = SA_RESTART };
	struct sigaction old;
	guard_signal_fn real;

	if (guard_has(signo)) {
		sigaddset(&action.sa_mask, signo);
		return sigaction(signo, &action, &old) < 0 ? SIG_ERR
							   : old.sa_handler;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "signal");
	return real(signo, handler);
}

/* Where a suite has put a handler of its own, it stays. */
void guard_arm(void)
{
	stack_t stack = { .ss_sp = guard_room.stack,
			  .ss_size = sizeof(guard_room.stack) };
	struct sigaction dfl = { .sa_handler = SIG_DFL }, now;
	stack_t theirs;
	size_t i;

	/* A sanitizer's runtime has one, and gives it back at its end; its
	 * own handlers say where. */
	if (!guard_real_sigaction() || sigaltstack(NULL, &theirs) < 0 ||
	    !(theirs.ss_flags & SS_DISABLE) || sigaltstack(&stack, NULL) < 0)
		return;
	guard_armed = true;
	for (i = 0; i < array_size(guard_signals); i++)
		if (sigaction(guard_signals[i], NULL, &now) == 0 &&
		    now.sa_handler == SIG_DFL)
			sigaction(guard_signals[i], &dfl, NULL);
}

void guard_disarm(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL }, was;
	size_t i;

	if (!guard_armed)
		return;
	guard_armed = false;
	for (i = 0; i < array_size(guard_signals); i++)
		if (sigaction(guard_signals[i], NULL, &was) == 0 &&
		    was.sa_sigaction == guard_handle)
			sigaction(guard_signals[i], &dfl, NULL);
}

#else

/* Nobody could be kept from seeing it: there is none. */
void guard_arm(void)
{
	(void)guard_handle;
	(void)guard_signals;
}

void guard_disarm(void)
{
}

#endif
