/* SPDX-License-Identifier: MIT */
#include "shim/serve.h"

#include "base/raw.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Out of the way of what the program opens: it gets the lowest. */
#define SERVE_LOWEST_FD 40
/* Of sizes up to 296 bytes; with what the allocator adds, 3,024 bytes. */
#define WARM_SIZES 18
#define WARM_ROUNDS 11
#define WARM_PAGE 4096

/* Not written from one test to the next: that would cost child and server a
 * copy of the page each time. */
static struct {
	struct served_page *page;
	struct talk *own;
	int talk;
	uint32_t n_entries; /* called so far */
	bool is_clean; /* no code of the program ran since the last fork */
	bool has_atfork;
	uintptr_t base;
	bool exits; /* a child must end by exit(3): PIT-1 */
	bool ends;  /* ... because its framework does so */
	struct sigaction reaping; /* the program's own, for SIGCHLD */
	pid_t pid;  /* of the server */
} serve;

/* What changes with every test, on a page that children do not have. */
struct talk {
	struct served_question question;
	int status; /* of the child that has ended */
	bool is_wanted;
	bool greeted;
};

/* ---- start ----------------------------------------------------------- */

static void serve_restore_preload(void)
{
	const char *before = getenv(SERVED_ENV_PRELOAD);

	/* Or programs that tests start would inherit the object (CRX-3). */
	if (before)
		setenv("LD_PRELOAD", before, 1);
	else
		unsetenv("LD_PRELOAD");
	if (getenv(SERVED_ENV_LAZY))
		unsetenv("LD_BIND_NOW");
	unsetenv(SERVED_ENV_LAZY);
	unsetenv(SERVED_ENV_PRELOAD);
	unsetenv(SERVED_ENV);
}

/* Does something count or look for leaks when the process ends? */
static bool serve_must_exit(void)
{
	return dlsym(RTLD_DEFAULT, "__lsan_do_leak_check") ||
	       dlsym(RTLD_DEFAULT, "__gcov_dump") ||
	       dlsym(RTLD_DEFAULT, "llvm_profile_write_file");
}

static struct served_page *serve_map(void)
{
	struct served_page *page =
		mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED,
		     SERVED_PAGE, 0);

	return page != MAP_FAILED && page->magic == SERVED_MAGIC ? page : NULL;
}

static int serve_program_base(struct dl_phdr_info *info, size_t size, void *to)
{
	(void)size;
	*(uintptr_t *)to = info->dlpi_addr;
	return 1; /* the program is the first */
}

static struct talk *serve_map_own(void)
{
	void *own = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (own == MAP_FAILED || madvise(own, 4096, MADV_DONTFORK) < 0)
		return NULL;
	return own;
}

/* What changes from test to test is not written by the child, which would have
 * to copy pages. */
static void serve_share_environment(void)
{
	struct served_told *told = &serve.page->told;
	uint32_t i;

	for (i = 0; i < told->n && i < SERVED_TOLD_MAX; i++)
		if (told->at[i] < SERVED_TOLD)
			putenv(told->text + told->at[i]);
}

__attribute__((constructor)) static void serve_open(void)
{
	if (!getenv(SERVED_ENV))
		return;
	serve_restore_preload();
	serve.page = serve_map();
	serve.own = serve_map_own();
	if (!serve.page || !serve.own)
		_exit(1);
	serve.talk = fcntl(SERVED_TALK, F_DUPFD_CLOEXEC, SERVE_LOWEST_FD);
	if (serve.talk < 0)
		_exit(1);
	close(SERVED_TALK);
	close(SERVED_PAGE);
	close(SERVED_IMAGE);
	serve.exits = serve_must_exit();
	serve.pid = getpid();
	serve_share_environment();
	if (serve.page->carried)
		return;
	dl_iterate_phdr(serve_program_base, &serve.base);
	serve_loaded();
}

uintptr_t serve_base(void)
{
	return serve.base;
}

