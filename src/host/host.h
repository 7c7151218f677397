/* SPDX-License-Identifier: MIT */
/*
 * host.h - the host of a scheduler plug-in: `shmrun --scheduler SOCK RUNNER`,
 * a child of the runner.
 *
 * It loads the plug-in, calls it, and hands on what it says.  It has the
 * plug-in's code in it: whatever it does or does not, the runner judges by
 * itself (run/plugin.h).  Called by main.c only; never returns.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "base/compiler.h"

no_return void host_main(int argc, char **argv);

#endif
