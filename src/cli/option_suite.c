/* SPDX-License-Identifier: MIT */
#include "cli/option_suite.h"

#include "base/str.h"
#include "base/vec.h"
#include "cli/cmd.h"
#include "cli/option.h"
#include "suite/adapter.h"

#include <errno.h>
#include <string.h>

static uint32_t option_adapter_number(const char *name)
{
	uint32_t i = 0;

	while (strcmp(adapter_table[i]->name, name) != 0)
		i++;
	return i + 1;
}

void option_add_suite(struct options *o, const char *path, const char *adapter)
{
	struct suite_kinds *k = &o->kinds;

	texts_add(&o->suites, path);
	vec_room(k->items, k->n, k->cap);
	k->items[k->n++] = adapter ? option_adapter_number(adapter) : 0;
}

static int option_add(struct options *o, const char *option, const char *value,
		      const char *adapter, struct err *err)
{
	if (*value == '\0')
		return err_set(err, -EINVAL, "--%s: it is empty", option);
	option_add_suite(o, value, adapter);
	return 0;
}

int option_set_programs(struct options *o, const char *value, struct err *err)
{
	return option_add(o, "programs", value, "programs", err);
}

int option_set_command(struct options *o, const char *value, struct err *err)
{
	return option_add(o, "command", value, "command", err);
}

void option_add_command(struct options *o, const char *line)
{
	struct str text = STR_INIT;
	bool tap = o->adapter && adapter_table[o->adapter - 1] == &adapter_tap;

	str_addf(&text, "%s%s", tap ? "@tap " : "", line);
	o->driver.path = text.text;
	option_add_suite(o, o->driver.path, "command");
}

/* ---- for Automake ---------------------------------------------------- */

static int option_yes(const char *option, const char *value, bool *yes,
		      struct err *err)
{
	*yes = strcmp(value, "yes") == 0;
	if (!*yes && strcmp(value, "no") != 0)
		return err_set(err, -EINVAL, "--%s: '%s' is not yes or no",
			       option, value);
	return 0;
}

int option_set_test_name(struct options *o, const char *value, struct err *err)
{
	(void)err;
	o->driver.test_name = value;
	return 0;
}

int option_set_log_file(struct options *o, const char *value, struct err *err)
{
	(void)err;
	o->driver.log_file = value;
	return 0;
}

int option_set_trs_file(struct options *o, const char *value, struct err *err)
{
	(void)err;
	o->driver.trs_file = value;
	return 0;
}

int option_set_color_tests(struct options *o, const char *value,
			   struct err *err)
{
	return option_yes("color-tests", value, &o->driver.color, err);
}

int option_set_expect_failure(struct options *o, const char *value,
			      struct err *err)
{
	return option_yes("expect-failure", value, &o->driver.expect_failure,
			  err);
}

int option_set_enable_hard_errors(struct options *o, const char *value,
				  struct err *err)
{
	bool yes;
	int ret = option_yes("enable-hard-errors", value, &yes, err);

	o->driver.soft_errors = ret == 0 && !yes;
	return ret;
}

/* Logs of skipped tests are always among what is collected. */
int option_set_collect_skipped_logs(struct options *o, const char *value,
				    struct err *err)
{
	bool yes;

	(void)o;
	return option_yes("collect-skipped-logs", value, &yes, err);
}

int option_set_from_ctest(struct options *o, const char *value,
			  struct err *err)
{
	return option_add(o, "from-ctest", value, "ctest", err);
}

int option_set_from_meson(struct options *o, const char *value,
			  struct err *err)
{
	return option_add(o, "from-meson", value, "meson", err);
}

int option_check_suites(const struct options *o, struct err *err)
{
	uint32_t i;

	if (cmd_find(o->command)->configured)
		return 0;
	for (i = 0; i < o->kinds.n; i++)
		if (o->kinds.items[i])
			return err_set(err, -EINVAL, "suites are for run, "
				       "list and config: %s", o->suites.items[i]);
	return 0;
}
