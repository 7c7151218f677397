/* SPDX-License-Identifier: MIT */
#include "cli/list_format.h"

#include "base/json.h"
#include "report/visible.h"

#include <inttypes.h>
#include <string.h>

static void list_add_name(struct str *out, const struct list_item *item)
{
	visible_add(out, item->test->name);
	if (!item->test->indexed)
		return;
	if (item->count == 1)
		str_addf(out, "[%" PRIu32 "]", item->index);
	else
		str_addf(out, "[%" PRIu32 "..%" PRIu32 "]", item->index,
			 item->index + item->count - 1);
}

static void list_add_text(struct str *out, const char *key, const char *value)
{
	if (!*value)
		return;
	str_addf(out, " %s=", key);
	visible_add(out, value);
}

static void list_add_real(struct str *out, const char *key, double value)
{
	if (value != 0)
		str_addf(out, " %s=%g", key, value);
}

static void list_add_int(struct str *out, const char *key, int32_t value)
{
	if (value)
		str_addf(out, " %s=%" PRId32, key, value);
}

static void list_add_flag(struct str *out, const char *key, bool value)
{
	if (value)
		str_addf(out, " %s", key);
}

static void list_add_attrs(struct str *out, const struct attrs *a)
{
	if (a->isolate != ISOLATE_AUTO)
		str_addf(out, " isolate=%s", isolate_name(a->isolate));
	list_add_real(out, "timeout", a->timeout);
	list_add_real(out, "slow", a->slow);
	list_add_real(out, "cost", a->cost);
	list_add_int(out, "weight", a->weight);
	list_add_int(out, "priority", a->priority);
	list_add_int(out, "retries", a->retries);
	list_add_int(out, "signal", a->signal);
	list_add_int(out, "exit_code", a->exit_code);
	list_add_flag(out, "exclusive", a->exclusive);
	list_add_flag(out, "last", a->last);
	list_add_flag(out, "disabled", a->disabled);
	list_add_text(out, "tags", a->tags);
	list_add_text(out, "affinity", a->affinity);
	list_add_text(out, "serial", a->serial);
	list_add_text(out, "lock", a->lock);
	list_add_text(out, "after", a->after);
	list_add_text(out, "description", a->description);
}

/* " lock=db (suite)" for each. */
static void list_add_terms(struct str *out, const struct list_item *item)
{
	struct list_term terms[LIST_TERMS_MAX];
	unsigned n = list_terms(item->suite, item->test->attrs, item->usual,
				terms), i;

	for (i = 0; i < n; i++) {
		const struct list_term *t = &terms[i];

		str_addf(out, " %s", t->key);
		if (t->kind == TERM_TEXT) {
			str_add(out, "=");
			visible_add(out, t->text);
		} else if (t->kind == TERM_REAL) {
			str_addf(out, "=%g", t->real);
		} else if (t->kind == TERM_NONE) {
			str_add(out, "=none");
		}
		str_addf(out, " (%s)", t->from);
	}
}

void list_format_text(struct str *out, const struct list_item *item,
		      bool details)
{
	list_add_name(out, item);
	if (details) {
		list_add_text(out, "suite", item->suite->path);
		str_add(out, " ");
		visible_add(out, item->test->file);
		str_addf(out, ":%" PRIu32, item->test->line);
		if (!item->usual)
			list_add_attrs(out, item->test->attrs);
	}
	if (item->usual)
		list_add_terms(out, item);
	str_add(out, "\n");
}

/* "a, b,c" as an array of words. */
static void list_json_words(struct json *j, const char *key, const char *words)
{
	json_key(j, key);
	json_open(j, '[');
	while (*words) {
		size_t len;

		words += strspn(words, ", ");
		len = strcspn(words, ", ");
		if (len > 0)
			json_text_len(j, words, len);
		words += len;
	}
	json_close(j, ']');
}

static void list_json_attrs(struct json *j, const struct attrs *a)
{
	json_put_text(j, "isolate", isolate_name(a->isolate));
	json_put_real(j, "timeout", a->timeout);
	json_put_real(j, "slow", a->slow);
	json_put_real(j, "cost", a->cost);
	json_put_int(j, "weight", a->weight);
	json_put_int(j, "priority", a->priority);
	json_put_int(j, "retries", a->retries);
	json_put_int(j, "signal", a->signal);
	json_put_int(j, "exit_code", a->exit_code);
	json_put_bool(j, "exclusive", a->exclusive);
	json_put_bool(j, "last", a->last);
	json_put_bool(j, "disabled", a->disabled);
	list_json_words(j, "tags", a->tags);
	json_put_text(j, "affinity", a->affinity);
	json_put_text(j, "serial", a->serial);
	json_put_text(j, "lock", a->lock);
	json_put_text(j, "after", a->after);
	json_put_text(j, "description", a->description);
}

static void list_json_term(struct json *j, const struct list_term *t)
{
	json_key(j, t->key);
	json_open(j, '{');
	switch (t->kind) {
	case TERM_TEXT:
		json_put_text(j, "value", t->text);
		break;
	case TERM_REAL:
		json_put_real(j, "value", t->real);
		break;
	case TERM_FLAG:
		json_put_bool(j, "value", true);
		break;
	case TERM_NONE:
		json_put_text(j, "value", "none");
		break;
	}
	json_put_text(j, "from", t->from);
	json_close(j, '}');
}

static void list_json_terms(struct json *j, const struct list_item *item)
{
	struct list_term terms[LIST_TERMS_MAX];
	unsigned n = list_terms(item->suite, item->test->attrs, item->usual,
				terms), i;

	json_key(j, "applies");
	json_open(j, '{');
	for (i = 0; i < n; i++)
		list_json_term(j, &terms[i]);
	json_close(j, '}');
}

void list_format_jsonl(struct str *out, const struct list_item *item)
{
	const struct test *test = item->test;
	struct json j = { .out = out };

	json_open(&j, '{');
	json_put_text(&j, "suite", item->suite->path);
	json_put_text(&j, "adapter", item->suite->adapter);
	json_put_text(&j, "name", test->name);
	json_put_text_len(&j, "scope", test->name, test->scope_len);
	json_put_bool(&j, "indexed", test->indexed);
	json_put_uint(&j, "first", item->index);
	json_put_uint(&j, "count", item->count);
	json_put_text(&j, "file", test->file);
	json_put_uint(&j, "line", test->line);
	list_json_attrs(&j, test->attrs);
	if (item->usual)
		list_json_terms(&j, item);
	json_close(&j, '}');
	str_add(out, "\n");
}
