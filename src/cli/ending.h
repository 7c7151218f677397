/* SPDX-License-Identifier: MIT */
/*
 * ending.h - the way out for who was interrupted: a shell must see that a
 * signal ended the run (EXIT-8).  Runner only.
 */
#ifndef CLI_ENDING_H
#define CLI_ENDING_H

#include <stdbool.h>

/* From here on signals that would end the runner wait until somebody hears of
 * them: it has something to give back. */
void ending_hold_signals(void);

/* Who started us wants to see an error in its place. */
bool ending_is_ignored(int signo);

/* Has its default effect; returns when that is to go on. */
void ending_raise(int signo);

#endif
