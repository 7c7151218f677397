/* SPDX-License-Identifier: MIT */
/*
 * report_junit.c - JUnit XML in the dialect of Jenkins (its schema
 * junit-10.xsd), written when the run has ended.
 *
 * A path that ends in / is a folder for parts of at most 25 MB, each complete
 * in itself; anything else is one file.  Suites and tests stand in the order
 * of the plan, whatever came first.
 */
#include "report/report.h"

#include "base/clock.h"
#include "base/mem.h"
#include "report/file.h"
#include "report/junit_cases.h"
#include "report/out.h"
#include "report/words.h"
#include "report/xml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JUNIT_PART_BYTES (25u * 1000 * 1000)
/* A case beside its texts. */
#define JUNIT_CASE_BYTES 200u

struct junit {
	struct junit_cases cases;
	struct out out;
	struct str name;
	char *path; /* NULL = out.fd */
	enum junit_passed passed;
	const char *wrong; /* what no test says: why the run was not good */
	bool started;
};

/* Cases lo .. hi - 1 of a suite, and those of it that are only counted. */
struct stretch_of_cases {
	uint32_t suite_ix;
	size_t lo, hi;
	bool with_unlisted;
};

static void junit_add_part_path(struct str *out, const struct junit *j,
				uint32_t part)
{
	str_addf(out, "%sshmrun-%04" PRIu32 ".xml", j->path, part);
}

static bool junit_has_parts(const struct junit *j)
{
	return j->path[strlen(j->path) - 1] == '/';
}

/* It is written when all tests have ended, which is late for an error. */
static int junit_check_path(const struct junit *j, struct err *err)
{
	struct str part = STR_INIT;
	int ret;

	if (!junit_has_parts(j))
		return report_file_check(j->path, err);
	if (mkdir(j->path, 0777) < 0 && errno != EEXIST)
		return err_sys(err, -errno, "cannot make %s", j->path);
	junit_add_part_path(&part, j, 1);
	ret = report_file_check(str_get(&part), err);
	str_fini(&part);
	return ret;
}

static int junit_open(void *priv, const struct report_setup *setup,
		      struct err *err)
{
	struct junit *j = priv;

	if (setup->path) {
		j->path = mem_strdup(setup->path);
		if (junit_check_path(j, err) < 0) {
			free(j->path);
			return err->code;
		}
	}
	j->out.fd = setup->out_fd;
	j->passed = setup->junit_passed;
	return 0;
}

/* ---- text -------------------------------------------------------------- */

static void junit_add_counts(struct str *out, const struct junit_counts *c,
			     bool skipped)
{
	str_addf(out, " tests=\"%" PRIu64 "\" failures=\"%" PRIu64
		      "\" errors=\"%" PRIu64 "\"",
		 c->n[JUNIT_PASS] + c->n[JUNIT_FAILURE] + c->n[JUNIT_ERROR] +
			 c->n[JUNIT_SKIPPED],
		 c->n[JUNIT_FAILURE], c->n[JUNIT_ERROR]);
	if (skipped)
		str_addf(out, " skipped=\"%" PRIu64 "\"", c->n[JUNIT_SKIPPED]);
	str_addf(out, " time=\"%.6f\"",
		 (double)c->duration_ns / (double)NS_PER_S);
}

static const char *junit_name(struct junit *j, const struct junit_case *c)
{
	str_clear(&j->name);
	words_add_name(&j->name, &j->cases.run, c->position);
	return str_get(&j->name);
}

static int junit_add_case(struct junit *j, const struct junit_case *c)
{
	const struct suite *suite =
		&j->cases.run.listing->suites[c->suite_ix];
	struct str *out = &j->out.text;
	int ret = 0;

	str_add(out, "<testcase");
	xml_add_attribute(out, "classname", suite->path);
	xml_add_attribute(out, "name", junit_name(j, c));
	str_addf(out, " time=\"%.6f\"",
		 (double)c->duration_ns / (double)NS_PER_S);
	if (junit_body_len(&j->cases, c) == 0) {
		str_add(out, "/>\n");
	} else {
		str_add(out, ">");
		ret = junit_add_body(&j->cases, c, out);
		str_add(out, "</testcase>\n");
	}
	return ret == 0 ? junit_add_points(&j->cases, c, out) : ret;
}

