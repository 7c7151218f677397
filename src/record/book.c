/* SPDX-License-Identifier: MIT */
#include "record/book.h"

#include "base/id.h"
#include "base/sys.h"
#include "base/vec.h"
#include "model/outcome.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BOOK_MAGIC UINT64_C(0x54474e494d495453) /* "STIMINGT" */
#define BOOK_VERSION 2u
/* Of version 1, which says nothing of memory. */
#define BOOK_ROW_1 offsetof(struct book_row, peak_kib)
/* More is not a book: ten million tests with long names are less. */
#define BOOK_SIZE_MAX (INT64_C(2) << 30)
#define TIME_MAX_NS 1e18f

struct book_header {
	uint64_t magic;
	uint32_t version;
	uint32_t profile;
	uint32_t n_rows;
	uint32_t names_len;
	uint64_t build_id;
	uint64_t zero[3];
	uint64_t check; /* XXH3-64 of names, rows and all before it */
};

_Static_assert(sizeof(struct book_header) == 64, "a file's layout");

void book_init(struct book *book, const char *suite, const char *profile)
{
	*book = (struct book){ 0 };
	book_add_name(book, suite, strlen(suite));
	book->profile = book_add_name(book, profile, strlen(profile));
}

void book_fini(struct book *book)
{
	free(book->rows);
	str_fini(&book->names);
	*book = (struct book){ 0 };
}

const char *book_suite(const struct book *book)
{
	return book->names.text;
}

const char *book_profile(const struct book *book)
{
	return book->names.text + book->profile;
}

const char *book_name(const struct book *book, const struct book_row *row)
{
	return book->names.text + row->name;
}

/* ---- keys ------------------------------------------------------------ */

uint64_t book_suite_key(const char *suite)
{
	return id_bytes(suite, strlen(suite));
}

uint64_t book_name_key(uint64_t suite_key, enum book_kind kind,
		       const char *name, size_t len)
{
	return id_test(suite_key + (uint64_t)kind, name, len);
}

uint64_t book_row_key(uint64_t name_key, uint32_t index)
{
	uint64_t both[2] = { name_key, index };

	return index ? id_bytes(both, sizeof(both)) : name_key;
}

uint32_t book_file_key(const char *file)
{
	return (uint32_t)id_bytes(file, strlen(file));
}

/* ---- making one ------------------------------------------------------ */

uint32_t book_add_name(struct book *book, const char *name, size_t len)
{
	uint32_t at = (uint32_t)book->names.len;

	str_add_len(&book->names, name, len);
	str_add_char(&book->names, '\0');
	return at;
}

void book_add_row(struct book *book, const struct book_row *row)
{
	vec_room(book->rows, book->n_rows, book->cap_rows);
	book->rows[book->n_rows++] = *row;
}

void book_copy_row(struct book *into, const struct book *from,
		   const struct book_row *row, struct book_copier *names)
{
	struct book_row copy = *row;

	if (row->name != names->from) {
		const char *text = book_name(from, row);

		names->from = row->name;
		names->to = book_add_name(into, text, strlen(text));
	}
	copy.name = names->to;
	book_add_row(into, &copy);
}

/* ---- bytes ----------------------------------------------------------- */

static size_t book_row_size(const struct book_header *h)
{
	return h->version == 1 ? BOOK_ROW_1 : sizeof(struct book_row);
}

static uint64_t book_checksum(const struct book *book,
			      const struct book_header *h)
{
	uint64_t seed = XXH3_64bits(book->names.text, book->names.len);

	seed = XXH3_64bits_withSeed(book->rows, book->n_rows * book_row_size(h),
				    seed);
	return XXH3_64bits_withSeed(h, offsetof(struct book_header, check),
				    seed);
}

static struct book_header book_make_header(const struct book *book)
{
	struct book_header h = {
		.magic = BOOK_MAGIC,
		.version = BOOK_VERSION,
		.profile = book->profile,
		.n_rows = book->n_rows,
		.names_len = (uint32_t)book->names.len,
		.build_id = book->build_id,
	};

	h.check = book_checksum(book, &h);
	return h;
}

int book_write(const struct book *book, int fd)
{
	struct book_header h = book_make_header(book);
	int ret = sys_write_all(fd, &h, sizeof(h));

	if (ret == 0)
		ret = sys_write_all(fd, book->rows,
				    book->n_rows * sizeof(*book->rows));
	if (ret == 0)
		ret = sys_write_all(fd, book->names.text, book->names.len);
	return ret;
}

