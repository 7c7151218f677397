/* SPDX-License-Identifier: MIT */
#include "suite/leaks.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	void (*disable)(void);
	void (*enable)(void);
	int (*check)(void);
	void (*before_jump)(void);
} leaks;

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

/* The user's last word counts. */
static bool leaks_are_unwanted(const char *name)
{
	const char *at = getenv(name), *last = NULL;

	while (at && (at = strstr(at, "detect_leaks="))) {
		at += strlen("detect_leaks=");
		last = at;
	}
	return last && (*last == '0' || *last == 'f' || *last == 'n');
}

/* It stops all threads by ptrace(2), and ends the process where it may not. */
bool leaks_probe(const char **why)
{
	int status = 0, null;
	pid_t pid;

	*why = NULL;
	if (!leaks.check || !leaks.disable || !leaks.enable ||
	    leaks_are_unwanted("ASAN_OPTIONS") ||
	    leaks_are_unwanted("LSAN_OPTIONS"))
		return false;
	pid = fork();
	if (pid == 0) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, STDERR_FILENO);
		_exit(leaks.check() ? 1 : 0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
		return true;
	*why = "leaks are not looked for: LeakSanitizer cannot stop a process "
	       "here (ptrace(2) is refused, or somebody traces this one)";
	return false;
}

void leaks_begin(void)
{
	leaks.enable();
}

void leaks_end(void)
{
	leaks.disable();
}

bool leaks_found(void)
{
	return leaks.check() != 0;
}

void leaks_before_jump(void)
{
	if (leaks.before_jump)
		leaks.before_jump();
}