/* In place of a program: loads the shared object and calls its main(). */
__attribute__((visibility("default"))) int shmrun_carry(int argc, char **argv);
int shmrun_carry(int argc, char **argv)
{
	void *handle = dlopen(argv[2], RTLD_NOW | RTLD_GLOBAL);
	int (*main_of)(int argc, char **argv, char **env);
	struct link_map *map;

	if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map) < 0)
		serve_refuse(dlerror());
	serve.base = map->l_addr;
	/* A runtime may have come with it. */
	serve.exits = serve_must_exit();
	serve_loaded();
	main_of = (__typeof__(main_of))(uintptr_t)dlsym(handle, "main");
	if (serve_carried)
		return serve_carried(main_of, argc, argv);
	if (!main_of)
		serve_refuse("it has no main()");
	return main_of(argc - 2, argv + 2, environ);
}

struct served_page *serve_page(void)
{
	return serve.page;
}

/* A directory's links: itself, its name, and one per thread. */
static bool serve_has_threads(void)
{
	struct stat st;

	return stat("/proc/self/task", &st) == 0 && st.st_nlink > 3;
}

bool serve_enter(void)
{
	uint32_t entry = serve.n_entries++;

	if (serve.page->mode == SERVED_LIST) {
		if (serve_has_threads())
			serve_refuse("it starts a thread before its tests; "
				     "children cannot be forked from that");
		return true;
	}
	return entry == serve.page->entry && getpid() == serve.pid;
}

/* ---- listing --------------------------------------------------------- */

static void serve_write(const struct iovec *parts, int n)
{
	size_t size = 0;
	int i;

	for (i = 0; i < n; i++)
		size += parts[i].iov_len;
	if (writev(serve.talk, parts, n) != (ssize_t)size)
		_exit(1);
}

static uint16_t serve_len(const char *text)
{
	size_t len = strlen(text);

	return (uint16_t)(len < 4000 ? len : 4000);
}

static struct iovec serve_text(const char *text)
{
	return (struct iovec){ (void *)(uintptr_t)text,
			       text ? serve_len(text) : 0 };
}

static void serve_put(struct served_test *t, const struct serve_test *of)
{
	struct iovec parts[] = {
		{ t, sizeof(*t) },
		serve_text(of->scope),
		serve_text(of->name),
		serve_text(of->file),
		serve_text(of->tags),
	};

	t->scope_len = (uint16_t)parts[1].iov_len;
	t->name_len = (uint16_t)parts[2].iov_len;
	t->file_len = (uint16_t)parts[3].iov_len;
	t->tags_len = (uint16_t)parts[4].iov_len;
	serve_write(parts, 5);
}

/* FNV-1a. */
static uint32_t serve_mark_text(uint32_t mark, const char *text)
{
	do {
		mark = (mark ^ (unsigned char)*text) * 16777619u;
	} while (*text++);
	return mark;
}

static uint32_t serve_mark(const char *scope, const char *name, uint32_t count)
{
	uint32_t mark = serve_mark_text(2166136261u, scope);

	return (serve_mark_text(mark, name) ^ count) * 16777619u;
}

bool serve_is(const char *scope, const char *name, uint32_t count)
{
	return serve_mark(scope, name, count) == serve.page->attempt.mark;
}

uint32_t serve_index(void)
{
	return serve.page->attempt.index;
}

void serve_list(const struct serve_test *test)
{
	struct served_test t = {
		.entry = serve.n_entries - 1,
		.number = test->number,
		.line = test->line,
		.disabled = test->disabled,
		.mark = serve_mark(test->scope, test->name, test->count),
		.count = test->count,
		.timeout_ms = test->timeout_ms,
		.signal = test->signal,
		.exit_code = test->exit_code,
	};

	serve_put(&t, test);
}

void serve_warn(const char *what)
{
	struct served_test t = { .kind = SERVED_WARNING };

	serve_put(&t, &(struct serve_test){ .name = what });
}

