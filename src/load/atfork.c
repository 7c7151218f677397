/* SPDX-License-Identifier: MIT */
#include "load/atfork.h"

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What of an object's dynamic section is needed (elf(5)). */
struct object {
	const ElfW(Sym) *symbols;
	const char *strings;
	const ElfW(Rela) *tables[2];
	size_t sizes[2]; /* bytes */
	size_t n_ends;	 /* functions that run when it is unloaded */
};

/* What a look is for: names, NULL at the end. */
static const char *const atfork_names[] = { "__register_atfork",
					    "pthread_atfork", NULL };
/* A library that is loaded later may bring anything. */
static const char *const atexit_names[] = { "__cxa_atexit", "atexit",
					    "on_exit", "at_quick_exit",
					    "__cxa_thread_atexit_impl",
					    "dlopen", NULL };

static bool atfork_is_name(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static bool atfork_in_table(const struct object *o, const ElfW(Rela) *table,
			    size_t size, const char *const *names)
{
	size_t i;

	for (i = 0; i < size / sizeof(*table); i++) {
		size_t symbol = ELF64_R_SYM(table[i].r_info);

		if (symbol &&
		    atfork_is_name(o->strings + o->symbols[symbol].st_name,
				   names))
			return true;
	}
	return false;
}

static struct object atfork_read(const ElfW(Dyn) *dyn)
{
	struct object o = { 0 };

	for (; dyn->d_tag != DT_NULL; dyn++) {
		const void *at = (const void *)dyn->d_un.d_ptr;

		if (dyn->d_tag == DT_SYMTAB)
			o.symbols = at;
		else if (dyn->d_tag == DT_STRTAB)
			o.strings = at;
		else if (dyn->d_tag == DT_RELA)
			o.tables[0] = at;
		else if (dyn->d_tag == DT_RELASZ)
			o.sizes[0] = dyn->d_un.d_val;
		else if (dyn->d_tag == DT_JMPREL)
			o.tables[1] = at;
		else if (dyn->d_tag == DT_PLTRELSZ)
			o.sizes[1] = dyn->d_un.d_val;
		else if (dyn->d_tag == DT_FINI_ARRAYSZ)
			o.n_ends = dyn->d_un.d_val / sizeof(void *);
	}
	return o;
}

/* 1 = it may: ends the walk. */
static int atfork_look(struct dl_phdr_info *info, size_t size, void *data)
{
	const char *const *names = data;
	struct object o;
	int i;

	(void)size;
	if (strstr(info->dlpi_name, "san.so"))
		return 1;
	for (i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type != PT_DYNAMIC)
			continue;
		o = atfork_read((const void *)(info->dlpi_addr +
					       info->dlpi_phdr[i].p_vaddr));
		/* The kernel's own object has addresses that are not
		 * relocated, and no relocations. */
		if (!o.symbols || !o.strings || (!o.sizes[0] && !o.sizes[1]))
			continue;
		/* One is the compiler's own, and does nothing at an exit. */
		if (names == atexit_names && *info->dlpi_name && o.n_ends > 1)
			return 1;
		/* The program has no name here, and none of its own. */
		if (names == atexit_names && !*info->dlpi_name)
			continue;
		if (atfork_in_table(&o, o.tables[0], o.sizes[0], names) ||
		    atfork_in_table(&o, o.tables[1], o.sizes[1], names))
			return 1;
	}
	return 0;
}

/* Does no object refer to any of these names? */
static bool atfork_is_none(const char *const *names)
{
#if HAVE__FORK && !defined(__SANITIZE_ADDRESS__) &&                           \
	!defined(__SANITIZE_THREAD__) && defined(__GLIBC__)
	return dl_iterate_phdr(atfork_look, (void *)(uintptr_t)names) == 0;
#else
	(void)atfork_look;
	(void)names;
	return false;
#endif
}

bool atfork_is_unused(void)
{
	return atfork_is_none(atfork_names);
}

bool atfork_exit_is_plain(void)
{
	return atfork_is_none(atexit_names);
}
