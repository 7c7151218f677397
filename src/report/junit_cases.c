/* SPDX-License-Identifier: MIT */
#include "report/junit_cases.h"

#include "base/sys.h"
#include "base/vec.h"
#include "report/failure.h"
#include "report/junit_points.h"
#include "report/words.h"
#include "report/xml.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool junit_lists_passed(const struct event_run *run,
			       enum junit_passed passed)
{
	if (passed == JUNIT_PASSED_AUTO)
		return run->plan->n_positions <= JUNIT_PASSED_MAX;
	return passed == JUNIT_PASSED_ALL;
}

void junit_begin(struct junit_cases *cases, const struct event_run *run,
		 enum junit_passed passed)
{
	cases->run = *run;
	cases->body_fd = -1;
	cases->unlisted = mem_array(run->listing->n_suites + 1,
				    sizeof(*cases->unlisted));
	cases->points = mem_array(run->listing->n_suites + 1,
				  sizeof(*cases->points));
	cases->lists_passed = junit_lists_passed(run, passed);
}

void junit_fini(struct junit_cases *cases)
{
	if (cases->run.listing && cases->body_fd >= 0)
		close(cases->body_fd);
	free(cases->unlisted);
	free(cases->points);
	free(cases->items);
	free(cases->attempts);
}

void junit_count(struct junit_counts *sum, const struct junit_case *c)
{
	sum->n[c->class]++;
	sum->duration_ns += c->duration_ns;
}

/* ---- what a case has to say ------------------------------------------- */

static enum junit_class junit_classify(const struct event_test *test)
{
	switch (test->outcome) {
	case OUTCOME_FAIL:
	case OUTCOME_CRASH:
	case OUTCOME_TIMEOUT:
		return JUNIT_FAILURE;
	case OUTCOME_ERROR:
	case OUTCOME_NONE:
		return JUNIT_ERROR;
	case OUTCOME_SKIP:
		return JUNIT_SKIPPED;
	case OUTCOME_NOTRUN:
		return words_was_cut(test) ? JUNIT_ERROR : JUNIT_SKIPPED;
	case OUTCOME_PASS:
	case OUTCOME_FLAKY:
	case N_OUTCOMES:
		break;
	}
	return JUNIT_PASS;
}

static void junit_make_skipped(struct str *out, const struct event_test *test)
{
	struct str message = STR_INIT;

	if (test->outcome == OUTCOME_NOTRUN)
		str_addf(&message, "not run: %s", notrun_name(test->notrun));
	else if (test->n_notes > 0)
		str_add(&message, test->notes[0].text);
	str_add(out, "<skipped");
	xml_add_attribute(out, "message", str_get(&message));
	str_add(out, "/>");
	str_fini(&message);
}

/* Attributes and text; which element has them is known in the end. */
static void junit_make_failure(struct str *out, const struct event_test *test)
{
	struct event_test told = *test;
	struct str message = STR_INIT, text = STR_INIT;

	words_add_message(&message, test);
	told.output = (struct output){ 0 };
	failure_add(&text, &told, NULL);
	xml_add_attribute(out, "type", words_state(test));
	xml_add_attribute(out, "message", str_get(&message));
	str_add(out, ">");
	xml_add(out, str_get(&text), text.len);
	str_fini(&message);
	str_fini(&text);
}

static void junit_make_output(struct str *out, const struct output *output)
{
	uint64_t kept = output->head_len + output->tail_len;

	if (output->total == 0)
		return;
	str_add(out, "<system-out>");
	xml_add(out, output->head, output->head_len);
	if (output->total > kept)
		str_addf(out, "\n... %" PRIu64 " bytes dropped ...\n",
			 output->total - kept);
	xml_add(out, output->tail, output->tail_len);
	str_add(out, "</system-out>");
}

static void junit_make_leak(struct str *out, const struct event_test *test)
{
	size_t i;

	/* A failure's text says it by itself. */
	if (!test->leak || words_is_bad(test))
		return;
	str_add(out, "<system-err>left processes or threads behind");
	for (i = 0; i < test->n_notes; i++) {
		str_add(out, "\n");
		xml_add(out, test->notes[i].text,
			strlen(test->notes[i].text));
	}
	str_add(out, "</system-err>");
}

/* How much of it is head. */
static size_t junit_make_body(struct str *out, const struct event_test *test,
			      enum junit_class class)
{
	size_t head = 0;

	switch (class) {
	case JUNIT_SKIPPED:
		junit_make_skipped(out, test);
		break;
	case JUNIT_FAILURE:
	case JUNIT_ERROR:
		junit_make_failure(out, test);
		head = out->len;
		break;
	case JUNIT_PASS:
		break;
	}
	junit_make_output(out, &test->output);
	junit_make_leak(out, test);
	return head;
}

