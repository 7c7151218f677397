/* SPDX-License-Identifier: MIT */
/* What a file says of itself, whatever it is: ADP-2. */
#include "suite/elf.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned char *bytes;
static size_t size;

/* A built fixture suite in memory. */
static void take(const char *name)
{
	char path[4096];
	struct stat st;
	int fd;

	cr_assert_not_null(getenv("SUITES"));
	snprintf(path, sizeof(path), "%s/%s.so", getenv("SUITES"), name);
	fd = open(path, O_RDONLY);
	cr_assert_geq(fd, 0);
	cr_assert_eq(fstat(fd, &st), 0);
	size = (size_t)st.st_size;
	bytes = malloc(size);
	cr_assert_eq(read(fd, bytes, size), st.st_size);
	close(fd);
}

static Elf64_Ehdr *header(void)
{
	return (void *)bytes;
}

/* The sentence of a refusal. */
static const char *refused(const void *what, size_t len)
{
	static struct err err;
	struct elf elf;

	err = (struct err){ 0 };
	cr_assert_lt(elf_read(&elf, what, len, &err), 0);
	cr_assert_neq(err.text[0], '\0');
	return err.text;
}

static void expect_said(const char *what)
{
	const char *text = refused(bytes, size);

	cr_expect_not_null(strstr(text, what), "%s", text);
}

Test(elf, tells_sections_libraries_and_symbols)
{
	struct elf_section section;
	struct err err = { 0 };
	struct elf elf;

	take("pass");
	cr_assert_eq(elf_read(&elf, bytes, size, &err), 0, "%s", err.text);
	cr_expect(elf.shared);
	cr_expect_not(elf_refers(&elf, "shmrun_suite_v1"));
	cr_expect_not(elf_refers(&elf, "nobody_has_this"));
	cr_expect(elf_defines(&elf, "shmrun_suite_v1"));
	cr_expect_not(elf_defines(&elf, "shmrun_suite_v2"));
	cr_expect_not(elf_defines(&elf, ""));
	cr_assert(elf_find_section(&elf, "shmrun_records", &section));
	cr_expect_eq(section.size % sizeof(void *), 0);
	cr_expect_gt(section.size, 0);
	cr_expect_eq(section.part.size, section.size);
	cr_expect_not(elf_find_section(&elf, "cr_tst", &section));
	cr_expect_null(elf_needs(&elf, "libcriterion.so"));
}

/* NAT-2: a native suite is known without section headers. */
Test(elf, needs_no_section_headers_for_symbols)
{
	struct elf_section section;
	struct err err = { 0 };
	struct elf elf;

	take("pass");
	header()->e_shoff = 0;
	header()->e_shnum = header()->e_shstrndx = 0;
	cr_assert_eq(elf_read(&elf, bytes, size, &err), 0, "%s", err.text);
	cr_expect(elf_defines(&elf, "shmrun_suite_v1"));
	cr_expect_not(elf_find_section(&elf, "shmrun_records", &section));
}

Test(elf, says_in_a_sentence_what_it_cannot_take)
{
	take("pass");
	header()->e_ident[EI_CLASS] = ELFCLASS32;
	expect_said("32-bit");
	header()->e_ident[EI_CLASS] = ELFCLASS64;
	header()->e_ident[EI_DATA] = ELFDATA2MSB;
	expect_said("big-endian");
	header()->e_ident[EI_DATA] = ELFDATA2LSB;
	header()->e_machine ^= 1;
	expect_said("machine");
	header()->e_machine ^= 1;
	header()->e_type = ET_REL;
	expect_said("an object file");
	header()->e_type = ET_DYN;
	header()->e_phnum = UINT16_MAX;
	expect_said("program headers");
	header()->e_phnum = 1;
	header()->e_shoff = UINT64_MAX - 8;
	expect_said("section headers");
	bytes[0] = 'x';
	expect_said("not an ELF file");
}