static void junit_add_property(struct str *out, const char *name,
			       const char *value)
{
	str_add(out, "<property");
	xml_add_attribute(out, "name", name);
	xml_add_attribute(out, "value", value);
	str_add(out, "/>");
}

static void junit_add_shard(struct str *out, const struct partition *p)
{
	struct str text = STR_INIT;

	str_addf(&text, "%" PRIu32 "/%" PRIu32, p->number, p->total);
	junit_add_property(out, "shard", str_get(&text));
	str_clear(&text);
	partition_print_id(&text, p);
	junit_add_property(out, "plan", str_get(&text));
	str_fini(&text);
}

static void junit_add_properties(struct str *out, const struct event_run *run)
{
	char jobs[16];

	snprintf(jobs, sizeof(jobs), "%" PRIu32, run->jobs);
	str_add(out, "<properties>");
	junit_add_property(out, "run", run->run_id);
	junit_add_property(out, "jobs", jobs);
	junit_add_property(out, "backend", run->backend);
	if (run->partition)
		junit_add_shard(out, run->partition);
	str_add(out, "</properties>\n");
}

static struct junit_counts junit_sum(const struct junit *j,
				     const struct stretch_of_cases *s)
{
	struct junit_counts sum = { 0 };
	size_t i;
	int k;

	if (s->with_unlisted) {
		const struct junit_counts *points =
			&j->cases.points[s->suite_ix];

		sum = j->cases.unlisted[s->suite_ix];
		for (k = 0; k < N_JUNIT_CLASSES; k++)
			sum.n[k] += points->n[k];
	}
	for (i = s->lo; i < s->hi; i++)
		junit_count(&sum, &j->cases.items[i]);
	return sum;
}

static int junit_add_suite(struct junit *j, const struct stretch_of_cases *s)
{
	const struct event_run *run = &j->cases.run;
	struct junit_counts sum = junit_sum(j, s);
	struct str *out = &j->out.text;
	int ret = 0;
	size_t i;

	str_add(out, "<testsuite");
	xml_add_attribute(out, "name", run->listing->suites[s->suite_ix].path);
	junit_add_counts(out, &sum, true);
	str_add(out, " timestamp=\"");
	words_add_time(out, run->wall_ns);
	str_addf(out, "\" id=\"%" PRIu32 "\"", s->suite_ix);
	xml_add_attribute(out, "hostname", run->host);
	str_add(out, ">\n");
	junit_add_properties(out, run);
	for (i = s->lo; i < s->hi && ret == 0; i++) {
		ret = junit_add_case(j, &j->cases.items[i]);
		if (ret == 0)
			ret = out_settle(&j->out, j->out.flushed_ns);
	}
	str_add(out, "</testsuite>\n");
	return ret;
}

/* STATE-13 */
static void junit_add_wrong(struct junit *j)
{
	struct str *out = &j->out.text;

	str_add(out, "<testsuite name=\"shmrun\" tests=\"1\" failures=\"0\" "
		     "errors=\"1\" skipped=\"0\" time=\"0.000000\">\n"
		     "<testcase classname=\"shmrun\" name=\"shmrun\" "
		     "time=\"0.000000\"><error type=\"run\"");
	xml_add_attribute(out, "message", j->wrong);
	str_add(out, "/></testcase>\n</testsuite>\n");
}

/* ---- files ------------------------------------------------------------- */

static void junit_add_root(struct junit *j, const struct stretch_of_cases *s,
			   size_t n)
{
	struct junit_counts all = { .n[JUNIT_ERROR] = j->wrong ? 1 : 0 };
	size_t i;
	int k;

	for (i = 0; i < n; i++) {
		struct junit_counts sum = junit_sum(j, &s[i]);

		for (k = 0; k < N_JUNIT_CLASSES; k++)
			all.n[k] += sum.n[k];
		all.duration_ns += sum.duration_ns;
	}
	str_add(&j->out.text,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "
		"name=\"shmrun\"");
	junit_add_counts(&j->out.text, &all, false);
	str_add(&j->out.text, ">\n");
}

