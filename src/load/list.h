/* SPDX-License-Identifier: MIT */
/*
 * list.h - an opened suite's tests and run fixtures in wire format.
 * Loader only.
 */
#ifndef LOAD_LIST_H
#define LOAD_LIST_H

#include "base/str.h"

struct adapter_suite;

/* Appends them, in the suite's order. */
void list_suite(const struct adapter_suite *suite, struct str *out);

#endif
