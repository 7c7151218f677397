/* SPDX-License-Identifier: MIT */
#include "run/evidence.h"

#include "base/clock.h"
#include "base/proc.h"
#include "base/sys.h"
#include "run/run_impl.h"
#include "shm/catalog.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SHOWN_MAX 8 /* children or threads */

static double evidence_seconds(uint64_t ns)
{
	return (double)ns / (double)NS_PER_S;
}

/* ---- the verdict ----------------------------------------------------- */

static const char *evidence_find_cause(const struct evidence_facts *f)
{
	if (f->state == 'T')
		return "was stopped (by SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU)";
	if (f->state == 't')
		return "was stopped by a debugger";
	if (f->window_ns && f->wait_ns >= f->window_ns / 2 &&
	    f->wait_ns > f->cpu_ns)
		return "starved: it wanted to run and got no processor";
	if (f->window_ns && f->cpu_ns + f->wait_ns >= f->window_ns / 4 * 3)
		return "hung: it ran without an end";
	if (f->state == 'D')
		return "hung: it is stuck in the kernel";
	return "hung: it waited";
}

void evidence_add_verdict(struct str *out, const struct evidence_facts *f)
{
	str_add(out, evidence_find_cause(f));
	if (f->window_ns == 0)
		return;
	str_addf(out, "; of the last %.2fs it ran for %.2fs",
		 evidence_seconds(f->window_ns), evidence_seconds(f->cpu_ns));
	if (f->wait_ns >= f->window_ns / 20)
		str_addf(out, " and waited for a processor for %.2fs",
			 evidence_seconds(f->wait_ns));
	if (f->n_throttled)
		str_addf(out, "; the quota of its control group was used up "
			 "in %" PRIu64 " of %" PRIu64 " periods",
			 f->n_throttled, f->n_periods);
}

/* ---- one process, or thread ------------------------------------------ */

static void evidence_add_place(struct str *out, pid_t pid, pid_t tid)
{
	char text[PROC_CALL_CAP];

	if (proc_call(pid, tid, text, sizeof(text)))
		str_addf(out, ", in %s", text);
	if (proc_wait_channel(pid, tid, text, sizeof(text)))
		str_addf(out, " (%s)", text);
}

static void evidence_add_kernel_stack(struct str *out, pid_t pid)
{
	char text[PROC_STACK_CAP];

	if (proc_kernel_stack(pid, text, sizeof(text)))
		str_addf(out, "\nkernel stack: %s", text);
}

static void evidence_add_threads(struct str *out, pid_t pid)
{
	pid_t tids[SHOWN_MAX];
	int n = proc_threads(pid, tids, SHOWN_MAX), i;

	for (i = 0; i < n; i++) {
		struct proc_stat stat;

		if (!proc_stat_thread(pid, tids[i], &stat))
			continue;
		str_addf(out, "\nthread %d (%s): state %c", (int)tids[i],
			 stat.name, stat.state);
		evidence_add_place(out, pid, tids[i]);
	}
	if (n == SHOWN_MAX)
		str_add(out, "\nand more threads");
}

static void evidence_add_children(struct str *out, pid_t pid)
{
	pid_t pids[SHOWN_MAX];
	int n = proc_children(pid, pids, SHOWN_MAX), i;

	for (i = 0; i < n; i++) {
		char title[PROC_TITLE_CAP];
		struct proc_stat stat;

		if (!proc_stat(pids[i], &stat))
			continue;
		proc_title(pids[i], &stat, pid, title, sizeof(title));
		str_addf(out, "\nchild %s: state %c, %.2fs of CPU", title,
			 stat.state, evidence_seconds(stat.cpu_ns));
		evidence_add_place(out, pids[i], pids[i]);
	}
	if (n == SHOWN_MAX)
		str_add(out, "\nand more children");
}

/* ---- the test of a slot ---------------------------------------------- */

/* How many forks the test is away from the worker. */
static int evidence_depth(const struct run *run, uint32_t position)
{
	const struct listing *l = run->args->listing;
	const struct test *test =
		&l->tests[plan_at(run->args->plan, position).test_ix];
	const struct suite *suite = &l->suites[test->suite_ix];

	if (catalog_isolate(run->args->isolate, suite->isolate, test->attrs) ==
	    ISOLATE_WORKER)
		return 0;
	return suite->serves ? 2 : 1;
}

/* The youngest that leads its own group: children of fixtures are older.  0 =
 * there is none. */
static pid_t evidence_child(pid_t parent)
{
	pid_t pids[SHOWN_MAX];
	struct proc_stat stat;
	int n;

	for (n = proc_children(parent, pids, SHOWN_MAX); n > 0; n--)
		if (proc_stat(pids[n - 1], &stat) && stat.group == pids[n - 1])
			return pids[n - 1];
	return 0;
}

pid_t evidence_leader(const struct run *run, uint32_t slot, uint32_t position)
{
	pid_t pid = run->slots[slot].pid, child;
	int depth = pid > 0 ? evidence_depth(run, position) : 0;

	for (; depth > 0; depth--) {
		child = evidence_child(pid);
		if (!child)
			break;
		pid = child;
	}
	return pid;
}

