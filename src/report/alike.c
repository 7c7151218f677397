/* SPDX-License-Identifier: MIT */
#include "report/alike.h"

#include "base/id.h"
#include "model/plan.h"

#include <string.h>

static bool alike_is_canary(const struct plan *plan, uint32_t position)
{
	uint32_t i;

	for (i = 0; i < plan->n_canaries; i++)
		if (plan->deals[i].lo == position)
			return true;
	return false;
}

static uint64_t alike_text(uint64_t how, const char *text, size_t len)
{
	return XXH3_64bits_withSeed(text, len, how);
}

static uint64_t alike_note(uint64_t how, const struct note *note)
{
	how = alike_text(how + note->kind, note->file, strlen(note->file));
	return alike_text(how + note->line, note->text, strlen(note->text));
}

static uint64_t alike_how(const struct event_test *test)
{
	uint64_t ends[] = { test->outcome, (uint64_t)test->signo,
			    (uint64_t)test->exit_status, test->n_failures,
			    test->output.total };
	uint64_t how = id_bytes(ends, sizeof(ends));
	size_t i;

	for (i = 0; i < test->n_notes; i++)
		how = alike_note(how, &test->notes[i]);
	how = alike_text(how, test->output.head, test->output.head_len);
	return alike_text(how, test->output.tail, test->output.tail_len);
}

bool alike_add(struct alike *a, const struct event_run *run,
	       const struct event_test *test)
{
	uint64_t how;

	if (!outcome_is_failure(test->outcome) ||
	    !alike_is_canary(run->plan, test->position))
		return false;
	how = alike_how(test);
	if (a->failed)
		return how == a->how;
	*a = (struct alike){ .failed = true,
			     .how = how,
			     .position = test->position };
	return false;
}
