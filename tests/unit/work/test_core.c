/* SPDX-License-Identifier: MIT */
/* Whose core file is it (PROC-17)?  Only that of the very process is moved,
 * whatever else lies beside it. */
#include "work/core.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/procfs.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PID 4711

/* As the kernel writes it, but for what it is about. */
struct image {
	ElfW(Ehdr) head;
	ElfW(Phdr) notes;
	struct {
		ElfW(Nhdr) head;
		char name[8];
		char status[336];
	} first;
	struct {
		ElfW(Nhdr) head;
		char name[8];
		char info[sizeof(struct elf_prpsinfo)]; /* not aligned */
	} second;
};

static char root[64], from[80], to[80], name[CORE_NAME_CAP];

static struct image image_of(pid_t pid)
{
	struct image i = {
		.head = { .e_type = ET_CORE,
			  .e_phoff = offsetof(struct image, notes),
			  .e_phnum = 1 },
		.notes = { .p_type = PT_NOTE,
			   .p_offset = offsetof(struct image, first),
			   .p_filesz = sizeof(struct image) -
				       offsetof(struct image, first) },
		.first = { .head = { .n_namesz = 5, .n_descsz = 336,
				     .n_type = NT_PRSTATUS },
			   .name = "CORE" },
		.second = { .head = { .n_namesz = 5,
				      .n_descsz = sizeof(struct elf_prpsinfo),
				      .n_type = NT_PRPSINFO },
			    .name = "CORE" },
	};
	struct elf_prpsinfo info = { .pr_pid = pid };

	memset(i.first.status, 0xff, sizeof(i.first.status));
	memcpy(i.second.info, &info, sizeof(info));
	memcpy(i.head.e_ident, ELFMAG, SELFMAG);
	i.head.e_ident[EI_CLASS] = sizeof(void *) == 8 ? ELFCLASS64
						       : ELFCLASS32;
	return i;
}

static const char *path_in(const char *folder, const char *file)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return path;
}

static void put(const char *file, const void *bytes, size_t len)
{
	int fd = open(path_in(from, file), O_WRONLY | O_CREAT | O_EXCL, 0600);

	cr_assert_eq(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static void put_core(const char *file, pid_t pid)
{
	struct image image = image_of(pid);

	put(file, &image, sizeof(image));
}

static void open_folders(void)
{
	snprintf(root, sizeof(root), "/tmp/shmrun-core.XXXXXX");
	cr_assert_not_null(mkdtemp(root));
	snprintf(from, sizeof(from), "%s/from", root);
	snprintf(to, sizeof(to), "%s/to", root);
	cr_assert_eq(mkdir(from, 0700), 0);
	cr_assert_eq(mkdir(to, 0700), 0);
}

static void close_folders(void)
{
	static const char *const files[] = { "core", "core.1", "core.2" };
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		unlink(path_in(from, files[i]));
		unlink(path_in(to, files[i]));
	}
	rmdir(from);
	rmdir(to);
	cr_expect_eq(rmdir(root), 0, "something is left");
}

TestSuite(core, .init = open_folders, .fini = close_folders);

static int move(void)
{
	return core_move(PID, time(NULL) - 60, from, to, name);
}

static bool lies_in(const char *folder, const char *file)
{
	return access(path_in(folder, file), F_OK) == 0;
}

Test(core, is_moved)
{
	put_core("core.1", PID);
	cr_expect_eq(move(), 0);
	cr_expect_str_eq(name, "core.1");
	cr_expect(lies_in(to, "core.1"));
	cr_expect(!lies_in(from, "core.1"));
}

Test(core, of_another_stays)
{
	put_core("core", PID + 1);
	cr_expect_eq(move(), -ENOENT);
	cr_expect(lies_in(from, "core"));
}

Test(core, is_found_among_others)
{
	put_core("core", PID + 1);
	put_core("core.1", PID);
	put_core("core.2", PID - 1);
	cr_expect_eq(move(), 0);
	cr_expect(lies_in(from, "core"));
	cr_expect(lies_in(to, "core.1"));
	cr_expect(lies_in(from, "core.2"));
}

/* Numbers of processes come again. */
Test(core, that_is_older_stays)
{
	put_core("core", PID);
	cr_expect_eq(core_move(PID, time(NULL) + 60, from, to, name), -ENOENT);
	cr_expect(lies_in(from, "core"));
}

Test(core, does_not_take_the_place_of_another_file)
{
	int fd = open(path_in(to, "core"), O_WRONLY | O_CREAT, 0600);

	close(fd);
	put_core("core", PID);
	cr_expect_eq(move(), -EEXIST);
	cr_expect_str_eq(name, "core");
	cr_expect(lies_in(from, "core"));
}

Test(core, is_not_what_only_looks_like_one)
{
	struct image image = image_of(PID);

	image.head.e_type = ET_DYN;
	put("core", &image, sizeof(image));
	put("core.1", "core", 4);
	cr_assert_eq(mkfifo(path_in(from, "core.2"), 0600), 0);
	cr_expect_eq(move(), -ENOENT);
	cr_expect(lies_in(from, "core"));
	cr_expect(lies_in(from, "core.1"));
}

/* Nor a link to one, which would be gone while it is not. */
Test(core, is_no_link)
{
	char elsewhere[80];

	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", root);
	put_core("core", PID);
	cr_assert_eq(rename(path_in(from, "core"), elsewhere), 0);
	cr_assert_eq(symlink(elsewhere, path_in(from, "core")), 0);
	cr_expect_eq(move(), -ENOENT);
	cr_expect_eq(unlink(elsewhere), 0);
}

/* Sizes that lead out of it, or around the end of numbers. */
Test(core, may_be_damaged)
{
	static const uint32_t sizes[] = { 0, 1, 337, 100000, 0x7fffffff,
					  0xfffffffc, 0xffffffff };
	size_t i;

	for (i = 0; i < 2 * sizeof(sizes) / sizeof(*sizes); i++) {
		struct image image = image_of(PID);

		if (i % 2)
			image.first.head.n_namesz = sizes[i / 2];
		else
			image.first.head.n_descsz = sizes[i / 2];
		put("core", &image, sizeof(image));
		cr_expect_eq(move(), -ENOENT, "%u", sizes[i / 2]);
		unlink(path_in(from, "core"));
	}
}

Test(core, may_end_anywhere)
{
	struct image image = image_of(PID);
	size_t len;

	for (len = 0; len < sizeof(image); len++) {
		put("core", &image, len);
		cr_expect_eq(move(), -ENOENT, "%zu bytes", len);
		unlink(path_in(from, "core"));
	}
}

Test(core, needs_its_folder)
{
	cr_expect_eq(core_move(PID, 0, "/nowhere", to, name), -ENOENT);
}