static uint64_t evidence_count(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* The same two names in both versions of control groups. */
static void evidence_read_quota(const struct run *run, struct evidence_mark *m)
{
	char text[1024] = "";

	if (run->args->cpu_stat)
		sys_read_text(run->args->cpu_stat, text, sizeof(text));
	m->n_periods = evidence_count(text, "nr_periods ");
	m->n_throttled = evidence_count(text, "nr_throttled ");
}

void evidence_mark(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];
	struct evidence_mark *m = &s->mark;

	m->leader = evidence_leader(run, slot, s->seen_position);
	m->at_ns = run->now_ns;
	if (m->leader <= 0 ||
	    !proc_sched(m->leader, &m->cpu_ns, &m->wait_ns))
		m->leader = 0;
	evidence_read_quota(run, m);
}

/* Has the process begun with the test?  A clock of proc(5) ticks every 10 ms,
 * and stands for nobody. */
static bool evidence_is_new(const struct run *run, uint32_t slot,
			    const struct proc_stat *stat)
{
	uint64_t age_ns = run->now_ns - run->slots[slot].seen_since_ns;
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return stat->start_ns + age_ns + 10 * NS_PER_MS >=
	       (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void evidence_clock_leader(struct run *run, uint32_t slot, pid_t leader)
{
	struct crew_slot *s = &run->slots[slot];
	struct proc_stat stat;

	s->clocked_pid = leader;
	if (leader <= 0 || !proc_stat(leader, &stat))
		s->clocked_pid = 0;
	else
		s->clocked_ns = evidence_is_new(run, slot, &stat)
					? 0 : stat.cpu_ns;
}

void evidence_clock(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];

	if (likely(s->clocked))
		return;
	s->clocked = true;
	evidence_clock_leader(run, slot,
			      evidence_leader(run, slot, s->seen_position));
}

bool evidence_cpu(struct run *run, uint32_t slot, uint64_t *ns)
{
	const struct crew_slot *s = &run->slots[slot];
	struct proc_stat stat;
	pid_t leader;

	if (!s->clocked)
		return false;
	leader = evidence_leader(run, slot, s->seen_position);
	/* It was the worker, or the server, while that still set up. */
	if (leader != s->clocked_pid)
		evidence_clock_leader(run, slot, leader);
	if (!s->clocked_pid || !proc_stat(leader, &stat) ||
	    stat.cpu_ns < s->clocked_ns)
		return false;
	*ns = stat.cpu_ns - s->clocked_ns;
	return true;
}

static struct evidence_facts evidence_gather(const struct run *run,
					     uint32_t slot, pid_t leader,
					     const struct proc_stat *stat)
{
	const struct evidence_mark *m = &run->slots[slot].mark;
	struct evidence_facts f = { .state = stat->state };
	struct evidence_mark now;
	uint64_t cpu_ns, wait_ns;

	/* Of threads that have ended nothing is left. */
	if (leader != m->leader || run->now_ns <= m->at_ns ||
	    !proc_sched(leader, &cpu_ns, &wait_ns) || cpu_ns < m->cpu_ns ||
	    wait_ns < m->wait_ns)
		return f;
	f.window_ns = run->now_ns - m->at_ns;
	f.cpu_ns = cpu_ns - m->cpu_ns;
	f.wait_ns = wait_ns - m->wait_ns;
	evidence_read_quota(run, &now);
	if (now.n_periods > m->n_periods && now.n_throttled > m->n_throttled) {
		f.n_periods = now.n_periods - m->n_periods;
		f.n_throttled = now.n_throttled - m->n_throttled;
	}
	return f;
}

/* All that is said of a process that is about to be killed for its time.  It
 * still stands where it hangs: what else wants to look at it, such as at the
 * stack of its own code, does so here, with its pid. */
static void evidence_add(struct str *out, pid_t pid, char state)
{
	str_addf(out, "\nstate %c", state);
	evidence_add_place(out, pid, pid);
	/* Of one that runs it is where the clock interrupted it. */
	if (state == 'S' || state == 'D')
		evidence_add_kernel_stack(out, pid);
	evidence_add_threads(out, pid);
	evidence_add_children(out, pid);
}

static void evidence_add_limit(struct run *run, uint32_t slot)
{
	uint64_t limit_ns = run->args->cpu_timeout_ns, ns;

	if (limit_ns && evidence_cpu(run, slot, &ns) && ns >= limit_ns)
		str_addf(&run->slots[slot].evidence,
			 "; %.2fs of CPU are more than its %.2fs",
			 evidence_seconds(ns), evidence_seconds(limit_ns));
}

void evidence_take(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];
	pid_t leader = evidence_leader(run, slot, s->seen_position);
	struct evidence_facts facts;
	struct proc_stat stat;

	str_clear(&s->evidence);
	/* Without /proc there is none. */
	if (leader <= 0 || !proc_stat(leader, &stat))
		return;
	facts = evidence_gather(run, slot, leader, &stat);
	evidence_add_verdict(&s->evidence, &facts);
	evidence_add_limit(run, slot);
	evidence_add(&s->evidence, leader, stat.state);
}
