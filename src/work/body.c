/* SPDX-License-Identifier: MIT */
#include "work/body.h"

#include "model/event.h"
#include "suite/leaks.h"
#include "work/stage.h"
#include "work/worker.h"

#include <unistd.h>

/* How many of the set-ups worked; all of them when it is span.n. */
static uint32_t body_set_up(const struct adapter_suite *suite,
			    struct adapter_span span)
{
	uint32_t i;

	stage_in_fixture(true);
	for (i = 0; i < span.n; i++) {
		void (*setup)(void) = suite->fixtures[span.first + i]->setup;

		if (setup)
			stage_call(setup);
		if (stage_failures() || stage_is_skipped())
			break;
	}
	stage_in_fixture(false);
	return i;
}

static void body_tear_down(const struct adapter_suite *suite,
			   struct adapter_span span, uint32_t n)
{
	stage_in_fixture(true);
	for (; n > 0; n--) {
		void (*teardown)(void) =
			suite->fixtures[span.first + n - 1]->teardown;

		if (teardown)
			stage_call(teardown);
	}
	stage_in_fixture(false);
}

static enum outcome body_run_with_fixtures(const struct errand *e,
					   struct adapter_span span)
{
	uint32_t up = body_set_up(e->suite, span);
	enum outcome outcome;
	uint32_t failures;

	/* A child that the test forked and that came back from the body must
	 * not tear down what is its parent's (PIT-2). */
	if (up == span.n) {
		stage_call(e->test->body);
		if (!stage_is_own())
			_exit(1);
		outcome = stage_verdict();
	} else {
		outcome = stage_failures() ? OUTCOME_ERROR : OUTCOME_SKIP;
	}
	failures = stage_failures();
	body_tear_down(e->suite, span, up);
	/* A body that failed stays `fail` whatever teardown does (CRV-14). */
	if (stage_failures() > failures && outcome != OUTCOME_FAIL)
		outcome = OUTCOME_ERROR;
	return outcome;
}

enum outcome body_judge(const struct errand *e, struct adapter_end *end)
{
	const char *why = NULL;
	enum outcome outcome;

	/* The catalog is not there in a child. */
	end->signal = e->test->attrs.signal;
	end->exit_code = e->test->attrs.exit_code;
	outcome = e->suite->ops->judge(end, &why);
	if (why && outcome != OUTCOME_PASS)
		stage_note(NOTE_RUNNER, "", 0, why);
	return outcome;
}

/* A test that its adapter calls, fixtures and all.  Apart, so that the others
 * do not make room for what it needs. */
__attribute__((noinline)) static enum outcome
body_run_adapted(const struct errand *e)
{
	struct adapter_end end = { .done = true };

	stage_begin_adapted();
	e->suite->ops->run(e->suite, e->test, e->index);
	if (!stage_is_own())
		_exit(1);
	stage_end(&end);
	return body_judge(e, &end);
}

hot_path enum outcome body_run(const struct errand *e)
{
	const struct adapter_span *span =
		&e->suite->scopes[e->test->scope_ix].test_fixtures;

	if (unlikely(!e->test->body))
		return body_run_adapted(e);
	if (span->n)
		return body_run_with_fixtures(e, *span);
	stage_call(e->test->body);
	return stage_verdict();
}

enum outcome body_run_watched(const struct errand *e)
{
	enum outcome outcome;

	leaks_begin();
	outcome = body_run(e);
	leaks_end();
	if (!stage_is_own() || outcome != OUTCOME_PASS || !leaks_found())
		return outcome;
	stage_note(NOTE_RUNNER, "", 0, "memory was leaked: what "
		   "LeakSanitizer says of it is in the output");
	return OUTCOME_FAIL;
}
