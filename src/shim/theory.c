/* SPDX-License-Identifier: MIT */
/*
 * A theory: one function, called for every combination of data points, the
 * first one changing fastest, within one test (REG-10, CRA-7).
 *
 * The functions have any type; theory_call.c calls them.
 */
#include "shim/theory.h"

#include <stdlib.h>
#include <string.h>

static bool theory_has_word(const char *type, const char *word)
{
	size_t len = strlen(word);
	const char *at = strstr(type, word);

	return at && (at == type || at[-1] == ' ') &&
	       (!at[len] || at[len] == ' ');
}

bool theory_is_floating(const struct criterion_datapoints *p)
{
	return theory_has_word(p->name, "float") ||
	       theory_has_word(p->name, "double");
}

static const void *theory_at(const struct theory *t, size_t i)
{
	return (const char *)t->points[i].arr + t->points[i].size * t->at[i];
}

static bool theory_is_text(const char *type)
{
	return theory_has_word(type, "char") && strpbrk(type, "*[") &&
	       !strstr(type, "**");
}

static bool theory_is_unsigned(const char *type)
{
	return theory_has_word(type, "unsigned") ||
	       strncmp(type, "uint", 4) == 0 || strcmp(type, "size_t") == 0;
}

static void theory_show_floating(struct theory_text *out, size_t size,
				 const void *value)
{
	long double l;
	double d;
	float f;

	if (size == sizeof(f)) {
		memcpy(&f, value, size);
		d = (double)f;
	} else if (size == sizeof(d)) {
		memcpy(&d, value, size);
	} else {
		memcpy(&l, value, sizeof(l));
		d = (double)l;
	}
	theory_add(out, "%g", d);
}

static void theory_show_integer(struct theory_text *out, const char *type,
				size_t size, const void *value)
{
	uint64_t bits = 0, sign = UINT64_C(1) << (size * 8 - 1);

	memcpy(&bits, value, size);
	if (theory_has_word(type, "bool") || strcmp(type, "_Bool") == 0)
		theory_add(out, "%s", bits ? "true" : "false");
	else if (strchr(type, '*'))
		theory_add(out, "%p", (void *)(uintptr_t)bits);
	else if (size == 1 && strcmp(type, "char") == 0 && bits >= ' ' &&
		 bits < 0x7f)
		theory_add(out, "'%c'", (char)bits);
	else if (theory_is_unsigned(type))
		theory_add(out, "%llu", (unsigned long long)bits);
	else
		theory_add(out, "%lld", (long long)((bits ^ sign) - sign));
}

static void theory_show(struct theory_text *out,
			const struct criterion_datapoints *p,
			const void *value)
{
	const char *text;

	if (theory_is_floating(p)) {
		theory_show_floating(out, p->size, value);
	} else if (p->size == sizeof(text) && theory_is_text(p->name)) {
		memcpy(&text, value, sizeof(text));
		theory_add(out, text ? "\"%s\"" : "NULL", text);
	} else if (p->size == 1 || p->size == 2 || p->size == 4 ||
		   p->size == 8) {
		theory_show_integer(out, p->name, p->size, value);
	} else {
		theory_add(out, "(%zu bytes)", p->size);
	}
}

/* Which arguments it was: its failure has been told already. */
static void theory_tell(const struct theory *t)
{
	const struct abi_extra *data = shim.call.test->data;
	struct theory_text text = { .bytes = "" };
	size_t i;

	theory_add(&text, "the theory fails for (");
	for (i = 0; i < t->n; i++) {
		theory_add(&text, i ? ", " : "");
		theory_show(&text, &t->points[i], theory_at(t, i));
	}
	theory_add(&text, ")");
	shim.host->note(data->file_, data->line_, text.bytes);
}

/* False: an assertion has ended it. */
__attribute__((noinline)) static bool theory_try(const struct theory *t)
{
	const void *values[THEORY_ARGS_MAX];
	size_t i;

	for (i = 0; i < t->n; i++)
		values[i] = theory_at(t, i);
	if (jump_set(&shim.abort))
		return false;
	theory_call(t, values);
	return true;
}

__attribute__((noinline)) static void theory_round(const struct theory *t)
{
	if (jump_set(&shim.round))
		return;
	if (!theory_try(t))
		theory_tell(t);
}

/* The next combination; false behind the last. */
static bool theory_next(struct theory *t)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (++t->at[i] < t->points[i].len)
			return true;
		t->at[i] = 0;
	}
	return false;
}

static bool theory_is_empty(const struct theory *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->points[i].len == 0)
			return true;
	return t->n == 0;
}

void cr_theory_main(struct criterion_datapoints *points, size_t n,
		    void (*fn)(void))
{
	/* Not on a stack that a jump unwinds. */
	static struct theory t;
	struct jump abort_of_test;

	if (n > THEORY_ARGS_MAX)
		shim_abort("a theory has too many arguments");
	t = (struct theory){ .points = points, .n = n, .fn = fn };
	theory_check(&t);
	if (theory_is_empty(&t))
		shim_abort("a theory has no data points");
	abort_of_test = shim.abort;
	shim.in_round = true;
	do {
		theory_round(&t);
	} while (theory_next(&t));
	shim.in_round = false;
	shim.abort = abort_of_test;
}

void cr_theory_abort(void)
{
	if (!shim.in_round)
		shim_abort("cr_assume() outside of a theory");
	shim.host->may_jump();
	jump_to(&shim.round);
}
