/* SPDX-License-Identifier: MIT */
/* Temporary folders: their names, one look, and what an end leaves (DEF-18). */
#include "shm/folders.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[64];
static struct folders folders;

static void setup(void)
{
	struct err err = { 0 };

	strcpy(base, "/tmp/shmrun-unit.XXXXXX");
	cr_assert_not_null(mkdtemp(base));
	cr_assert_eq(folders_open(&folders, base, &err), 0, "%s", err.text);
}

static void teardown(void)
{
	char command[128];

	folders_close(&folders);
	snprintf(command, sizeof(command), "rm -rf %s", base);
	cr_assert_eq(system(command), 0);
}

TestSuite(folders, .init = setup, .fini = teardown);

static const char *in_root(const char *name)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", folders.root, name);
	return path;
}

static bool is_there(const char *name)
{
	return access(in_root(name), F_OK) == 0;
}

static int n_in(const char *path)
{
	DIR *dir = opendir(path);
	int n = -2;

	cr_assert_not_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* The root may have been made elsewhere on the disk, and moved here. */
Test(folders, have_one_root_and_leave_nothing_beside_it)
{
	struct stat st;

	cr_assert_eq(stat(folders.root, &st), 0);
	cr_expect_eq(st.st_mode, S_IFDIR | 0700);
	cr_expect_eq(strncmp(folders.root, base, strlen(base)), 0);
	cr_expect_eq(n_in(base), 1);
	cr_expect_eq(n_in(folders.root), 2, "lock and run");
	cr_expect_eq(folders_remove(&folders), 0);
	cr_expect_eq(n_in(base), 0);
}

Test(folders, have_names_of_slot_and_number)
{
	char name[FOLDER_NAME_CAP];

	folder_name(name, 0, 0);
	cr_assert_str_eq(name, "w0");
	folder_name(name, 65535, UINT32_MAX);
	cr_assert_str_eq(name, "w65535.4294967295");
}

Test(folders, one_look_sees_whatever_was_done)
{
	cr_assert(folder_is_touched(in_root("w0")));
	cr_assert_eq(folder_make(in_root("w0")), 0);
	cr_assert_not(folder_is_touched(in_root("w0")));
	cr_assert_eq(mkdir(in_root("w0/a"), 0700), 0);
	cr_assert(folder_is_touched(in_root("w0")));
	cr_assert(folder_is_full(in_root("w0")));
	cr_assert_eq(rmdir(in_root("w0/a")), 0);
	cr_assert(folder_is_touched(in_root("w0")));
	cr_assert_not(folder_is_full(in_root("w0")));
	cr_assert_eq(folder_empty(folders.root, "w0"), 0);
	cr_assert_not(folder_is_touched(in_root("w0")));
	cr_assert_eq(chmod(in_root("w0"), 0), 0);
	cr_assert(folder_is_touched(in_root("w0")));
}

Test(folders, one_comes_back_in_place_of_something_else)
{
	cr_assert_eq(symlink("/", in_root("w0")), 0);
	cr_assert_eq(folder_empty(folders.root, "w0"), 0);
	cr_assert_not(folder_is_touched(in_root("w0")));
}

Test(folders, the_last_number_of_each_slot_goes_and_those_before_stay)
{
	static const char *const names[] = { "w0", "w0.1", "w1", "w10.2",
					     "w10.3" };
	size_t i;

	for (i = 0; i < 5; i++)
		cr_assert_eq(folder_make(in_root(names[i])), 0);
	cr_assert_eq(folders_remove(&folders), 0);
	cr_assert(is_there("w0"));
	cr_assert(is_there("w10.2"));
	cr_assert_not(is_there("w0.1"));
	cr_assert_not(is_there("w1"));
	cr_assert_not(is_there("w10.3"));
	cr_assert_not(is_there("run"));
	cr_assert_not(is_there("lock"));
}

Test(folders, nothing_is_left_where_nothing_is_kept)
{
	cr_assert_eq(folder_make(in_root("w0")), 0);
	cr_assert_eq(folders_remove(&folders), 0);
	cr_assert_lt(access(folders.root, F_OK), 0);
}
