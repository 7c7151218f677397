/* SPDX-License-Identifier: MIT */
/*
 * duration.h - times for people to read.  Pure; any report may use it.
 */
#ifndef REPORT_DURATION_H
#define REPORT_DURATION_H

#include "base/str.h"

#include <stdint.h>

/* Seconds to the nearest millisecond, 8 wide: "   0.005s". */
void duration_add_exact(struct str *out, uint64_t ns);

/* "0.005s" up to 100 s, then as duration_add_short(). */
void duration_add_near(struct str *out, uint64_t ns);

/* Two units at most, rounded down: "35s", "2m05s", "1h02m". */
void duration_add_short(struct str *out, uint64_t ns);

#endif
