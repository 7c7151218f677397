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

void junit_begin(struct junit_cases *cases, const struct event_run *run)
{
	cases->run = *run;
	cases->body_fd = -1;
	cases->unlisted = mem_array(run->listing->n_suites + 1,
				    sizeof(*cases->unlisted));
	cases->points = mem_array(run->listing->n_suites + 1,
				  sizeof(*cases->points));
	cases->lists_passed = run->plan->n_positions <= JUNIT_PASSED_MAX;
}

void junit_fini(struct junit_cases *cases)
{
	if (cases->run.listing && cases->body_fd >= 0)
		close(cases->body_fd);
	free(cases->unlisted);
	free(cases->points);
	free(cases->items);
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

static void junit_make_failure(struct str *out, const struct event_test *test,
			       const char *element)
{
	struct event_test told = *test;
	struct str message = STR_INIT, text = STR_INIT;

	words_add_message(&message, test);
	told.output = (struct output){ 0 };
	failure_add(&text, &told);
	str_addf(out, "<%s", element);
	xml_add_attribute(out, "type", words_state(test));
	xml_add_attribute(out, "message", str_get(&message));
	str_add(out, ">");
	xml_add(out, str_get(&text), text.len);
	str_addf(out, "</%s>", element);
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
	if (!test->leak || test->outcome != OUTCOME_PASS)
		return;
	str_add(out, "<system-err>left processes or threads behind");
	for (i = 0; i < test->n_notes; i++) {
		str_add(out, "\n");
		xml_add(out, test->notes[i].text,
			strlen(test->notes[i].text));
	}
	str_add(out, "</system-err>");
}

static void junit_make_body(struct str *out, const struct event_test *test,
			    enum junit_class class)
{
	switch (class) {
	case JUNIT_SKIPPED:
		junit_make_skipped(out, test);
		break;
	case JUNIT_FAILURE:
		junit_make_failure(out, test, "failure");
		break;
	case JUNIT_ERROR:
		junit_make_failure(out, test, "error");
		break;
	case JUNIT_PASS:
		break;
	}
	junit_make_output(out, &test->output);
	junit_make_leak(out, test);
}

/* ---- keeping it -------------------------------------------------------- */

static int junit_open_bodies(void)
{
	const char *folder = getenv("TMPDIR");
	int fd = open(folder && *folder ? folder : "/tmp",
		      O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : sys_memfd("junit");
}

static int junit_keep(struct junit_cases *cases, struct junit_case *c,
		      const struct str *body)
{
	int ret;

	c->body_at = cases->body_end;
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

	plan_print_name(&name, cases->run.plan, l, test->position);
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

	if (!cases->lists_passed && c.class == JUNIT_PASS) {
		junit_count(&cases->unlisted[c.suite_ix], &c);
		return 0;
	}
	junit_make_body(&body, test, c.class);
	c.body_len = (uint32_t)body.len;
	if (test->n_points)
		junit_add_points_of(cases, test, &body);
	c.points_len = (uint32_t)body.len - c.body_len;
	ret = junit_keep(cases, &c, &body);
	str_fini(&body);
	vec_room(cases->items, cases->n, cases->cap);
	cases->items[cases->n++] = c;
	return ret;
}

static int junit_compare(const void *va, const void *vb)
{
	const struct junit_case *a = va, *b = vb;

	if (a->suite_ix != b->suite_ix)
		return a->suite_ix < b->suite_ix ? -1 : 1;
	return a->position < b->position ? -1 : a->position > b->position;
}

void junit_sort(struct junit_cases *cases)
{
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

int junit_add_body(const struct junit_cases *cases,
		   const struct junit_case *c, struct str *out)
{
	return junit_copy(cases, c->body_at, c->body_len, out);
}

int junit_add_points(const struct junit_cases *cases,
		     const struct junit_case *c, struct str *out)
{
	return junit_copy(cases, c->body_at + c->body_len, c->points_len, out);
}