static int book_damaged(struct err *err)
{
	return err_set(err, -EBADMSG, "it is damaged");
}

static bool book_is_time(float ns)
{
	return isfinite(ns) && ns >= 0 && ns <= TIME_MAX_NS;
}

static bool book_row_is_sane(const struct book *book,
			     const struct book_row *row)
{
	return row->name < book->names.len && row->kind < N_BOOK_KINDS &&
	       row->last < N_OUTCOMES && book_is_time(row->est_ns) &&
	       book_is_time(row->dev_ns);
}

/* The suite's and the profile's name, and each row's, lie within. */
static bool book_is_sane(const struct book *book)
{
	const struct str *names = &book->names;
	uint32_t i;

	if (names->len == 0 || names->text[names->len - 1] != '\0' ||
	    book->profile >= names->len)
		return false;
	for (i = 0; i < book->n_rows; i++)
		if (!book_row_is_sane(book, &book->rows[i]))
			return false;
	return true;
}

static int book_check_header(const struct book_header *h, int64_t size,
			     struct err *err)
{
	uint64_t rows = (uint64_t)h->n_rows * book_row_size(h);

	if (h->magic != BOOK_MAGIC)
		return book_damaged(err);
	if (h->version != 1 && h->version != BOOK_VERSION)
		return err_set(err, -EPROTO, "it is of version %u, this shmrun "
			       "knows version %u", h->version, BOOK_VERSION);
	if (size > BOOK_SIZE_MAX ||
	    sizeof(*h) + rows + h->names_len != (uint64_t)size)
		return book_damaged(err);
	return 0;
}

static int book_read_part(int fd, void *bytes, size_t len, uint64_t at,
			  struct err *err)
{
	ssize_t got = sys_pread_all(fd, bytes, len, at);

	if (got < 0)
		return err_sys(err, (int)got, "it cannot be read");
	return (size_t)got == len ? 0 : book_damaged(err);
}

/* Rows of version 1, where they were read to: from the last one on. */
static void book_widen(struct book *book)
{
	const char *old = (const char *)book->rows;
	uint32_t i;

	for (i = book->n_rows; i-- > 0;) {
		struct book_row row = { 0 };

		memcpy(&row, old + i * BOOK_ROW_1, BOOK_ROW_1);
		book->rows[i] = row;
	}
}

static int book_read_rest(struct book *book, const struct book_header *h,
			  int fd, struct err *err)
{
	size_t rows = h->n_rows * book_row_size(h);
	int ret;

	book->rows = mem_alloc(((size_t)h->n_rows + 1) * sizeof(*book->rows));
	book->n_rows = book->cap_rows = h->n_rows;
	book->names.text = mem_alloc((size_t)h->names_len + 1);
	book->names.len = h->names_len;
	book->names.cap = (size_t)h->names_len + 1;
	book->names.text[h->names_len] = '\0';
	ret = book_read_part(fd, book->rows, rows, sizeof(*h), err);
	if (ret == 0)
		ret = book_read_part(fd, book->names.text, h->names_len,
				     sizeof(*h) + rows, err);
	if (ret == 0 && book_checksum(book, h) != h->check)
		ret = book_damaged(err);
	if (ret == 0 && h->version == 1)
		book_widen(book);
	if (ret == 0 && !book_is_sane(book))
		ret = book_damaged(err);
	return ret;
}

int book_read(struct book *book, int fd, struct err *err)
{
	struct book_header h;
	struct stat st;
	int ret;

	if (fstat(fd, &st) < 0)
		return err_sys(err, -errno, "it cannot be read");
	ret = book_read_part(fd, &h, sizeof(h), 0, err);
	if (ret == 0)
		ret = book_check_header(&h, st.st_size, err);
	if (ret < 0)
		return ret;
	*book = (struct book){ .profile = h.profile,
			       .build_id = h.build_id,
			       .check = h.check };
	ret = book_read_rest(book, &h, fd, err);
	if (ret < 0)
		book_fini(book);
	return ret;
}

uint64_t book_read_check(int fd)
{
	struct book_header h;

	if (sys_pread_all(fd, &h, sizeof(h), 0) != sizeof(h) ||
	    h.magic != BOOK_MAGIC ||
	    (h.version != 1 && h.version != BOOK_VERSION))
		return 0;
	return h.check;
}
