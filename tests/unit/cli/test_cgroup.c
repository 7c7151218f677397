/* SPDX-License-Identifier: MIT */
/* Finding our control group, and not believing its files (JOBS-1). */
#include "cli/cgroup.h"

#include "base/str.h"
#include "cli/memory.h"
#include "place.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static struct place place;

static void open_place(void)
{
	place_init(&place);
}

static void close_place(void)
{
	place_fini(&place);
}

TestSuite(cgroup, .init = open_place, .fini = close_place);

static void write_mount(const char *path, const char *root)
{
	char text[256];

	snprintf(text, sizeof(text), "0::%s\n", path);
	place_write(&place, "/proc/self/cgroup", text);
	snprintf(text, sizeof(text), "30 23 0:26 %s /cg rw - cgroup2 none rw\n",
		 root);
	place_write(&place, "/proc/self/mountinfo", text);
}

static void expect_quota(uint64_t quota_us, const char *where)
{
	char file[PATH_MAX], wanted[PATH_MAX];
	struct cgroup_quota quota;

	cr_assert(cgroup_find_quota(place.root, &quota));
	cr_assert_eq(quota.quota_us, quota_us);
	cr_assert_str_eq(quota.where, where);
	cr_assert(cgroup_find_throttle(place.root, file));
	snprintf(wanted, sizeof(wanted), "%s%s/cpu.stat", place.root, where);
	cr_assert_str_eq(file, wanted);
}

static void expect_none(void)
{
	struct cgroup_quota quota;
	char file[PATH_MAX];

	cr_assert_not(cgroup_find_quota(place.root, &quota));
	cr_assert_not(cgroup_find_throttle(place.root, file));
}

Test(cgroup, the_path_is_taken_relative_to_the_root_of_the_mount)
{
	place_write(&place, "/cg/cpu.max", "400000 100000");
	place_write(&place, "/cg/in/cpu.max", "300000 100000");
	write_mount("/out/in", "/out");
	expect_quota(300000, "/cg/in");
	write_mount("/out", "/out");
	expect_quota(400000, "/cg");
}

Test(cgroup, a_group_outside_the_mount_is_read_at_its_root)
{
	place_write(&place, "/cg/cpu.max", "400000 100000");
	place_write(&place, "/cg/side/cpu.max", "300000 100000");
	place_write(&place, "/side/cpu.max", "100000 100000");
	write_mount("/../side", "/");
	expect_quota(400000, "/cg");
	write_mount("/outer/side", "/out");
	expect_quota(400000, "/cg");
	write_mount("/a/../../side", "/");
	expect_quota(400000, "/cg");
}

Test(cgroup, of_two_mounts_the_one_that_shows_the_group_is_read)
{
	place_write(&place, "/proc/self/cgroup", "0::/a/b\n");
	place_write(&place, "/proc/self/mountinfo",
		    "30 23 0:26 /x /cg1 rw - cgroup2 none rw\n"
		    "31 23 0:26 /a /cg2 rw shared:4 master:7 - cgroup2 n rw\n"
		    "32 23 0:26 /y /cg3 rw - cgroup2 none rw\n");
	place_write(&place, "/cg1/cpu.max", "100000 100000");
	place_write(&place, "/cg2/b/cpu.max", "500000 100000");
	place_write(&place, "/cg3/cpu.max", "100000 100000");
	expect_quota(500000, "/cg2/b");
}

Test(cgroup, periods_are_compared_too)
{
	write_mount("/a/b", "/");
	place_write(&place, "/cg/a/b/cpu.max", "40000 10000");
	place_write(&place, "/cg/a/cpu.max", "300000 100000");
	expect_quota(300000, "/cg/a");
}

Test(cgroup, cpuacct_is_not_cpu)
{
	place_write(&place, "/proc/self/cgroup",
		    "5:cpuacct:/wrong\n4:cpuset:/wrong\n3:cpu:/a:b\n");
	place_write(&place, "/proc/self/mountinfo",
		    "30 23 0:1 / /acct rw - cgroup none rw,cpuacct\n"
		    "31 23 0:2 / /cpu rw - cgroup none rw,cpu\n");
	place_write(&place, "/acct/wrong/cpu.cfs_quota_us", "1000");
	place_write(&place, "/acct/wrong/cpu.cfs_period_us", "1000");
	place_write(&place, "/cpu/a:b/cpu.cfs_quota_us", "250000");
	place_write(&place, "/cpu/a:b/cpu.cfs_period_us", "100000");
	expect_quota(250000, "/cpu/a:b");
}

