/* SPDX-License-Identifier: MIT */
/*
 * load.h - the loader: opens the suites once, lists them, forks a worker when
 * asked, and says how workers ended.
 *
 * A fresh program (`shmrun --loader`), one thread, small and quiet: what it
 * holds, every worker inherits.  It never runs a test and never maps the
 * arena.
 */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "suite/heritage.h"

/* The loader's main: argv is {program, "--loader", SOCKET,
 * NOFILE, RUNNER, CORE [, "debugged"] [, "wrapped", WORD, ...]}: its socket,
 * the soft limit of descriptors for tests, the pid of the runner, how large
 * core files may be, and what programs are started by.  Ends when the
 * runner closes the socket or dies. */
no_return void load_main(int argc, char **argv, const struct heritage_door *door);

#endif
