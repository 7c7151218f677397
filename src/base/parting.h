/* SPDX-License-Identifier: MIT */
/*
 * parting.h - what the runner owes others on every way out of it: a terminal
 * its settings, make its tokens.
 *
 * It is done at exit(3), by who is about to raise a signal, and by a handler
 * of every signal that would end the process; not by SIGKILL.  No other process
 * does it for it: one that lived on to put the settings back would do so while
 * a shell has its own again.  Acts are async-signal-safe and may be called
 * twice; a fork of the process owes nothing.
 */
#ifndef BASE_PARTING_H
#define BASE_PARTING_H

/* The first one installs the handlers, where the default action is; who reads
 * a signal from a descriptor has it blocked. */
void parting_add(void (*act)(void *ctx), void *ctx);
/* There is nothing to be done any more. */
void parting_drop(void (*act)(void *ctx), void *ctx);

/* Does it all, now: last come, first done. */
void parting_act(void);

#endif