Test(cgroup, broken_limits_are_no_limits)
{
	static const char *const wrong[] = {
		"", "\n", "100000", "100000 0", "0 100000", "-1 100000",
		"x 100000", "100000 y", "100000x 100000", "max",
		"100000,100000",
	};
	size_t i;

	write_mount("/", "/");
	for (i = 0; i < array_size(wrong); i++) {
		place_write(&place, "/cg/cpu.max", wrong[i]);
		expect_none();
	}
	place_write(&place, "/cg/cpu.max", "99999999999999999999999 1");
	expect_quota(UINT64_MAX, "/cg");
}

Test(cgroup, broken_tables_are_no_limits)
{
	static const char *const wrong[] = {
		"30", "30 23 0:26 / /cg", " - ", " - cgroup2 none rw",
		"30 23 0:26 / /cg rw - cgroup2", "\n\n\n",
		"30 23 0:26 /\\04 /cg\\ rw - cgroup2 none rw",
		"30 23 0:26 / /cg rw -cgroup2 none rw",
	};
	size_t i;

	write_mount("/", "/");
	place_write(&place, "/cg/cpu.max", "100000 100000");
	expect_quota(100000, "/cg");
	for (i = 0; i < array_size(wrong); i++) {
		place_write(&place, "/proc/self/mountinfo", wrong[i]);
		expect_none();
	}
	write_mount("/", "/");
	place_write(&place, "/proc/self/cgroup", ":::\n0\n0:\n1:cpu\n");
	expect_none();
}

Test(cgroup, an_endless_path_is_cut_off_without_harm)
{
	struct str line = STR_INIT;
	int i;

	write_mount("/", "/");
	str_add(&line, "0::");
	for (i = 0; i < 4000; i++)
		str_add(&line, "/x");
	place_write(&place, "/proc/self/cgroup", str_get(&line));
	expect_none();
	str_clear(&line);
	str_add(&line, "0::");
	for (i = 0; i < 2000; i++)
		str_add(&line, "/x");
	place_write(&place, "/proc/self/cgroup", str_get(&line));
	place_write(&place, "/cg/cpu.max", "100000 100000");
	expect_quota(100000, "/cg");
	str_fini(&line);
}

Test(cgroup, the_least_room_for_processes_counts)
{
	struct cgroup_room room;

	write_mount("/a/b", "/");
	cr_assert_not(cgroup_find_room(place.root, &room));
	place_write(&place, "/cg/a/b/pids.max", "100");
	place_write(&place, "/cg/a/b/pids.current", "10");
	place_write(&place, "/cg/a/pids.max", "90");
	place_write(&place, "/cg/a/pids.current", "40");
	cr_assert(cgroup_find_room(place.root, &room));
	cr_assert_eq(room.n_pids, 50);
	cr_assert_str_eq(room.where, "/cg/a");
	place_write(&place, "/cg/a/b/pids.max", "5");
	cr_assert(cgroup_find_room(place.root, &room));
	cr_assert_eq(room.n_pids, 0);
}

