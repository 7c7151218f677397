/* SPDX-License-Identifier: MIT */
/*
 * jump.h - out of a call that must end, back to who made it.
 *
 *	if (jump_set(&out)) ... it was left by jump_to(&out) ...
 *
 * Neither saves the signal mask.  jump_to() is for a function that was called,
 * at any depth, by the one with jump_set(), and that one must not have
 * returned.  Its local variables count as lost unless they are volatile.
 *
 * Where the compiler has its own and no sanitizer must see the jump, libc is
 * left out: a page of its text costs a fresh fork 3 us, to map and to unmap
 * with those around it.
 */
#ifndef BASE_JUMP_H
#define BASE_JUMP_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JUMP_IS_WATCHED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JUMP_IS_WATCHED 1
#endif

#if defined(__x86_64__) && !defined(JUMP_IS_WATCHED)

struct jump {
	void *words[5];
};

#define jump_set(jump) __builtin_setjmp((jump)->words)
#define jump_to(jump) __builtin_longjmp((jump)->words, 1)
/* The stack pointer of who called jump_set(); 0 = not known. */
#define jump_stack(jump) ((uintptr_t)(jump)->words[2])

#else

#include <setjmp.h>

struct jump {
	sigjmp_buf words;
};

#define jump_set(jump) sigsetjmp((jump)->words, 0)
#define jump_to(jump) siglongjmp((jump)->words, 1)
#define jump_stack(jump) ((void)(jump), (uintptr_t)0)

#endif

#endif
