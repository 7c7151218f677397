/* SPDX-License-Identifier: MIT */
#include "model/outcome.h"

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[N_OUTCOMES] = {
		[OUTCOME_NONE] = "none",     [OUTCOME_PASS] = "pass",
		[OUTCOME_FAIL] = "fail",     [OUTCOME_CRASH] = "crash",
		[OUTCOME_TIMEOUT] = "timeout", [OUTCOME_SKIP] = "skip",
		[OUTCOME_ERROR] = "error",   [OUTCOME_FLAKY] = "flaky",
		[OUTCOME_NOTRUN] = "notrun",
	};

	return (unsigned)outcome < N_OUTCOMES ? names[outcome] : "invalid";
}

const char *notrun_name(enum notrun reason)
{
	static const char *const names[N_NOTRUNS] = {
		[NOTRUN_NONE] = "none",
		[NOTRUN_MAX_FAIL] = "max-fail",
		[NOTRUN_INTERRUPTED] = "interrupted",
		[NOTRUN_DEADLINE] = "deadline",
		[NOTRUN_ENVIRONMENT] = "environment",
		[NOTRUN_MAX_CRASHES] = "max-crashes",
		[NOTRUN_CHAIN] = "chain",
		[NOTRUN_PREREQUISITE] = "prerequisite",
		[NOTRUN_NO_WORKER] = "no-worker",
	};

	return (unsigned)reason < N_NOTRUNS ? names[reason] : "invalid";
}
