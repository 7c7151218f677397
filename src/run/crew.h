/* SPDX-License-Identifier: MIT */
/*
 * crew.h - the workers as the runner sees them: asks the loader for them,
 * signals them by pidfd, hears of their ends.
 */
#ifndef RUN_CREW_H
#define RUN_CREW_H

#include "run/run_impl.h"

/* Slots, each with its spool and notes.  0 or -errno. */
int crew_open(struct run *run, struct err *err);
void crew_close(struct run *run);

/* Starts workers in empty slots while there is work for them. */
void crew_fill(struct run *run);
/* One worker for a special purpose in slot 0; flags of WIRE_FORK. */
bool crew_start(struct run *run, uint32_t slot, uint32_t flags);

/* All messages of the loader that wait.  False when it has died. */
bool crew_hear(struct run *run);
/* Gives it what workers inherit.  0, or -EPIPE when it has died. */
int crew_attach_loader(struct run *run, struct err *err);

/* Its messages and its end, in the loop. */
int crew_watch_loader(struct run *run, struct err *err);
void crew_unwatch_loader(struct run *run);
/* Kills everything that a dead loader left, and waits for it; this process is
 * their subreaper now. */
void crew_reap_all(struct run *run);
/* The loader has died and all workers with it: start another. */
void crew_survive_loader(struct run *run);

/* A polite signal and SIGCONT; SIGKILL at the end of the grace. */
void crew_doom(struct run *run, uint32_t slot, enum crew_doom why, int signo);
/* Its test ran out of time and was asked where it hangs: the signal comes a
 * moment later, by crew_be_polite(). */
void crew_doom_late(struct run *run, uint32_t slot);
void crew_be_polite(struct run *run, uint32_t slot);
/* SIGKILL at once, whatever it does; its test ends as an error. */
void crew_cut(struct run *run, uint32_t slot, enum crew_doom why);
/* The same, and it is said: what it wrote cannot be true. */
void crew_condemn(struct run *run, uint32_t slot, const char *why);
void crew_kill(struct run *run, uint32_t slot);

uint32_t crew_count(const struct run *run); /* STARTING or LIVE */
void crew_wake_all(struct run *run);

#endif
