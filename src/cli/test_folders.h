/* SPDX-License-Identifier: MIT */
/*
 * test_folders.h - the temporary folders of a run's tests (shm/folders.h):
 * made where $TMPDIR says, removed at the end; what cannot be is told.
 *
 * Runner only.
 */
#ifndef CLI_TEST_FOLDERS_H
#define CLI_TEST_FOLDERS_H

#include "shm/folders.h"

/* Where TMPDIR is not set, where a program that does not ask for it has its
 * own.  NULL: tests have none. */
const struct folders *test_folders_open(struct folders *f);
/* Nobody of the run is left.  Also of some that were never opened. */
void test_folders_close(struct folders *f);

#endif