/* Of the symbol table, which also has what is not exported. */
Test(elf, finds_symbols_by_name)
{
	static const char *const names[] = { "shmrun_suite_v1", "no_such_one",
					     "_fini" };
	uint64_t values[3] = { 1, 1, 1 };
	struct err err = { 0 };
	struct elf elf;

	take("pass");
	cr_assert_eq(elf_read(&elf, bytes, size, &err), 0, "%s", err.text);
	cr_expect_eq(elf_find_symbols(&elf, names, values, 3), 2);
	cr_expect(values[0] && !values[1] && values[2]);
	cr_expect(elf_is_loaded(&elf, values[0], 8));
	header()->e_shoff = 0;
	header()->e_shnum = header()->e_shstrndx = 0;
	cr_assert_eq(elf_read(&elf, bytes, size, &err), 0, "%s", err.text);
	cr_expect_eq(elf_find_symbols(&elf, names, values, 3), 0);
}

/* Where the headers say how long a section is. */
static Elf64_Shdr *section_header(const char *name)
{
	Elf64_Shdr *all = (void *)(bytes + header()->e_shoff);
	const char *names = (void *)(bytes +
				     all[header()->e_shstrndx].sh_offset);
	uint32_t i;

	for (i = 0; i < header()->e_shnum; i++)
		if (strcmp(names + all[i].sh_name, name) == 0)
			return &all[i];
	cr_assert_fail("no %s", name);
	return NULL;
}

/* Where a symbol's name stands among the texts. */
static uint64_t name_of_symbol(const char *name)
{
	Elf64_Shdr *symbols = section_header(".symtab");
	Elf64_Sym *all = (void *)(bytes + symbols->sh_offset);
	char *texts = (void *)(bytes + section_header(".strtab")->sh_offset);
	uint64_t i;

	for (i = 0; i < symbols->sh_size / sizeof(*all); i++)
		if (strcmp(texts + all[i].st_name, name) == 0)
			return all[i].st_name;
	cr_assert_fail("no %s", name);
	return 0;
}

/* Names that begin alike, and a table that ends within one (ADP-2). */
Test(elf, takes_no_beginning_for_a_symbol)
{
	static const char *const names[] = {
		"_fin", "_fini", "_finish", "_", "shmrun_suite_v1",
		"shmrun_suite_v10", "shmrun_suite_v",
		"shmrun_suite_v1_and_much_more_than_that",
	};
	uint64_t values[8], at;
	struct err err = { 0 };
	Elf64_Shdr *strings;
	struct elf elf;

	take("pass");
	cr_assert_eq(elf_read(&elf, bytes, size, &err), 0, "%s", err.text);
	cr_expect_eq(elf_find_symbols(&elf, names, values, 8), 2);
	cr_expect(values[1] && values[4]);
	strings = section_header(".strtab");
	at = name_of_symbol("_fini");
	for (strings->sh_size = at; strings->sh_size <= at + 6;
	     strings->sh_size++) {
		elf_find_symbols(&elf, names, values, 4);
		cr_expect_eq(values[1] != 0, strings->sh_size == at + 6,
			     "%u of 6 bytes", (unsigned)(strings->sh_size - at));
		cr_expect_not(values[0] || values[2] || values[3]);
	}
}

Test(elf, knows_a_program)
{
	struct err err = { 0 };
	struct elf elf;

	take("pass");
	cr_assert_eq(elf_read(&elf, bytes, size, &err), 0, "%s", err.text);
	cr_expect(elf.shared);
	header()->e_type = ET_EXEC;
	cr_assert_eq(elf_read(&elf, bytes, size, &err), 0, "%s", err.text);
	cr_expect_not(elf.shared);
}

/* A file that was cut anywhere is refused, and nothing beyond is read: the
 * bytes lie at the end of their memory, where a sanitizer sees it. */
Test(elf, a_file_that_was_cut_is_refused)
{
	size_t len, step;

	take("pass");
	for (len = 0; len < size; len += step) {
		unsigned char *cut = malloc(len ? len : 1);

		step = len < 256 ? 1 : 97;
		memcpy(cut, bytes, len);
		refused(cut, len);
		free(cut);
	}
}

Test(elf, maps_regular_files_only)
{
	struct err err = { 0 };
	struct elf elf;

	cr_expect_lt(elf_open(&elf, "/", &err), 0);
	cr_expect_not_null(strstr(err.text, "directory"), "%s", err.text);
	cr_expect_lt(elf_open(&elf, "/dev/null", &err), 0);
	cr_expect_not_null(strstr(err.text, "regular"), "%s", err.text);
	cr_expect_lt(elf_open(&elf, "/nothing/there", &err), 0);
	cr_expect_eq(err.code, -ENOENT);
}
