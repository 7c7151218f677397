/* SPDX-License-Identifier: MIT */
#include "cli/option_output.h"

#include "base/str.h"
#include "base/vec.h"
#include "cli/option.h"

#include <errno.h>
#include <string.h>

int option_set_no_capture(struct options *o, const char *value, struct err *err)
{
	o->relay = RELAY_LINES;
	if (!value)
		return 0;
	if (strcmp(value, "raw") != 0)
		return err_set(err, -EINVAL,
			       "--no-capture: '%s' is not raw", value);
	o->relay = RELAY_RAW;
	return 0;
}

int option_set_junit_passed(struct options *o, const char *value,
			    struct err *err)
{
	static const char *const names[] = { "auto", "all", "none", NULL };
	int i = option_choose("junit-passed", value, names, err);

	if (i < 0)
		return i;
	o->junit_passed = (enum junit_passed)i;
	return 0;
}

/* ---- reports and the recording ------------------------------------------ */

static int option_add_report(struct options *o, const char *name, size_t len,
			     const char *path, struct err *err)
{
	const struct report_ops *const *ops;
	struct str list = STR_INIT;

	for (ops = report_table; *ops; ops++) {
		if (strlen((*ops)->name) == len &&
		    memcmp((*ops)->name, name, len) == 0)
			break;
		str_addf(&list, "%s%s", list.len ? ", " : "", (*ops)->name);
	}
	if (!*ops)
		err_set(err, -EINVAL, "--report: '%.*s' is not one of %s",
			(int)min_of(len, 64), name, str_get(&list));
	str_fini(&list);
	if (!*ops)
		return -EINVAL;
	/* GitHub's may be a variable that is not set elsewhere. */
	if (path && !*path && (*ops)->place != REPORT_TO_PEOPLE)
		return err_set(err, -EINVAL, "--%s: the path is empty",
			       (*ops)->name);
	vec_room(o->reports.items, o->reports.n, o->reports.cap);
	o->reports.items[o->reports.n++] = (struct report_wanted){ *ops, path };
	return 0;
}

int option_set_report(struct options *o, const char *value, struct err *err)
{
	size_t len = strcspn(value, ":");

	return option_add_report(o, value, len,
				 value[len] ? value + len + 1 : NULL, err);
}

#define OPTION_REPORT(name)                                                   \
	int option_set_##name(struct options *o, const char *value,           \
			      struct err *err)                                \
	{                                                                     \
		return option_add_report(o, #name, strlen(#name), value,      \
					 err);                                \
	}
OPTION_REPORT(tap)
OPTION_REPORT(junit)
OPTION_REPORT(json)
OPTION_REPORT(github)
OPTION_REPORT(trace)
OPTION_REPORT(html)

int option_set_record(struct options *o, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, -EINVAL, "--record: the path is empty");
	o->record = strcmp(value, "auto") == 0 ? NULL : value;
	return 0;
}

/* ---- how it is told ------------------------------------------------------- */

static int option_when(const char *name, const char *value,
		       enum color_mode *mode, struct err *err)
{
	static const char *const names[] = { "auto", "always", "never", NULL };
	int i = option_choose(name, value, names, err);

	if (i < 0)
		return i;
	*mode = (enum color_mode)i;
	return 0;
}

int option_set_color(struct options *o, const char *value, struct err *err)
{
	return option_when("color", value, &o->color, err);
}

int option_set_hyperlink(struct options *o, const char *value, struct err *err)
{
	return option_when("hyperlink", value, &o->hyperlink, err);
}

int option_set_verbose(struct options *o, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	o->verbosity = o->verbosity < 0 ? 1 : o->verbosity + 1;
	return 0;
}

int option_set_quiet(struct options *o, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	o->verbosity = -1;
	return 0;
}

int option_set_durations(struct options *o, const char *value, struct err *err)
{
	return option_count("durations", value, 0, DURATIONS_MAX,
			    &o->durations, err);
}
