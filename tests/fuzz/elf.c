/* SPDX-License-Identifier: MIT */
/*
 * An ELF file (suite/elf.c), as the probes of the adapters look at it: any
 * bytes are refused with a sentence, or answer every question from within the
 * file, in steps that its length bounds: ADP-2.
 *
 * Input: the file.
 */
#include "suite/elf.h"

#include "fuzz.h"
#include "suite/adapter.h"

#include <stdlib.h>
#include <string.h>

static void must_lie_within(const struct elf *elf, const struct elf_part *part)
{
	uint64_t at = (uint64_t)(part->bytes - elf->bytes);

	fuzz_must(!part->bytes || (at <= elf->size &&
				   part->size <= elf->size - at),
		  "%llu bytes", (unsigned long long)part->size);
}

static void ask(const struct elf *elf)
{
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