void serve_refuse(const char *why)
{
	struct served_test t = { .kind = SERVED_REFUSAL };

	if (serve.page->mode == SERVED_LIST)
		serve_put(&t, &(struct serve_test){ .name = why });
	_exit(1);
}

/* ---- the talk -------------------------------------------------------- */

static void serve_answer(uint32_t what, int status)
{
	struct served_answer a = { .what = what, .status = status };

	long n;

	do {
		n = raw_syscall(SYS_write, serve.talk, (long)&a, sizeof(a), 0,
				0);
	} while (n == -EINTR);
	if (n < 0)
		_exit(1);
}

uint32_t serve_wanted(void)
{
	long n;

	if (serve.own->is_wanted)
		return serve.own->question.number;
	if (!serve.own->greeted)
		serve_answer(SERVED_READY, 0);
	serve.own->greeted = true;
	do {
		n = raw_syscall(SYS_read, serve.talk,
				(long)&serve.own->question,
				sizeof(serve.own->question), 0, 0);
	} while (n == -EINTR);
	/* The worker is gone, and nobody is left to tear down for. */
	if (n != sizeof(serve.own->question))
		_exit(1);
	serve.own->is_wanted = true;
	serve.page->attempt.index = serve.own->question.index;
	serve.page->attempt.mark = serve.own->question.mark;
	return serve.own->question.number;
}

void serve_end_by_exit(void)
{
	serve.ends = true;
}

void serve_soil(void)
{
	serve.is_clean = false;
}

static void serve_done(uint32_t what, int status)
{
	serve.own->is_wanted = false;
	serve_answer(what, status);
}

void serve_break(void)
{
	serve_done(SERVED_BROKEN, 0);
}

void serve_break_all(void)
{
	if (!serve.own->greeted)
		serve_answer(SERVED_BROKEN, 0);
	serve.own->greeted = true;
	while (serve_wanted() != SERVED_LEAVE)
		serve_break();
}

/* ---- a test child ---------------------------------------------------- */

/* May a stream hold bytes back?  Flushing copies pages, and each page of libc's
 * text costs a fresh child 3 us: it is looked at without a call. */
static bool serve_is_pending(FILE *file)
{
#if defined(__GLIBC__)
	return file->_IO_write_ptr > file->_IO_write_base || file->_mode > 0;
#else
	return __fpending(file) > 0;
#endif
}

static pid_t serve_getpid(void)
{
	return (pid_t)raw_syscall(SYS_getpid, 0, 0, 0, 0, 0);
}

/* The server or its test child: not a process that they have made. */
static bool serve_is_own(void)
{
	pid_t pid = serve_getpid();

	return pid == serve.pid || pid == serve.page->attempt.pid;
}

__attribute__((noreturn)) static void serve_exit(int status)
{
	for (;;)
		raw_syscall(SYS_exit_group, status, 0, 0, 0, 0);
}

/* What pthread_atfork(3) ends in: is there a handler to call? */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-*): libc's own name */
__attribute__((visibility("default"))) int
__register_atfork(void (*prepare)(void), void (*parent)(void),
		  void (*child)(void), void *dso);
int __register_atfork(void (*prepare)(void), void (*parent)(void),
		      void (*child)(void), void *dso)
/* NOLINTEND(bugprone-reserved-identifier,cert-*) */
{
	__typeof__(&__register_atfork) real =
		(__typeof__(real))(uintptr_t)dlsym(RTLD_NEXT,
						   "__register_atfork");

	serve.has_atfork = true;
	return real ? real(prepare, parent, child, dso) : ENOMEM;
}

/* fork(3) without its locks, which matter to threads only, and a tenth of its
 * price; under a sanitizer's runtime, which replaces it, that one. */
static pid_t serve_fork(void)
{
#if HAVE__FORK
	if (!serve.has_atfork && !serve.exits)
		return _Fork();
#endif
	return fork();
}

