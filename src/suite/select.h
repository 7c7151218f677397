/* SPDX-License-Identifier: MIT */
/*
 * select.h - which of the listed tests run: globs on names, a union.
 *
 * A glob (fnmatch(3)) matches a test's name, "Scope::name", or the same with
 * one "/" for "::".  Behind it "[N]" or "[N-M]" picks instances of a range;
 * a name that is written out exactly always matches itself.
 */
#ifndef SUITE_SELECT_H
#define SUITE_SELECT_H

#include "base/err.h"
#include "model/plan.h"

/* Appends the selected instances to the plan, in the listing's order; all of
 * them when there is no glob.  0, or -EINVAL when one of several globs
 * matches nothing (SEL-7): that is a typing error. */
int select_apply(const struct listing *listing, const char *const *globs,
		 uint32_t n_globs, struct plan *plan, struct err *err);

#endif
