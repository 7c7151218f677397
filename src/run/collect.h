/* SPDX-License-Identifier: MIT */
/*
 * collect.h - drains the workers' result rings: each record is copied once,
 * checked, held against the state word, and told (LF-14).
 */
#ifndef RUN_COLLECT_H
#define RUN_COLLECT_H

#include "run/run_impl.h"

/* Everything that waits in one slot's ring; how many records that was. */
uint32_t collect_slot(struct run *run, uint32_t slot);
/* In all rings. */
uint32_t collect_all(struct run *run);

#endif
