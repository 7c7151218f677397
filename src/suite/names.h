/* SPDX-License-Identifier: MIT */
/*
 * names.h - are the names of a suite's tests unique?  A test is told apart by
 * nothing else, from run to run.
 *
 * In the loader, while a suite is opened.
 */
#ifndef SUITE_NAMES_H
#define SUITE_NAMES_H

#include "base/err.h"

#include <stdint.h>

struct adapter_test;

/* Two equal names are an error that names both places (SHM-13).  0 or
 * -EEXIST. */
int names_check(const struct adapter_test *tests, uint32_t n, struct err *err);

#endif
