/* SPDX-License-Identifier: MIT */
#include "base/role.h"

enum role role_current = ROLE_RUNNER;
