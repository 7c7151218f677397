/* SPDX-License-Identifier: MIT */
/*
 * storm_gate.h - the storms about sleeping and waking; see storm.h.
 */
#ifndef TESTS_TORTURE_STORM_GATE_H
#define TESTS_TORTURE_STORM_GATE_H

#include <stdint.h>

const char *storm_gate_wake(uint32_t rounds); /* workers among each other */
const char *storm_gate_bell(uint32_t rounds); /* workers and the runner */
/* Neither sees the other: the fences alone, at many gates. */
const char *storm_gate_meet(uint32_t rounds);

#endif
