/* SPDX-License-Identifier: MIT */
/*
 * How many workers: JOBS-1, JOBS-2, JOBS-3, JOBS-9, SHM-10.  The first seven tests are the
 * fixtures against which the rule of -j auto is defined, affinity 64.
 */
#include "cli/jobs.h"

#include "place.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define UNKNOWN UINT64_MAX

static struct place place;
static struct jobs_host host;

static uint32_t half_as_many(const char *root)
{
	cr_expect_str_eq(root, place.root);
	return 32;
}

static void open_place(void)
{
	/* an outer runner's own number must not reach the tests */
	unsetenv("SHMRUN_JOBS");
	place_init(&place);
	host = (struct jobs_host){
		.root = place.root,
		.get_env = getenv,
		.count_cores = half_as_many,
		.n_cpus = 64,
		.n_online = 64,
		.max_procs = UINT64_MAX,
		.max_fds = 20000,
	};
}

static void close_place(void)
{
	place_fini(&place);
}

TestSuite(jobs, .init = open_place, .fini = close_place);

static struct jobs choose(const char *spec_text, uint64_t n_tests)
{
	struct jobs_spec spec = { 0 };
	struct err err = { 0 };
	struct jobs jobs = { 0 };

	cr_assert_eq(jobs_parse_spec(spec_text, &spec), 0);
	cr_assert_eq(jobs_choose(&jobs, &spec, &host, &err), 0, "%s", err.text);
	jobs_use_tests(&jobs, n_tests);
	return jobs;
}

static void expect(const char *spec, uint64_t n_tests, const char *why)
{
	struct jobs jobs = choose(spec, n_tests);

	cr_assert_str_eq(jobs.why, why);
	cr_assert_eq(jobs.n, strtoul(why, NULL, 10));
}

/* ---- the seven fixtures ---- */

/* What is said of the memory with so many workers; "" = nothing. */
static const char *memory_of(const char *n)
{
	static char text[512];
	struct jobs jobs = choose(n, UNKNOWN);
	struct str sentence = STR_INIT;

	cr_expect_eq(jobs_is_tight(&jobs, place.root, &sentence),
		     sentence.len > 0);
	snprintf(text, sizeof(text), "%s", str_get(&sentence));
	str_fini(&sentence);
	return text;
}

Test(jobs, docker_v1_gives_its_quota)
{
	place_write(&place, "/proc/self/cgroup",
		    "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n");
	place_write(&place, "/proc/self/mountinfo",
		    "700 699 0:30 /docker/abc /sys/fs/cgroup/cpu,cpuacct "
		    "ro,nosuid master:11 - cgroup cgroup rw,cpu,cpuacct\n"
		    "701 699 0:31 /docker/abc /sys/fs/cgroup/memory "
		    "ro,nosuid master:12 - cgroup cgroup rw,memory\n");
	place_write(&place, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us",
		    "300000\n");
	place_write(&place, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us",
		    "100000\n");
	place_write(&place, "/sys/fs/cgroup/memory/memory.limit_in_bytes",
		    "9223372036854771712\n");
	expect("auto", UNKNOWN,
	       "3 workers: affinity 64, cgroup quota 3.00 at "
	       "/sys/fs/cgroup/cpu,cpuacct");
	cr_expect_str_eq(memory_of("1024"), "", "that number is no limit");
	place_write(&place, "/sys/fs/cgroup/memory/memory.limit_in_bytes",
		    "1073741824\n");
	cr_expect_str_eq(memory_of("16"), "");
	cr_expect_str_eq(memory_of("17"),
			 "little memory: 1024 MiB at /sys/fs/cgroup/memory, "
			 "60 MiB for a worker");
}

static void write_v2(const char *path)
{
	char text[256];

	snprintf(text, sizeof(text), "0::%s\n", path);
	place_write(&place, "/proc/self/cgroup", text);
	place_write(&place, "/proc/self/mountinfo",
		    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
		    "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev - "
		    "cgroup2 cgroup rw,nsdelegate\n");
}

