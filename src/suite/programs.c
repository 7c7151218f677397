/* SPDX-License-Identifier: MIT */
#include "suite/programs.h"

#include "base/str.h"
#include "base/vec.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct programs *programs_open(struct adapter_suite *s)
{
	s->state = mem_zalloc(sizeof(struct programs));
	return s->state;
}

void programs_close(struct adapter_suite *s)
{
	struct programs *all = s->state;
	size_t i;

	if (!all)
		return;
	for (i = 0; i < all->n; i++)
		program_free(all->items[i].program);
	for (i = 0; i < all->n_texts; i++)
		free(all->texts[i]);
	free(all->items);
	free(all->texts);
	free(all);
}

/* Takes text over. */
static const char *programs_own(struct programs *all, char *text)
{
	vec_room(all->texts, all->n_texts, all->cap_texts);
	all->texts[all->n_texts++] = text;
	return text;
}

const char *programs_keep(struct programs *all, const char *text)
{
	return programs_own(all, mem_strdup(text));
}

const char *programs_keepf(struct programs *all, const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	return text.text ? programs_own(all, text.text)
			 : programs_keep(all, "");
}

const char *programs_word(struct programs *all, const char *text)
{
	return programs_own(all, program_name_of(text));
}

struct programs_test *programs_add(struct programs *all)
{
	vec_room(all->items, all->n, all->cap);
	all->items[all->n] = (struct programs_test){
		.program = program_new(),
		.scope = "program",
		.name = "_",
		.file = "",
	};
	return &all->items[all->n++];
}

static int programs_by_name(const void *va, const void *vb)
{
	const struct programs_test *const *a = va, *const *b = vb;
	int ret = strcmp((*a)->scope, (*b)->scope);

	if (ret == 0)
		ret = strcmp((*a)->name, (*b)->name);
	return ret ? ret : ((*a) > (*b)) - ((*a) < (*b));
}

static bool programs_is_same(const struct programs_test *a,
			     const struct programs_test *b)
{
	return strcmp(a->scope, b->scope) == 0 && strcmp(a->name, b->name) == 0;
}

/* Others may not be as strict with names as we: the second of a name becomes
 * name~2.  A name that is so already is left to names_check(). */
static void programs_number(struct programs *all)
{
	struct programs_test **sorted = mem_array(all->n, sizeof(*sorted));
	struct programs_test first = { 0 };
	uint32_t i, n = 1;

	for (i = 0; i < all->n; i++)
		sorted[i] = &all->items[i];
	qsort(sorted, all->n, sizeof(*sorted), programs_by_name);
	for (i = 0; i < all->n; i++) {
		if (i == 0 || !programs_is_same(&first, sorted[i])) {
			first = *sorted[i];
			n = 1;
			continue;
		}
		sorted[i]->name = programs_keepf(all, "%s~%u", first.name, ++n);
	}
	free(sorted);
}

int programs_list(struct adapter_suite *s, struct err *err)
{
	struct programs *all = s->state;
	uint32_t i;
	int ret = 0;

	programs_number(all);
	adapter_expect(s, all->n);
	for (i = 0; i < all->n && ret == 0; i++) {
		const struct programs_test *t = &all->items[i];
		struct adapter_test test = {
			.scope = t->scope,
			.file = t->file,
			.line = t->line,
			.count = 1,
			.decl = t->program,
			.attrs = t->attrs,
		};

		ret = program_check(t->program, err);
		if (ret < 0)
			return err_wrap(err, "%s at %s:%u", t->name, t->file,
					t->line);
		ret = adapter_add_test(s, &test, t->name, err);
	}
	return ret;
}
