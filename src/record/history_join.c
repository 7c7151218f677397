/* SPDX-License-Identifier: MIT */
#include "record/history_join.h"

#include "base/mem.h"
#include "base/vec.h"
#include "record/keymap.h"

#include <stdlib.h>
#include <string.h>

/* Both lists, and where we are in the book. */
struct joiner {
	struct history_join *join;
	const struct book *book;
	const struct costs *costs;
	uint64_t suite_key;
	uint32_t cursor;
	struct keymap map; /* made when something has moved */
};

static void joiner_make_map(struct joiner *j)
{
	uint32_t i;

	keymap_init(&j->map, j->book->n_rows);
	for (i = 0; i < j->book->n_rows; i++)
		keymap_put(&j->map, j->book->rows[i].key, i);
}

static uint32_t joiner_find(struct joiner *j, uint64_t key)
{
	uint32_t at = j->cursor;

	if (at >= j->book->n_rows || j->book->rows[at].key != key) {
		if (j->book->n_rows == 0)
			return BOOK_NONE;
		if (!j->map.cells)
			joiner_make_map(j);
		at = keymap_get(&j->map, key);
		if (at == KEYMAP_NONE)
			return BOOK_NONE;
	}
	j->cursor = at + 1;
	j->join->taken[at] = HISTORY_TAKEN;
	return at;
}

static void joiner_add_test(struct joiner *j, uint32_t test_ix)
{
	const struct test *t = &j->costs->listing->tests[test_ix];
	uint64_t name_key = book_name_key(j->suite_key, BOOK_TEST, t->name,
					  strlen(t->name));
	uint32_t block = costs_block(t->count), row, index = 0;

	for (row = j->costs->first[test_ix];
	     row < j->costs->first[test_ix + 1]; row++, index += block)
		j->join->row_of[row] =
			joiner_find(j, book_row_key(name_key, index));
}

/* ---- renamed tests (NEW-3) ------------------------------------------- */

/* A name that is in the book alone, or in the listing alone. */
struct stray {
	uint32_t file_key;
	uint32_t ix; /* the book's first row of it, or the test */
};

struct strays {
	struct stray *items;
	uint32_t n, cap;
};

static void strays_add(struct strays *s, uint32_t file_key, uint32_t ix)
{
	vec_room(s->items, s->n, s->cap);
	s->items[s->n++] = (struct stray){ file_key, ix };
}

static int stray_by_file(const void *va, const void *vb)
{
	const struct stray *a = va, *b = vb;

	return (a->file_key > b->file_key) - (a->file_key < b->file_key);
}

static void strays_sort(struct strays *s)
{
	if (s->n)
		qsort(s->items, s->n, sizeof(*s->items), stray_by_file);
}

/* Names of the book that were there in the last full run. */
static void joiner_find_vanished(const struct joiner *j, struct strays *out)
{
	const struct book_row *rows = j->book->rows;
	uint32_t i;

	for (i = 0; i < j->book->n_rows; i++)
		if (!j->join->taken[i] && rows[i].kind == BOOK_TEST &&
		    rows[i].missed == 0 &&
		    (i == 0 || rows[i - 1].name != rows[i].name))
			strays_add(out, rows[i].file_key, i);
}

static bool joiner_is_new(const struct joiner *j, uint32_t test_ix)
{
	uint32_t row;

	for (row = j->costs->first[test_ix];
	     row < j->costs->first[test_ix + 1]; row++)
		if (j->join->row_of[row] != BOOK_NONE)
			return false;
	return true;
}

static void joiner_find_appeared(const struct joiner *j, const bool *suites,
				 struct strays *out)
{
	const struct listing *l = j->costs->listing;
	uint32_t s, i;

	for (s = 0; s < l->n_suites; s++) {
		uint32_t first = l->suites[s].first_test;

		for (i = first; suites[s] && i < first + l->suites[s].n_tests;
		     i++)
			if (joiner_is_new(j, i))
				strays_add(out,
					   book_file_key(l->tests[i].file), i);
	}
}

/* How many from i on are of the same file. */
static uint32_t strays_run(const struct strays *s, uint32_t i)
{
	uint32_t n = 1;

	while (i + n < s->n && s->items[i + n].file_key == s->items[i].file_key)
		n++;
	return n;
}

static void joiner_rename(struct joiner *j, uint32_t old_row, uint32_t test_ix)
{
	const struct book_row *rows = j->book->rows;
	struct history_join *join = j->join;
	uint32_t row = j->costs->first[test_ix], at;

	vec_room(join->renames, join->n_renames, join->cap_renames);
	join->renames[join->n_renames++] =
		(struct history_rename){ old_row, test_ix };
	for (at = old_row; at < j->book->n_rows &&
			   rows[at].name == rows[old_row].name &&
			   !join->taken[at]; at++) {
		join->taken[at] = HISTORY_RENAMED;
		if (row < j->costs->first[test_ix + 1])
			join->row_of[row++] = at;
	}
}

static void joiner_match(struct joiner *j, const struct strays *old,
			 const struct strays *new)
{
	uint32_t o = 0, n = 0;

	while (o < old->n && n < new->n) {
		uint32_t n_old = strays_run(old, o), n_new = strays_run(new, n);
		uint32_t a = old->items[o].file_key;
		uint32_t b = new->items[n].file_key;

		if (a == b && n_old == 1 && n_new == 1)
			joiner_rename(j, old->items[o].ix, new->items[n].ix);
		if (a <= b)
			o += n_old;
		if (b <= a)
			n += n_new;
	}
}

static void joiner_find_renames(struct joiner *j, const bool *suites)
{
	struct strays old = { 0 }, new = { 0 };

	joiner_find_vanished(j, &old);
	if (old.n) {
		joiner_find_appeared(j, suites, &new);
		strays_sort(&old);
		strays_sort(&new);
		joiner_match(j, &old, &new);
	}
	free(old.items);
	free(new.items);
}

/* ---- all of it ------------------------------------------------------- */

void history_join_make(struct history_join *join, const struct book *book,
		       const struct costs *costs, const bool *suites,
		       uint32_t *row_of)
{
	const struct listing *l = costs->listing;
	struct joiner j = { .join = join,
			    .book = book,
			    .costs = costs,
			    .suite_key = book_suite_key(book_suite(book)) };
	uint32_t s, i;

	*join = (struct history_join){
		.row_of = row_of,
		.taken = mem_array((size_t)book->n_rows + 1,
				   sizeof(*join->taken)),
	};
	for (s = 0; s < l->n_suites; s++) {
		uint32_t first = l->suites[s].first_test;

		for (i = first; suites[s] && i < first + l->suites[s].n_tests;
		     i++)
			joiner_add_test(&j, i);
	}
	joiner_find_renames(&j, suites);
	keymap_fini(&j.map);
}

void history_join_fini(struct history_join *join)
{
	free(join->taken);
	free(join->renames);
	*join = (struct history_join){ 0 };
}