/* ---- keeping it -------------------------------------------------------- */

static int junit_open_bodies(void)
{
	const char *folder = getenv("TMPDIR");
	int fd = open(folder && *folder ? folder : "/tmp",
		      O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : sys_memfd("junit");
}

static int junit_keep(struct junit_cases *cases, uint64_t *at,
		      const struct str *body)
{
	int ret;

	*at = cases->body_end;
	if (body->len == 0)
		return 0;
	if (cases->body_fd < 0)
		cases->body_fd = junit_open_bodies();
	if (cases->body_fd < 0)
		return cases->body_fd;
	ret = sys_write_all(cases->body_fd, str_get(body), body->len);
	cases->body_end += body->len;
	return ret;
}

void junit_split(struct junit_cases *cases)
{
	cases->split_at = cases->body_end;
	cases->shared_fd = cases->body_fd;
	cases->body_fd = -1;
}

static void junit_add_points_of(struct junit_cases *cases,
				const struct event_test *test,
				struct str *out)
{
	const struct listing *l = cases->run.listing;
	uint32_t suite_ix = l->tests[test->test_ix].suite_ix;
	struct str name = STR_INIT;

	words_add_name(&name, &cases->run, test->position);
	junit_make_points(out, test, l->suites[suite_ix].path, str_get(&name),
			  &cases->points[suite_ix]);
	str_fini(&name);
}

int junit_add(struct junit_cases *cases, const struct event_test *test)
{
	struct junit_case c = {
		.position = test->position,
		.suite_ix = cases->run.listing->tests[test->test_ix].suite_ix,
		.class = junit_classify(test),
		.duration_ns = test->duration_ns,
	};
	struct str body = STR_INIT;
	int ret;

	if (!cases->lists_passed && c.class == JUNIT_PASS &&
	    test->outcome != OUTCOME_FLAKY) {
		junit_count(&cases->unlisted[c.suite_ix], &c);
		return 0;
	}
	c.head_len = (uint32_t)junit_make_body(&body, test, c.class);
	c.body_len = (uint32_t)body.len;
	if (test->n_points)
		junit_add_points_of(cases, test, &body);
	c.points_len = (uint32_t)body.len - c.body_len;
	ret = junit_keep(cases, &c.body_at, &body);
	str_fini(&body);
	vec_room(cases->items, cases->n, cases->cap);
	cases->items[cases->n++] = c;
	return ret;
}

static int junit_keep_attempt(struct junit_cases *cases,
			      struct junit_attempt a, const struct str *text)
{
	int ret = junit_keep(cases, &a.at, text);

	a.number = (uint32_t)cases->n_attempts;
	vec_room(cases->attempts, cases->n_attempts, cases->cap_attempts);
	cases->attempts[cases->n_attempts++] = a;
	return ret;
}

int junit_add_retried(struct junit_cases *cases,
		      const struct event_test *test)
{
	struct junit_attempt a = { .position = test->position };
	struct str text = STR_INIT;
	int ret;

	junit_make_failure(&text, test);
	a.head_len = (uint32_t)text.len;
	junit_make_output(&text, &test->output);
	a.output_len = (uint32_t)text.len - a.head_len;
	ret = junit_keep_attempt(cases, a, &text);
	str_fini(&text);
	return ret;
}

static int junit_add_remark(struct junit_cases *cases,
			    const struct event_test *test, const char *remark)
{
	struct junit_attempt a = { .position = test->position, .alone = true };
	struct str text = STR_INIT;
	int ret;

	str_addf(&text, "<system-err>%s</system-err>", remark);
	a.output_len = (uint32_t)text.len;
	ret = junit_keep_attempt(cases, a, &text);
	str_fini(&text);
	return ret;
}

int junit_add_rechecked(struct junit_cases *cases,
			const struct event_test *test)
{
	return junit_add_remark(cases, test, words_alone(test));
}

int junit_add_rerun(struct junit_cases *cases, const struct event_test *test)
{
	if (!outcome_is_failure(test->outcome))
		return 0;
	return junit_add_remark(cases, test, words_rerun(test));
}

static int junit_compare(const void *va, const void *vb)
{
	const struct junit_case *a = va, *b = vb;

	if (a->suite_ix != b->suite_ix)
		return a->suite_ix < b->suite_ix ? -1 : 1;
	return a->position < b->position ? -1 : a->position > b->position;
}

static int junit_compare_attempts(const void *va, const void *vb)
{
	const struct junit_attempt *a = va, *b = vb;

	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	if (a->alone != b->alone)
		return a->alone ? 1 : -1;
	return a->number < b->number ? -1 : a->number > b->number;
}

void junit_sort(struct junit_cases *cases)
{
	if (cases->n_attempts)
		qsort(cases->attempts, cases->n_attempts,
		      sizeof(*cases->attempts), junit_compare_attempts);
	if (cases->n)
		qsort(cases->items, cases->n, sizeof(*cases->items),
		      junit_compare);
}

static int junit_copy(const struct junit_cases *cases, uint64_t at,
		      uint32_t len, struct str *out)
{
	char *bytes;
	ssize_t got;

	if (len == 0)
		return 0;
	bytes = mem_alloc(len);
	if (at < cases->split_at)
		got = sys_pread_all(cases->shared_fd, bytes, len, at);
	else
		got = sys_pread_all(cases->body_fd, bytes, len,
				    at - cases->split_at);
	if (got > 0)
		str_add_len(out, bytes, (size_t)got);
	free(bytes);
	return got == (ssize_t)len ? 0 : got < 0 ? (int)got : -EIO;
}

/* Its earlier attempts: the first of them, and how many. */
static size_t junit_find_attempts(const struct junit_cases *cases,
				  const struct junit_case *c, size_t *first)
{
	size_t lo = 0, hi = cases->n_attempts, mid, n = 0;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (cases->attempts[mid].position < c->position)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + n < cases->n_attempts &&
	       cases->attempts[lo + n].position == c->position)
		n++;
	*first = lo;
	return n;
}

