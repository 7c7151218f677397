/* SPDX-License-Identifier: MIT */
#include "cli/facts.h"

#include "base/mem.h"
#include "base/sys.h"
#include "cli/cgroup.h"
#include "cli/color.h"
#include "cli/jobs.h"
#include "loop/loop.h"
#include "run/pen.h"
#include "run/unwinder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define FACT_CPUS_MAX 16384

static bool fact_result(struct str *out, int code, const char *what)
{
	str_add(out, code < 0 ? strerror(-code) : what);
	return code >= 0;
}

static bool fact_kernel(struct str *out)
{
	struct utsname u;

	if (uname(&u) < 0)
		return fact_result(out, -errno, "");
	str_addf(out, "%s %s %s", u.sysname, u.release, u.machine);
	return true;
}

static bool fact_cpus(struct str *out)
{
	size_t size = CPU_ALLOC_SIZE(FACT_CPUS_MAX);
	cpu_set_t *set = CPU_ALLOC(FACT_CPUS_MAX);
	int n = -1;

	if (set && sched_getaffinity(0, size, set) == 0)
		n = CPU_COUNT_S(size, set);
	CPU_FREE(set);
	str_addf(out, "%d by affinity of %ld online", n,
		 sysconf(_SC_NPROCESSORS_ONLN));
	return n > 0;
}

static bool fact_quota(struct str *out)
{
	struct cgroup_quota q;

	if (!cgroup_find_quota("", &q)) {
		str_add(out, "no limit");
		return true;
	}
	str_addf(out, "%.2f processors at %s",
		 (double)q.quota_us / (double)q.period_us, q.where);
	return true;
}

static bool fact_room(struct str *out)
{
	struct cgroup_room room;

	if (cgroup_find_room("", &room))
		str_addf(out, "room for %" PRIu64 " more at %s", room.n_pids,
			 room.where);
	else
		str_add(out, "no limit");
	return true;
}

static bool fact_pen(struct str *out)
{
	char parent[PATH_MAX];
	const char *why;
	struct pen pen;
	bool works;

	if (!cgroup_find_delegated("", parent, &why)) {
		str_add(out, why);
		return false;
	}
	pen_open(&pen, parent);
	works = pen_is_open(&pen);
	pen_close(&pen);
	str_addf(out, works ? "works at %s" : "none can be made at %s",
		 parent);
	return works;
}

static bool fact_loop(struct str *out, enum backend backend)
{
	struct err err = { 0 };
	struct loop *loop = loop_open(backend, &err);

	if (!loop) {
		str_add(out, err.text);
		return false;
	}
	str_add(out, "works");
	loop_close(loop);
	return true;
}

static bool fact_uring(struct str *out)
{
	return fact_loop(out, BACKEND_URING);
}

static bool fact_epoll(struct str *out)
{
	return fact_loop(out, BACKEND_EPOLL);
}

static bool fact_chosen(struct str *out)
{
	struct err err = { 0 };
	struct loop *loop = loop_open(BACKEND_AUTO, &err);

	if (!loop) {
		str_add(out, err.text);
		return false;
	}
	str_add(out, loop_name(loop));
	if (*loop_why(loop))
		str_addf(out, " (%s)", loop_why(loop));
	loop_close(loop);
	return true;
}

/* Operations the kernel knows, by IORING_REGISTER_PROBE. */
static bool fact_uring_ops(struct str *out)
{
	enum { N_OPS = 256 };
	struct io_uring_params params = { 0 };
	size_t size = sizeof(struct io_uring_probe) +
		      N_OPS * sizeof(struct io_uring_probe_op);
	struct io_uring_probe *probe = mem_zalloc(size);
	long fd = syscall(SYS_io_uring_setup, 4, &params);
	long ret = fd < 0 ? fd : syscall(SYS_io_uring_register, fd,
					 IORING_REGISTER_PROBE, probe, N_OPS);
	int code = ret < 0 ? -errno : 0;

	if (code == 0)
		str_addf(out, "%u operations, features 0x%x", probe->ops_len,
			 params.features);
	else
		str_add(out, strerror(-code));
	if (fd >= 0)
		close((int)fd);
	free(probe);
	return code == 0;
}

static bool fact_memfd(struct str *out)
{
	int fd = sys_memfd("shmrun-doctor");
	int code = fd;

	if (code >= 0)
		code = sys_allocate(fd, 4096);
	if (code >= 0)
		code = sys_seal(fd, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE |
					    F_SEAL_SEAL);
	if (fd >= 0)
		close(fd);
	return fact_result(out, code, "works");
}

static bool fact_pidfd(struct str *out)
{
	int fd = sys_pidfd_open(getpid());

	if (fd >= 0)
		close(fd);
	return fact_result(out, fd, "works");
}

