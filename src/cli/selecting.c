/* SPDX-License-Identifier: MIT */
#include "cli/selecting.h"

#include "cli/debugger.h"
#include "cli/wrapper.h"

struct select_args selecting_args(const struct options *o,
				  const struct costs *costs)
{
	return (struct select_args){
		.globs = o->gdb ? &o->gdb : o->filters.items,
		.n_globs = o->gdb ? 1 : o->filters.n,
		.exprs = o->exprs.items,
		.n_exprs = o->exprs.n,
		.costs = costs,
	};
}

int selecting_apply(const struct options *o, const struct words *wrapper,
		    const struct costs *costs, struct plan *selected,
		    struct err *err)
{
	const struct select_args args = selecting_args(o, costs);
	const struct listing *listing = costs->listing;
	int ret = select_apply(listing, &args, selected, err);

	if (ret == 0 && wrapper->n)
		ret = wrapper_check(listing, selected, err);
	if (ret == 0 && o->gdb && selected->n_positions)
		ret = debugger_check(o->gdb, listing, selected, err);
	return ret;
}
