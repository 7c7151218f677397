/* SPDX-License-Identifier: MIT */
#include "shim/collect.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An object's file: names of sections are nowhere else. */
struct file {
	int fd;
	ElfW(Ehdr) head;
	ElfW(Shdr) *sections;
	size_t n;
	char *names;
	size_t names_size;
};

struct search {
	const char *section;
	void (*take)(void *item);
	bool failed;
};

static bool read_at(int fd, void *to, size_t size, uint64_t at)
{
	char *next = to;

	while (size) {
		ssize_t got = pread(fd, next, size, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		next += got;
		size -= (size_t)got;
		at += (uint64_t)got;
	}
	return true;
}

static void *read_new(int fd, size_t size, uint64_t at)
{
	void *bytes = calloc(1, size + 1);

	if (bytes && read_at(fd, bytes, size, at))
		return bytes;
	free(bytes);
	return NULL;
}

/* A file of more sections than fit says so in the first one. */
static bool file_read_sections(struct file *f)
{
	ElfW(Shdr) first = { 0 };
	uint64_t names_ix = f->head.e_shstrndx;

	if (f->head.e_shentsize != sizeof(first) ||
	    !read_at(f->fd, &first, sizeof(first), f->head.e_shoff))
		return false;
	f->n = f->head.e_shnum ? f->head.e_shnum : first.sh_size;
	if (names_ix == SHN_XINDEX)
		names_ix = first.sh_link;
	if (f->n == 0 || f->n > UINT32_MAX || names_ix >= f->n)
		return false;
	f->sections = read_new(f->fd, f->n * sizeof(first), f->head.e_shoff);
	if (!f->sections)
		return false;
	f->names_size = f->sections[names_ix].sh_size;
	f->names = read_new(f->fd, f->names_size,
			    f->sections[names_ix].sh_offset);
	return f->names != NULL;
}

/* False: it has sections, and they cannot be read. */
static bool file_open(struct file *f, const char *path)
{
	*f = (struct file){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
	/* The vdso, or an object whose file is gone. */
	if (f->fd < 0)
		return true;
	if (!read_at(f->fd, &f->head, sizeof(f->head), 0) ||
	    memcmp(f->head.e_ident, ELFMAG, SELFMAG) != 0)
		return false;
	return f->head.e_shoff == 0 || file_read_sections(f);
}

static void file_close(struct file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->sections);
	free(f->names);
}

static bool is_loaded(const struct dl_phdr_info *info, uint64_t from,
		      uint64_t size)
{
	size_t i;

	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_LOAD && from >= p->p_vaddr &&
		    size <= p->p_memsz &&
		    from - p->p_vaddr <= p->p_memsz - size)
			return true;
	}
	return false;
}

static void take_all(const struct search *search, uintptr_t base,
		     const ElfW(Shdr) *section)
{
	void *const *items = (void *const *)(base + section->sh_addr);
	size_t n = section->sh_size / sizeof(*items), i;

	for (i = 0; i < n; i++)
		if (items[i])
			search->take(items[i]);
}

static int look_into(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct search *search = ctx;
	struct file f;
	size_t i;

	(void)size;
	search->failed |= !file_open(&f, *info->dlpi_name ? info->dlpi_name
							  : "/proc/self/exe");
	for (i = 0; f.sections && f.names && i < f.n; i++) {
		const ElfW(Shdr) *s = &f.sections[i];

		if (s->sh_name < f.names_size &&
		    strcmp(f.names + s->sh_name, search->section) == 0 &&
		    s->sh_addr % sizeof(void *) == 0 &&
		    is_loaded(info, s->sh_addr, s->sh_size))
			take_all(search, info->dlpi_addr, s);
	}
	file_close(&f);
	return 0;
}

bool collect(const char *section, void (*take)(void *item))
{
	struct search search = { .section = section, .take = take };

	dl_iterate_phdr(look_into, &search);
	return !search.failed;
}
