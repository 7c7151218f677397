/* SPDX-License-Identifier: MIT */
/*
 * book.h - what is remembered of one suite in one profile: a row for each
 * test, for each block of a large range (model/costs.h), and for the fixtures
 * that tests share; and its bytes on disk.
 *
 *	header   rows, 48 bytes each   names, terminated
 *
 * Rows stand in the order of the suite's listing, so that a run walks both at
 * once; names lie apart and are shared by the rows of a range.  What is read
 * is checked: a checksum over all of it, then each row by itself.  Numbers
 * are the machine's own; a profile names the architecture.  A file of version
 * 1, whose rows are 40 bytes and end with the flags, is read all the same.
 *
 * Runner only.  The owner frees a book with book_fini().
 */
#ifndef RECORD_BOOK_H
#define RECORD_BOOK_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define BOOK_NONE UINT32_MAX

enum book_kind {
	BOOK_TEST,
	BOOK_SCOPE,  /* set-up and teardown of a scope's fixtures */
	BOOK_WORKER, /* of the suite's worker fixtures */
	BOOK_RUN,    /* of its run fixtures */
	N_BOOK_KINDS
};

#define BOOK_TODO 1u	 /* failed or did not run last time (STOP-3) */
#define BOOK_CENSORED 2u /* est is a time-out's (EST-5) */
#define BOOK_INDEXED 4u	 /* instances are called name[i] */

struct book_row {
	uint64_t key;	     /* KEY-1 */
	uint32_t name;	     /* offset into names */
	uint32_t index;	     /* first instance that it stands for */
	uint32_t file_key;   /* of the source file, for NEW-3 */
	float est_ns, dev_ns;
	uint32_t runs;	     /* samples in est */
	uint16_t seen_day;   /* days since 1970, when it last ran */
	uint16_t passed_day; /* 0 = never */
	uint8_t kind;
	uint8_t last;	     /* enum outcome of the last run */
	uint8_t missed;	     /* full runs without it (STALE-1) */
	uint8_t flags;
	uint32_t peak_kib;   /* largest resident memory; 0 = not known */
	uint32_t zero;
};

_Static_assert(sizeof(struct book_row) == 48, "a file's layout");

struct book {
	struct book_row *rows;
	uint32_t n_rows, cap_rows;
	struct str names; /* the suite's name, the profile's, then the rows' */
	uint32_t profile; /* offset */
	uint64_t build_id; /* of the suite when it last ran (KEY-3) */
	uint64_t check;	  /* of the file it was read from; 0 = none */
};

void book_init(struct book *book, const char *suite, const char *profile);
void book_fini(struct book *book);

const char *book_suite(const struct book *book);
const char *book_profile(const struct book *book);
const char *book_name(const struct book *book, const struct book_row *row);

/* What the keys of a suite's tests begin with. */
uint64_t book_suite_key(const char *suite);
/* Of all instances of a test, or of a fixture. */
uint64_t book_name_key(uint64_t suite_key, enum book_kind kind,
		       const char *name, size_t len);
uint64_t book_row_key(uint64_t name_key, uint32_t index);
uint32_t book_file_key(const char *file);

/* Its offset, for the rows that are added next. */
uint32_t book_add_name(struct book *book, const char *name, size_t len);
/* The name must be this book's. */
void book_add_row(struct book *book, const struct book_row *row);

/* The name that was copied last: rows of a range share theirs. */
struct book_copier {
	uint32_t from, to;
};

#define BOOK_COPIER_INIT { .from = BOOK_NONE }

/* Adds a row of another book, or a changed one, with its name there. */
void book_copy_row(struct book *into, const struct book *from,
		   const struct book_row *row, struct book_copier *names);

/* 0; -EBADMSG: not a book, or damaged; -EPROTO: of another version; or what
 * read(2) said.  Only then is *book to be freed. */
int book_read(struct book *book, int fd, struct err *err);
/* The checksum that book_read() would find, of an untouched file; 0 when it is
 * no book. */
uint64_t book_read_check(int fd);
/* 0 or -errno. */
int book_write(const struct book *book, int fd);

#endif
