/* SPDX-License-Identifier: MIT */
#include "suite/leaks.h"

#include "base/mem.h"
#include "base/str.h"
#include "suite/heap.h"
#include "suite/runtime.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the stack, in bytes: the search itself goes some thousand deep. */
enum { LEAKS_DEPTH = 64 * 1024 };

static struct {
	void (*disable)(void);
	void (*enable)(void);
	int (*check)(void);
	void (*before_jump)(void);
	bool asked, spared; /* leaks_spare_programs() */
	bool counts; /* the heap is known */
	volatile bool open; /* a test runs */
} leaks;

/* The runtime disables the search for leaks by threads, too: what another one
 * allocates can always be one. */
static __thread bool leaks_is_main;

static void leaks_hear_malloc(const volatile void *object, size_t size)
{
	(void)size;
	if (leaks.open || !leaks_is_main)
		heap_add(object);
}

static void leaks_hear_free(const volatile void *object)
{
	heap_drop(object);
}

static void leaks_resolve(void *to, const char *name)
{
	*(void **)to = dlsym(RTLD_DEFAULT, name);
}

void leaks_open(void)
{
	leaks_resolve(&leaks.disable, "__lsan_disable");
	leaks_resolve(&leaks.enable, "__lsan_enable");
	leaks_resolve(&leaks.check, "__lsan_do_recoverable_leak_check");
	leaks_resolve(&leaks.before_jump, "__asan_handle_no_return");
	if (leaks.disable)
		leaks.disable();
}

bool leaks_has_thread(void)
{
	return dlsym(RTLD_DEFAULT, "__tsan_init") != NULL;
}

bool leaks_has_runtime(void)
{
	return leaks.disable || leaks.before_jump || leaks_has_thread() ||
	       dlsym(RTLD_DEFAULT, "__ubsan_handle_type_mismatch_v1");
}

/* Of runtime_options: those that say whether leaks are looked for. */
static bool leaks_is_named(const char *option)
{
	return strncmp(option, "ASAN_", 5) == 0 ||
	       strncmp(option, "LSAN_", 5) == 0;
}

/* The user's last word counts. */
static bool leaks_are_unwanted_by(const char *name)
{
	const char *at = getenv(name), *last = NULL;

	while (at && (at = strstr(at, "detect_leaks="))) {
		at += strlen("detect_leaks=");
		last = at;
	}
	return last && (*last == '0' || *last == 'f' || *last == 'n');
}

static bool leaks_are_unwanted(void)
{
	return leaks_are_unwanted_by("ASAN_OPTIONS") ||
	       leaks_are_unwanted_by("LSAN_OPTIONS");
}

/* ---- programs -------------------------------------------------------- */

/* In a child, which a filter of calls may kill for it.  An emulator that does
 * not know the call says ENOSYS: that is not refused. */
static bool leaks_may_trace(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 &&
		      errno == EPERM);
	return pid < 0 || waitpid(pid, &status, 0) != pid || status == 0;
}

/* Behind what is there, or would have been: the last word counts. */
static void leaks_switch_off(const char *option)
{
	size_t len = strcspn(option, "=");
	char *name = mem_strndup(option, len);
	const char *before = getenv(name);
	struct str all = STR_INIT;

	str_addf(&all, "%s:detect_leaks=0", before ? before : option + len + 1);
	setenv(name, str_get(&all), 1);
	str_fini(&all);
	free(name);
}

void leaks_spare_programs(void)
{
	const char *const *option;

	if (leaks.asked)
		return;
	leaks.asked = true;
	if (leaks_are_unwanted() || leaks_may_trace())
		return;
	leaks.spared = true;
	for (option = runtime_options; *option; option++)
		if (leaks_is_named(*option))
			leaks_switch_off(*option);
}

/* ---- suites ---------------------------------------------------------- */

/* A search takes milliseconds, and most tests have nothing left that could have
 * leaked. */
static void leaks_count(void)
{
	int (*hear)(void (*)(const volatile void *, size_t),
		    void (*)(const volatile void *));

	leaks_resolve(&hear, "__sanitizer_install_malloc_and_free_hooks");
	heap_open();
	leaks_is_main = true;
	leaks.counts = hear && hear(leaks_hear_malloc, leaks_hear_free) > 0;
}

static bool leaks_cannot(const char **why)
{
	*why = "leaks are not looked for: LeakSanitizer cannot stop a process "
	       "here (ptrace(2) is refused, or somebody traces this one)";
	return false;
}

/* It stops all threads by ptrace(2), and ends the process where it may not. */
bool leaks_probe(const char **why)
{
	int status = 0, null;
	pid_t pid;

	*why = NULL;
	if (leaks.spared)
		return leaks_cannot(why);
	if (!leaks.check || !leaks.disable || !leaks.enable ||
	    leaks_are_unwanted())
		return false;
	pid = fork();
	if (pid == 0) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, STDERR_FILENO);
		_exit(leaks.check() ? 1 : 0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0) {
		leaks_count();
		return true;
	}
	return leaks_cannot(why);
}

void leaks_begin(void)
{
	leaks.open = true;
	leaks.enable();
}

void leaks_end(void)
{
	leaks.disable();
	leaks.open = false;
}

/* What a test leaves below its caller's frame would stand in the frames of the
 * search, in places they do not fill, and what a pointer leads to is no leak. */
__attribute__((noinline)) static void leaks_wipe_stack(void)
{
	char below[LEAKS_DEPTH];

	memset(below, 0, sizeof(below));
	__asm__ volatile("" : : "r"(below) : "memory");
}

bool leaks_found(void)
{
	if (leaks.counts && heap_is_empty())
		return false;
	leaks_wipe_stack();
	return leaks.check() != 0;
}

void leaks_before_jump(void)
{
	if (leaks.before_jump)
		leaks.before_jump();
}
