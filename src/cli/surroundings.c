/* SPDX-License-Identifier: MIT */
#include "cli/surroundings.h"

#include "base/compiler.h"
#include "cli/environment.h"
#include "cli/wrapper.h"
#include "suite/runtime.h"

double surroundings_slowness(const struct suites *suites,
			     const struct words *wrapper)
{
	return max_of(runtime_slowness(suites->loader.preload),
		      wrapper_slowness(wrapper));
}

void surroundings_tell(struct str *told, const struct suites *suites,
		       const struct words *wrapper)
{
	const char *perturbs = environment_perturbs(suites->args.env);
	double slowness = surroundings_slowness(suites, wrapper);

	if (suites->loader.preload)
		str_addf(told, "%s is preloaded; time limits are %g times as "
			 "long\n", suites->loader.preload, slowness);
	if (wrapper_slowness(wrapper) > 1)
		str_addf(told, "programs run under valgrind; time limits are "
			 "%g times as long\n", slowness);
	if (perturbs)
		str_addf(told, "%s\n", perturbs);
}
