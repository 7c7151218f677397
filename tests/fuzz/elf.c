/* SPDX-License-Identifier: MIT */
/*
 * An ELF file (suite/elf.c), as the probes of the adapters look at it: any
 * bytes are refused with a sentence, or answer every question from within the
 * file, in steps that its length bounds: ADP-2.  Symbols that are looked for
 * together are those that a plain walk finds.
 *
 * Input: the file.
 */
#include "suite/elf.h"

#include "fuzz.h"
#include "suite/adapter.h"
#include "suite/gtest.h"
#include "suite/program.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static void must_lie_within(const struct elf *elf, const struct elf_part *part)
{
	uint64_t at = (uint64_t)(part->bytes - elf->bytes);

	fuzz_must(!part->bytes || (at <= elf->size &&
				   part->size <= elf->size - at),
		  "%llu bytes", (unsigned long long)part->size);
}

/* The first defined symbol of a name, byte by byte; 0 = there is none. */
static uint64_t walk(const struct elf_part *symbols,
		     const struct elf_part *strings, const char *name)
{
	size_t len = strlen(name) + 1;
	Elf64_Sym sym;
	uint64_t at;

	for (at = 0; symbols->size >= sizeof(sym) &&
		     at <= symbols->size - sizeof(sym); at += sizeof(sym)) {
		memcpy(&sym, symbols->bytes + at, sizeof(sym));
		if (sym.st_shndx != SHN_UNDEF && sym.st_value != 0 &&
		    sym.st_name < strings->size &&
		    strings->size - sym.st_name >= len &&
		    memcmp(strings->bytes + sym.st_name, name, len) == 0)
			return sym.st_value;
	}
	return 0;
}

static void must_find(const struct elf *elf, const char *const *names,
		      uint32_t n)
{
	struct elf_section symbols, strings;
	uint64_t values[N_GTEST_SYMBOLS];
	uint32_t i, found = 0, told = elf_find_symbols(elf, names, values, n);

	if (!elf_find_section(elf, ".symtab", &symbols) ||
	    !elf_find_section(elf, ".strtab", &strings))
		symbols.part = strings.part = (struct elf_part){ 0 };
	for (i = 0; i < n; i++) {
		uint64_t want = walk(&symbols.part, &strings.part, names[i]);

		fuzz_must(values[i] == want, "%s: %llx, not %llx", names[i],
			  (unsigned long long)values[i],
			  (unsigned long long)want);
		found += want != 0;
	}
	fuzz_must(told == found, "%u, not %u", told, found);
}

static void ask(const struct elf *elf)
{
	static const char *const gtest[] = GTEST_SYMBOL_NAMES;
	static const char *const alike[] = { "_", "_Z", "_ZN", "main", "mai",
					     "" };
	static const char *const names[] = { "", ".text", "cr_tst",
					     ".shstrtab",
					     "shmrun_records" };
	const struct adapter_ops *const *ops;
	struct elf_section section;
	size_t i;

	for (i = 0; i < array_size(names); i++) {
		if (elf_find_section(elf, names[i], &section))
			must_lie_within(elf, &section.part);
		elf_defines(elf, names[i]);
		elf_refers(elf, names[i]);
	}
	for (ops = adapter_table; *ops; ops++)
		if ((*ops)->probe)
			(*ops)->probe(elf);
	must_find(elf, gtest, N_GTEST_SYMBOLS);
	must_find(elf, gtest, 1);
	must_find(elf, alike, array_size(alike));
	program_holds(elf);
	must_lie_within(elf, &elf->strings);
	must_lie_within(elf, &elf->dynamic);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Nothing may count on where the bytes lie. */
	unsigned char *odd = malloc(size + 1);
	struct err err = { 0 };
	struct elf elf;

	if (!odd)
		abort();
	memcpy(odd + 1, data, size);
	if (elf_read(&elf, odd + 1, size, &err) < 0)
		fuzz_must(err.code < 0 && *err.text, "no sentence");
	else
		ask(&elf);
	free(odd);
	return 0;
}
