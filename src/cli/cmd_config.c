/* SPDX-License-Identifier: MIT */
/*
 * shmrun config: what is set, and who set it (REC-8).
 *
 *	show			the options that somebody set
 *	explain TEST SUITE...	the settings of a test
 */
#include "cli/cmd.h"

#include "base/die.h"
#include "base/sys.h"
#include "cli/complain.h"
#include "cli/option.h"
#include "cli/overrides.h"
#include "cli/suggest.h"
#include "cli/suites.h"
#include "model/tally.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* "shmrun.conf:3", "command line" */
static void config_add_place(struct str *out, const struct options *o,
			     const struct set_by *by)
{
	switch (by->by) {
	case SET_BY_NOBODY:
		str_add(out, "default");
		break;
	case SET_BY_FILE:
		str_addf(out, "%s:%u", o->config->path, by->line);
		break;
	case SET_BY_ENVIRONMENT:
		str_add(out, "SHMRUN_OPTS");
		break;
	case SET_BY_COMMAND_LINE:
		str_add(out, "command line");
		break;
	}
}

static void config_add_row(struct str *out, const char *name,
			   const char *value)
{
	str_addf(out, "  %-18s %-14s ", name, value);
}

static void config_add_profile(struct str *out, const struct options *o)
{
	if (o->config)
		str_addf(out, "profile %s of %s\n", o->profile,
			 o->config->path);
	else
		str_add(out, "no shmrun.conf\n");
}

static void config_add_options(struct str *out, const struct options *o)
{
	const struct option *row;

	for (row = option_table; row->name; row++) {
		const struct set_by *by = &o->set_by[row - option_table];

		if (by->by == SET_BY_NOBODY)
			continue;
		config_add_row(out, row->name, by->value ? by->value : "true");
		config_add_place(out, o, by);
		str_add(out, "\n");
	}
}

static int config_show(const struct options *o, struct str *out,
		       struct err *err)
{
	if (o->suites.n > 1)
		return err_set(err, -EINVAL, "config show takes no suite: %s",
			       o->suites.items[1]);
	config_add_profile(out, o);
	config_add_options(out, o);
	return 0;
}

/* The option that a test without its own takes, and who set that. */
static void config_add_option(struct str *out, const struct options *o,
			      const struct setting *s)
{
	const struct option *row = option_find(s->option, strlen(s->option));
	const struct set_by *by = &o->set_by[row - option_table];

	config_add_row(out, s->name, by->value ? by->value : row->deflt);
	config_add_place(out, o, by);
}

/* --isolate can only make a test share less. */
static bool config_option_counts(const struct options *o,
				 const struct setting *s,
				 const struct attrs *a)
{
	if (!s->option)
		return false;
	if (s->offset == offsetof(struct attrs, isolate))
		return o->isolate > a->isolate || setting_is_default(s, a);
	return setting_is_default(s, a);
}

static void config_add_setting(struct str *out, const struct options *o,
			       const struct setting *s, const struct attrs *own,
			       const struct override *by)
{
	const struct attrs *a = by ? &by->values : own;
	struct str value = STR_INIT;

	if (config_option_counts(o, s, a)) {
		config_add_option(out, o, s);
	} else {
		s->print(s, a, &value);
		config_add_row(out, s->name, str_get(&value));
		str_fini(&value);
		if (by)
			str_addf(out, "%s:%u", o->config->path,
				 by->items[s - setting_table]->line);
		else
			str_add(out, setting_is_default(s, a) ? "default"
							      : "the test");
	}
	str_add(out, "\n");
}

static void config_add_test(struct str *out, const struct options *o,
			    struct overrides *overrides,
			    const struct suite *suite,
			    const struct test *test)
{
	const struct override *by[SETTINGS_MAX];
	const struct setting *s;

	overrides_find(overrides, suite->path, test, by);
	str_addf(out, "%s of %s\n", test->name, suite->path);
	for (s = setting_table; s->name; s++)
		config_add_setting(out, o, s, test->attrs,
				   by[s - setting_table]);
}

/* Each test of that name: suites may share names. */
static int config_add_tests(struct str *out, const struct options *o,
			    const struct listing *l, const char *name,
			    struct err *err)
{
	struct overrides overrides = { 0 };
	struct profile_chain profile;
	struct suggest s;
	uint32_t i, n = 0;

	if (o->config) {
		bug_on(profile_find(o->config, o->profile, &profile, NULL) <
		       0);
		overrides_open(&overrides, o->config, &profile);
	}
	suggest_init(&s, name);
	for (i = 0; i < l->n_tests; i++) {
		const struct test *t = &l->tests[i];

		suggest_offer(&s, t->name);
		if (strcmp(t->name, name) != 0)
			continue;
		config_add_test(out, o, &overrides,
				&l->suites[t->suite_ix], t);
		n++;
	}
	overrides_close(&overrides);
	if (n)
		return 0;
	return err_set(err, -EINVAL, "there is no test %.64s%s%.64s%s", name,
		       s.best ? "; did you mean " : "", s.best ? s.best : "",
		       s.best ? "?" : "");
}

static int config_explain(const struct options *o, struct str *out,
			  struct err *err)
{
	struct options opened = *o;
	struct listing listing;
	uint64_t n_bad = 0;
	int ret;

	if (o->suites.n < 3)
		return err_set(err, -EINVAL, "config explain needs a test and "
			       "its suite: shmrun config explain TEST SUITE");
	/* The suites stand behind two words, and tell of themselves. */
	opened.config = NULL;
	opened.suites.items += 2;
	opened.suites.n -= 2;
	opened.kinds.items += 2;
	opened.kinds.n -= 2;
	listing_init(&listing);
	ret = list_load(&opened, &listing, &n_bad);
	if (ret == 0 && n_bad)
		ret = err_set(err, -EIO, "a suite could not be listed");
	else if (ret < 0)
		err_set(err, ret, "the suites could not be listed");
	config_add_profile(out, o);
	if (ret == 0)
		ret = config_add_tests(out, o, &listing, o->suites.items[1],
				       err);
	listing_fini(&listing);
	return ret;
}

int cmd_config(const struct options *o)
{
	const char *word = o->suites.items[0];
	struct str out = STR_INIT;
	struct err err = { 0 };
	int ret;

	if (strcmp(word, "show") == 0)
		ret = config_show(o, &out, &err);
	else if (strcmp(word, "explain") == 0)
		ret = config_explain(o, &out, &err);
	else
		ret = err_set(&err, -EINVAL,
			      "config: '%s' is not one of show, explain",
			      word);
	if (ret == 0) {
		ret = sys_write_all(STDOUT_FILENO, str_get(&out), out.len);
		if (ret < 0)
			err_sys(&err, ret, "could not write the settings");
	}
	str_fini(&out);
	if (ret == 0)
		return EXIT_PASSED;
	if (ret == -EINVAL)
		return complain(EXIT_USAGE, &err);
	return complain(*word == 'e' ? EXIT_SUITE : EXIT_UNTRUSTED, &err);
}
