/* SPDX-License-Identifier: MIT */
/*
 * measure [-m] [-n] COMMAND [ARGUMENT...]
 *
 * Runs a command and prints one line:
 *
 *	CPU_NS WALL_NS STATUS HWM_KB ARENA_BYTES SHMEM_KB LAST LINE OF STDOUT
 *
 * CPU is user and system time of the whole process tree: this process is the
 * subreaper of all of it and waits for everybody, so nobody's time is lost.
 * STATUS is as a shell's $?.
 *
 * The next three are of the command's own process and 0 without -m: its peak
 * resident size (VmHWM), the size of its mapping of shmrun's arena, and by how
 * much the machine's Shmem rose while it ran.  They are looked for every 2 ms.
 * VmHWM and the arena never shrink, so what a look can miss is what a process
 * touches in its last 2 ms: under 8 MB at 4 GB/s.
 *
 * -n: stdout to /dev/null, for peers that print a line per test; LAST is "-".
 *
 * Children get BENCH_START, the monotonic clock in ns just before the fork.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 2
#define LAST_CAP 256

struct measure {
	bool memory, quiet;
	pid_t pid;
	int out; /* read end of its stdout */
	int status;
	uint64_t start_ns, wall_ns, cpu_ns;
	unsigned long hwm_kb, arena, shmem_kb, shmem_before_kb;
	char last[LAST_CAP]; /* the line being read, then the last one */
	char line[LAST_CAP];
	size_t len;
};

static void fail(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(99);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* ---- memory ---------------------------------------------------------- */

/* The number behind "key" at the start of a line of a file, or 0. */
static unsigned long number_in(const char *path, const char *key)
{
	unsigned long value = 0;
	char line[256];
	FILE *file = fopen(path, "re");

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, key, strlen(key)) == 0) {
			value = strtoul(line + strlen(key), NULL, 10);
			break;
		}
	fclose(file);
	return value;
}

static unsigned long arena_size(pid_t pid)
{
	unsigned long from, to, size = 0;
	char path[64], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (strstr(line, "/memfd:shmrun-arena") &&
		    sscanf(line, "%lx-%lx", &from, &to) == 2)
			size += to - from;
	fclose(file);
	return size;
}

static void keep_peak(unsigned long *peak, unsigned long value)
{
	if (value > *peak)
		*peak = value;
}

static void look(struct measure *m)
{
	unsigned long shmem = number_in("/proc/meminfo", "Shmem:");
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)m->pid);
	keep_peak(&m->hwm_kb, number_in(path, "VmHWM:"));
	if (shmem > m->shmem_before_kb)
		keep_peak(&m->shmem_kb, shmem - m->shmem_before_kb);
	if (m->arena == 0)
		m->arena = arena_size(m->pid);
}

/* ---- output ---------------------------------------------------------- */

static void end_line(struct measure *m)
{
	m->line[m->len] = '\0';
	memcpy(m->last, m->line, m->len + 1);
	m->len = 0;
}

static void read_text(struct measure *m, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] == '\n')
			end_line(m);
		else if (m->len < LAST_CAP - 1)
			m->line[m->len++] = text[i];
}

/* Reads until the command and all its descendants have closed stdout. */
static void follow(struct measure *m)
{
	struct pollfd fd = { .fd = m->out, .events = POLLIN };
	static char text[65536];
	ssize_t got;

	for (;;) {
		if (m->memory)
			look(m);
		if (poll(&fd, 1, m->memory ? LOOK_MS : -1) == 0)
			continue;
		got = read(m->out, text, sizeof(text));
		if (got == 0)
			return;
		if (got > 0)
			read_text(m, text, (size_t)got);
		else if (errno != EINTR)
			fail("read");
	}
}

/* ---- the command ----------------------------------------------------- */

static void start(struct measure *m, char **argv)
{
	char text[32];
	int ends[2], null;

	if (pipe2(ends, O_CLOEXEC) < 0)
		fail("pipe");
	m->shmem_before_kb = number_in("/proc/meminfo", "Shmem:");
	m->start_ns = now_ns();
	snprintf(text, sizeof(text), "%llu", (unsigned long long)m->start_ns);
	setenv("BENCH_START", text, 1);
	m->pid = fork();
	if (m->pid < 0)
		fail("fork");
	if (m->pid == 0) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		/* With -n the pipe stays open in the child as a sign of life. */
		if (m->quiet)
			fcntl(ends[1], F_SETFD, 0);
		dup2(m->quiet ? null : ends[1], STDOUT_FILENO);
		execvp(argv[0], argv);
		fail(argv[0]);
	}
	close(ends[1]);
	m->out = ends[0];
}

static uint64_t timeval_ns(struct timeval tv)
{
	return (uint64_t)tv.tv_sec * 1000000000u + (uint64_t)tv.tv_usec * 1000u;
}

static void finish(struct measure *m)
{
	struct rusage usage;
	int status;

	while (waitpid(m->pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid");
	m->wall_ns = now_ns() - m->start_ns;
	m->status = WIFEXITED(status) ? WEXITSTATUS(status)
				      : 128 + WTERMSIG(status);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	getrusage(RUSAGE_CHILDREN, &usage);
	m->cpu_ns = timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime);
}

int main(int argc, char **argv)
{
	struct measure m = { .last = "-" };
	int option;

	while ((option = getopt(argc, argv, "+mn")) != -1) {
		if (option == '?')
			return 99;
		m.memory |= option == 'm';
		m.quiet |= option == 'n';
	}
	if (optind == argc) {
		fprintf(stderr, "measure: no command\n");
		return 99;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	start(&m, argv + optind);
	follow(&m);
	finish(&m);
	printf("%llu %llu %d %lu %lu %lu %s\n", (unsigned long long)m.cpu_ns,
	       (unsigned long long)m.wall_ns, m.status, m.hwm_kb, m.arena,
	       m.shmem_kb, m.last);
	return 0;
}