Test(jobs, docker_v2_in_a_cgroup_namespace_gives_its_quota)
{
	write_v2("/");
	place_write(&place, "/sys/fs/cgroup/cpu.max", "200000 100000\n");
	place_write(&place, "/sys/fs/cgroup/pids.max", "512\n");
	place_write(&place, "/sys/fs/cgroup/pids.current", "3\n");
	place_write(&place, "/sys/fs/cgroup/memory.max", "536870912\n");
	expect("auto", UNKNOWN,
	       "2 workers: affinity 64, cgroup quota 2.00 at /sys/fs/cgroup");
	cr_expect_str_eq(memory_of("auto"), "");
	cr_expect_str_eq(memory_of("32"),
			 "little memory: 512 MiB at /sys/fs/cgroup, "
			 "16 MiB for a worker");
}

/* The least of all levels; "max" is none. */
Test(jobs, memory_is_bound_by_the_group_above)
{
	write_v2("/a/b");
	place_write(&place, "/sys/fs/cgroup/a/b/memory.max", "max\n");
	cr_expect_str_eq(memory_of("64"), "");
	place_write(&place, "/sys/fs/cgroup/a/memory.max", "1048576\n");
	cr_expect_str_eq(memory_of("1"),
			 "little memory: 1 MiB at /sys/fs/cgroup/a, "
			 "1 MiB for a worker");
	place_write(&place, "/sys/fs/cgroup/a/b/memory.max", "99\n");
	cr_expect_str_eq(memory_of("1"),
			 "little memory: 0 MiB at /sys/fs/cgroup/a/b, "
			 "0 MiB for a worker");
}

Test(jobs, a_hybrid_system_is_read_through_v1)
{
	place_write(&place, "/proc/self/cgroup",
		    "3:cpu,cpuacct:/user\n0::/user\n");
	place_write(&place, "/proc/self/mountinfo",
		    "30 23 0:26 / /sys/fs/cgroup/unified rw - cgroup2 "
		    "cgroup2 rw\n"
		    "31 23 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup "
		    "rw,cpu,cpuacct\n");
	place_write(&place, "/sys/fs/cgroup/cpu/user/cpu.cfs_quota_us",
		    "-1\n");
	place_write(&place, "/sys/fs/cgroup/cpu/user/cpu.cfs_period_us",
		    "100000\n");
	place_write(&place, "/sys/fs/cgroup/unified/user/cpu.max",
		    "100000 100000\n");
	expect("auto", UNKNOWN, "64 workers: affinity 64");
}

Test(jobs, a_kubernetes_pod_limits_its_container)
{
	write_v2("/kubepods/pod1/leaf");
	place_write(&place, "/sys/fs/cgroup/kubepods/pod1/leaf/cpu.max",
		    "max 100000\n");
	place_write(&place, "/sys/fs/cgroup/kubepods/pod1/cpu.max",
		    "350000 100000\n");
	place_write(&place, "/sys/fs/cgroup/kubepods/cpu.max",
		    "6000000 100000\n");
	expect("auto", UNKNOWN,
	       "4 workers: affinity 64, cgroup quota 3.50 at "
	       "/sys/fs/cgroup/kubepods/pod1");
}

Test(jobs, empty_files_limit_nothing)
{
	expect("auto", UNKNOWN, "64 workers: affinity 64");
	place_write(&place, "/proc/self/cgroup", "");
	place_write(&place, "/proc/self/mountinfo", "");
	expect("auto", UNKNOWN, "64 workers: affinity 64");
}

static void write_blanks(const char *cpu_max)
{
	place_write(&place, "/proc/self/cgroup", "0::/my group\n");
	place_write(&place, "/proc/self/mountinfo",
		    "30 23 0:26 / /sys/fs/my\\040groups rw - cgroup2 none "
		    "rw\n");
	place_write(&place, "/sys/fs/my groups/my group/cpu.max", cpu_max);
}

Test(jobs, blanks_in_mount_point_and_path_do_no_harm)
{
	write_blanks("max 100000\n");
	expect("auto", UNKNOWN, "64 workers: affinity 64");
	write_blanks("500000 100000\n");
	expect("auto", UNKNOWN,
	       "5 workers: affinity 64, cgroup quota 5.00 at "
	       "/sys/fs/my groups/my group");
}

