/* SPDX-License-Identifier: MIT */
/*
 * slayer.c - runs shmrun and, at random moments, kills or stops its workers,
 * test children and loaders.
 *
 *	slayer SEED MEAN_US N_LOADERS FILE shmrun ARGUMENT...
 *
 * Between two blows it waits MEAN_US on average, 0 = it never strikes; where
 * BLOWS_IN_VAIN in a row let no test begin, it waits for one, or shmrun would
 * rightly give up (TORTURE_LOG must grow).  Of the loaders it kills N_LOADERS
 * at most.  FILE gets one line: kills, loaders
 * killed, stops, and processes that were left behind when shmrun had ended
 * (which it kills).  Its exit status is shmrun's, 128 + n for a signal.
 *
 * Whom it strikes it holds by a pidfd, with the parent checked behind that: it
 * cannot hit a stranger.
 */
#include "base/rng.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILDREN_MAX 256
#define BLOWS_IN_VAIN 8

struct slayer {
	struct rng rng;
	uint32_t mean_us;
	uint32_t n_loaders; /* that may be killed yet */
	uint32_t n_kills, n_loader_kills, n_stops, n_left;
	pid_t runner;
	const char *log;
	off_t log_size;
	uint32_t n_vain; /* blows since it grew */
};

static int children_of(pid_t pid, pid_t *out)
{
	char path[64];
	FILE *f;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "re");
	while (f && n < CHILDREN_MAX && fscanf(f, "%d", &out[n]) == 1)
		n++;
	if (f)
		fclose(f);
	return n;
}

/* 0 = none, or only one that is dead already. */
static pid_t living_parent(pid_t pid)
{
	char path[64], state = 'Z';
	int parent = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%*d (%*[^)]) %c %d", &state, &parent) != 2)
		parent = 0;
	if (f)
		fclose(f);
	return state == 'Z' || state == 'X' ? 0 : parent;
}

static void nap(uint32_t us)
{
	struct timespec t = { .tv_sec = us / 1000000,
			      .tv_nsec = us % 1000000 * 1000L };

	nanosleep(&t, NULL);
}

static bool is_running(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		       0 &&
	       info.si_pid == 0;
}

/* One of the children, or 0. */
static pid_t pick_child(struct slayer *s, pid_t parent)
{
	pid_t pids[CHILDREN_MAX];
	int n = parent ? children_of(parent, pids) : 0;

	return n ? pids[rng_below(&s->rng, (uint32_t)n)] : 0;
}

/* True when the signal went to that child of that parent, alive. */
static bool strike(pid_t pid, pid_t parent, int fd, int signo)
{
	return living_parent(pid) == parent &&
	       syscall(SYS_pidfd_send_signal, fd, signo, NULL, 0) == 0;
}

static void stop_for_a_while(struct slayer *s, pid_t pid, pid_t parent, int fd)
{
	if (!strike(pid, parent, fd, SIGSTOP))
		return;
	s->n_stops++;
	nap(rng_below(&s->rng, 3000));
	syscall(SYS_pidfd_send_signal, fd, SIGCONT, NULL, 0);
}

/* Did a test begin lately? */
static bool is_getting_on(struct slayer *s)
{
	struct stat st;

	if (stat(s->log, &st) < 0 || st.st_size == s->log_size)
		return ++s->n_vain <= BLOWS_IN_VAIN;
	s->log_size = st.st_size;
	s->n_vain = 0;
	return true;
}

static void blow(struct slayer *s)
{
	pid_t loader = pick_child(s, s->runner);
	pid_t worker = pick_child(s, loader);
	pid_t child = pick_child(s, worker);
	uint32_t dice = rng_below(&s->rng, 64);
	pid_t victim = child && dice % 2 ? child : worker;
	pid_t parent = victim == worker ? loader : worker;
	int fd;

	/* One without workers still lists the suite: its death is another
	 * matter, and rightly the end of the run. */
	if (dice == 0 && s->n_loaders > 0 && worker) {
		victim = loader;
		parent = s->runner;
	}
	fd = victim ? (int)syscall(SYS_pidfd_open, victim, 0) : -1;
	if (fd < 0)
		return;
	if (dice >= 60) {
		stop_for_a_while(s, victim, parent, fd);
	} else if (strike(victim, parent, fd, SIGKILL)) {
		s->n_kills++;
		s->n_loader_kills += victim == loader;
		s->n_loaders -= victim == loader;
	}
	close(fd);
}

/* What shmrun has left is this subreaper's. */
static void bury_the_rest(struct slayer *s)
{
	pid_t pids[CHILDREN_MAX];
	int n, i;

	while ((n = children_of(getpid(), pids)) > 0)
		for (i = 0; i < n; i++) {
			s->n_left += living_parent(pids[i]) != 0;
			kill(pids[i], SIGKILL);
			waitpid(pids[i], NULL, 0);
		}
}

static int tell(const struct slayer *s, const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return -1;
	fprintf(f, "%u %u %u %u\n", s->n_kills, s->n_loader_kills, s->n_stops,
		s->n_left);
	return fclose(f);
}

int main(int argc, char **argv)
{
	struct slayer s = { 0 };
	int status = 0;

	if (argc < 6)
		return 2;
	s.rng.state = strtoull(argv[1], NULL, 10);
	s.mean_us = (uint32_t)strtoul(argv[2], NULL, 10);
	s.n_loaders = (uint32_t)strtoul(argv[3], NULL, 10);
	s.log = getenv("TORTURE_LOG");
	if (!s.log)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	s.runner = fork();
	if (s.runner == 0) {
		execv(argv[5], argv + 5);
		_exit(127);
	}
	while (s.mean_us && is_running(s.runner)) {
		nap(rng_below(&s.rng, 2 * s.mean_us));
		if (is_getting_on(&s))
			blow(&s);
	}
	waitpid(s.runner, &status, 0);
	bury_the_rest(&s);
	if (tell(&s, argv[4]) < 0)
		return 2;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}
