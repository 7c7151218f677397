/* SPDX-License-Identifier: MIT */
/*
 * attributes.h - are a test's attributes possible?  Ranges and the syntax of
 * locks (NAT-10); what they mean is the planner's.  Pure; loader.
 */
#ifndef SUITE_ATTRIBUTES_H
#define SUITE_ATTRIBUTES_H

#include "base/err.h"

struct shmrun_attrs;

/* 0, or -EINVAL and which attribute is wrong. */
int attributes_check(const struct shmrun_attrs *attrs, struct err *err);

#endif
