/* SPDX-License-Identifier: MIT */
/*
 * role.h - which of the five processes this is: one of our two globals.
 *
 * Set once at each process's door; role_assert() stands at the door of every
 * folder that may run in one role only.
 */
#ifndef BASE_ROLE_H
#define BASE_ROLE_H

#include "base/die.h"

enum role {
	ROLE_RUNNER,
	ROLE_LOADER,
	ROLE_WORKER,
	ROLE_CHILD,
	ROLE_HOST,
};

extern enum role role_current;

#define role_assert(role) bug_on(role_current != (role))

#endif
