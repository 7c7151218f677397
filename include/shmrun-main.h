/* SPDX-License-Identifier: MIT */
/*
 * shmrun-main.h - a suite that is a program and runs itself.
 *
 * Link the objects of a suite (shmrun.h) with what pkg-config says of
 * shmrun-main: the program then is shmrun(1) with that suite.  Its main() is
 * in the library; one of your own calls this.
 */
#ifndef SHMRUN_MAIN_H
#define SHMRUN_MAIN_H

#ifdef __cplusplus
extern "C" {
#endif

/* Takes the options of shmrun(1) and does not return: the program ends with its
 * exit status.  All processes of the run begin with main(), and nothing may
 * have started a thread or a process before this is called. */
int shmrun_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
