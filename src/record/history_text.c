/* SPDX-License-Identifier: MIT */
#include "record/history_text.h"

#include "base/mem.h"
#include "model/outcome.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_TEXT_HEAD "# shmrun timings 2\n"

static const char *const history_kinds[N_BOOK_KINDS] = {
	[BOOK_TEST] = "test",
	[BOOK_SCOPE] = "scope",
	[BOOK_WORKER] = "worker",
	[BOOK_RUN] = "run",
};

static const struct {
	uint8_t bit;
	char letter;
} history_flags[] = {
	{ BOOK_TODO, 't' }, { BOOK_CENSORED, 'c' }, { BOOK_INDEXED, 'i' },
};

const char *history_text_kind(enum book_kind kind)
{
	return history_kinds[kind];
}

/* ---- days ------------------------------------------------------------ */

struct history_date {
	uint32_t year, month, day;
};

/* Of the calendar that repeats every 400 years, which begin in March. */
static struct history_date history_date_of(uint16_t days)
{
	uint32_t n = days + 719468u, era = n / 146097, rest = n % 146097;
	uint32_t y = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	uint32_t yday = rest - (365 * y + y / 4 - y / 100);
	uint32_t m = (5 * yday + 2) / 153;
	uint32_t month = m < 10 ? m + 3 : m - 9;

	return (struct history_date){
		.year = era * 400 + y + (month <= 2),
		.month = month,
		.day = yday - (153 * m + 2) / 5 + 1,
	};
}

static int64_t history_days_of(struct history_date d)
{
	uint32_t year = d.year - (d.month <= 2), era = year / 400;
	uint32_t y = year % 400;
	uint32_t m = d.month > 2 ? d.month - 3 : d.month + 9;
	uint32_t yday = (153 * m + 2) / 5 + d.day - 1;

	return (int64_t)era * 146097 + y * 365 + y / 4 - y / 100 + yday -
	       719468;
}

void history_text_day(struct str *out, uint16_t day)
{
	struct history_date d = history_date_of(day);

	if (day == 0)
		str_add_char(out, '-');
	else
		str_addf(out, "%04u-%02u-%02u", d.year, d.month, d.day);
}

/* ---- writing --------------------------------------------------------- */

void history_text_name(struct str *out, const struct book *book,
		       const struct book_row *row)
{
	str_add(out, book_name(book, row));
	if (row->flags & BOOK_INDEXED)
		str_addf(out, "[%u]", row->index);
}

static void history_add_word(struct str *out, const char *text)
{
	const char *p;

	for (p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c <= ' ' || c == 0x7f || c == '%' || c == '#' ||
		    (c == '-' && p == text))
			str_addf(out, "%%%02X", c);
		else
			str_add_char(out, *p);
	}
	str_add(out, *text ? " " : "- ");
}

static void history_add_flags(struct str *out, uint8_t flags)
{
	size_t i;

	for (i = 0; i < array_size(history_flags); i++)
		if (flags & history_flags[i].bit)
			str_add_char(out, history_flags[i].letter);
	str_add(out, flags ? " " : "- ");
}

static void history_add_row(struct str *out, const struct book *book,
			    const struct book_row *row)
{
	struct str name = STR_INIT;

	history_add_word(out, book_suite(book));
	history_add_word(out, book_profile(book));
	str_addf(out, "%s ", history_kinds[row->kind]);
	history_text_name(&name, book, row);
	history_add_word(out, str_get(&name));
	str_addf(out, "%.0f %.0f %u %s ", (double)row->est_ns,
		 (double)row->dev_ns, row->runs, outcome_name(row->last));
	history_text_day(out, row->seen_day);
	str_add_char(out, ' ');
	history_text_day(out, row->passed_day);
	str_addf(out, " %u %08x ", row->missed, row->file_key);
	history_add_flags(out, row->flags);
	str_addf(out, "%u\n", row->peak_kib);
	str_fini(&name);
}

/* What is sorted: a row and its name. */
struct history_line {
	const char *name;
	const struct book_row *row;
};

static int history_line_order(const void *va, const void *vb)
{
	const struct history_line *a = va, *b = vb;
	int ret = (a->row->kind > b->row->kind) - (a->row->kind < b->row->kind);

	if (ret == 0)
		ret = strcmp(a->name, b->name);
	return ret ? ret : (a->row->index > b->row->index) -
				   (a->row->index < b->row->index);
}

