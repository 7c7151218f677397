/* SPDX-License-Identifier: MIT */
/*
 * core.h - core files of tests that crash, where they are wanted (PROC-17).
 *
 * The loader starts with the limit that all below it inherit (loader_args);
 * with CORE_FIRST it is taken away, from outside, when a test has crashed:
 * nothing is done where one dies.  Runner only.
 */
#ifndef RUN_CORE_H
#define RUN_CORE_H

#include "run/run_impl.h"

/* A test has crashed: is that enough of them? */
void core_crashed(struct run *run);
/* A loader has been started: does it still want any? */
void core_renew(struct run *run);
/* And this worker, which was perhaps forked before the loader had heard? */
void core_renew_slot(const struct run *run, uint32_t slot);

#endif
