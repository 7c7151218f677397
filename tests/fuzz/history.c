/* SPDX-License-Identifier: MIT */
/*
 * A file of the duration history (record/book.c): any bytes are refused, or
 * are a book that can be joined with a listing, renewed after a run, merged,
 * and written so that it reads as the same again (FILE-1).
 *
 * Input: the first byte says what is mended, so that what lies behind the
 * checksum is reached: 1 magic and version (1, with 4 it is 2), 2 the
 * checksum; then the file.
 */
#include "base/id.h"
#include "base/mem.h"
#include "fuzz.h"
#include "model/outcome.h"
#include "record/library.h"
#include "record/renew.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD 64u
#define ROW_1 40u
#define ROW_2 48u

static const uint64_t magic = UINT64_C(0x54474e494d495453);

static uint32_t word_at(const uint8_t *bytes, size_t at)
{
	uint32_t word;

	memcpy(&word, bytes + at, sizeof(word));
	return word;
}

/* As if the writer had meant it: the checksums of names, rows and head. */
static void mend(uint8_t *bytes, size_t len, uint8_t how)
{
	uint64_t rows, names, sum;
	uint32_t version = how & 4 ? 2 : 1;

	if (len < HEAD)
		return;
	if (how & 1) {
		memcpy(bytes, &magic, sizeof(magic));
		memcpy(bytes + 8, &version, sizeof(version));
	}
	rows = (uint64_t)word_at(bytes, 16) *
	       (word_at(bytes, 8) == 1 ? ROW_1 : ROW_2);
	names = word_at(bytes, 20);
	if (!(how & 2) || rows + names != len - HEAD)
		return;
	sum = XXH3_64bits(bytes + HEAD + rows, names);
	sum = XXH3_64bits_withSeed(bytes + HEAD, rows, sum);
	sum = XXH3_64bits_withSeed(bytes, HEAD - 8, sum);
	memcpy(bytes + HEAD - 8, &sum, sizeof(sum));
}

static void make_listing(struct listing *l)
{
	static const char *const names[] = { "a::b", "a::c", "d::range",
					     "d::e" };
	uint32_t i;

	listing_init(l);
	listing_add_suite(l, "./s.so", "native");
	for (i = 0; i < array_size(names); i++)
		listing_add_test(l, &(struct test){
			.name = names[i],
			.file = i < 2 ? "one.c" : "two.c",
			.count = i == 2 ? 5000 : 1,
			.scope_len = 1,
			.indexed = i == 2,
		});
}

/* Writes it and reads it again. */
static void must_round_trip(const struct book *book)
{
	static int fd = -1;
	struct err err = { 0 };
	struct book again;

	fuzz_fill_file(&fd, "", 0);
	fuzz_must(book_write(book, fd) == 0, "it cannot be written");
	fuzz_must(book_read(&again, fd, &err) == 0, "%s", err.text);
	fuzz_must(again.n_rows == book->n_rows, "%u rows of %u", again.n_rows,
		  book->n_rows);
	fuzz_must(again.n_rows == 0 ||
			  memcmp(again.rows, book->rows,
				 again.n_rows * sizeof(*again.rows)) == 0,
		  "other rows");
	fuzz_must(again.check == book_read_check(fd), "another checksum");
	book_fini(&again);
}

static void run(const struct costs *costs, const struct book *old)
{
	struct samples samples;
	struct history_join join;
	const bool suites[1] = { true };
	uint32_t *row_of = mem_array(costs->n_rows, sizeof(*row_of)), i;
	struct book fresh;

	history_join_make(&join, old, costs, suites, row_of);
	for (i = 0; i < costs->n_rows; i++)
		fuzz_must(row_of[i] == BOOK_NONE ||
				  (row_of[i] < old->n_rows &&
				   join.taken[row_of[i]]),
			  "row %u of %u", row_of[i], old->n_rows);
	samples_init(&samples, costs);
	samples_add_test(&samples, &(struct event_test){
		.outcome = OUTCOME_PASS, .duration_ns = UINT64_MAX / 2,
		.usage = &(struct usage){ .peak_kib = UINT32_MAX } });
	samples_add_test(&samples, &(struct event_test){
		.test_ix = 1, .outcome = OUTCOME_TIMEOUT,
		.duration_ns = UINT64_MAX });
	samples_add_fixture(&samples, &(struct event_fixture){
		.duration_ns = UINT64_MAX });
	renew_book(&(struct renewal){ .old = old,
				      .join = &join,
				      .samples = &samples,
				      .suites = suites,
				      .build_id = 7,
				      .today = 20000 }, &fresh);
	must_round_trip(&fresh);
	book_fini(&fresh);
	samples_fini(&samples);
	history_join_fini(&join);
	free(row_of);
}

static void use(struct book *book)
{
	struct listing listing;
	struct costs costs;
	struct book merged;

	must_round_trip(book);
	make_listing(&listing);
	costs_init(&costs, &listing);
	renew_adopt(book, 3);
	run(&costs, book);
	book_init(&merged, book_suite(book), book_profile(book));
	library_merge_book(&merged, book);
	fuzz_must(merged.n_rows <= book->n_rows, "merging made rows");
	must_round_trip(&merged);
	book_fini(&merged);
	costs_fini(&costs);
	listing_fini(&listing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct err err = { 0 };
	struct book book;
	uint8_t *bytes;

	if (size < 1)
		return 0;
	bytes = mem_alloc(size);
	memcpy(bytes, data + 1, size - 1);
	mend(bytes, size - 1, data[0]);
	fuzz_fill_file(&fd, bytes, size - 1);
	if (book_read(&book, fd, &err) == 0) {
		use(&book);
		book_fini(&book);
	} else {
		fuzz_must(err.code < 0 && err.text[0], "refused in silence");
	}
	free(bytes);
	return 0;
}
