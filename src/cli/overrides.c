/* SPDX-License-Identifier: MIT */
#include "cli/overrides.h"

#include "base/die.h"
#include "base/id.h"
#include "base/vec.h"
#include "cli/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILTER "filter"
#define MERGED_MAX 256 /* a power of two */

/* Attributes that were merged already: tests that share theirs share the new
 * ones too. */
struct merged {
	const struct attrs *from, *to;
	const struct override *by[SETTINGS_MAX];
};

struct merger {
	struct listing *listing;
	struct merged memory[MERGED_MAX];
};

static int override_unknown(const char *key, struct err *err)
{
	struct suggest s;
	int i;

	suggest_init(&s, key);
	suggest_offer(&s, FILTER);
	for (i = 0; setting_table[i].name; i++)
		suggest_offer(&s, setting_table[i].name);
	if (s.best)
		return err_set(err, -EINVAL,
			       "unknown key %.64s; did you mean %s?", key,
			       s.best);
	return err_set(err, -EINVAL, "unknown key %.64s; see shmrun.conf(5)",
		       key);
}

/* What is not known when a listing is read would match nothing, or all. */
static int override_set_filter(struct override *o, const char *text,
			       struct err *err)
{
	int ret = expr_parse(&o->filter, text, err);

	if (ret < 0)
		return ret;
	if (o->filter.needs_last)
		return err_set(err, -EINVAL,
			       "last() has no meaning in an override");
	if (o->filter.by_instance)
		return err_set(err, -EINVAL, "an override is for all "
			       "instances of a range: no [N] in its filter");
	return 0;
}

static int override_read_item(struct override *o, const struct config *c,
			      const struct config_item *item, struct err *err)
{
	const struct config_item *first = config_find(o->section, item->key);
	bool is_filter = strcmp(item->key, FILTER) == 0;
	int i = setting_find(item->key), ret;

	if (i < 0 && !is_filter) {
		override_unknown(item->key, err);
		return config_wrap_key(c, item, err);
	}
	if (first != item) {
		err_set(err, -EINVAL, "%s is already in line %u", item->key,
			first->line);
		return config_wrap_key(c, item, err);
	}
	if (is_filter) {
		ret = override_set_filter(o, item->value, err);
	} else {
		o->items[i] = item;
		ret = setting_table[i].set(&setting_table[i], &o->values,
					   item->value, err);
	}
	return ret < 0 ? config_wrap_value(c, item, err) : 0;
}

/* 0, or -EINVAL; override_fini() in both cases. */
static int override_init(struct override *o, const struct config *c,
			 const struct config_section *section,
			 struct err *err)
{
	uint32_t i;
	int ret = 0;

	*o = (struct override){ .section = section, .values = attrs_default };
	for (i = 0; ret == 0 && i < section->n; i++)
		ret = override_read_item(o, c, &section->items[i], err);
	if (ret == 0 && !o->filter.nodes) {
		ret = err_set(err, -EINVAL, "an override needs a filter, such "
			      "as filter = tag(slow)");
		err_wrap(err, "%s:%u:1", c->path, section->line);
	}
	return ret;
}

static void override_fini(struct override *o)
{
	expr_fini(&o->filter);
}

static int overrides_check_profile(const struct config *c,
				   const struct config_section *section,
				   struct err *err)
{
	if (!*section->name || config_profile(c, section->name) ||
	    strcmp(section->name, PROFILE_DEFAULT) == 0)
		return 0;
	err_set(err, -EINVAL, "there is no profile %s", section->name);
	return err_wrap(err, "%s:%u:1", c->path, section->line);
}

int overrides_check_all(const struct config *c, struct err *err)
{
	uint32_t i;
	int ret = 0;

	for (i = 0; ret == 0 && i < c->n; i++) {
		struct override o;

		if (c->sections[i].kind != CONFIG_OVERRIDE)
			continue;
		ret = overrides_check_profile(c, &c->sections[i], err);
		if (ret == 0) {
			ret = override_init(&o, c, &c->sections[i], err);
			override_fini(&o);
		}
	}
	return ret;
}

void overrides_open(struct overrides *o, const struct config *c,
		    const struct profile_chain *profile)
{
	uint32_t i;

	*o = (struct overrides){ 0 };
	for (i = 0; i < c->n; i++) {
		const struct config_section *section = &c->sections[i];
		int ret;

		if (section->kind != CONFIG_OVERRIDE ||
		    (*section->name && !profile_is_a(profile, section->name)))
			continue;
		vec_room(o->items, o->n, o->cap);
		ret = override_init(&o->items[o->n++], c, section, NULL);
		bug_on(ret < 0);
	}
}

void overrides_close(struct overrides *o)
{
	uint32_t i;

	for (i = 0; i < o->n; i++)
		override_fini(&o->items[i]);
	free(o->items);
	*o = (struct overrides){ 0 };
}

void overrides_find(struct overrides *o, const char *suite,
		    const struct test *test,
		    const struct override *by[SETTINGS_MAX])
{
	const struct expr_subject subject = { .suite = suite, .test = test };
	uint32_t i, s;

	memset(by, 0, SETTINGS_MAX * sizeof(*by));
	for (i = 0; i < o->n; i++) {
		struct override *at = &o->items[i];

		if (expr_eval(&at->filter, &subject) != TRUTH_YES)
			continue;
		for (s = 0; s < SETTINGS_MAX; s++)
			if (at->items[s] && !by[s])
				by[s] = at;
	}
}

static const char *merger_text(struct merger *m, const char *text)
{
	return *text ? listing_text(m->listing, text, strlen(text)) : text;
}

static const struct attrs *merger_make(struct merger *m,
				       const struct attrs *from,
				       const struct override *const *by)
{
	struct attrs attrs = *from;
	uint32_t i;

	for (i = 0; i < SETTINGS_MAX; i++)
		if (by[i])
			setting_copy(&setting_table[i], &attrs,
				     &by[i]->values);
	/* The config may go before the listing. */
	attrs.lock = merger_text(m, attrs.lock);
	attrs.affinity = merger_text(m, attrs.affinity);
	return listing_attrs(m->listing, &attrs);
}

static const struct attrs *merger_get(struct merger *m,
				      const struct attrs *from,
				      const struct override *const *by)
{
	size_t size = SETTINGS_MAX * sizeof(*by);
	uint64_t key = id_bytes(by, size) + (uintptr_t)from / sizeof(*from);
	struct merged *at = &m->memory[key % MERGED_MAX];

	if (at->from == from && memcmp(at->by, by, size) == 0)
		return at->to;
	at->from = from;
	memcpy(at->by, by, size);
	at->to = merger_make(m, from, by);
	return at->to;
}

static bool overrides_change(const struct override *const *by)
{
	uint32_t i;

	for (i = 0; i < SETTINGS_MAX; i++)
		if (by[i])
			return true;
	return false;
}

void overrides_apply(struct overrides *o, struct listing *l)
{
	const struct override *by[SETTINGS_MAX];
	struct merger *m;
	uint32_t i;

	if (o->n == 0)
		return;
	m = mem_zalloc(sizeof(*m));
	m->listing = l;
	for (i = 0; i < l->n_tests; i++) {
		struct test *t = &l->tests[i];

		overrides_find(o, l->suites[t->suite_ix].path, t, by);
		if (overrides_change(by))
			listing_set_attrs(l, i, merger_get(m, t->attrs, by));
	}
	free(m);
}