Test(jobs, a_tiny_quota_still_gives_one_worker)
{
	write_v2("/");
	place_write(&place, "/sys/fs/cgroup/cpu.max", "10000 100000\n");
	expect("auto", UNKNOWN,
	       "1 worker: affinity 64, cgroup quota 0.10 at /sys/fs/cgroup");
}

/* ---- precedence ---- */

Test(jobs, a_number_wins_over_all_that_would_be_computed)
{
	write_v2("/");
	place_write(&place, "/sys/fs/cgroup/cpu.max", "100000 100000\n");
	setenv("SHMRUN_JOBS", "3", 1);
	expect("5", UNKNOWN, "5 workers: -j 5");
	cr_assert_not(choose("5", UNKNOWN).computed);
}

Test(jobs, the_environment_replaces_auto)
{
	setenv("SHMRUN_JOBS", "3", 1);
	expect("auto", UNKNOWN, "3 workers: SHMRUN_JOBS=3");
	cr_assert_not(choose("auto", UNKNOWN).computed);
	setenv("SHMRUN_JOBS", "25%", 1);
	expect("auto", UNKNOWN, "16 workers: SHMRUN_JOBS=25%, affinity 64");
	setenv("SHMRUN_JOBS", "-60", 1);
	expect("auto", UNKNOWN, "4 workers: SHMRUN_JOBS=-60, affinity 64");
	setenv("SHMRUN_JOBS", "auto", 1);
	expect("auto", UNKNOWN, "64 workers: affinity 64");
	setenv("SHMRUN_JOBS", "", 1);
	expect("auto", UNKNOWN, "64 workers: affinity 64");
	cr_assert(choose("auto", UNKNOWN).computed);
}

/* JOBS-3 */
Test(jobs, a_typo_in_the_environment_is_refused)
{
	static const char *const wrong[] = { "four", "0", "-0", "4x", "1025",
					     "0%", "%", "-", "--2", "-5%",
					     "+4", " 4", "4.5",
					     "00000000000000000000000004",
					     "99999999999999999999" };
	struct jobs_spec spec = { .kind = JOBS_AUTO };
	struct jobs jobs = { .n = 77 };
	struct err err;
	size_t i;

	for (i = 0; i < array_size(wrong); i++) {
		setenv("SHMRUN_JOBS", wrong[i], 1);
		err = (struct err){ 0 };
		cr_assert_eq(jobs_choose(&jobs, &spec, &host, &err), -EINVAL,
			     "'%s'", wrong[i]);
		cr_assert_not_null(strstr(err.text, wrong[i]), "%s", err.text);
		cr_assert_not_null(strstr(err.text, "SHMRUN_JOBS"));
		cr_assert_eq(jobs.n, 77);
	}
}

Test(jobs, shares_are_of_what_the_rule_computes)
{
	write_v2("/");
	place_write(&place, "/sys/fs/cgroup/cpu.max", "800000 100000\n");
	cr_assert_eq(choose("50%", UNKNOWN).n, 4);
	cr_assert_eq(choose("1%", UNKNOWN).n, 1);
	cr_assert_eq(choose("200%", UNKNOWN).n, 16);
	cr_assert_eq(choose("-3", UNKNOWN).n, 5);
	cr_assert_eq(choose("-8", UNKNOWN).n, 1);
	cr_assert_eq(choose("-1000", UNKNOWN).n, 1);
}

/* JOBS-2: SMT siblings are one; a quota stays a quota. */
Test(jobs, cores_are_counted_instead_of_threads)
{
	expect("cores", UNKNOWN, "32 workers: -j cores, 32 cores of 64 CPUs");
	place_write(&place, "/proc/self/cgroup", "0::/\n");
	place_write(&place, "/proc/self/mountinfo",
		    "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw\n");
	place_write(&place, "/sys/fs/cgroup/cpu.max", "350000 100000\n");
	expect("cores", UNKNOWN,
	       "4 workers: -j cores, 32 cores of 64 CPUs, cgroup quota 3.50 "
	       "at /sys/fs/cgroup");
	/* ... but for who asks for all there are. */
	expect("logical", UNKNOWN, "64 workers: -j logical, affinity 64");
}