/* One document of these stretches, to out. */
static int junit_write(struct junit *j, const struct stretch_of_cases *s,
		       size_t n)
{
	int ret = 0;
	size_t i;

	junit_add_root(j, s, n);
	for (i = 0; i < n && ret == 0; i++)
		ret = junit_add_suite(j, &s[i]);
	if (j->wrong)
		junit_add_wrong(j);
	j->wrong = NULL;
	str_add(&j->out.text, "</testsuites>\n");
	if (ret < 0)
		return ret;
	return out_flush(&j->out, j->out.flushed_ns);
}

static int junit_write_file(struct junit *j, const char *path,
			    const struct stretch_of_cases *s, size_t n)
{
	struct report_file file;
	int ret = report_file_open(&file, path, NULL);

	if (ret < 0)
		return ret;
	j->out.fd = file.fd;
	ret = junit_write(j, s, n);
	return report_file_close(&file, ret);
}

static int junit_write_part(struct junit *j, const struct stretch_of_cases *s,
			    size_t n, uint32_t *part)
{
	struct str path = STR_INIT;
	int ret;

	junit_add_part_path(&path, j, ++*part);
	ret = junit_write_file(j, str_get(&path), s, n);
	str_fini(&path);
	return ret;
}

/* What is left of a run that had more parts would be read as of this one. */
static int junit_remove_parts_behind(const struct junit *j, uint32_t part)
{
	struct str path = STR_INIT;
	int ret;

	do {
		str_clear(&path);
		junit_add_part_path(&path, j, ++part);
		ret = unlink(str_get(&path)) < 0 ? -errno : 0;
	} while (ret == 0);
	str_fini(&path);
	return ret == -ENOENT ? 0 : ret;
}

/* An upper bound. */
static uint64_t junit_case_bytes(struct junit *j, const struct junit_case *c)
{
	const struct suite *suite =
		&j->cases.run.listing->suites[c->suite_ix];

	return junit_body_len(&j->cases, c) + c->points_len + JUNIT_CASE_BYTES +
	       6 * (strlen(junit_name(j, c)) + strlen(suite->path));
}

/* How many cases of a stretch, from the first, a part has room for. */
static size_t junit_fill(struct junit *j, const struct stretch_of_cases *s,
			 uint64_t *bytes)
{
	size_t at;

	for (at = s->lo; at < s->hi; at++) {
		uint64_t more = junit_case_bytes(j, &j->cases.items[at]);

		/* One that is larger than a part has one to itself. */
		if (*bytes > 0 && *bytes + more > JUNIT_PART_BYTES)
			break;
		*bytes += more;
	}
	return at - s->lo;
}

/* Parts are cut within suites too; what is left of one is a stretch. */
static int junit_write_parts(struct junit *j, struct stretch_of_cases *s,
			     size_t n)
{
	struct stretch_of_cases *part = mem_array(n + 1, sizeof(*part));
	uint32_t n_parts = 0;
	uint64_t bytes = 0;
	size_t i = 0, n_in = 0;
	int ret = 0;

	while (i < n && ret == 0) {
		size_t hi = s[i].lo + junit_fill(j, &s[i], &bytes);

		part[n_in] = s[i];
		part[n_in++].hi = hi;
		if (hi == s[i].hi) {
			i++;
			continue;
		}
		s[i].lo = hi;
		s[i].with_unlisted = false;
		ret = junit_write_part(j, part, n_in, &n_parts);
		n_in = bytes = 0;
	}
	if (ret == 0)
		ret = junit_write_part(j, part, n_in, &n_parts);
	if (ret == 0)
		ret = junit_remove_parts_behind(j, n_parts);
	free(part);
	return ret;
}