static void serve_settle(pid_t server)
{
	raw_syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (raw_syscall(SYS_getppid, 0, 0, 0, 0, 0) != server)
		serve_exit(1);
	raw_syscall(SYS_setpgid, 0, 0, 0, 0, 0);
	raw_syscall(SYS_close, serve.talk, 0, 0, 0, 0);
	serve.page->attempt.pid = serve_getpid();
	if (serve.reaping.sa_handler != SIG_DFL)
		sigaction(SIGCHLD, &serve.reaping, NULL);
}

void serve_finish(void)
{
	struct served_attempt *attempt = &serve.page->attempt;

	/* A child of the test that came back from the body (PIT-2). */
	if (!serve_is_own())
		serve_exit(1);
	if (serve_is_pending(stdout))
		fflush(stdout);
	if (serve_is_pending(stderr))
		fflush(stderr);
	attempt->phase = ADAPTER_AFTER;
	attempt->done = 1;
	if (serve.exits || serve.ends)
		exit(0);
	serve_exit(0);
}

__attribute__((noreturn)) static void
serve_child(void (*run)(void *ctx, uint32_t number), void *ctx, uint32_t number,
	    pid_t server)
{
	serve_settle(server);
	run(ctx, number);
	serve_finish();
}

/* A program that ignores SIGCHLD, or reaps all there is, would take a child's
 * end away; to the child it is as it was. */
static void serve_keep_ends(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL }, before;

	sigaction(SIGCHLD, &dfl, &before);
	if (before.sa_handler != SIG_DFL)
		serve.reaping = before;
}

static void serve_lose_end(void)
{
	serve_fail("", 0, "the end of its process was taken away: does the "
		   "program reap all children?");
	serve_break();
}

/* A block of each size, up to the end of a page; false: they lie elsewhere. */
static bool serve_warm_round(void *volatile held[WARM_SIZES])
{
	uintptr_t page;
	size_t i;
	bool together = true;

	for (i = 0; i < WARM_SIZES; i++)
		held[i] = malloc(24 + i * 16);
	page = (uintptr_t)held[0] / WARM_PAGE;
	for (i = 1; i < WARM_SIZES; i++)
		together &= ((uintptr_t)held[i] + 24 + i * 16) / WARM_PAGE ==
			    page;
	return together;
}

/* Small blocks that lie side by side, on one page if that can be: a child that
 * takes them copies that one, and not one of the allocator's own, one of its
 * end and one of each old hole.  What is given back last is taken first; of a
 * size, glibc keeps seven so. */
static void serve_warm_heap(void)
{
	void *volatile held[WARM_ROUNDS][WARM_SIZES];
	size_t n = 0, i, at;
	bool together = false;

	while (n < WARM_ROUNDS && !together)
		together = serve_warm_round(held[n++]);
	for (at = 0; at < n; at++) {
		/* The last one is the seventh at the latest. */
		size_t which = at + 1 == n || at == 6 ? n - 1 : at;

		if (at > 6)
			which = at - 1;
		for (i = WARM_SIZES; i-- > 0;)
			free(held[which][i]);
	}
}

/* Once code of the program has run here. */
static void serve_clean(void)
{
	if (serve.is_clean)
		return;
	serve_warm_heap();
	/* Or the child prints it again (PROC-14). */
	fflush(NULL);
	serve_keep_ends();
	serve.is_clean = true;
}

void serve_run(void (*run)(void *ctx, uint32_t number), void *ctx)
{
	uint32_t number = serve.own->question.number;
	pid_t server = serve_getpid(), pid;
	long got;

	serve_clean();
	pid = serve_fork();
	if (pid == 0)
		serve_child(run, ctx, number, server);
	if (pid < 0) {
		serve_fail("", 0, strerror(errno));
		serve_break();
		return;
	}
	/* Straight from the fork, and into a page that the child does not
	 * have: the stack would be copied. */
	do {
		got = raw_syscall(SYS_wait4, pid, (long)&serve.own->status, 0,
				  0, 0);
	} while (got == -EINTR);
	if (got == pid)
		serve_done(SERVED_ENDED, serve.own->status);
	else
		serve_lose_end();
}

