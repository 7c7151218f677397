/* SPDX-License-Identifier: MIT */
#include "suite/origin.h"

#include "base/id.h"
#include "base/mem.h"
#include "model/listing.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- how it was built ------------------------------------------------ */

/* No compiler says that; but what is checked is told to somebody. */
static bool origin_has_ubsan(void *handle)
{
	return dlsym(handle, "__ubsan_handle_type_mismatch_v1") ||
	       dlsym(handle, "__ubsan_handle_type_mismatch_v1_abort");
}

/* ---- what the linker wrote ------------------------------------------- */

struct origin_search {
	struct origin *origin;
	uintptr_t inside; /* its dynamic section */
};

/* Some dynamic linkers have added the base to it, some have not. */
static const char *origin_at(const struct dl_phdr_info *info, uintptr_t p)
{
	return (const char *)(p < info->dlpi_addr ? p + info->dlpi_addr : p);
}

static void origin_read_dynamic(struct origin *origin,
				const struct dl_phdr_info *info,
				const ElfW(Dyn) *dyn)
{
	const char *strings = NULL;
	size_t name = 0;

	for (; dyn->d_tag != DT_NULL; dyn++) {
		if (dyn->d_tag == DT_STRTAB)
			strings = origin_at(info, dyn->d_un.d_ptr);
		else if (dyn->d_tag == DT_SONAME)
			name = dyn->d_un.d_val;
	}
	if (strings && name && strings[name])
		origin->soname = mem_strdup(strings + name);
}

static size_t origin_round(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

static void origin_read_notes(struct origin *origin, const char *at,
			      size_t left)
{
	while (left >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *note = (const void *)at;
		size_t name = origin_round(note->n_namesz);
		size_t size = sizeof(*note) + name +
			      origin_round(note->n_descsz);

		if (size > left)
			return;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
		    memcmp(at + sizeof(*note), "GNU", 4) == 0)
			origin->build_id = id_bytes(at + sizeof(*note) + name,
						    note->n_descsz);
		at += size;
		left -= size;
	}
}

static bool origin_holds(const struct dl_phdr_info *info, uintptr_t address)
{
	int i;

	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_LOAD &&
		    address - info->dlpi_addr - p->p_vaddr < p->p_memsz)
			return true;
	}
	return false;
}

static int origin_visit(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct origin_search *search = ctx;
	int i;

	(void)size;
	if (!origin_holds(info, search->inside))
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		const char *at = (const char *)info->dlpi_addr + p->p_vaddr;

		if (p->p_type == PT_DYNAMIC)
			origin_read_dynamic(search->origin, info,
					    (const void *)at);
		else if (p->p_type == PT_NOTE)
			origin_read_notes(search->origin, at, p->p_memsz);
	}
	return 1;
}

void origin_find(struct origin *origin, void *handle)
{
	struct origin_search search = { .origin = origin };
	struct link_map *map;

	if (origin_has_ubsan(handle))
		origin->flavour |= FLAVOUR_UBSAN;
	if (dlinfo(handle, RTLD_DI_LINKMAP, &map) < 0)
		return;
	search.inside = (uintptr_t)map->l_ld;
	dl_iterate_phdr(origin_visit, &search);
}

void origin_fini(struct origin *origin)
{
	free(origin->soname);
	*origin = (struct origin){ 0 };
}
