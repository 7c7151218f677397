/* SPDX-License-Identifier: MIT */
/*
 * select.h - which of the listed tests run: globs on names, a union, and
 * filter expressions, another; a test must be in both.
 *
 * A glob (fnmatch(3)) matches a test's name, "Scope::name", or the same with
 * one "/" for "::".  Behind it "[N]" or "[N-M]" picks instances of a range;
 * a name that is written out exactly always matches itself.  Expressions are
 * expr.h's.
 */
#ifndef SUITE_SELECT_H
#define SUITE_SELECT_H

#include "base/err.h"
#include "model/costs.h"
#include "model/plan.h"

struct select_args {
	const char *const *globs; /* none: all tests */
	uint32_t n_globs;
	const char *const *exprs; /* none: all tests */
	uint32_t n_exprs;
	const struct costs *costs; /* for last(); NULL = nothing is known */
};

/* Appends the selected instances to the plan, in the listing's order.  0, or
 * -EINVAL when an expression is wrong, or when something that was asked for
 * by name does not exist (SEL-7): that is a typing error. */
int select_apply(const struct listing *listing, const struct select_args *args,
		 struct plan *plan, struct err *err);

#endif
