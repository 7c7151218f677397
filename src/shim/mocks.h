/* SPDX-License-Identifier: MIT */
/*
 * mocks.h - mocks of GoogleMock that a test leaves behind.
 *
 * Natively such a program ends with 1: a static object knows all mocks, and its
 * destructor looks.  A test child that is left by _exit(2) would not come to
 * that; one that is left by exit(3) would take the mocks of a suite's set-up,
 * which others still need, for left ones.
 */
#ifndef SHIM_MOCKS_H
#define SHIM_MOCKS_H

#include <stdbool.h>

/* In the server, before its children: where gmock keeps them; NULL = there is
 * no gmock. */
void mocks_open(void *registry);
/* In a test child, behind its test: is there a mock that the server does not
 * have?  Then the child ends by exit(3), and gmock judges: those that the
 * server has are marked as such that may be left. */
bool mocks_are_left(void);

#endif
