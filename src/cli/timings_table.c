/* SPDX-License-Identifier: MIT */
#include "cli/timings_table.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "model/outcome.h"
#include "record/history_text.h"
#include "report/duration.h"
#include "report/visible.h"

#include <stdlib.h>

static int table_order(const void *va, const void *vb)
{
	const struct book_row *const *a = va, *const *b = vb;

	if ((*a)->est_ns != (*b)->est_ns)
		return (*a)->est_ns < (*b)->est_ns ? 1 : -1;
	return (*a > *b) - (*a < *b);
}

/* Tests of very different kinds, in one column: 9 wide. */
static void table_add_time(struct str *out, double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s " };
	size_t unit = 0;

	while (unit + 1 < array_size(units) && ns >= 1000) {
		ns /= 1000;
		unit++;
	}
	str_addf(out, "%6.*f %s", unit && ns < 1000 ? 1 : 0, ns, units[unit]);
}

static void table_add_row(struct str *out, const struct book *book,
			  const struct book_row *row)
{
	struct str name = STR_INIT;

	table_add_time(out, (double)row->est_ns);
	str_add_char(out, row->flags & BOOK_CENSORED ? '+' : ' ');
	table_add_time(out, (double)row->dev_ns);
	if (row->peak_kib)
		str_addf(out, " %6u M", (row->peak_kib + 1023) / 1024);
	else
		str_add(out, "       - ");
	str_addf(out, " %5u  %-7s  ", row->runs,
		 row->last == OUTCOME_NONE ? "-" : outcome_name(row->last));
	history_text_day(out, row->seen_day);
	if (row->seen_day == 0)
		str_add(out, "         ");
	str_add(out, "  ");
	if (row->kind != BOOK_TEST)
		str_addf(out, "(%s fixtures)%s",
			 history_text_kind((enum book_kind)row->kind),
			 *book_name(book, row) ? " " : "");
	history_text_name(&name, book, row);
	visible_add(out, str_get(&name));
	str_add_char(out, '\n');
	str_fini(&name);
}

static void table_add_head(struct str *out, const struct book *book)
{
	double sum_ns = 0;
	uint32_t n = 0, i;

	for (i = 0; i < book->n_rows; i++)
		if (book->rows[i].kind == BOOK_TEST) {
			sum_ns += (double)book->rows[i].est_ns;
			n++;
		}
	if (out->len)
		str_add_char(out, '\n');
	visible_add(out, book_suite(book));
	str_add(out, " (");
	visible_add(out, book_profile(book));
	str_addf(out, "): %u known, ", n);
	duration_add_near(out, (uint64_t)sum_ns);
	str_add(out, "\n      est       dev    peak  runs  last     seen        "
		     "test\n");
}

void timings_table_add(struct str *out, const struct book *book)
{
	const struct book_row **rows = mem_array((size_t)book->n_rows + 1,
						 sizeof(const struct book_row *));
	uint32_t i;

	table_add_head(out, book);
	for (i = 0; i < book->n_rows; i++)
		rows[i] = &book->rows[i];
	qsort(rows, book->n_rows, sizeof(*rows), table_order);
	for (i = 0; i < book->n_rows; i++)
		table_add_row(out, book, rows[i]);
	free(rows);
}
