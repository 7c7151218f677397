/* SPDX-License-Identifier: MIT */
/*
 * meson.h - meson-info/intro-tests.json of a build folder, as programs.
 */
#ifndef SUITE_MESON_H
#define SUITE_MESON_H

#include <stddef.h>

struct err;
struct programs;

/* Adds the tests that len bytes describe, which are changed, and behind which
 * one more may be written.  unmapped: what of them is not done here, one
 * sentence; "" = nothing.  0, or -EINVAL with a sentence. */
int meson_parse(struct programs *all, const char *folder, char *bytes,
		size_t len, struct err *unmapped, struct err *err);

#endif
