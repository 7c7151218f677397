/* SPDX-License-Identifier: MIT */
/*
 * floor call N PROCESSES	an indirect call of an empty function between
 *				two clock reads, and a store, N times in all
 * floor fork N			fork, _exit, waitpid, one after the other
 * floor crash N		the same, but the child dies of SIGSEGV
 * floor exec N PROGRAM		vfork, execve, waitpid, one after the other
 * floor sleep N		N forks at once, which sleep 50 ms, _exit and are
 *				waited for
 * floor mkdir N		N folders in one in $TMPDIR; without its price, they
 *				are removed
 *
 * What nobody can go below: prints CPU ns (user and system, children's too)
 * per call.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CELLS 512 /* a page of results */

static void empty(void)
{
}

/* Read anew for each call: the compiler cannot know what it calls. */
static void (*volatile body)(void) = empty;
static int *volatile nowhere;

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void call(unsigned long n)
{
	volatile uint64_t *cells = mmap(NULL, CELLS * sizeof(*cells),
					PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long i;

	if (cells == MAP_FAILED)
		_exit(1);
	for (i = 0; i < n; i++) {
		uint64_t start = clock_ns();

		body();
		cells[i % CELLS] = clock_ns() - start;
	}
}

static void call_in(unsigned long n, unsigned long processes)
{
	unsigned long i;

	for (i = 0; i < processes; i++)
		if (fork() == 0) {
			call(n / processes);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
}

static void child_exit(void)
{
	_exit(0);
}

static void child_crash(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	*nowhere = 1;
}

static void fork_each(unsigned long n, void (*child)(void))
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == 0)
			child();
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			exit(1);
	}
}

static pid_t exec_one(char *program)
{
	char *argv[] = { program, NULL };
	pid_t pid = vfork();

	if (pid == 0) {
		execve(program, argv, environ);
		_exit(127);
	}
	return pid;
}

static void exec_each(unsigned long n, char *program)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		pid_t pid = exec_one(program);
		int status;

		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			exit(1);
	}
}

static void fork_all(unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			usleep(50000);
			_exit(0);
		}
		if (pid < 0)
			exit(1);
	}
	while (wait(NULL) > 0)
		;
}

static uint64_t cpu_of(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return ((uint64_t)u.ru_utime.tv_sec + (uint64_t)u.ru_stime.tv_sec) *
		       1000000000u +
	       ((uint64_t)u.ru_utime.tv_usec + (uint64_t)u.ru_stime.tv_usec) *
		       1000u;
}

static uint64_t cpu_ns(void)
{
	return cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
}

/* Until they are there: what removing them takes is another matter. */
static uint64_t folders(unsigned long n)
{
	const char *base = getenv("TMPDIR");
	char root[4096], name[32];
	uint64_t made_ns;
	unsigned long i;

	snprintf(root, sizeof(root), "%s/shmrun-floor.XXXXXX",
		 base && *base ? base : "/tmp");
	if (!mkdtemp(root) || chdir(root) < 0)
		exit(1);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "w%lu", i);
		if (mkdir(name, 0700) < 0)
			exit(1);
	}
	made_ns = cpu_ns();
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "w%lu", i);
		rmdir(name);
	}
	rmdir(root);
	return made_ns;
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	uint64_t before = cpu_ns(), after = 0;

	if (n && argc == 4 && strcmp(argv[1], "call") == 0)
		call_in(n, strtoul(argv[3], NULL, 10));
	else if (n && strcmp(argv[1], "fork") == 0)
		fork_each(n, child_exit);
	else if (n && strcmp(argv[1], "crash") == 0)
		fork_each(n, child_crash);
	else if (n && argc == 4 && strcmp(argv[1], "exec") == 0)
		exec_each(n, argv[3]);
	else if (n && strcmp(argv[1], "sleep") == 0)
		fork_all(n);
	else if (n && strcmp(argv[1], "mkdir") == 0)
		after = folders(n);
	else
		return 2;
	if (!after)
		after = cpu_ns();
	printf("%.1f\n", (double)(after - before) / (double)n);
	return 0;
}