static bool fact_close_range(struct str *out)
{
	long ret = syscall(SYS_close_range, ~0u, ~0u, 0);

	return fact_result(out, ret < 0 ? -errno : 0, "works");
}

static bool fact_futex(struct str *out)
{
	static const uint32_t word;

	return fact_result(out, sys_futex_wake(&word, 1), "works");
}

static bool fact_children(struct str *out)
{
	pid_t pids[1];

	return fact_result(out, sys_children(pids, 1), "works");
}

static bool fact_limit(struct str *out, int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0)
		return fact_result(out, -errno, "");
	if (limit.rlim_cur == RLIM_INFINITY)
		str_add(out, "unlimited");
	else
		str_addf(out, "%" PRIu64, (uint64_t)limit.rlim_cur);
	if (limit.rlim_max == RLIM_INFINITY)
		str_add(out, ", at most unlimited");
	else
		str_addf(out, ", at most %" PRIu64, (uint64_t)limit.rlim_max);
	return true;
}

static bool fact_nofile(struct str *out)
{
	return fact_limit(out, RLIMIT_NOFILE);
}

static bool fact_nproc(struct str *out)
{
	return fact_limit(out, RLIMIT_NPROC);
}

static bool fact_jobs(struct str *out)
{
	const struct jobs_spec automatic = { .kind = JOBS_AUTO };
	struct err err = { 0 };
	struct jobs_host host;
	struct jobs jobs;
	int code;

	jobs_raise_nofile();
	jobs_init_host(&host);
	code = jobs_choose(&jobs, &automatic, &host, &err);
	str_add(out, code < 0 ? err.text : jobs.why);
	return code >= 0;
}

static bool fact_core(struct str *out)
{
	char text[256];
	ssize_t len = sys_read_text("/proc/sys/kernel/core_pattern", text,
				    sizeof(text));

	text[len > 0 ? strcspn(text, "\n") : 0] = '\0';
	return fact_result(out, len < 0 ? (int)len : 0, text);
}

static void fact_add_stream(struct str *out, const char *name, int fd)
{
	struct color_env env = color_env_get();
	bool terminal = isatty(fd);

	str_addf(out, "%s %s, %s", name, terminal ? "terminal" : "file or pipe",
		 color_decide(COLOR_AUTO, &env, terminal) ? "colours"
							  : "no colours");
}

static bool fact_backtraces(struct str *out)
{
	char path[PATH_MAX], about[64];

	if (!unwinder_find(path)) {
		str_add(out, "shmrun-unwind is not installed");
		return false;
	}
	unwinder_about(path, about, sizeof(about));
	str_addf(out, "%s, by %s", about, path);
	return strcmp(about, "elfutils") == 0;
}

static bool fact_terminal(struct str *out)
{
	struct color_env env = color_env_get();

	fact_add_stream(out, "stdout", STDOUT_FILENO);
	fact_add_stream(out, "; stderr", STDERR_FILENO);
	str_add(out, color_can_redraw(&env, isatty(STDERR_FILENO))
			     ? ", live lines"
			     : ", a line every 30 s");
	return true;
}

static bool fact_probes(struct str *out)
{
	str_add(out, HAVE_SYS_SDT_H ? "USDT, of the provider shmrun"
				    : "built without <sys/sdt.h>");
	return HAVE_SYS_SDT_H;
}

const struct fact fact_table[] = {
	{ "kernel", fact_kernel, "" },
	{ "processors", fact_cpus, "-j auto takes 1" },
	{ "cpu quota", fact_quota, "" },
	{ "processes", fact_room, "" },
	{ "open files", fact_nofile, "" },
	{ "user processes", fact_nproc, "" },
	{ "-j auto", fact_jobs, "give -j a number" },
	{ "io_uring", fact_uring, "--backend=auto takes epoll" },
	{ "io_uring ops", fact_uring_ops, "--backend=auto takes epoll" },
	{ "epoll", fact_epoll, "no tests can be run without io_uring" },
	{ "event loop", fact_chosen, "no tests can be run" },
	{ "memfd, seals", fact_memfd, "no tests can be run" },
	{ "pidfd", fact_pidfd, "no tests can be run" },
	{ "futex", fact_futex, "no tests can be run" },
	{ "close_range", fact_close_range, "descriptors are closed one by one" },
	{ "children", fact_children,
	  "processes that a test leaves behind are not found" },
	{ "cgroup kill", fact_pen,
	  "processes of a run are ended one by one" },
	{ "backtraces", fact_backtraces,
	  "a crash has none, or one without names and lines" },
	{ "probes", fact_probes, "perf and bpftrace see only functions" },
	{ "core pattern", fact_core, "" },
	{ "output", fact_terminal, "" },
	{ NULL, NULL, NULL },
};
