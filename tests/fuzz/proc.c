/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/stat of a process that chose its own name (base/proc.c).  Refused,
 * or a name in plain ASCII that ends, a state and numbers.
 *
 * Input: the text.
 */
#include "base/proc.h"

#include "base/mem.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_alloc(size + 1);
	struct proc_stat s;
	size_t i;

	memcpy(text, data, size);
	text[size] = '\0';
	if (proc_parse_stat(text, &s)) {
		fuzz_must(memchr(s.name, '\0', sizeof(s.name)) != NULL,
			  "the name does not end");
		for (i = 0; s.name[i]; i++)
			fuzz_must(s.name[i] >= ' ' && s.name[i] <= '~',
				  "byte %02x", (unsigned char)s.name[i]);
		fuzz_must(s.state > ' ', "state %02x", (unsigned char)s.state);
	}
	free(text);
	return 0;
}
