/* SPDX-License-Identifier: MIT */
#include "report/words.h"

#include "base/clock.h"
#include "base/signame.h"

#include <inttypes.h>
#include <time.h>

bool words_was_cut(const struct event_test *test)
{
	return test->outcome == OUTCOME_NOTRUN && test->start_ns != 0;
}

bool words_is_bad(const struct event_test *test)
{
	return outcome_is_failure(test->outcome) || words_was_cut(test);
}

const char *words_state(const struct event_test *test)
{
	return words_was_cut(test) ? notrun_name(test->notrun)
				   : outcome_name(test->outcome);
}

const struct note *words_find_place(const struct event_test *test)
{
	size_t i;

	for (i = 0; i < test->n_notes; i++)
		if (*test->notes[i].file)
			return &test->notes[i];
	return NULL;
}

void words_add_signal(struct str *out, const struct event_test *test)
{
	const struct sigfault *f = test->fault;
	const char *code;

	signame_add(out, test->signo);
	if (!f)
		return;
	code = signame_code(test->signo, f->code);
	if (code)
		str_addf(out, " (%s", code);
	else
		str_addf(out, " (code %d", f->code);
	if (signame_has_address(test->signo, f->code))
		str_addf(out, " at address 0x%" PRIx64, f->address);
	str_add(out, ")");
}

static void words_add_end(struct str *out, const struct event_test *test)
{
	if (test->outcome == OUTCOME_CRASH) {
		str_add(out, "killed by ");
		words_add_signal(out, test);
	} else if (test->outcome == OUTCOME_TIMEOUT) {
		str_addf(out, "timed out after %.3fs",
			 (double)test->duration_ns / (double)NS_PER_S);
	} else if (test->outcome == OUTCOME_NOTRUN) {
		str_addf(out, "not run: %s", notrun_name(test->notrun));
	} else if (test->outcome == OUTCOME_FLAKY) {
		str_addf(out, "passed at attempt %u of %u",
			 test->n_failed + 1u, test->tries);
	} else if (test->exit_status >= 0) {
		str_addf(out, "exited early, with status %d",
			 test->exit_status);
	} else if (test->n_failures > 0) {
		str_addf(out, "%" PRIu32 " failed check%s", test->n_failures,
			 test->n_failures == 1 ? "" : "s");
	} else if (test->leak) {
		str_add(out, "left processes or threads behind");
	} else {
		str_add(out, outcome_name(test->outcome));
	}
}

const struct note *words_first_note(const struct event_test *test)
{
	if (test->n_notes > 0 && test->notes[0].kind != NOTE_TRACE)
		return &test->notes[0];
	return NULL;
}

void words_add_message(struct str *out, const struct event_test *test)
{
	bool has_end = test->outcome == OUTCOME_CRASH ||
		       test->outcome == OUTCOME_TIMEOUT ||
		       test->outcome == OUTCOME_NOTRUN;
	const struct note *first = words_first_note(test);

	if (has_end || !first)
		words_add_end(out, test);
	if (first)
		str_addf(out, "%s%s", has_end ? ": " : "", first->text);
}

const char *words_alone(const struct event_test *test)
{
	if (outcome_is_failure(test->outcome))
		return "it fails alone as well";
	if (test->outcome == OUTCOME_PASS)
		return "alone it passes: it fails only with others";
	return "alone it is skipped";
}

const char *words_rerun(const struct event_test *test)
{
	if (test->outcome == OUTCOME_FAIL)
		return "it failed when its chain was run again";
	return "it did not end well when its chain was run again";
}

int words_slot(const struct event_run *run, uint32_t position)
{
	if (run->plan->n_times < 2 || run->plan->turn_kind != TURNS_ARE_SLOTS)
		return -1;
	return (int)plan_turn(run->plan, position);
}

void words_add_name(struct str *out, const struct event_run *run,
		    uint32_t position)
{
	int slot = words_slot(run, position);

	plan_print_name(out, run->plan, run->listing, position);
	if (slot >= 0)
		str_addf(out, " (w%d)", slot);
}

const char *words_suite(const struct event_run *run,
			const struct event_test *test)
{
	const struct listing *l = run->listing;

	return l->suites[l->tests[test->test_ix].suite_ix].path;
}

void words_add_time(struct str *out, uint64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	str_add(out, text);
}
