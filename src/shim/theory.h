/* SPDX-License-Identifier: MIT */
/*
 * theory.h - the rounds of a theory, and the call of a function whose type is
 * known only as text.  Private to the shim.
 */
#ifndef SHIM_THEORY_H
#define SHIM_THEORY_H

#include "shim/shim.h"

#define THEORY_ARGS_MAX 128

struct theory {
	const struct criterion_datapoints *points;
	size_t n;
	void (*fn)(void);
	size_t at[THEORY_ARGS_MAX]; /* the running combination */
};

/* Cut where it ends. */
struct theory_text {
	char bytes[1024];
	size_t len;
};

void theory_add(struct theory_text *text, const char *fmt, ...)
	printf_like(2, 3);

bool theory_is_floating(const struct criterion_datapoints *p);

/* Can this machine call it?  Fails the test if not. */
void theory_check(const struct theory *t);
/* Calls it with the values that are pointed to, one per argument. */
void theory_call(const struct theory *t, const void *const *values);

#endif