/* One stretch for each suite of which there is anything to say. */
static size_t junit_find_stretches(const struct junit *j,
				   struct stretch_of_cases *s)
{
	const struct junit_cases *cases = &j->cases;
	size_t n = 0, at = 0;
	uint32_t ix;

	for (ix = 0; ix < cases->run.listing->n_suites; ix++) {
		size_t lo = at;

		while (at < cases->n && cases->items[at].suite_ix == ix)
			at++;
		if (at > lo || cases->unlisted[ix].n[JUNIT_PASS])
			s[n++] = (struct stretch_of_cases){
				.suite_ix = ix,
				.lo = lo,
				.hi = at,
				.with_unlisted = true,
			};
	}
	return n;
}

static int junit_write_all(struct junit *j)
{
	struct stretch_of_cases *s =
		mem_array(j->cases.run.listing->n_suites + 1, sizeof(*s));
	size_t n;
	int ret;

	junit_sort(&j->cases);
	n = junit_find_stretches(j, s);
	if (!j->path)
		ret = junit_write(j, s, n);
	else if (junit_has_parts(j))
		ret = junit_write_parts(j, s, n);
	else
		ret = junit_write_file(j, j->path, s, n);
	free(s);
	return ret;
}

/* ---- events ------------------------------------------------------------ */

static bool junit_is_green(const struct junit *j)
{
	size_t i;

	for (i = 0; i < j->cases.n; i++)
		if (j->cases.items[i].class == JUNIT_FAILURE ||
		    j->cases.items[i].class == JUNIT_ERROR)
			return false;
	return true;
}

static int junit_run_finished(struct junit *j, const struct event *ev)
{
	const struct event_finished *f = &ev->finished;

	if (!j->started)
		return 0;
	if (f->exit_status != EXIT_PASSED && f->exit_status != EXIT_SKIPPED &&
	    junit_is_green(j))
		j->wrong = f->why;
	return junit_write_all(j);
}

/* Of files there are new ones; on stdout it is not told too early. */
static int junit_distrust(void *priv, const struct event *end)
{
	struct junit *j = priv;

	return junit_is_green(j) ? junit_run_finished(j, end) : 0;
}

static int junit_event(void *priv, const struct event *ev)
{
	struct junit *j = priv;

	switch (ev->kind) {
	case EVENT_RUN_STARTED:
		junit_begin(&j->cases, &ev->run, j->passed);
		j->started = true;
		break;
	case EVENT_TEST_FINISHED:
		return junit_add(&j->cases, &ev->test);
	case EVENT_TEST_RETRIED:
		return junit_add_retried(&j->cases, &ev->test);
	case EVENT_TEST_RECHECKED:
		return junit_add_rechecked(&j->cases, &ev->test);
	case EVENT_TEST_RERUN:
		return junit_add_rerun(&j->cases, &ev->test);
	case EVENT_RUN_FINISHED:
		return junit_run_finished(j, ev);
	case EVENT_TEST_SLOW:
	case EVENT_FIXTURE_ENDED:
	case EVENT_WORKER_LOST:
	case EVENT_PROGRESS:
	case EVENT_WARNING:
	case EVENT_PAUSED:
	case EVENT_RUN_CANCELLED:
	case EVENT_ROSTER:
	case EVENT_OUTPUT_RELAYED:
	case N_EVENTS:
		break;
	}
	return 0;
}

static void junit_split_cases(void *priv)
{
	struct junit *j = priv;

	if (j->started)
		junit_split(&j->cases);
}

static int junit_close(void *priv)
{
	struct junit *j = priv;

	junit_fini(&j->cases);
	out_fini(&j->out);
	str_fini(&j->name);
	free(j->path);
	return 0;
}

const struct report_ops report_junit = {
	.name = "junit",
	.help = "JUnit XML, as Jenkins reads it",
	.size = sizeof(struct junit),
	.place = REPORT_TO_FILES,
	.open = junit_open,
	.event = junit_event,
	.split = junit_split_cases,
	.distrust = junit_distrust,
	.close = junit_close,
};
