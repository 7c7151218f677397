/* SPDX-License-Identifier: MIT */
#include "report/status.h"

#include "base/signame.h"
#include "report/duration.h"
#include "report/visible.h"

#include <string.h>

#define STATUS_WIDTH 12

static enum style status_style(enum outcome outcome, bool leak)
{
	if (outcome_is_failure(outcome))
		return STYLE_BAD;
	if (outcome == OUTCOME_PASS && !leak)
		return STYLE_GOOD;
	return STYLE_NOTE;
}

static const char *status_word(enum outcome outcome)
{
	static const char *const words[N_OUTCOMES] = {
		[OUTCOME_NONE] = "LOST",       [OUTCOME_PASS] = "PASS",
		[OUTCOME_FAIL] = "FAIL",       [OUTCOME_CRASH] = "CRASH",
		[OUTCOME_TIMEOUT] = "TIMEOUT", [OUTCOME_SKIP] = "SKIP",
		[OUTCOME_ERROR] = "ERROR",     [OUTCOME_FLAKY] = "FLAKY",
		[OUTCOME_NOTRUN] = "NOTRUN",
	};

	return words[outcome];
}

void status_add_word(struct str *out, bool color, enum style style,
		     const char *word)
{
	size_t len = strlen(word);

	if (len < STATUS_WIDTH)
		str_addf(out, "%*s", (int)(STATUS_WIDTH - len), "");
	style_add(out, color, style, word);
}

/* "TRY 1 FAIL", "FLAKY 2/3": of a test that may have several attempts. */
static void status_make_word(struct str *word, const struct event_test *test)
{
	bool flaky = test->outcome == OUTCOME_FLAKY;

	if (test->tries && outcome_is_failure(test->outcome))
		str_addf(word, "TRY %u ", test->n_failed + 1u);
	if (test->outcome == OUTCOME_CRASH && test->signo)
		signame_add(word, test->signo);
	else
		str_add(word, status_word(test->outcome));
	if (test->tries && flaky)
		str_addf(word, " %u/%u", test->n_failed + 1u, test->tries);
	if (test->leak)
		str_add(word, "+LEAK");
}

static void status_add_test(struct str *out, bool color,
			    const struct event_test *test)
{
	struct str word = STR_INIT;

	status_make_word(&word, test);
	status_add_word(out, color, status_style(test->outcome, test->leak),
			str_get(&word));
	str_fini(&word);
}

void status_add(struct str *out, bool color, enum outcome outcome, int signo,
		bool leak)
{
	status_add_test(out, color,
			&(struct event_test){ .outcome = outcome,
					      .signo = signo,
					      .leak = leak });
}

void status_add_slot(struct str *out, bool color, uint16_t slot)
{
	style_begin(out, color, STYLE_FAINT);
	str_addf(out, " (w%u)", slot);
	style_end(out, color);
}

static void status_add_as(struct str *out, bool color, const char *as,
			  const struct event_test *test)
{
	struct str word = STR_INIT;

	str_addf(&word, "%s ", as);
	status_make_word(&word, test);
	status_add_word(out, color, status_style(test->outcome, test->leak),
			str_get(&word));
	str_fini(&word);
}

/* What stands behind the status. */
static void status_add_rest(struct str *out, bool color,
			    const struct event_test *test, const char *name)
{
	bool started = test->start_ns != 0;

	str_add(out, " [");
	if (started)
		duration_add_exact(out, test->duration_ns);
	else
		str_add(out, "         ");
	str_add(out, "] ");
	style_begin(out, color, STYLE_NAME);
	visible_add(out, name);
	style_end(out, color);
	if (started)
		status_add_slot(out, color, test->slot);
	str_add(out, "\n");
}

void status_add_line(struct str *out, bool color, const struct event_test *test,
		     const char *name)
{
	status_add_test(out, color, test);
	status_add_rest(out, color, test, name);
}

void status_add_line_as(struct str *out, bool color, const char *as,
			const struct event_test *test, const char *name)
{
	status_add_as(out, color, as, test);
	status_add_rest(out, color, test, name);
}