/* ---- what happens ---------------------------------------------------- */

void serve_phase(enum adapter_phase phase)
{
	if (!serve_is_own())
		serve_exit(1);
	serve.page->attempt.phase = phase;
}

bool serve_is_test(void)
{
	return serve_getpid() == serve.page->attempt.pid;
}

void serve_point(const char *file, uint32_t line)
{
	static const char *before = "";
	struct served_attempt *attempt = &serve.page->attempt;
	size_t len;

	if (!serve_is_test())
		return;
	if (file != before || !attempt->point_line) {
		len = strlen(file);
		if (len >= SERVED_POINT)
			len = SERVED_POINT - 1;
		memcpy(attempt->point_file, file, len);
		attempt->point_file[len] = '\0';
		before = file;
	}
	attempt->point_line = line;
}

/* Any thread of a test may fail (PIT-3). */
static pthread_mutex_t serve_lock = PTHREAD_MUTEX_INITIALIZER;

static void serve_note(uint32_t kind, const char *file, uint32_t line,
		       const char *text)
{
	struct served_attempt *attempt = &serve.page->attempt;
	struct served_note note = {
		.kind = kind,
		.phase = attempt->phase,
		.line = line,
		.file_len = serve_len(file),
		.text_len = serve_len(text),
	};
	uint32_t size = (sizeof(note) + note.file_len + note.text_len + 3u) &
			~3u;
	uint32_t at = attempt->used;
	char *to = serve.page->text + at;

	if (at > SERVED_TEXT || size > SERVED_TEXT - at)
		return;
	attempt->used += size;
	memcpy(to, &note, sizeof(note));
	memcpy(to + sizeof(note), file, note.file_len);
	memcpy(to + sizeof(note) + note.file_len, text, note.text_len);
}

void serve_fail(const char *file, uint32_t line, const char *text)
{
	struct served_attempt *attempt = &serve.page->attempt;
	bool in_body = attempt->phase == ADAPTER_BODY;

	if (!serve_is_own()) {
		dprintf(STDERR_FILENO, "%s:%u: in child process %d: %s\n", file,
			line, (int)getpid(), text);
		return;
	}
	pthread_mutex_lock(&serve_lock);
	if (in_body)
		attempt->n_failures++;
	else
		attempt->n_faults++;
	serve_note(SERVED_FAILURE, file, line, text);
	pthread_mutex_unlock(&serve_lock);
}

void serve_skip(const char *file, uint32_t line, const char *text)
{
	if (!serve_is_own())
		return;
	pthread_mutex_lock(&serve_lock);
	serve.page->attempt.skipped = 1;
	serve_note(SERVED_SKIP, file, line, text);
	pthread_mutex_unlock(&serve_lock);
}

void serve_more(const char *file, uint32_t line, const char *text)
{
	if (!serve_is_own())
		return;
	pthread_mutex_lock(&serve_lock);
	serve_note(SERVED_MORE, file, line, text);
	pthread_mutex_unlock(&serve_lock);
}

void serve_may_jump(void)
{
	/* Behind its end a test has nothing that it could leave. */
	if (!serve_is_own() || serve.page->attempt.phase == ADAPTER_AFTER ||
	    raw_syscall(SYS_gettid, 0, 0, 0, 0, 0) != serve_getpid())
		serve_exit(1);
}

void serve_forget(void)
{
	struct served_attempt *attempt = &serve.page->attempt;

	if (attempt->used <= SERVED_TEXT)
		memset(serve.page->text, 0, attempt->used);
	attempt->used = attempt->n_faults = attempt->skipped = 0;
}

bool serve_has_failed(void)
{
	return serve.page->attempt.n_failures || serve.page->attempt.n_faults;
}

uint32_t serve_faults(void)
{
	return serve.page->attempt.n_faults;
}
