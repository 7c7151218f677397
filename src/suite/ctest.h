/* SPDX-License-Identifier: MIT */
/*
 * ctest.h - the JSON that `ctest --show-only=json-v1` prints, as programs:
 * commands, properties, and what waits for what; and the files that CMake wrote
 * for it.
 */
#ifndef SUITE_CTEST_H
#define SUITE_CTEST_H

#include "suite/adapter.h"

#include <stddef.h>

struct err;
struct programs;

/* Adds the tests that len bytes describe, which are changed, and behind which
 * one more may be written.  unmapped: what of them is not done here, one
 * sentence; "" = nothing.  0, or -EINVAL with a sentence. */
int ctest_parse(struct programs *all, const char *folder, char *bytes,
		size_t len, struct err *unmapped, struct err *err);

/* Tells what the folder's tests come from: CTestTestfile.cmake, that of each
 * folder below and what they include, which may not be there; and the programs
 * that they name, of which ctest is silent before they are built. */
void ctest_sources(const char *folder, adapter_source *tell, void *ctx);

#endif
