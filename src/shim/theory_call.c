/* SPDX-License-Identifier: MIT */
/*
 * Calls a function of any type with arguments that are integers, pointers and
 * floating numbers, without libffi.
 *
 * x86-64 System V: integers and pointers go into six registers, floating
 * numbers into eight, and what is left goes onto the stack in order, a word
 * each; a long double always goes there, at a multiple of 16.  A call with
 * six integers, eight doubles and a structure passed by value fills just
 * these places: the structure is the stack.  Who expects fewer looks at fewer.
 */
#include "shim/theory.h"

#include <string.h>

#define INTEGERS 6
#define FLOATS 8
#define WORDS (2 * THEORY_ARGS_MAX)

void theory_add(struct theory_text *text, const char *fmt, ...)
{
	size_t room = sizeof(text->bytes) - text->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text->bytes + text->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		text->len += min_of((size_t)n, room - 1);
}

#if defined(__x86_64__) && !defined(__ILP32__)

struct stack {
	_Alignas(16) uint64_t words[WORDS];
};

struct places {
	uint64_t integers[INTEGERS];
	double floats[FLOATS];
	struct stack stack;
	size_t n_integers, n_floats, n_words;
};

typedef void (*theory_fn)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
			  uint64_t, double, double, double, double, double,
			  double, double, double, struct stack);

static void theory_put_word(struct places *p, const void *value, size_t size)
{
	memcpy(&p->stack.words[p->n_words++], value, size);
}

static void theory_put(struct places *p, const struct criterion_datapoints *d,
		       const void *value)
{
	if (!theory_is_floating(d)) {
		if (p->n_integers < INTEGERS)
			memcpy(&p->integers[p->n_integers++], value, d->size);
		else
			theory_put_word(p, value, d->size);
	} else if (d->size == sizeof(long double)) {
		p->n_words += p->n_words % 2;
		theory_put_word(p, value, 8);
		theory_put_word(p, (const char *)value + 8, 2);
	} else if (p->n_floats < FLOATS) {
		memcpy(&p->floats[p->n_floats++], value, d->size);
	} else {
		theory_put_word(p, value, d->size);
	}
}

static bool theory_can_pass(const struct criterion_datapoints *d)
{
	if (theory_is_floating(d))
		return d->size == sizeof(float) || d->size == sizeof(double) ||
		       d->size == sizeof(long double);
	return d->size == 1 || d->size == 2 || d->size == 4 || d->size == 8;
}

void theory_call(const struct theory *t, const void *const *values)
{
	struct places p = { 0 };
	const uint64_t *i = p.integers;
	const double *f = p.floats;
	theory_fn fn;
	size_t n;

	for (n = 0; n < t->n; n++)
		theory_put(&p, &t->points[n], values[n]);
	memcpy(&fn, &t->fn, sizeof(fn));
	fn(i[0], i[1], i[2], i[3], i[4], i[5], f[0], f[1], f[2], f[3], f[4],
	   f[5], f[6], f[7], p.stack);
}

#else

static bool theory_can_pass(const struct criterion_datapoints *d)
{
	(void)d;
	return false;
}

void theory_call(const struct theory *t, const void *const *values)
{
	(void)t;
	(void)values;
}

#endif

void theory_check(const struct theory *t)
{
	struct theory_text text = { .bytes = "" };
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (theory_can_pass(&t->points[i]))
			continue;
		theory_add(&text, "unsupported theory argument: %s, %zu bytes",
			   t->points[i].name, t->points[i].size);
		shim_abort(text.bytes);
	}
}
