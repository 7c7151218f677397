/* SPDX-License-Identifier: MIT */
#include "cli/profile.h"

#include "base/die.h"
#include "cli/option.h"
#include "cli/suggest.h"

#include <errno.h>
#include <string.h>

#define INHERITS "inherits"

static bool profile_is_flag(const struct option *row)
{
	return !*row->arg;
}

/* "" is no value for a report that may have one. */
static const char *profile_value(const struct option *row,
				 const struct config_item *item)
{
	if (profile_is_flag(row) || (*row->arg == '[' && !*item->value))
		return NULL;
	return item->value;
}

static int profile_unknown(const char *key, struct err *err)
{
	const struct option *row;
	struct suggest s;

	suggest_init(&s, key);
	suggest_offer(&s, INHERITS);
	for (row = option_table; row->name; row++)
		if (option_is_setting(row))
			suggest_offer(&s, row->name);
	if (s.best)
		return err_set(err, -EINVAL,
			       "unknown key %.64s; did you mean %s?", key,
			       s.best);
	return err_set(err, -EINVAL, "unknown key %.64s; see shmrun.conf(5)",
		       key);
}

static int profile_check_key(const struct config_section *section,
			     const struct config_item *item, struct err *err)
{
	const struct option *row = option_find(item->key, strlen(item->key));
	const struct config_item *first = config_find(section, item->key);

	if (!row)
		return profile_unknown(item->key, err);
	if (!option_is_setting(row))
		return err_set(err, -EINVAL, "%s is for the command line only",
			       item->key);
	if (first != item && !option_is_list(row))
		return err_set(err, -EINVAL, "%s is already in line %u",
			       item->key, first->line);
	return 0;
}

static int profile_check_value(const struct config_item *item,
			       struct err *err)
{
	const struct option *row = option_find(item->key, strlen(item->key));
	struct options scratch = { .command = "run" };
	int ret = 0;

	if (!profile_is_flag(row))
		ret = row->set(&scratch, profile_value(row, item), err);
	else if (strcmp(item->value, "true") != 0 &&
		 strcmp(item->value, "false") != 0)
		ret = err_set(err, -EINVAL, "%s is true or false, not '%.64s'",
			      item->key, item->value);
	options_fini(&scratch);
	return ret;
}

static int profile_check_parent(const struct config *c,
				const struct config_section *section,
				const struct config_item *item,
				struct err *err)
{
	struct suggest s;
	uint32_t i;

	if (config_find(section, INHERITS) != item)
		return err_set(err, -EINVAL, "a profile inherits from one");
	if (strcmp(section->name, PROFILE_DEFAULT) == 0)
		return err_set(err, -EINVAL,
			       "all inherit from default, it from none");
	if (strcmp(item->value, PROFILE_DEFAULT) == 0 ||
	    config_profile(c, item->value))
		return 0;
	suggest_init(&s, item->value);
	for (i = 0; i < c->n; i++)
		if (c->sections[i].kind == CONFIG_PROFILE)
			suggest_offer(&s, c->sections[i].name);
	return err_set(err, -EINVAL, "there is no profile %.64s%s%s%s",
		       item->value, s.best ? "; did you mean " : "",
		       s.best ? s.best : "", s.best ? "?" : "");
}

static int profile_check_item(const struct config *c,
			      const struct config_section *section,
			      const struct config_item *item, struct err *err)
{
	if (strcmp(item->key, INHERITS) == 0) {
		if (profile_check_parent(c, section, item, err) < 0)
			return config_wrap_value(c, item, err);
		return 0;
	}
	if (profile_check_key(section, item, err) < 0)
		return config_wrap_key(c, item, err);
	if (profile_check_value(item, err) < 0)
		return config_wrap_value(c, item, err);
	return 0;
}

/* The profile that this one inherits from; NULL = none. */
static const struct config_section *
profile_parent(const struct config *c, const struct config_section *section)
{
	const struct config_item *item = config_find(section, INHERITS);

	if (strcmp(section->name, PROFILE_DEFAULT) == 0)
		return NULL;
	return config_profile(c, item ? item->value : PROFILE_DEFAULT);
}

