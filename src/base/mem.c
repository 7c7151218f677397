/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include "base/die.h"

#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096u
#define LARGE (4u << 20)

static void *mem_or_die(void *got, size_t size)
{
	if (!got && size)
		die(3, "out of memory (%zu bytes)", size);
	return got;
}

void *mem_alloc(size_t size)
{
	return mem_or_die(malloc(size), size);
}

void *mem_zalloc(size_t size)
{
	return mem_or_die(calloc(1, size), size);
}

void *mem_array(size_t n, size_t size)
{
	return mem_or_die(calloc(n, size), n ? size : 0);
}

void *mem_resize(void *old, size_t n, size_t size)
{
	return mem_or_die(reallocarray(old, n, size), n ? size : 0);
}

void mem_touch(void *memory, size_t size)
{
	uintptr_t from = ((uintptr_t)memory + PAGE - 1) / PAGE * PAGE;

#ifdef MADV_POPULATE_WRITE
	if (size >= LARGE)
		madvise((void *)from, size - PAGE, MADV_POPULATE_WRITE);
#else
	(void)from;
	(void)size;
#endif
}

char *mem_strdup(const char *text)
{
	return mem_or_die(strdup(text), strlen(text) + 1);
}

char *mem_strndup(const char *text, size_t len)
{
	return mem_or_die(strndup(text, len), len + 1);
}
