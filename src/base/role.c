/* SPDX-License-Identifier: MIT */
#include "base/role.h"

worker_data enum role role_current = ROLE_RUNNER;