/* JOBS-2 */
Test(jobs, a_cap_goes_before_every_number)
{
	struct jobs_spec spec = { .max = 3 };
	static const char *const asked[] = { "auto", "8", "50%", "-2",
					     "logical", "cores" };
	struct err err = { 0 };
	struct jobs jobs;
	size_t i;

	for (i = 0; i < 6; i++) {
		cr_assert_eq(jobs_parse_spec(asked[i], &spec), 0);
		cr_assert_eq(jobs_choose(&jobs, &spec, &host, &err), 0);
		cr_expect_eq(jobs.n, 3, "%s", asked[i]);
		cr_expect_not_null(strstr(jobs.why, ", --jobs-max 3"));
	}
	setenv("SHMRUN_JOBS", "12", 1);
	cr_assert_eq(jobs_parse_spec("auto", &spec), 0);
	cr_assert_eq(jobs_choose(&jobs, &spec, &host, &err), 0);
	cr_expect_str_eq(jobs.why, "3 workers: SHMRUN_JOBS=12, --jobs-max 3");
	jobs_use_tests(&jobs, 2);
	cr_expect_eq(jobs.n, 2);
}

/* JOBS-6 */
Test(jobs, threads_of_a_test_share_what_is_ours)
{
	struct jobs jobs;

	jobs = choose("auto", UNKNOWN);
	cr_expect_eq(jobs_threads(&jobs), 1);
	jobs = choose("6", UNKNOWN);
	cr_expect_eq(jobs_threads(&jobs), 10);
	jobs = choose("cores", UNKNOWN);
	cr_expect_eq(jobs_threads(&jobs), 2);
	jobs = choose("900", UNKNOWN);
	cr_expect_eq(jobs_threads(&jobs), 1);
	setenv("SLURM_CPUS_PER_TASK", "8", 1);
	jobs = choose("2", UNKNOWN);
	cr_expect_eq(jobs_threads(&jobs), 4);
	unsetenv("SLURM_CPUS_PER_TASK");
}

Test(jobs, tokens_of_make_lower_the_number_and_never_raise_it)
{
	struct jobs jobs = choose("auto", 10);

	cr_assert_eq(jobs.n, 10);
	jobs_use_tokens(&jobs, 3, false);
	cr_assert_eq(jobs.n, 4);
	cr_assert_str_eq(jobs.why, "4 workers: affinity 64, 10 tests, "
				   "3 tokens of make's jobserver");
	jobs_use_tokens(&jobs, 9, false);
	cr_assert_eq(jobs.n, 4);
	jobs_use_tokens(&jobs, 0, false);
	cr_assert_eq(jobs.n, 1);
}

Test(jobs, where_more_tokens_may_come_there_may_be_more_workers)
{
	struct jobs jobs = choose("auto", 10);

	jobs_use_tokens(&jobs, 3, true);
	cr_assert_eq(jobs.n, 10);
	cr_assert_str_eq(jobs.why, "10 workers: affinity 64, 10 tests, "
				   "3 tokens of make's jobserver so far");
	jobs = choose("auto", 10);
	jobs_use_tokens(&jobs, 9, true);
	cr_assert_eq(jobs.n, 10);
	cr_assert_str_eq(jobs.why, "10 workers: affinity 64, 10 tests, "
				   "9 tokens of make's jobserver");
}

/* ---- launchers ---- */

Test(jobs, slurm_says_how_many_are_for_a_task)
{
	setenv("SLURM_CPUS_ON_NODE", "48", 1);
	setenv("SLURM_TASKS_PER_NODE", "4(x2),3", 1);
	expect("auto", UNKNOWN, "12 workers: affinity 64, Slurm 48 for 4 tasks");
	setenv("SLURM_NODEID", "2", 1);
	expect("auto", UNKNOWN, "16 workers: affinity 64, Slurm 48 for 3 tasks");
	setenv("SLURM_STEP_TASKS_PER_NODE", "2(x3)", 1);
	expect("auto", UNKNOWN, "24 workers: affinity 64, Slurm 48 for 2 tasks");
	setenv("SLURM_CPUS_PER_TASK", "2", 1);
	expect("auto", UNKNOWN, "2 workers: affinity 64, Slurm 2 per task");
}