uint64_t junit_body_len(const struct junit_cases *cases,
			const struct junit_case *c)
{
	uint64_t len = c->body_len;
	size_t first, n, i;

	n = junit_find_attempts(cases, c, &first);
	for (i = first; i < first + n; i++)
		len += cases->attempts[i].head_len +
		       cases->attempts[i].output_len;
	return len;
}

static int junit_wrap(const struct junit_cases *cases, const char *element,
		      uint64_t at, uint32_t len, struct str *out)
{
	int ret;

	str_addf(out, "<%s", element);
	ret = junit_copy(cases, at, len, out);
	str_addf(out, "</%s>", element);
	return ret;
}

/* Attempts from one on, each with what it printed. */
static int junit_add_attempts(const struct junit_cases *cases,
			      const char *element, size_t from, size_t to,
			      struct str *out)
{
	int ret = 0;

	for (; from < to && ret == 0; from++) {
		const struct junit_attempt *a = &cases->attempts[from];

		ret = junit_wrap(cases, element, a->at,
				 a->head_len + a->output_len, out);
	}
	return ret;
}

/* STATE-10: the failure is the first attempt's, the others follow. */
static int junit_add_failure(const struct junit_cases *cases,
			     const struct junit_case *c, size_t first,
			     size_t n, struct str *out)
{
	bool error = c->class == JUNIT_ERROR;
	const char *element = error ? "error" : "failure";
	const char *again = error ? "rerunError" : "rerunFailure";
	const struct junit_attempt *a;
	int ret;

	if (n == 0) {
		ret = junit_wrap(cases, element, c->body_at, c->head_len, out);
		return ret < 0 ? ret
			       : junit_copy(cases, c->body_at + c->head_len,
					    c->body_len - c->head_len, out);
	}
	a = &cases->attempts[first];
	ret = junit_wrap(cases, element, a->at, a->head_len, out);
	if (ret == 0)
		ret = junit_add_attempts(cases, again, first + 1, first + n,
					 out);
	if (ret == 0)
		ret = junit_wrap(cases, again, c->body_at, c->body_len, out);
	return ret < 0 ? ret
		       : junit_copy(cases, a->at + a->head_len, a->output_len,
				    out);
}

int junit_add_body(const struct junit_cases *cases,
		   const struct junit_case *c, struct str *out)
{
	size_t first, n = junit_find_attempts(cases, c, &first);
	const struct junit_attempt *alone = NULL;
	int ret;

	/* A recording may say it more than once. */
	while (n > 0 && cases->attempts[first + n - 1].alone)
		alone = &cases->attempts[first + --n];
	if (c->class == JUNIT_FAILURE || c->class == JUNIT_ERROR) {
		ret = junit_add_failure(cases, c, first, n, out);
	} else {
		/* STATE-8 */
		ret = junit_add_attempts(cases, "flakyFailure", first,
					 first + n, out);
		if (ret == 0)
			ret = junit_copy(cases, c->body_at, c->body_len, out);
	}
	return ret < 0 || !alone ? ret
				 : junit_copy(cases, alone->at,
					      alone->output_len, out);
}

int junit_add_points(const struct junit_cases *cases,
		     const struct junit_case *c, struct str *out)
{
	return junit_copy(cases, c->body_at + c->body_len, c->points_len, out);
}
