/* SPDX-License-Identifier: MIT */
/*
 * libtool.h - the script that libtool makes in place of a program which needs a
 * library that is not installed yet: what it would start.
 *
 * The script is read, and nothing of it runs.
 */
#ifndef SUITE_LIBTOOL_H
#define SUITE_LIBTOOL_H

/* The program behind it, free() it; NULL = it is no such script. */
char *libtool_program(const char *path);

#endif