Test(jobs, nonsense_from_slurm_limits_nothing)
{
	setenv("SLURM_CPUS_PER_TASK", "many", 1);
	cr_assert_eq(choose("auto", UNKNOWN).n, 64);
	setenv("SLURM_CPUS_ON_NODE", "32", 1);
	setenv("SLURM_TASKS_PER_NODE", "(x,,4(x", 1);
	cr_assert_eq(choose("auto", UNKNOWN).n, 32);
	setenv("SLURM_TASKS_PER_NODE", "0(x99999999999999999999)", 1);
	cr_assert_eq(choose("auto", UNKNOWN).n, 32);
	setenv("SLURM_TASKS_PER_NODE", "99999999999999999999", 1);
	cr_assert_eq(choose("auto", UNKNOWN).n, 1);
}

Test(jobs, unbound_ranks_share_the_machine_and_bound_ones_do_not)
{
	setenv("OMPI_COMM_WORLD_LOCAL_SIZE", "4", 1);
	expect("auto", UNKNOWN, "16 workers: affinity 64, 4 local ranks");
	host.n_cpus = 32;
	expect("auto", UNKNOWN, "32 workers: affinity 32");
	host.n_cpus = 64;
	setenv("OMPI_COMM_WORLD_LOCAL_SIZE", "1", 1);
	expect("auto", UNKNOWN, "64 workers: affinity 64");
	setenv("OMP_NUM_THREADS", "2", 1);
	expect("auto", UNKNOWN, "64 workers: affinity 64");
}

/* ---- limits ---- */

Test(jobs, few_tests_get_few_workers)
{
	expect("auto", 3, "3 workers: affinity 64, 3 tests");
	expect("9", 1, "1 worker: -j 9, 1 test");
	expect("auto", 64, "64 workers: affinity 64");
	cr_assert_eq(choose("auto", 0).n, 1);
}

Test(jobs, the_room_for_processes_limits_a_computed_number_sooner)
{
	write_v2("/a/b");
	place_write(&place, "/sys/fs/cgroup/a/b/pids.max", "max\n");
	place_write(&place, "/sys/fs/cgroup/a/b/pids.current", "10\n");
	place_write(&place, "/sys/fs/cgroup/a/pids.max", "50\n");
	place_write(&place, "/sys/fs/cgroup/a/pids.current", "20\n");
	expect("auto", UNKNOWN,
	       "7 workers: affinity 64, room for 30 processes at "
	       "/sys/fs/cgroup/a");
	expect("13", UNKNOWN, "13 workers: -j 13");
	expect("20", UNKNOWN,
	       "13 workers: -j 20, room for 30 processes at /sys/fs/cgroup/a");
	place_write(&place, "/sys/fs/cgroup/a/pids.current", "60\n");
	cr_assert_eq(choose("auto", UNKNOWN).n, 1);
}

Test(jobs, the_limit_of_processes_counts)
{
	host.max_procs = 36;
	expect("auto", UNKNOWN, "10 workers: affinity 64, RLIMIT_NPROC 36");
}

Test(jobs, descriptors_limit_every_number)
{
	host.max_fds = JOBS_FDS_RUNNER + 5 * JOBS_FDS_PER_WORKER;
	expect("auto", UNKNOWN, "5 workers: affinity 64, RLIMIT_NOFILE 79");
	expect("20", UNKNOWN, "5 workers: -j 20, RLIMIT_NOFILE 79");
	host.max_fds = 10;
	cr_assert_eq(choose("auto", UNKNOWN).n, 1);
}

Test(jobs, no_machine_gets_more_than_the_maximum)
{
	host.n_cpus = 4096;
	host.max_fds = UINT64_MAX;
	expect("auto", UNKNOWN, "1024 workers: affinity 4096, at most 1024");
}

/* ---- this machine ---- */

Test(jobs, this_process_has_the_cpus_of_its_mask)
{
	struct jobs_host real;
	cpu_set_t one;
	int cpu = sched_getcpu();

	jobs_init_host(&real);
	cr_assert_geq(real.n_cpus, 1);
	cr_assert_geq(real.n_online, real.n_cpus);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	cr_assert_eq(sched_setaffinity(0, sizeof(one), &one), 0);
	jobs_init_host(&real);
	cr_assert_eq(real.n_cpus, 1);
}

