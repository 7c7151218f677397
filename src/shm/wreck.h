/* SPDX-License-Identifier: MIT */
/*
 * wreck.h - what a dying test leaves for its backtrace: the registers at the
 * fatal signal, the stack from there up to who called the test, and which
 * files were mapped where.
 *
 * One memfd for the run, opened O_APPEND, owned by the runner.  A wreck is one
 * writev(2) by the signal handler of the process that dies (work/guard.c); the
 * runner looks at heads only and believes nothing in them; the rest is read by
 * a process that is good for nothing else (src/unwind).  The file is bounded:
 * crashes beyond that leave no wreck, and are told like any other.
 */
#ifndef SHM_WRECK_H
#define SHM_WRECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is there a handler that leaves any (work/guard.c)?  On other machines it was
 * run under an emulator only, which did not survive it. */
#if defined(__GLIBC__) && defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define WRECK_IS_LEFT 1
#else
#define WRECK_IS_LEFT 0
#endif

#define WRECK_MAGIC 0x4b435257u /* "WRCK" */
#define WRECK_REGS 33		/* in DWARF's order for this machine */
#define WRECK_STACK_MAX (64u << 10)
#define WRECK_MAPS_MAX (32u << 10)
/* Who finds so many bytes leaves nothing. */
#define WRECKS_FULL (UINT64_C(4) << 20)

struct wreck_head {
	uint32_t magic;
	uint32_t position;
	uint32_t stack_len; /* bytes behind the head */
	uint32_t maps_len;  /* and behind those: lines as of proc(5) */
	int32_t signo;
	int32_t code;	  /* si_code of sigaction(2) */
	uint64_t address; /* si_addr */
	uint64_t pc;
	uint64_t stack; /* address of the first byte of the stack */
	uint32_t pid;
	uint32_t n_regs; /* 0 = not known on this machine */
	uint64_t regs[WRECK_REGS];
};

/* Value of a SIGTRAP by sigqueue(3) that asks a test for its wreck while it
 * lives on. */
#define WRECK_QUESTION 0x4b435257

/* What the runner asks who makes text of a wreck: where it is.  The answer is
 * a text with its NUL, "" = nothing could be made of it. */
struct wreck_question {
	uint64_t at, size;
};
#define WRECK_TEXT_MAX 8192u

/* Appends one; false when it was not written, or not whole.
 * Async-signal-safe. */
bool wreck_append(int fd, const struct wreck_head *head, const void *stack,
		  const char *maps);

/* Are the numbers of a head such as wreck_append() would be given? */
bool wreck_is_sane(const struct wreck_head *head);

/* Reads the head at *at and moves *at behind its wreck; false where there is
 * none, or damage. */
bool wreck_next(int fd, uint64_t *at, struct wreck_head *head);

static inline uint64_t wreck_size(const struct wreck_head *head)
{
	return sizeof(*head) + (uint64_t)head->stack_len + head->maps_len;
}

#endif
