/* SPDX-License-Identifier: MIT */
/*
 * front.h - the program shmrun behind its main(), which a suite may have
 * instead (embed.c).
 */
#ifndef FRONT_H
#define FRONT_H

/* The runner; or, as --loader or --scheduler, what only the runner starts.
 * The exit status. */
int front_main(int argc, char **argv);

#endif
