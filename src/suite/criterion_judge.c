/* SPDX-License-Identifier: MIT */
#include "suite/criterion.h"

#include <sys/wait.h>

/* What failed checks make of it, however it ended; OUTCOME_PASS = there is
 * none.  A body that failed stays `fail` whatever its fixtures do (CRV-14). */
static enum outcome criterion_judge_checks(const struct adapter_end *end)
{
	if (end->n_failures)
		return OUTCOME_FAIL;
	return end->n_faults ? OUTCOME_ERROR : OUTCOME_PASS;
}

/* It came back, from teardown or by a jump (CRV-1, 5, 6, 8, 10). */
static enum outcome criterion_judge_done(const struct adapter_end *end,
					 const char **why)
{
	enum outcome checks = criterion_judge_checks(end);

	if (checks != OUTCOME_PASS)
		return checks;
	if (end->skipped)
		return OUTCOME_SKIP;
	if (end->signal || end->exit_code) {
		*why = end->signal
			       ? "it did not end by the expected signal"
			       : "it did not exit with the expected status";
		return OUTCOME_FAIL;
	}
	return OUTCOME_PASS;
}

/* CRV-2, 9, 12.  Declaring an expected status is what makes an exit() a way
 * to pass, and 0 is one: PROC-15 has this exception. */
static enum outcome criterion_judge_exit(const struct adapter_end *end,
					 const char **why)
{
	if (end->phase != ADAPTER_BODY) {
		*why = end->phase < ADAPTER_BODY
			       ? "it called exit() in its set-up"
			       : "it called exit() in its teardown";
		return end->n_failures ? OUTCOME_FAIL : OUTCOME_ERROR;
	}
	if (criterion_judge_checks(end) != OUTCOME_PASS)
		return criterion_judge_checks(end);
	if (end->signal) {
		*why = "it exited; a signal was expected";
		return OUTCOME_FAIL;
	}
	if (WEXITSTATUS(end->status) != end->exit_code) {
		*why = "it exited with another status than the expected one";
		return OUTCOME_FAIL;
	}
	return OUTCOME_PASS;
}

/* CRV-3, 7, 11. */
static enum outcome criterion_judge_signal(const struct adapter_end *end,
					   const char **why)
{
	if (end->phase != ADAPTER_BODY) {
		*why = end->phase < ADAPTER_BODY ? "it died in its set-up"
						 : "it died in its teardown";
		return OUTCOME_CRASH;
	}
	if (!end->signal)
		return OUTCOME_CRASH;
	if (WTERMSIG(end->status) != end->signal) {
		*why = "it died of another signal than the expected one";
		return OUTCOME_CRASH;
	}
	if (end->exit_code) {
		*why = "it expects a signal and an exit status";
		return OUTCOME_FAIL;
	}
	return criterion_judge_checks(end);
}

enum outcome criterion_judge(const struct adapter_end *end, const char **why)
{
	if (end->done)
		return criterion_judge_done(end, why);
	return WIFSIGNALED(end->status) ? criterion_judge_signal(end, why)
					: criterion_judge_exit(end, why);
}
