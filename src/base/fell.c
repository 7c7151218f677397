/* SPDX-License-Identifier: MIT */
#include "base/fell.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/proc.h"
#include "base/sys.h"

#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* So many looks that find somebody are no chance. */
#define PATIENCE 8
#define CLEAN_NS NS_PER_S
#define BOMB_NS (10 * NS_PER_S)

/* Reserved, and used as far as it is needed. */
#define TREE_CAP (UINT32_C(1) << 19)
#define CHILDREN_CAP 4096
#define ROUNDS_MAX 32
#define ROUND_NS UINT64_C(200000)

struct node {
	pid_t pid, parent;
};

struct tree {
	struct node *nodes; /* parents before their children */
	uint32_t n;
	bool moves; /* somebody ran in this round */
};

static void fell_nap(uint64_t ns)
{
	struct timespec nap = clock_timespec(ns);

	nanosleep(&nap, NULL);
}

/* A signal for the process of that number whose parent is the one it was found
 * at, or for nobody: a parent may reap it at any time (PROC-5).  Its state
 * before that, as proc(5) has it; 0 = it is gone. */
static char fell_signal(const struct node *node, int signo)
{
	int fd = sys_pidfd_open(node->pid);
	struct proc_stat stat;
	char state = 0;

	if (fd < 0)
		return 0;
	/* If the number is another's by now, the one that the descriptor is of
	 * has been reaped, and no signal can reach it. */
	if (proc_stat(node->pid, &stat) && stat.parent == node->parent) {
		state = stat.state;
		sys_pidfd_signal(fd, signo);
	}
	close(fd);
	return state;
}

/* With a SIGSTOP on its way, one that sleeps in the kernel (D) does not come
 * back from there, and one in vfork(2) waits for a child that stands, too. */
static bool fell_stands(char state)
{
	switch (state) {
	case 'T':
	case 't':
	case 'D':
	case 'Z':
	case 'X':
		return true;
	default:
		return false;
	}
}

static void fell_add(struct tree *t, const pid_t *pids, int n, pid_t parent)
{
	int i;

	for (i = 0; i < n && t->n < TREE_CAP; i++)
		t->nodes[t->n++] = (struct node){ pids[i], parent };
}

static void fell_roots(struct tree *t, const struct fell *f)
{
	pid_t pids[CHILDREN_CAP];
	int n = sys_children(pids, CHILDREN_CAP), i, kept = 0;

	for (i = 0; i < n; i++)
		if (!f->spares || !f->spares(f->ctx, pids[i]))
			pids[kept++] = pids[i];
	t->n = 0;
	fell_add(t, pids, kept, getpid());
}

/* Whoever stands has no more children than are listed after that. */
static void fell_stop(struct tree *t)
{
	pid_t pids[CHILDREN_CAP];
	uint32_t i;

	t->moves = false;
	for (i = 0; i < t->n; i++) {
		pid_t pid = t->nodes[i].pid;

		if (!fell_stands(fell_signal(&t->nodes[i], SIGSTOP)))
			t->moves = true;
		fell_add(t, pids, proc_children(pid, pids, CHILDREN_CAP), pid);
	}
}

/* Children first: as long as their parents stand, the numbers are theirs. */
static void fell_kill(const struct tree *t)
{
	uint32_t i;

	for (i = t->n; i-- > 0;)
		fell_signal(&t->nodes[i], SIGKILL);
}

/* True when somebody was running. */
static bool fell_tree(const struct fell *f)
{
	size_t size = TREE_CAP * sizeof(struct node);
	struct tree t = { .moves = true };
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int round;

	if (map == MAP_FAILED)
		return false;
	t.nodes = map;
	for (round = 0; round < ROUNDS_MAX && t.moves; round++) {
		if (round)
			fell_nap(ROUND_NS);
		fell_roots(&t, f);
		fell_stop(&t);
	}
	fell_kill(&t);
	munmap(map, size);
	return round > 1;
}

void fell_begin(struct fell *f, uint64_t now_ns)
{
	f->n_looks = 0;
	f->until_ns = now_ns + CLEAN_NS;
	f->last_ns = now_ns + BOMB_NS;
}

bool fell_again(struct fell *f)
{
	if (++f->n_looks > PATIENCE && fell_tree(f))
		f->until_ns = min_of(clock_now_ns() + CLEAN_NS, f->last_ns);
	if (clock_now_ns() >= f->until_ns)
		return false;
	fell_nap(f->nap_ns);
	return true;
}
