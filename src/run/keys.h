/* SPDX-License-Identifier: MIT */
/*
 * keys.h - keys that are read during a run: t lists the running tests, Enter
 * says how far it is (SIG-8, SIG-13).
 *
 * Runner only.  Only while its group is in the foreground, also when it comes
 * there late; of the terminal's settings it clears ICANON and ECHO and no
 * other, so that Ctrl-C and Ctrl-Z stay the terminal's.  They are put back on
 * every way out but SIGKILL, also when the runner itself crashes (SIG-12,
 * base/parting.h).
 */
#ifndef RUN_KEYS_H
#define RUN_KEYS_H

#include "base/err.h"

#include <stdbool.h>

struct run;

/* Begins to listen, if run_args.keys. */
int keys_open(struct run *run, struct err *err);
void keys_close(struct run *run);

/* Does what is typed. */
void keys_read(struct run *run);
/* Are we in the foreground again?  A shell's fg need not say so (SIG-7). */
void keys_look(struct run *run);

/* For who listens between two runs: stdin is a terminal, and ours while we are
 * in the foreground. */
bool keys_begin(void);
void keys_end(void);
bool keys_is_in_front(void);

/* The terminal as it was; and as we want it again. */
void keys_leave(void);
void keys_enter(void);

#endif