static int profile_check_chain(const struct config *c,
			       const struct config_section *section,
			       struct err *err)
{
	const struct config_section *at = section;
	uint32_t n;

	for (n = 0; at && n < PROFILES_DEEP; n++)
		at = profile_parent(c, at);
	if (!at)
		return 0;
	err_set(err, -EINVAL, "profile %s inherits from itself, or over more "
		"than %d others", section->name, PROFILES_DEEP - 1);
	return config_wrap_value(c, config_find(section, INHERITS), err);
}

static int profile_check(const struct config *c,
			 const struct config_section *section,
			 struct err *err)
{
	uint32_t i;

	for (i = 0; i < section->n; i++)
		if (profile_check_item(c, section, &section->items[i], err) <
		    0)
			return err->code;
	return 0;
}

int profile_check_all(const struct config *c, struct err *err)
{
	uint32_t i;
	int ret = 0;

	for (i = 0; ret == 0 && i < c->n; i++)
		if (c->sections[i].kind == CONFIG_PROFILE)
			ret = profile_check(c, &c->sections[i], err);
	/* Each of them names one that is there. */
	for (i = 0; ret == 0 && i < c->n; i++)
		if (c->sections[i].kind == CONFIG_PROFILE)
			ret = profile_check_chain(c, &c->sections[i], err);
	return ret;
}

static int profile_missing(const struct config *c, const char *name,
			   struct err *err)
{
	struct suggest s;
	uint32_t i;

	suggest_init(&s, name);
	for (i = 0; i < c->n; i++)
		if (c->sections[i].kind == CONFIG_PROFILE)
			suggest_offer(&s, c->sections[i].name);
	if (s.best)
		return err_set(err, -EINVAL, "there is no profile %.64s in "
			       "%s; did you mean %s?", name, c->path, s.best);
	return err_set(err, -EINVAL, "there is no profile %.64s in %s", name,
		       c->path);
}

int profile_find(const struct config *c, const char *name,
		 struct profile_chain *chain, struct err *err)
{
	const struct config_section *at = config_profile(c, name);

	chain->n = 0;
	if (!at && strcmp(name, PROFILE_DEFAULT) != 0)
		return profile_missing(c, name, err);
	for (; at; at = profile_parent(c, at)) {
		bug_on(chain->n == PROFILES_DEEP);
		chain->items[chain->n++] = at;
	}
	return 0;
}

bool profile_is_a(const struct profile_chain *chain, const char *name)
{
	uint32_t i;

	for (i = 0; i < chain->n; i++)
		if (strcmp(chain->items[i]->name, name) == 0)
			return true;
	return strcmp(name, PROFILE_DEFAULT) == 0;
}

/* Does one that is nearer than the n-th set it? */
static bool profile_is_hidden(const struct profile_chain *chain, uint32_t n,
			      const char *key)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (config_find(chain->items[i], key))
			return true;
	return false;
}

static void profile_set(struct options *o, const struct config_item *item)
{
	const struct option *row = option_find(item->key, strlen(item->key));

	bug_on(!row);
	o->set_by[row - option_table] = (struct set_by){
		.by = SET_BY_FILE,
		.value = item->value,
		.line = item->line,
	};
	if (profile_is_flag(row) && strcmp(item->value, "false") == 0)
		return;
	bug_on(row->set(o, profile_value(row, item), NULL) < 0);
}

void profile_apply(const struct profile_chain *chain, struct options *o)
{
	uint32_t n = chain->n, i;

	while (n-- > 0) {
		const struct config_section *section = chain->items[n];

		for (i = 0; i < section->n; i++)
			if (strcmp(section->items[i].key, INHERITS) != 0 &&
			    !profile_is_hidden(chain, n,
					       section->items[i].key))
				profile_set(o, &section->items[i]);
	}
}
