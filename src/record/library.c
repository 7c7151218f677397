/* SPDX-License-Identifier: MIT */
#include "record/library.h"

#include "base/vec.h"
#include "record/keymap.h"

#include <stdlib.h>
#include <string.h>

void library_fini(struct library *library)
{
	uint32_t i;

	for (i = 0; i < library->n; i++)
		book_fini(&library->books[i]);
	free(library->books);
	*library = (struct library){ 0 };
}

static int library_order(const void *va, const void *vb)
{
	const struct book *a = va, *b = vb;
	int ret = strcmp(book_suite(a), book_suite(b));

	return ret ? ret : strcmp(book_profile(a), book_profile(b));
}

void library_sort(struct library *library)
{
	if (library->n)
		qsort(library->books, library->n, sizeof(*library->books),
		      library_order);
}

struct book *library_get(struct library *library, const char *suite,
			 const char *profile)
{
	uint32_t i;

	for (i = 0; i < library->n; i++)
		if (strcmp(book_suite(&library->books[i]), suite) == 0 &&
		    strcmp(book_profile(&library->books[i]), profile) == 0)
			return &library->books[i];
	vec_room(library->books, library->n, library->cap);
	book_init(&library->books[library->n], suite, profile);
	return &library->books[library->n++];
}

/* ---- merging --------------------------------------------------------- */

static int library_compare(double a, double b)
{
	return (a > b) - (a < b);
}

/* > 0: a knows more than b. */
static int library_weigh(const struct book_row *a, const struct book_row *b)
{
	int ret = library_compare(a->runs, b->runs);

	if (ret == 0)
		ret = library_compare(a->seen_day, b->seen_day);
	if (ret == 0)
		ret = library_compare((double)a->est_ns, (double)b->est_ns);
	if (ret == 0)
		ret = library_compare((double)a->dev_ns, (double)b->dev_ns);
	if (ret == 0)
		ret = library_compare(a->last, b->last);
	return ret ? ret : library_compare(a->flags, b->flags);
}

void library_merge_book(struct book *into, const struct book *from)
{
	struct book_copier names = BOOK_COPIER_INIT;
	struct keymap map;
	uint32_t at, i;

	keymap_init(&map, into->n_rows + from->n_rows);
	for (i = 0; i < into->n_rows; i++)
		keymap_put(&map, into->rows[i].key, i);
	for (i = 0; i < from->n_rows; i++) {
		struct book_row row = from->rows[i];

		at = keymap_get(&map, row.key);
		if (at != KEYMAP_NONE) {
			row.name = into->rows[at].name;
			row.peak_kib = into->rows[at].peak_kib =
				max_of(row.peak_kib, into->rows[at].peak_kib);
			if (library_weigh(&row, &into->rows[at]) > 0)
				into->rows[at] = row;
			continue;
		}
		keymap_put(&map, row.key, into->n_rows);
		book_copy_row(into, from, &row, &names);
	}
	if (into->build_id == 0)
		into->build_id = from->build_id;
	keymap_fini(&map);
}

void library_merge(struct library *into, const struct library *from)
{
	uint32_t i;

	for (i = 0; i < from->n; i++)
		library_merge_book(library_get(into, book_suite(&from->books[i]),
					       book_profile(&from->books[i])),
				   &from->books[i]);
}
