/* SPDX-License-Identifier: MIT */
/*
 * guard_regs.h - the registers of a signal's context in DWARF's order, per
 * machine.  Included by guard.c only.
 */
#ifndef WORK_GUARD_REGS_H
#define WORK_GUARD_REGS_H

#include "shm/wreck.h"

#include <ucontext.h>

#if defined(__x86_64__) && defined(__GLIBC__)

/* Up to and with the return address, which is the program counter here. */
static inline void guard_read_regs(const ucontext_t *context,
				   struct wreck_head *head)
{
	static const int order[] = { REG_RAX, REG_RDX, REG_RCX, REG_RBX,
				     REG_RSI, REG_RDI, REG_RBP, REG_RSP,
				     REG_R8,  REG_R9,  REG_R10, REG_R11,
				     REG_R12, REG_R13, REG_R14, REG_R15,
				     REG_RIP };
	uint32_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		head->regs[i] =
			(uint64_t)context->uc_mcontext.gregs[order[i]];
	head->n_regs = i;
	head->stack = (uint64_t)context->uc_mcontext.gregs[REG_RSP];
	head->pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
}

#elif defined(__aarch64__) && defined(__GLIBC__)

static inline void guard_read_regs(const ucontext_t *context,
				   struct wreck_head *head)
{
	uint32_t i;

	for (i = 0; i < 31; i++)
		head->regs[i] = context->uc_mcontext.regs[i];
	head->regs[i++] = context->uc_mcontext.sp;
	head->n_regs = i;
	head->stack = context->uc_mcontext.sp;
	head->pc = context->uc_mcontext.pc;
}

#else

static inline void guard_read_regs(const ucontext_t *context,
				   struct wreck_head *head)
{
	(void)context;
	head->n_regs = 0;
}

#endif

#endif
