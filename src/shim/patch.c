/* SPDX-License-Identifier: MIT */
#include "shim/patch.h"

#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Jump to the address behind the instruction. */
#if defined(__x86_64__)
#define PATCH_CODE { 0xff, 0x25, 0, 0, 0, 0 } /* jmp *0(%rip) */
#define PATCH_AT 6
#elif defined(__aarch64__)
#define PATCH_CODE                                                            \
	{ 0x50, 0, 0, 0x58, 0, 0x02, 0x1f, 0xd6 } /* ldr x16, 8; br x16 */
#define PATCH_AT 8
#else
#define PATCH_AT 0
#endif

/* What the kernel maps at once where a file's page is missing. */
#define PATCH_WINDOW ((uintptr_t)64 << 10)

/* The kernel lets a process write what it may not, to a page of its own; if
 * not, the page is made writable. */
bool patch_write(void *to, const void *bytes, size_t size)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	uintptr_t from = (uintptr_t)to & ~(uintptr_t)4095;
	size_t len = (uintptr_t)to + size - from;
	bool done = mem >= 0 && pwrite(mem, bytes, size, (off_t)(uintptr_t)to) ==
					(ssize_t)size;

	if (mem >= 0)
		close(mem);
	if (!done && mprotect((void *)from, len,
			      PROT_READ | PROT_WRITE | PROT_EXEC) == 0) {
		memcpy(to, bytes, size);
		done = true;
	}
	__builtin___clear_cache((char *)to, (char *)to + size);
	return done;
}

/* A function and what lies around it; cut to its segment. */
struct patch_span {
	uintptr_t at, from, to;
};

static int patch_clip(struct dl_phdr_info *info, size_t size, void *to)
{
	struct patch_span *span = to;
	int i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + p->p_vaddr;
		uintptr_t end = from + p->p_memsz;

		if (p->p_type != PT_LOAD || span->at < from || span->at >= end)
			continue;
		if (span->from < from)
			span->from = from & ~(uintptr_t)4095;
		if (span->to > end)
			span->to = end;
		return 1;
	}
	return 0;
}

/* Where something was written to a file's mapping, each fork copies all of its
 * page tables: the function's surroundings become a mapping of their own, or
 * that is all code of the program.  That it is read at random means nothing
 * else to pages that are there. */
static void patch_set_apart(void *function)
{
	uintptr_t at = (uintptr_t)function;
	uintptr_t window = at & ~(PATCH_WINDOW - 1);
	struct patch_span span = { at, window - PATCH_WINDOW,
				   window + 2 * PATCH_WINDOW };

	if (dl_iterate_phdr(patch_clip, &span))
		madvise((void *)span.from, span.to - span.from, MADV_RANDOM);
}

bool patch_open(struct patch *p, void *function, void *instead)
{
#if PATCH_AT
	static const unsigned char code[PATCH_AT] = PATCH_CODE;

	patch_set_apart(function);
	p->function = function;
	memcpy(p->own, function, PATCH_SIZE);
	memcpy(p->jump, p->own, PATCH_SIZE);
	memcpy(p->jump, code, PATCH_AT);
	memcpy(p->jump + PATCH_AT, &instead, sizeof(instead));
	return patch_write(function, p->jump, PATCH_SIZE);
#else
	(void)p;
	(void)function;
	(void)instead;
	return false;
#endif
}

void patch_on(struct patch *p)
{
	if (!patch_write(p->function, p->jump, PATCH_SIZE))
		_exit(1);
}

void patch_off(struct patch *p)
{
	if (!patch_write(p->function, p->own, PATCH_SIZE))
		_exit(1);
}
