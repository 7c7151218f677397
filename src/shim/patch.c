/* SPDX-License-Identifier: MIT */
#include "shim/patch.h"

#include <fcntl.h>
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

bool patch_open(struct patch *p, void *function, void *instead)
{
#if PATCH_AT
	static const unsigned char code[PATCH_AT] = PATCH_CODE;

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
