/* SPDX-License-Identifier: MIT */
/*
 * selecting.h - which tests the options select (suite/select.h), and whether
 * --wrapper and --gdb can have these.
 *
 * Runner only.
 */
#ifndef CLI_SELECTING_H
#define CLI_SELECTING_H

#include "cli/options.h"
#include "suite/select.h"
#include "suite/words.h"

/* -f and -E; --gdb names its test itself.  Points into the options. */
struct select_args selecting_args(const struct options *o,
				  const struct costs *costs);

/* Appends them to the plan, in the listing's order.  0, or -EINVAL with a
 * sentence. */
int selecting_apply(const struct options *o, const struct words *wrapper,
		    const struct costs *costs, struct plan *selected,
		    struct err *err);

#endif
