/* SPDX-License-Identifier: MIT */
#include "report/junit_points.h"

#include "report/junit_cases.h"
#include "report/xml.h"

#include <inttypes.h>
#include <string.h>

static enum junit_class junit_classify_point(const struct note *point)
{
	if (point->kind == NOTE_POINT_FAILED)
		return JUNIT_FAILURE;
	if (point->kind == NOTE_POINT_SKIPPED || point->kind == NOTE_POINT_TODO)
		return JUNIT_SKIPPED;
	return JUNIT_PASS;
}

/* What a point has to say beside its name. */
static void junit_add_point_body(struct str *out, const struct note *point,
				 enum junit_class class, const char *detail)
{
	struct str message = STR_INIT;

	if (class == JUNIT_SKIPPED) {
		str_addf(&message, "%s%s",
			 point->kind == NOTE_POINT_TODO ? "TODO " : "", detail);
		str_add(out, "<skipped");
		xml_add_attribute(out, "message", str_get(&message));
		str_add(out, "/>");
	} else if (class == JUNIT_FAILURE) {
		if (*point->file)
			str_addf(&message, "%s:%" PRIu32 ": ", point->file,
				 point->line);
		str_addf(&message, "not ok %s", point->text);
		str_add(out, "<failure type=\"fail\"");
		xml_add_attribute(out, "message", str_get(&message));
		str_add(out, ">");
		xml_add(out, detail, strlen(detail));
		str_add(out, "</failure>");
	}
	str_fini(&message);
}

static void junit_make_point(struct str *out, const struct note *point,
			     const char *suite, const char *name,
			     enum junit_class class)
{
	const char *said = note_point_name(point);
	size_t len = strcspn(said, "\n");
	struct str whole = STR_INIT;

	str_addf(&whole, "%s/%" PRIu64 " ", name, note_point_number(point));
	str_add_len(&whole, said, len);
	str_add(out, "<testcase");
	xml_add_attribute(out, "classname", suite);
	xml_add_attribute(out, "name", str_get(&whole));
	str_add(out, " time=\"0.000000\"");
	if (class == JUNIT_PASS) {
		str_add(out, "/>\n");
	} else {
		str_add(out, ">");
		junit_add_point_body(out, point, class,
				     said[len] ? said + len + 1 : "");
		str_add(out, "</testcase>\n");
	}
	str_fini(&whole);
}

void junit_make_points(struct str *out, const struct event_test *test,
		       const char *suite, const char *name,
		       struct junit_counts *sum)
{
	size_t i;

	for (i = 0; i < test->n_points; i++) {
		enum junit_class class = junit_classify_point(&test->points[i]);

		junit_make_point(out, &test->points[i], suite, name, class);
		sum->n[class]++;
	}
}
