/* SPDX-License-Identifier: MIT */
/*
 * elf.h - what an ELF file says of itself, read without loading it: its type,
 * sections, needed libraries and defined symbols (elf(5)).
 *
 * The file is hostile input: every offset and size is held against its length
 * before it is used, every text must end within its table.  Nothing of it
 * runs.  The file is mapped and only headers and tables are touched, so that
 * its size does not matter; whoever cuts it meanwhile ends the reader by
 * SIGBUS, which is why only the loader may call elf_open().
 *
 * ELF64 of this machine alone.  Offsets are those of the file; addresses are
 * translated by its loadable segments.
 */
#ifndef SUITE_ELF_H
#define SUITE_ELF_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of the file; bytes NULL = there is none. */
struct elf_part {
	const unsigned char *bytes;
	uint64_t size;
};

struct elf {
	const unsigned char *bytes;
	uint64_t size;
	bool mapped;		  /* by elf_open() */
	bool shared;		  /* false = it is a program */
	bool alone; /* a program that no dynamic linker starts */
	struct elf_part segments; /* the headers */
	struct elf_part sections; /* the headers; none = stripped of them */
	struct elf_part names;	  /* of the sections */
	struct elf_part dynamic;
	struct elf_part strings;  /* of the dynamic section */
	uint64_t symbols;	  /* addresses in the image; 0 = none */
	uint64_t gnu_hash;
	uint64_t hash;
};

struct elf_section {
	uint64_t address; /* in the image, before relocation */
	uint64_t size;
	uint32_t type;
	struct elf_part part; /* in the file; none for SHT_NOBITS */
};

/* Reads size bytes, which must live as long.  0, or -errno and what is wrong
 * with them. */
int elf_read(struct elf *elf, const void *bytes, uint64_t size,
	     struct err *err);

/* Maps and reads a regular file. */
int elf_open(struct elf *elf, const char *path, struct err *err);
void elf_close(struct elf *elf);

/* The first section of a name. */
bool elf_find_section(const struct elf *elf, const char *name,
		      struct elf_section *section);

/* Do size bytes from an address on lie within one segment of the image? */
bool elf_is_loaded(const struct elf *elf, uint64_t address, uint64_t size);

/* The next text of that tag in its dynamic section, as DT_RUNPATH; *at begins
 * with 0.  NULL = there is none. */
const char *elf_next_text(const struct elf *elf, int64_t tag, uint64_t *at);

/* The first library it needs whose name begins so; NULL = none does. */
const char *elf_needs(const struct elf *elf, const char *prefix);

/* Does it refer to a dynamic symbol that it does not define?  One that need
 * not be there does not count. */
bool elf_refers(const struct elf *elf, const char *symbol);

/* Does it define a dynamic symbol?  By its hash tables, as dlsym(3) does. */
bool elf_defines(const struct elf *elf, const char *symbol);

/* Addresses of defined symbols, by name, of the whole symbol table, which a
 * stripped file has lost; 0 = not there.  How many were found. */
uint32_t elf_find_symbols(const struct elf *elf, const char *const *names,
			  uint64_t *values, uint32_t n);

#endif
