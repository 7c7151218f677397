/* SPDX-License-Identifier: MIT */
/*
 * mem.h - allocation that never returns NULL.
 *
 * Out of memory ends the process with exit status 3 and one sentence.  For
 * runner and loader; a worker allocates before its first test only.
 * The caller owns what it gets and releases it with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);		      /* zero-filled */
void *mem_array(size_t n, size_t size);	      /* zero-filled, checks n * size */
void *mem_resize(void *old, size_t n, size_t size); /* as reallocarray(3) */
/* Large memory that is about to be used gets its pages now; else nothing. */
void mem_touch(void *memory, size_t size);
char *mem_strdup(const char *text);
char *mem_strndup(const char *text, size_t len);

#endif
