/* SPDX-License-Identifier: MIT */
#include "cli/list_terms.h"

#include "base/clock.h"
#include "base/die.h"
#include "shm/catalog.h"

struct terms {
	const struct attrs *attrs;
	struct list_term *items;
	unsigned n;
};

static const char *terms_from(const struct terms *t, enum attr attr)
{
	return t->attrs->inherited & 1u << attr ? "suite" : "test";
}

static void terms_add(struct terms *t, struct list_term term)
{
	bug_on(t->n == LIST_TERMS_MAX);
	t->items[t->n++] = term;
}

static void terms_add_text(struct terms *t, const char *key, const char *text,
			   const char *from)
{
	if (*text)
		terms_add(t, (struct list_term){ key, from, TERM_TEXT, text,
						 0 });
}

static void terms_add_real(struct terms *t, const char *key, double real,
			   const char *from)
{
	if (real != 0)
		terms_add(t, (struct list_term){ key, from, TERM_REAL, NULL,
						 real });
}

static void terms_add_flag(struct terms *t, const char *key, bool flag,
			   const char *from)
{
	if (flag)
		terms_add(t, (struct list_term){ key, from, TERM_FLAG, NULL,
						 1 });
}

/* The test's own goes before the option, which may be none. */
static void terms_add_limit(struct terms *t, const char *key, double own,
			    enum attr attr, uint64_t usual_ns,
			    const char *option)
{
	if (own > 0)
		terms_add_real(t, key, own, terms_from(t, attr));
	else if (usual_ns)
		terms_add_real(t, key, (double)usual_ns / (double)NS_PER_S,
			       option);
	else
		terms_add(t, (struct list_term){ key, option, TERM_NONE, NULL,
						 0 });
}

/* The strictest of what is asked for. */
static void terms_add_isolate(struct terms *t, const struct suite *suite,
			      enum isolate chosen)
{
	enum isolate base = catalog_isolate(chosen, suite->isolate,
					    &attrs_default);
	enum isolate tier = catalog_isolate(chosen, suite->isolate, t->attrs);
	const char *from = suite->adapter;

	if (tier != base)
		from = terms_from(t, ATTR_ISOLATE);
	else if (chosen != ISOLATE_AUTO && suite->isolate != ISOLATE_EXEC)
		from = "--isolate";
	terms_add_text(t, "isolate", isolate_name(tier), from);
}

static void terms_add_numbers(struct terms *t)
{
	const struct attrs *a = t->attrs;

	terms_add_real(t, "cost", a->cost, terms_from(t, ATTR_COST));
	terms_add_real(t, "weight", a->weight, terms_from(t, ATTR_WEIGHT));
	terms_add_real(t, "priority", a->priority,
		       terms_from(t, ATTR_PRIORITY));
	terms_add_real(t, "retries", a->retries, terms_from(t, ATTR_RETRIES));
	terms_add_real(t, "signal", a->signal, "test");
	terms_add_real(t, "exit_code", a->exit_code, "test");
}

static void terms_add_words(struct terms *t)
{
	const struct attrs *a = t->attrs;

	terms_add_flag(t, "exclusive", a->exclusive,
		       terms_from(t, ATTR_EXCLUSIVE));
	terms_add_flag(t, "last", a->last, terms_from(t, ATTR_LAST));
	terms_add_flag(t, "disabled", a->disabled,
		       terms_from(t, ATTR_DISABLED));
	terms_add_text(t, "tags", a->tags, terms_from(t, ATTR_TAGS));
	terms_add_text(t, "affinity", a->affinity,
		       terms_from(t, ATTR_AFFINITY));
	terms_add_text(t, "serial", a->serial, terms_from(t, ATTR_SERIAL));
	terms_add_text(t, "lock", a->lock, terms_from(t, ATTR_LOCK));
	terms_add_text(t, "after", a->after, "test");
	terms_add_text(t, "description", a->description,
		       terms_from(t, ATTR_DESCRIPTION));
}

unsigned list_terms(const struct suite *suite, const struct attrs *attrs,
		    const struct list_usual *usual, struct list_term *items)
{
	struct terms t = { .attrs = attrs, .items = items };

	terms_add_isolate(&t, suite, usual->isolate);
	terms_add_limit(&t, "timeout", attrs->timeout, ATTR_TIMEOUT,
			usual->timeout_ns, "--timeout");
	terms_add_limit(&t, "slow", attrs->slow, ATTR_SLOW, usual->slow_ns,
			"--slow");
	terms_add_numbers(&t);
	terms_add_words(&t);
	return t.n;
}