static void history_add_book(struct str *out, const struct book *book)
{
	struct history_line *lines = mem_array((size_t)book->n_rows + 1,
					       sizeof(*lines));
	uint32_t i;

	for (i = 0; i < book->n_rows; i++)
		lines[i] = (struct history_line){
			.name = book_name(book, &book->rows[i]),
			.row = &book->rows[i],
		};
	qsort(lines, book->n_rows, sizeof(*lines), history_line_order);
	for (i = 0; i < book->n_rows; i++)
		history_add_row(out, book, lines[i].row);
	free(lines);
}

void history_text_make(struct str *out, struct library *library)
{
	uint32_t i;

	library_sort(library);
	str_add(out, HISTORY_TEXT_HEAD);
	for (i = 0; i < library->n; i++)
		history_add_book(out, &library->books[i]);
}

/* ---- reading --------------------------------------------------------- */

enum { WORD_SUITE, WORD_PROFILE, WORD_KIND, WORD_NAME, WORD_EST, WORD_DEV,
       WORD_RUNS, WORD_LAST, WORD_SEEN, WORD_PASSED, WORD_MISSED, WORD_FILE,
       WORD_FLAGS, WORD_PEAK, N_WORDS };

struct history_words {
	char *word[N_WORDS];
};

/* Cuts a line in place: false unless it has as many words as it must; the
 * last is "" when it is not there. */
static bool history_cut(char *line, struct history_words *words)
{
	int n;

	for (n = 0; n < N_WORDS; n++) {
		words->word[n] = line;
		line += strcspn(line, " ");
		if (line == words->word[n])
			return false;
		if (n == N_WORDS - 1)
			return *line == '\0';
		if (*line == '\0') {
			words->word[WORD_PEAK] = line;
			return n == WORD_FLAGS;
		}
		*line++ = '\0';
	}
	return false;
}

static int history_hex(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Undoes history_add_word(), in place. */
static bool history_unescape(char *word)
{
	char *out = word;

	if (strcmp(word, "-") == 0)
		*word = '\0';
	for (; *word; word++) {
		int hi, lo;

		if (*word != '%') {
			*out++ = *word;
			continue;
		}
		hi = history_hex(word[1]);
		lo = hi < 0 ? -1 : history_hex(word[2]);
		if (lo < 0 || hi * 16 + lo == 0)
			return false;
		*out++ = (char)(hi * 16 + lo);
		word += 2;
	}
	*out = '\0';
	return true;
}

static bool history_number(const char *word, int base, uint64_t max,
			   uint64_t *value)
{
	char *end;

	if (word[strspn(word, base == 16 ? "0123456789abcdef"
					 : "0123456789")] != '\0')
		return false;
	errno = 0;
	*value = strtoull(word, &end, base);
	return errno == 0 && *end == '\0' && *value <= max;
}

static bool history_day(const char *word, uint16_t *day)
{
	struct history_date d;
	uint64_t part[3];
	char copy[11];
	int64_t days;

	if (strcmp(word, "-") == 0) {
		*day = 0;
		return true;
	}
	if (strlen(word) != 10 || word[4] != '-' || word[7] != '-')
		return false;
	memcpy(copy, word, sizeof(copy));
	copy[4] = copy[7] = '\0';
	if (!history_number(copy, 10, 9999, &part[0]) ||
	    !history_number(copy + 5, 10, 12, &part[1]) ||
	    !history_number(copy + 8, 10, 31, &part[2]) || part[0] < 1970 ||
	    part[1] < 1 || part[2] < 1)
		return false;
	d = (struct history_date){ (uint32_t)part[0], (uint32_t)part[1],
				   (uint32_t)part[2] };
	days = history_days_of(d);
	if (days < 1 || days > UINT16_MAX)
		return false;
	*day = (uint16_t)days;
	return true;
}

static bool history_choose(const char *word, const char *(*name)(int), int n,
			   uint8_t *value)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(word, name(i)) == 0) {
			*value = (uint8_t)i;
			return true;
		}
	return false;
}

static const char *history_kind_at(int i)
{
	return history_kinds[i];
}

static const char *history_outcome_at(int i)
{
	return outcome_name((enum outcome)i);
}