/* ENV-2: what is used up on any level, but for what the kernel can drop. */
/* JOBS-4: our own group's word goes before the machine's. */
Test(cgroup, pressure_is_read_where_it_is_ours)
{
	struct memory_pressure psi;
	uint64_t us = 0;

	write_mount("/a", "/");
	cr_expect_not(memory_find_pressure(place.root, &psi));
	place_write(&place, "/proc/pressure/memory",
		    "some avg10=0.00 avg60=0.00 avg300=0.00 total=12\n"
		    "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
	cr_assert(memory_find_pressure(place.root, &psi));
	cr_assert(memory_read_stalled(&psi, &us));
	cr_expect_eq(us, 12);
	place_write(&place, "/cg/a/memory.pressure", "some total=34\n");
	cr_assert(memory_find_pressure(place.root, &psi));
	cr_assert(memory_read_stalled(&psi, &us));
	cr_expect_eq(us, 34);
	place_write(&place, "/cg/a/memory.pressure", "some total=\n");
	cr_expect_not(memory_read_stalled(&psi, &us));
	place_write(&place, "/cg/a/memory.pressure", "some total=5");
	cr_expect_not(memory_read_stalled(&psi, &us), "half of it");
	place_write(&place, "/cg/a/memory.pressure", "full total=5\n");
	cr_expect_not(memory_read_stalled(&psi, &us));
	place_write(&place, "/cg/a/memory.pressure", "");
	cr_expect_not(memory_read_stalled(&psi, &us));
	cr_expect_eq(us, 34);
}

Test(cgroup, the_least_memory_that_is_left_counts)
{
	struct cgroup_memory memory;

	write_mount("/a/b", "/");
	cr_assert_not(cgroup_find_free_memory(place.root, &memory));
	place_write(&place, "/cg/a/b/memory.max", "1000000");
	place_write(&place, "/cg/a/b/memory.current", "200000");
	place_write(&place, "/cg/a/memory.max", "2000000");
	place_write(&place, "/cg/a/memory.current", "1900000");
	place_write(&place, "/cg/a/memory.stat",
		    "anon 500000\ninactive_file 300000\nactive_file 100000\n");
	cr_assert(cgroup_find_free_memory(place.root, &memory));
	cr_expect_eq(memory.bytes, 500000);
	cr_expect_str_eq(memory.where, "/cg/a");
	place_write(&place, "/cg/a/memory.stat", "xactive_file 1\nactive_file");
	cr_assert(cgroup_find_free_memory(place.root, &memory));
	cr_expect_eq(memory.bytes, 100000);
	place_write(&place, "/cg/a/memory.current", "2100000");
	cr_assert(cgroup_find_free_memory(place.root, &memory));
	cr_expect_eq(memory.bytes, 0);
}

static void expect_delegated(const char *folder)
{
	char found[PATH_MAX];
	const char *why = "?";

	cr_assert(cgroup_find_delegated(place.root, found, &why), "%s", why);
	cr_expect_str_eq(found, folder);
}

static void expect_not_delegated(const char *reason)
{
	char found[PATH_MAX];
	const char *why = NULL;

	cr_assert_not(cgroup_find_delegated(place.root, found, &why));
	cr_expect_str_eq(why, reason);
}

static void mark(const char *folder, const char *value)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", place.root, folder);
	if (setxattr(path, "user.delegate", value, 1, 0) < 0)
		cr_skip("no attributes here");
}

Test(cgroup, the_top_of_what_is_seen_may_be_divided)
{
	expect_not_delegated("no control groups of version 2");
	place_write(&place, "/cg/cgroup.procs", "");
	write_mount("/docker/1", "/docker/1");
	expect_delegated("/cg");
}

Test(cgroup, what_cannot_be_written_is_not_divided)
{
	place_write(&place, "/cg/cgroup.controllers", "");
	write_mount("/", "/");
	expect_not_delegated("its control group cannot be written");
}

Test(cgroup, what_lies_outside_the_mount_is_not_divided)
{
	place_write(&place, "/cg/cgroup.procs", "");
	write_mount("/../side", "/");
	expect_not_delegated("its control group is not visible");
}

Test(cgroup, a_run_inside_a_pen_makes_none)
{
	place_write(&place, "/cg/shmrun-7-0/cgroup.procs", "");
	write_mount("/shmrun-7-0", "/");
	expect_not_delegated("it is a part of another run");
}

Test(cgroup, root_divides_what_is_marked)
{
	place_write(&place, "/cg/a/cgroup.procs", "");
	write_mount("/a", "/");
	if (geteuid() == 0)
		expect_not_delegated("its control group is not delegated");
	else
		expect_delegated("/cg/a");
	mark("/cg/a", "0");
	if (geteuid() == 0)
		expect_not_delegated("its control group is not delegated");
	mark("/cg/a", "1");
	expect_delegated("/cg/a");
}
