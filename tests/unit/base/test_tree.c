/* SPDX-License-Identifier: MIT */
/* A folder is emptied whatever is in it, and nothing else is touched. */
#include "base/tree.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char place[64];
static int folder;

static void setup(void)
{
	strcpy(place, "/tmp/shmrun-tree.XXXXXX");
	cr_assert_not_null(mkdtemp(place));
	cr_assert_eq(chdir(place), 0);
	cr_assert_eq(mkdir("in", 0700), 0);
	cr_assert_eq(mkdir("out", 0700), 0);
	close(creat("out/precious", 0600));
	folder = open("in", O_RDONLY | O_DIRECTORY);
	cr_assert_geq(folder, 0);
}

static void teardown(void)
{
	close(folder);
	cr_assert_eq(access("out/precious", F_OK), 0);
	unlink("out/precious");
	rmdir("out");
	cr_assert_eq(rmdir("in"), 0, "%s", strerror(errno));
	rmdir(place);
}

TestSuite(tree, .init = setup, .fini = teardown);

static void enter(const char *name)
{
	cr_assert_eq(mkdir(name, 0700), 0, "%s", strerror(errno));
	cr_assert_eq(chdir(name), 0);
}

Test(tree, follows_no_link)
{
	cr_assert_eq(symlink("../out", "in/a"), 0);
	cr_assert_eq(symlink("../out/precious", "in/b"), 0);
	cr_assert_eq(symlink("nowhere", "in/c"), 0);
	cr_assert_eq(mkdir("in/sub", 0700), 0);
	cr_assert_eq(symlink("../../out", "in/sub/a"), 0);
	cr_assert_eq(tree_empty(folder), 0);
}

Test(tree, opens_what_is_locked)
{
	int status;

	cr_assert_eq(chmod(place, 0755), 0);
	/* As somebody for whom a lock is one. */
	if (fork() == 0) {
		if (geteuid() == 0 &&
		    (chown("in", 65534, -1) < 0 || setuid(65534) < 0))
			_exit(2);
		mkdir("in/a", 0700);
		mkdir("in/a/b", 0700);
		mkdir("in/a/b/c", 0700);
		close(creat("in/a/b/c/d", 0));
		chmod("in/a/b/c", 0);
		chmod("in/a/b", 0);
		chmod("in/a", 0);
		chmod("in", 0);
		_exit(tree_empty(folder) != 0);
	}
	cr_assert_gt(wait(&status), 0);
	cr_assert_eq(status, 0);
}

Test(tree, is_as_deep_as_it_likes)
{
	int i;

	cr_assert_eq(chdir("in"), 0);
	for (i = 0; i < 500; i++)
		enter("a-name-of-some-length");
	close(creat("at-the-end", 0600));
	cr_assert_eq(chdir(place), 0);
	cr_assert_eq(tree_empty(folder), 0);
}

Test(tree, takes_names_that_it_gives_itself)
{
	cr_assert_eq(mkdir("in/a", 0700), 0);
	cr_assert_eq(mkdir("in/a/b", 0700), 0);
	close(creat("in/a/b/c", 0600));
	cr_assert_eq(mkdir("in/.lifted-0", 0700), 0);
	close(creat("in/.lifted-0/x", 0600));
	close(creat("in/.lifted-1", 0600));
	cr_assert_eq(tree_empty(folder), 0);
}

Test(tree, does_not_go_behind_a_mount_point)
{
	int status;

	cr_assert_eq(mkdir("in/a", 0700), 0);
	cr_assert_eq(mkdir("in/a/m", 0700), 0);
	close(creat("in/z", 0600));
	if (fork() == 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
		    mount("out", "in/a/m", NULL, MS_BIND, NULL) < 0)
			_exit(77);
		_exit(tree_empty(folder) == -EBUSY ? 0 : 1);
	}
	cr_assert_gt(wait(&status), 0);
	cr_assert(status == 0 || WEXITSTATUS(status) == 77);
	cr_assert(access("in/z", F_OK) < 0 || status);
	cr_assert_eq(tree_empty(folder), 0);
}

Test(tree, removes_by_name_what_is_no_folder)
{
	int at = open(".", O_RDONLY | O_DIRECTORY);

	cr_assert_eq(symlink("out", "link"), 0);
	cr_assert_eq(tree_remove_at(at, "link"), 0);
	cr_assert_eq(tree_remove_at(at, "link"), 0);
	cr_assert_lt(access("link", F_OK), 0);
	close(at);
}
