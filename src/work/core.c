/* SPDX-License-Identifier: MIT */
#include "work/core.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/str.h"
#include "base/sys.h"
#include "model/event.h"
#include "work/folder.h"
#include "work/stage.h"
#include "work/worker.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/procfs.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The first two notes are of the process. */
#define NOTES_CAP 4096
/* Clocks of file systems count seconds, or two. */
#define SINCE_SLACK 2

#define NATIVE_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

/* ---- whose is it? ---------------------------------------------------- */

static size_t core_aligned(size_t len)
{
	return (len + 3) / 4 * 4;
}

/* The process, from the notes; 0 = they do not say. */
static pid_t core_read_notes(const char *notes, size_t len)
{
	struct elf_prpsinfo info;
	ElfW(Nhdr) note;
	size_t at = 0, name, size;

	while (len - at >= sizeof(note)) {
		memcpy(&note, notes + at, sizeof(note));
		at += sizeof(note);
		name = core_aligned(note.n_namesz);
		size = core_aligned(note.n_descsz);
		if (name > len - at || size > len - at - name)
			return 0;
		if (note.n_type == NT_PRPSINFO && size == sizeof(info)) {
			memcpy(&info, notes + at + name, sizeof(info));
			return info.pr_pid;
		}
		at += name + size;
	}
	return 0;
}

/* As the kernel writes it: the notes are the first segment. */
static pid_t core_read_pid(int fd)
{
	char notes[NOTES_CAP];
	ElfW(Ehdr) head;
	ElfW(Phdr) first;
	ssize_t got;

	if (sys_pread_all(fd, &head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
	    head.e_ident[EI_CLASS] != NATIVE_CLASS || head.e_type != ET_CORE ||
	    sys_pread_all(fd, &first, sizeof(first), head.e_phoff) !=
		    sizeof(first) ||
	    first.p_type != PT_NOTE)
		return 0;
	got = sys_pread_all(fd, notes,
			    min_of((size_t)first.p_filesz, sizeof(notes)),
			    first.p_offset);
	return got > 0 ? core_read_notes(notes, (size_t)got) : 0;
}

static bool core_is_file(int dir, const char *name, const struct stat *file)
{
	struct stat now;

	return fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_dev == file->st_dev && now.st_ino == file->st_ino;
}

/* A descriptor of it, or -1.  Nothing but plain files is opened: a pipe would
 * notice. */
static int core_open(int dir, const char *name, pid_t pid, int64_t since,
		     struct stat *file)
{
	int fd;

	if (fstatat(dir, name, file, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(file->st_mode) || file->st_mtim.tv_sec < since)
		return -1;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (core_is_file(dir, name, file) && core_read_pid(fd) == pid)
		return fd;
	close(fd);
	return -1;
}

/* ---- moving ---------------------------------------------------------- */

/* Most of it are holes. */
static int core_copy_bytes(int from, int to, off_t size)
{
	off_t at = 0, end;

	while ((at = lseek(from, at, SEEK_DATA)) >= 0) {
		end = lseek(from, at, SEEK_HOLE);
		if (end < 0 || lseek(to, at, SEEK_SET) < 0)
			return -errno;
		while (at < end) {
			ssize_t n = sendfile(to, from, &at, (size_t)(end - at));

			if (n <= 0)
				return n < 0 ? -errno : -EIO;
		}
	}
	return errno == ENXIO && ftruncate(to, size) == 0 ? 0 : -errno;
}

static int core_copy(int fd, const struct stat *file, const char *to)
{
	int copy = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int ret;

	if (copy < 0)
		return -errno;
	ret = core_copy_bytes(fd, copy, file->st_size);
	close(copy);
	if (ret < 0)
		unlink(to);
	return ret;
}

/* Meanwhile a neighbour's core may have got the name: what is there is looked
 * at again. */
static int core_rename(int dir, const char *name, int fd,
		       const struct stat *file, const char *to)
{
	int ret;

	if (faccessat(AT_FDCWD, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	if (renameat(dir, name, AT_FDCWD, to) == 0) {
		if (core_is_file(AT_FDCWD, to, file))
			return 0;
		renameat(AT_FDCWD, to, dir, name);
		return -ENOENT;
	}
	if (errno != EXDEV)
		return -errno;
	ret = core_copy(fd, file, to);
	if (ret == 0 && core_is_file(dir, name, file))
		unlinkat(dir, name, 0);
	return ret;
}

static int core_move_from(DIR *dir, pid_t pid, int64_t since, const char *to,
			  char name[CORE_NAME_CAP])
{
	const struct dirent *entry;
	char path[PATH_MAX];
	struct stat file;
	int fd, ret;

	while ((entry = readdir(dir))) {
		fd = core_open(dirfd(dir), entry->d_name, pid, since, &file);
		if (fd < 0)
			continue;
		snprintf(name, CORE_NAME_CAP, "%s", entry->d_name);
		ret = snprintf(path, sizeof(path), "%s/%s", to, name) <
				      (int)sizeof(path)
			      ? core_rename(dirfd(dir), name, fd, &file, path)
			      : -ENAMETOOLONG;
		close(fd);
		return ret;
	}
	return -ENOENT;
}

int core_move(pid_t pid, int64_t since, const char *from, const char *to,
	      char name[CORE_NAME_CAP])
{
	DIR *dir = opendir(from);
	int ret;

	if (!dir)
		return -ENOENT;
	ret = core_move_from(dir, pid, since, to, name);
	closedir(dir);
	return ret;
}

/* ---- after a test ---------------------------------------------------- */

/* Is it where the process stood? */
static bool core_is_beside(void)
{
	char pattern[256];

	return sys_read_text("/proc/sys/kernel/core_pattern", pattern,
			     sizeof(pattern)) > 0 &&
	       *pattern != '|' && !strchr(pattern, '/');
}

static void core_tell_stays(const char *folder, const char *name, int code)
{
	struct str text = STR_INIT;

	str_addf(&text, "its core file stays where it is: %s/%s: %s", folder,
		 name, strerror(-code));
	stage_note(NOTE_RUNNER, "", 0, str_get(&text));
	str_fini(&text);
}

void core_fetch(const struct worker *w, pid_t pid, int status,
		const char *folder)
{
	const char *to = folder_of_failure();
	char name[CORE_NAME_CAP];
	int64_t since;
	int ret;

	if (likely(!WIFSIGNALED(status) || !WCOREDUMP(status)) || !to ||
	    !core_is_beside())
		return;
	since = time(NULL) - SINCE_SLACK -
		(int64_t)((clock_now_ns() - w->now_ns) / NS_PER_S);
	ret = core_move(pid, since, folder, to, name);
	if (ret < 0 && ret != -ENOENT)
		core_tell_stays(folder, name, ret);
}
