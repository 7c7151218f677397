/* SPDX-License-Identifier: MIT */
/*
 * attributes.h - are a test's attributes possible?  Ranges and the syntax of
 * locks (NAT-10); what they mean is the planner's.  Pure; loader, and the
 * runner for attributes of a configuration.
 */
#ifndef SUITE_ATTRIBUTES_H
#define SUITE_ATTRIBUTES_H

#include "base/err.h"

#include <stdbool.h>

struct shmrun_attrs;

/* 0, or -EINVAL and which attribute is wrong. */
int attributes_check(const struct shmrun_attrs *attrs, struct err *err);

/* Locks as a test names them: comma-separated name[:r|:w][:units]. */
bool attributes_are_locks(const char *text);

#endif
