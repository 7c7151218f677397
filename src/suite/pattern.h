/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - POSIX extended regular expressions of the user's, bounded.
 *
 * A C library copies what is repeated: "a++++" is sixteen of it in glibc, and
 * "(a{999}){999}" a million, so that a line of text takes all memory there is
 * (glibc manual, "POSIX Regexp Compilation": REG_ESPACE is all that is said).
 * Repeats of repeats also take time: what may follow what is looked for again
 * from each of them, half a minute for 70 bytes.
 * A pattern that would become too large, or that is nested too deeply for the
 * library's stack, is refused before the library has it.  So is one with back
 * references: POSIX has none in extended expressions (XBD 9.4.3: undefined),
 * and glibc, which takes them, matches "()\1++^$" until its stack ends.
 */
#ifndef SUITE_PATTERN_H
#define SUITE_PATTERN_H

#include <regex.h>
#include <stdbool.h>

#define PATTERN_WHY_CAP 128
#define PATTERN_NODES_MAX 4096u /* when all repeats are copied */
#define PATTERN_DEPTH_MAX 100u	/* of parentheses */

/* For matching only (REG_NOSUB); the caller's regfree().  False with the
 * reason. */
bool pattern_compile(regex_t *regex, const char *text,
		     char why[PATTERN_WHY_CAP]);

#endif
