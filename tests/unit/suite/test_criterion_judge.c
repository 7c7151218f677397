/* SPDX-License-Identifier: MIT */
/* What an end of a Criterion test means: CRV-1 to CRV-14. */
#include "suite/criterion.h"

#include <criterion/criterion.h>
#include <signal.h>

static enum outcome judge(struct adapter_end end)
{
	const char *why = NULL;

	return criterion_judge(&end, &why);
}

#define expect(outcome, ...)                                                  \
	cr_expect_eq(judge((struct adapter_end){ __VA_ARGS__ }), outcome,     \
		     "%s", #__VA_ARGS__)

/* CRV-1, CRV-5, CRV-8, CRV-10, CRV-14. */
Test(criterion_judge, of_a_test_that_came_back)
{
	expect(OUTCOME_PASS, .done = true);
	expect(OUTCOME_FAIL, .done = true, .signal = SIGTERM);
	expect(OUTCOME_FAIL, .done = true, .exit_code = 3);
	expect(OUTCOME_FAIL, .done = true, .n_failures = 1);
	expect(OUTCOME_ERROR, .done = true, .n_faults = 1);
	expect(OUTCOME_FAIL, .done = true, .n_failures = 1, .n_faults = 1);
	expect(OUTCOME_SKIP, .done = true, .skipped = true);
	expect(OUTCOME_SKIP, .done = true, .skipped = true, .exit_code = 3);
	expect(OUTCOME_FAIL, .done = true, .skipped = true, .n_failures = 1);
	expect(OUTCOME_ERROR, .done = true, .skipped = true, .n_faults = 1);
}

#define EXITED(code) .status = (code) << 8

/* CRV-2: the only way to pass without coming back but for a signal. */
Test(criterion_judge, of_an_exit_in_the_body)
{
	expect(OUTCOME_PASS, .phase = ADAPTER_BODY, EXITED(0));
	expect(OUTCOME_PASS, .phase = ADAPTER_BODY, EXITED(3), .exit_code = 3);
	expect(OUTCOME_FAIL, .phase = ADAPTER_BODY, EXITED(0), .exit_code = 3);
	expect(OUTCOME_FAIL, .phase = ADAPTER_BODY, EXITED(3));
	expect(OUTCOME_FAIL, .phase = ADAPTER_BODY, EXITED(0), .n_failures = 1);
	expect(OUTCOME_ERROR, .phase = ADAPTER_BODY, EXITED(0), .n_faults = 1);
	expect(OUTCOME_FAIL, .phase = ADAPTER_BODY, EXITED(0),
	       .signal = SIGTERM);
}

/* CRV-9, CRV-12. */
Test(criterion_judge, of_an_exit_elsewhere)
{
	expect(OUTCOME_ERROR, .phase = ADAPTER_BEFORE, EXITED(0));
	expect(OUTCOME_ERROR, .phase = ADAPTER_SETUP, EXITED(0));
	expect(OUTCOME_ERROR, .phase = ADAPTER_SETUP, EXITED(3),
	       .exit_code = 3);
	expect(OUTCOME_ERROR, .phase = ADAPTER_TEARDOWN, EXITED(0));
	expect(OUTCOME_ERROR, .phase = ADAPTER_AFTER, EXITED(0));
	expect(OUTCOME_FAIL, .phase = ADAPTER_TEARDOWN, EXITED(0),
	       .n_failures = 1);
}

/* CRV-3, CRV-7, CRV-11. */
Test(criterion_judge, of_a_signal)
{
	expect(OUTCOME_CRASH, .phase = ADAPTER_BODY, .status = SIGTERM);
	expect(OUTCOME_PASS, .phase = ADAPTER_BODY, .status = SIGTERM,
	       .signal = SIGTERM);
	expect(OUTCOME_FAIL, .phase = ADAPTER_BODY, .status = SIGTERM,
	       .signal = SIGTERM, .n_failures = 1);
	expect(OUTCOME_ERROR, .phase = ADAPTER_BODY, .status = SIGTERM,
	       .signal = SIGTERM, .n_faults = 1);
	expect(OUTCOME_FAIL, .phase = ADAPTER_BODY, .status = SIGTERM,
	       .signal = SIGTERM, .exit_code = 3);
	expect(OUTCOME_CRASH, .phase = ADAPTER_BODY, .status = SIGKILL,
	       .signal = SIGTERM);
	expect(OUTCOME_CRASH, .phase = ADAPTER_BODY, .status = SIGTERM,
	       .exit_code = 3);
	expect(OUTCOME_CRASH, .phase = ADAPTER_SETUP, .status = SIGTERM,
	       .signal = SIGTERM);
	expect(OUTCOME_CRASH, .phase = ADAPTER_TEARDOWN, .status = SIGTERM,
	       .signal = SIGTERM);
}
