/* SPDX-License-Identifier: MIT */
/* A suite's file: written, read, and refused when a byte is wrong (FILE-1,
 * KEY-1, T-9). */
#include "record/book.h"

#include "base/id.h"
#include "base/mem.h"
#include "base/sys.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VERSION_AT 8

static struct book book;
static int fd;

static void open_book(void)
{
	uint32_t name;

	book_init(&book, "s.so", "x86_64-debug");
	name = book_add_name(&book, "a::b", 4);
	book_add_row(&book, &(struct book_row){
		.key = book_row_key(7, 0), .name = name, .est_ns = 1.5f,
		.runs = 3, .last = 1, .seen_day = 20000, .peak_kib = 4096 });
	book_add_row(&book, &(struct book_row){
		.key = book_row_key(7, 4), .name = name, .index = 4,
		.flags = BOOK_INDEXED });
	book.build_id = 99;
	fd = sys_memfd("book");
	cr_assert_eq(book_write(&book, fd), 0);
}

static void close_book(void)
{
	book_fini(&book);
	close(fd);
}

TestSuite(book, .init = open_book, .fini = close_book);

static int read_back(struct book *out)
{
	struct err err = { 0 };
	int ret = book_read(out, fd, &err);

	cr_expect(ret == 0 || *err.text, "refused in silence");
	return ret;
}

Test(book, reads_as_it_was_written)
{
	struct book got;

	cr_assert_eq(read_back(&got), 0);
	cr_expect_str_eq(book_suite(&got), "s.so");
	cr_expect_str_eq(book_profile(&got), "x86_64-debug");
	cr_expect_eq(got.build_id, 99);
	cr_assert_eq(got.n_rows, 2);
	cr_expect_eq(memcmp(got.rows, book.rows, sizeof(*got.rows) * 2), 0);
	cr_expect_str_eq(book_name(&got, &got.rows[1]), "a::b");
	cr_expect_eq(got.check, book_read_check(fd));
	book_fini(&got);
}

Test(book, cut_at_any_byte_is_damaged)
{
	off_t size = lseek(fd, 0, SEEK_END);
	struct book got;

	while (size-- > 0) {
		cr_assert_eq(ftruncate(fd, size), 0);
		cr_expect_eq(read_back(&got), -EBADMSG, "%ld bytes",
			     (long)size);
	}
}

Test(book, longer_than_it_should_be_is_damaged)
{
	struct book got;

	lseek(fd, 0, SEEK_END);
	cr_assert_eq(sys_write_all(fd, "x", 1), 0);
	cr_expect_eq(read_back(&got), -EBADMSG);
}

Test(book, any_changed_byte_is_found)
{
	off_t size = lseek(fd, 0, SEEK_END), at;
	struct book got;
	uint8_t byte;

	for (at = 0; at < size; at++) {
		cr_assert_eq(pread(fd, &byte, 1, at), 1);
		byte ^= 0x10;
		cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
		cr_expect_eq(read_back(&got),
			     at >= VERSION_AT && at < VERSION_AT + 4
				     ? -EPROTO : -EBADMSG, "byte %ld",
			     (long)at);
		byte ^= 0x10;
		cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
	}
	cr_expect_eq(read_back(&got), 0);
	book_fini(&got);
}

/* What the checksum is of. */
static void sign(uint8_t *bytes, size_t rows, size_t names)
{
	uint64_t sum = XXH3_64bits(bytes + 64 + rows, names);

	sum = XXH3_64bits_withSeed(bytes + 64, rows, sum);
	sum = XXH3_64bits_withSeed(bytes, 56, sum);
	memcpy(bytes + 56, &sum, sizeof(sum));
}

/* The file as version 1 had it: 40 bytes a row. */
static void write_version_1(void)
{
	const uint32_t version = 1;
	uint8_t old[4096];
	uint32_t i;

	cr_assert_eq(pread(fd, old, 64, 0), 64);
	memcpy(old + VERSION_AT, &version, sizeof(version));
	for (i = 0; i < book.n_rows; i++)
		memcpy(old + 64 + 40 * i, &book.rows[i], 40);
	memcpy(old + 64 + 80, book.names.text, book.names.len);
	sign(old, 80, book.names.len);
	cr_assert_eq(ftruncate(fd, 0), 0);
	cr_assert_eq(pwrite(fd, old, 64 + 80 + book.names.len, 0),
		     (ssize_t)(64 + 80 + book.names.len));
}

/* FILE-1: what was learnt before is not lost with a new version. */
Test(book, of_version_1_is_read_without_its_peaks)
{
	struct book got;

	write_version_1();
	cr_assert_eq(read_back(&got), 0);
	cr_assert_eq(got.n_rows, 2);
	cr_expect_eq(memcmp(&got.rows[0], &book.rows[0], 40), 0);
	cr_expect_eq(memcmp(&got.rows[1], &book.rows[1], 40), 0);
	cr_expect_eq(got.rows[0].peak_kib, 0);
	cr_expect_str_eq(book_name(&got, &got.rows[1]), "a::b");
	cr_expect_eq(got.check, book_read_check(fd));
	book_fini(&got);
}

Test(book, of_version_1_is_damaged_when_a_byte_is_wrong)
{
	struct book got;
	uint8_t byte;
	off_t at, size;

	write_version_1();
	size = lseek(fd, 0, SEEK_END);
	for (at = VERSION_AT + 4; at < size; at++) {
		cr_assert_eq(pread(fd, &byte, 1, at), 1);
		byte ^= 0x10;
		cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
		cr_expect_eq(read_back(&got), -EBADMSG, "byte %ld", (long)at);
		byte ^= 0x10;
		cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
	}
}

/* Written by somebody who computes checksums and lies. */
Test(book, rows_that_cannot_be_are_damaged)
{
	struct book_row good = book.rows[0], bad[5];
	struct book got;
	size_t i;

	for (i = 0; i < array_size(bad); i++)
		bad[i] = good;
	bad[0].name = (uint32_t)book.names.len;
	bad[1].kind = N_BOOK_KINDS;
	bad[2].last = 200;
	bad[3].est_ns = -1;
	bad[4].dev_ns = 1e30f;
	for (i = 0; i < array_size(bad); i++) {
		book.rows[0] = bad[i];
		cr_assert_eq(ftruncate(fd, 0), 0);
		lseek(fd, 0, SEEK_SET);
		cr_assert_eq(book_write(&book, fd), 0);
		cr_expect_eq(read_back(&got), -EBADMSG, "%zu", i);
	}
}

/* KEY-1: of the suite's name and the test's, kinds apart, indices apart. */
Test(book, keys_tell_apart_what_is_different)
{
	uint64_t s = book_suite_key("s.so"), t = book_suite_key("t.so");
	uint64_t a = book_name_key(s, BOOK_TEST, "a", 1);

	cr_expect_eq(a, book_name_key(s, BOOK_TEST, "a", 1));
	cr_expect_neq(a, book_name_key(t, BOOK_TEST, "a", 1));
	cr_expect_neq(a, book_name_key(s, BOOK_SCOPE, "a", 1));
	cr_expect_neq(a, book_name_key(s, BOOK_TEST, "b", 1));
	cr_expect_eq(a, book_row_key(a, 0));
	cr_expect_neq(book_row_key(a, 1), book_row_key(a, 2));
}
