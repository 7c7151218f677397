/* SPDX-License-Identifier: MIT */
/*
 * chain.h - a .serial chain whose worker died: its order and its state are
 * gone with the process, so what is left of it is not run (CRASH-3).
 *
 * Runner only, while the slot has no worker and is judged already.
 */
#ifndef RUN_CHAIN_H
#define RUN_CHAIN_H

#include "run/run_impl.h"

void chain_break(struct run *run, uint32_t slot);

#endif