static bool history_read_flags(const char *word, uint8_t *flags)
{
	size_t i;

	*flags = 0;
	if (strcmp(word, "-") == 0)
		return true;
	for (i = 0; i < array_size(history_flags); i++)
		if (*word == history_flags[i].letter) {
			*flags |= history_flags[i].bit;
			word++;
		}
	return *word == '\0';
}

/* Cuts the index off an indexed test's name. */
static bool history_cut_index(char *name, struct book_row *row)
{
	char *open = strrchr(name, '[');
	size_t len = open ? strlen(open) : 0;
	uint64_t index;

	if (!(row->flags & BOOK_INDEXED))
		return true;
	if (len < 3 || open[len - 1] != ']')
		return false;
	open[len - 1] = '\0';
	if (!history_number(open + 1, 10, UINT32_MAX, &index))
		return false;
	*open = '\0';
	row->index = (uint32_t)index;
	return true;
}

static bool history_read_numbers(const struct history_words *w,
				 struct book_row *row)
{
	const uint64_t most = UINT64_C(1000000000000000000);
	uint64_t est, dev, runs, missed, file, peak;

	if (!history_number(w->word[WORD_EST], 10, most, &est) ||
	    !history_number(w->word[WORD_DEV], 10, most, &dev) ||
	    !history_number(w->word[WORD_RUNS], 10, UINT32_MAX, &runs) ||
	    !history_number(w->word[WORD_MISSED], 10, UINT8_MAX, &missed) ||
	    !history_number(w->word[WORD_FILE], 16, UINT32_MAX, &file) ||
	    !history_number(w->word[WORD_PEAK], 10, UINT32_MAX, &peak))
		return false;
	row->est_ns = (float)est;
	row->dev_ns = (float)dev;
	row->runs = (uint32_t)runs;
	row->missed = (uint8_t)missed;
	row->file_key = (uint32_t)file;
	row->peak_kib = (uint32_t)peak;
	return true;
}

static bool history_read_row(struct history_words *w, struct book_row *row)
{
	return history_read_numbers(w, row) &&
	       history_choose(w->word[WORD_KIND], history_kind_at,
			      N_BOOK_KINDS, &row->kind) &&
	       history_choose(w->word[WORD_LAST], history_outcome_at,
			      N_OUTCOMES, &row->last) &&
	       history_day(w->word[WORD_SEEN], &row->seen_day) &&
	       history_day(w->word[WORD_PASSED], &row->passed_day) &&
	       history_read_flags(w->word[WORD_FLAGS], &row->flags) &&
	       history_unescape(w->word[WORD_NAME]) &&
	       history_unescape(w->word[WORD_SUITE]) &&
	       history_unescape(w->word[WORD_PROFILE]) &&
	       history_cut_index(w->word[WORD_NAME], row);
}

static bool history_read_line(struct library *fresh, char *line)
{
	struct history_words w;
	struct book_row row = { 0 };
	struct book *book;
	const char *name;
	uint64_t key;

	if (!history_cut(line, &w) || !history_read_row(&w, &row))
		return false;
	name = w.word[WORD_NAME];
	book = library_get(fresh, w.word[WORD_SUITE], w.word[WORD_PROFILE]);
	key = book_name_key(book_suite_key(w.word[WORD_SUITE]),
			    (enum book_kind)row.kind, name, strlen(name));
	row.key = book_row_key(key, row.index);
	if (book->n_rows &&
	    strcmp(book_name(book, &book->rows[book->n_rows - 1]), name) == 0)
		row.name = book->rows[book->n_rows - 1].name;
	else
		row.name = book_add_name(book, name, strlen(name));
	book_add_row(book, &row);
	return true;
}

int history_text_parse(struct library *library, const char *text, size_t len,
		       struct err *err)
{
	char *copy = mem_strndup(text, len), *line = copy, *end;
	struct library fresh = { 0 };
	uint32_t number = 1;
	int ret = 0;

	if (strlen(copy) != len)
		ret = err_set(err, -EINVAL, "it is not text");
	for (; ret == 0 && *line; line = end, number++) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (*line && *line != '#' && !history_read_line(&fresh, line))
			ret = err_set(err, -EINVAL,
				      "line %u is not a test's timing", number);
	}
	if (ret == 0)
		library_merge(library, &fresh);
	library_fini(&fresh);
	free(copy);
	return ret;
}
