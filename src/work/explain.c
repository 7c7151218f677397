/* SPDX-License-Identifier: MIT */
#include "work/explain.h"

#include "suite/adapter.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_STRING 400 /* bytes of a string */
#define SHOWN_MEMORY 16	 /* bytes around the first difference */

struct line {
	char *text;
	size_t len, cap;
};

printf_like(2, 3) static void explain_add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->len, l->cap - l->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len = min_of(l->len + (size_t)n, l->cap - 1);
}

/* Length of an expression as written, without a message behind it: up to a
 * comma outside of brackets and quotes. */
static int explain_operand(const char *text)
{
	const char *p;
	int depth = 0;
	char quote = 0;

	for (p = text; *p; p++) {
		if (quote) {
			if (*p == '\\' && p[1])
				p++;
			else if (*p == quote)
				quote = 0;
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		} else if (strchr("([{", *p)) {
			depth++;
		} else if (strchr(")]}", *p)) {
			depth--;
		} else if (*p == ',' && depth == 0) {
			break;
		}
	}
	return (int)(p - text);
}

static void explain_string(struct line *l, const char *s)
{
	size_t i;

	if (!s) {
		explain_add(l, "NULL");
		return;
	}
	explain_add(l, "\"");
	for (i = 0; i < SHOWN_STRING && s[i]; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			explain_add(l, "\\%c", c);
		else if (c == '\n')
			explain_add(l, "\\n");
		else if (c >= 0x80 || isprint(c))
			explain_add(l, "%c", c);
		else
			explain_add(l, "\\x%02x", c);
	}
	explain_add(l, s[i] ? "\"..." : "\"");
}

static void explain_memory(struct line *l, const unsigned char *p, size_t from,
			   size_t len)
{
	size_t i;

	if (!p) {
		explain_add(l, "NULL");
		return;
	}
	for (i = from; i < len && i < from + SHOWN_MEMORY; i++)
		explain_add(l, i == from ? "%02x" : " %02x", p[i]);
}

static size_t explain_difference(const struct shmrun_check_ *c)
{
	const unsigned char *a = c->a.p, *b = c->b.p;
	size_t i = 0;

	if (!a || !b)
		return 0;
	while (i < c->len && a[i] == b[i])
		i++;
	return i;
}

static void explain_value(struct line *l, const struct shmrun_check_ *c,
			  union shmrun_value_ v, size_t from)
{
	switch ((enum shmrun_type_)c->type) {
	case SHMRUN_BOOL_:
		explain_add(l, "%s", v.i ? "true" : "false");
		break;
	case SHMRUN_INT_:
		explain_add(l, "%lld", v.i);
		break;
	case SHMRUN_UINT_:
		explain_add(l, "%llu (0x%llx)", v.u, v.u);
		break;
	case SHMRUN_PTR_:
		if (v.p)
			explain_add(l, "%p", v.p);
		else
			explain_add(l, "NULL");
		break;
	case SHMRUN_DOUBLE_:
		explain_add(l, "%.17g", v.d);
		break;
	case SHMRUN_STR_:
		explain_string(l, v.p);
		break;
	case SHMRUN_MEM_:
		explain_memory(l, v.p, from, c->len);
		break;
	}
}

static void explain_head(struct line *l, const struct shmrun_check_ *c,
			 size_t from)
{
	int a = explain_operand(c->a_text);
	int b = c->b_text ? explain_operand(c->b_text) : 0;

	if (!c->b_text)
		explain_add(l, "%.*s %s", a, c->a_text, c->op);
	else if (c->type == SHMRUN_MEM_)
		explain_add(l, "%.*s == %.*s, %zu bytes, differ at byte %zu",
			    a, c->a_text, b, c->b_text, c->len, from);
	else if (c->type == SHMRUN_DOUBLE_)
		explain_add(l, "%.*s == %.*s within %g", a, c->a_text, b,
			    c->b_text, c->tolerance);
	else
		explain_add(l, "%.*s %s %.*s", a, c->a_text, c->op, b,
			    c->b_text);
}

static void explain_line(struct line *l, const struct shmrun_check_ *c,
			 const char *text, union shmrun_value_ v, size_t from)
{
	explain_add(l, "\n  %.*s = ", explain_operand(text), text);
	explain_value(l, c, v, from);
}

void explain_check(char *text, size_t cap, const struct shmrun_check_ *c,
		   const char *fmt, va_list ap)
{
	struct line l = { .text = text, .cap = cap };
	size_t from = c->type == SHMRUN_MEM_ ? explain_difference(c) : 0;

	text[0] = '\0';
	explain_head(&l, c, from);
	explain_line(&l, c, c->a_text, c->a, from);
	if (c->b_text)
		explain_line(&l, c, c->b_text, c->b, from);
	if (!fmt)
		return;
	explain_add(&l, "\n  ");
	vsnprintf(text + l.len, cap - l.len, fmt, ap);
}