Test(jobs, the_limit_of_descriptors_is_raised_and_the_old_one_told)
{
	struct rlimit limit, raised;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 100;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_assert_eq(jobs_raise_nofile(), 100);
	getrlimit(RLIMIT_NOFILE, &raised);
	cr_assert_eq(raised.rlim_cur, limit.rlim_max);
	jobs_init_host(&host);
	cr_assert_eq(host.max_fds, limit.rlim_max);
}

/* ---- the memory that tests had before (JOBS-4) ---- */

#define GIB (UINT64_C(1) << 30)

static struct memory_room room_of(const char *meminfo)
{
	struct memory_room room = { 0 };

	place_write(&place, "/proc/meminfo", meminfo);
	cr_assert(memory_find_room(place.root, &room));
	return room;
}

Test(jobs, memory_is_what_the_machine_has_left)
{
	struct memory_room room = room_of("MemTotal:  99 kB\nMemFree: 1 kB\n"
					  "MemAvailable:    2048 kB\n");

	cr_expect_eq(room.bytes, 2048 * 1024);
	cr_expect_str_eq(room.where, "");
}

Test(jobs, memory_is_what_a_control_group_allows_if_that_is_less)
{
	struct memory_room room;

	place_write(&place, "/proc/self/cgroup", "0::/a\n");
	place_write(&place, "/proc/self/mountinfo",
		    "30 1 0:9 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
	place_write(&place, "/sys/fs/cgroup/a/memory.max", "1048576\n");
	room = room_of("MemTotal: 9 kB\nMemAvailable: 2048 kB\n");
	cr_expect_eq(room.bytes, 1048576);
	cr_expect_str_eq(room.where, "/sys/fs/cgroup/a");
	room = room_of("MemTotal: 9 kB\nMemAvailable: 1000 kB\n");
	cr_expect_eq(room.bytes, 1024000);
	cr_expect_str_eq(room.where, "");
	room = room_of("nonsense\n");
	cr_expect_eq(room.bytes, 1048576, "the group's alone");
}

Test(jobs, memory_that_nobody_tells_is_none)
{
	static const char *const bad[] = {
		"", "MemTotal: 9 kB\n", "x\nMemAvailable:\n",
		"x\nMemAvailable: -3 kB\n", "x\nMemAvailable: 12 MB\n",
		"x\nMemAvailable: 99999999999999999999 kB\n",
	};
	struct memory_room room;
	size_t i;

	cr_expect_not(memory_find_room(place.root, &room));
	for (i = 0; i < array_size(bad); i++) {
		place_write(&place, "/proc/meminfo", bad[i]);
		cr_expect_not(memory_find_room(place.root, &room), "%zu", i);
	}
}

Test(jobs, that_are_computed_are_no_more_than_fit_into_memory)
{
	const struct memory_room room = { .bytes = 2 * GIB, .where = "/g" };
	const struct memory_fit fit = { .n = 3, .sum_bytes = GIB };
	struct jobs jobs = choose("auto", UNKNOWN);
	struct str sentence = STR_INIT;

	jobs_use_memory(&jobs, &room, &fit, &sentence);
	cr_expect_str_eq(jobs.why,
			 "3 workers: affinity 64, 2048 MiB of memory at /g "
			 "for the 3 largest tests, 1024 MiB before");
	cr_expect_eq(jobs.n, 3);
	cr_expect_eq(sentence.len, 0);
}

Test(jobs, that_somebody_named_stay_and_there_is_a_word)
{
	const struct memory_room room = { .bytes = 2 * GIB };
	struct memory_fit fit = { .n = 3, .sum_bytes = GIB };
	struct jobs jobs = choose("5", UNKNOWN);
	struct str sentence = STR_INIT;

	jobs_use_memory(&jobs, &room, &fit, &sentence);
	cr_expect_eq(jobs.n, 5);
	cr_expect_str_eq(str_get(&sentence),
			 "little memory: 2048 MiB, and 3 of 5 workers could "
			 "run the largest tests at once, with 1024 MiB as "
			 "before");
	str_clear(&sentence);
	fit.n = 5;
	jobs_use_memory(&jobs, &room, &fit, &sentence);
	cr_expect_eq(sentence.len, 0);
	str_fini(&sentence);
}
