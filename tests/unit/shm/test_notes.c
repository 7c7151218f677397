/* SPDX-License-Identifier: MIT */
/* An append-only file of what tests have to say; the reader believes none
 * of it (LF-6). */
#include "shm/notes.h"

#include "base/rng.h"
#include "base/sys.h"
#include "model/event.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAP 20

static int fd;
static struct note notes[CAP];
static char *bytes;

static void open_notes(void)
{
	fd = sys_memfd("notes");
	cr_assert_geq(fd, 0);
	cr_assert_eq(fcntl(fd, F_SETFL, O_APPEND), 0);
	bytes = NULL;
}

static void close_notes(void)
{
	free(bytes);
	close(fd);
}

TestSuite(notes, .init = open_notes, .fini = close_notes);

static uint64_t size(void)
{
	return (uint64_t)lseek(fd, 0, SEEK_END);
}

static void append(uint32_t position, const char *text)
{
	cr_assert_eq(notes_append(fd, NOTE_FAILURE, position, "dir/t.c", 42,
				  text, strlen(text)), 0);
}

static size_t read_from(uint64_t from, uint64_t to, uint32_t position)
{
	free(bytes);
	return notes_read(fd, from, to, position, notes, CAP, &bytes);
}

Test(notes, come_back_in_order_and_whole)
{
	append(7, "first\n  with lines");
	append(7, "");
	notes_append(fd, NOTE_SKIP, 7, "", 0, "reason", 6);
	cr_assert_eq(read_from(0, size(), 7), 3);
	cr_expect_str_eq(notes[0].text, "first\n  with lines");
	cr_expect_str_eq(notes[0].file, "dir/t.c");
	cr_expect_eq(notes[0].line, 42);
	cr_expect_eq(notes[0].kind, NOTE_FAILURE);
	cr_expect_str_eq(notes[1].text, "");
	cr_expect_eq(notes[2].kind, NOTE_SKIP);
	cr_expect_str_eq(notes[2].file, "");
}

Test(notes, of_other_tests_are_left_out)
{
	append(1, "not mine");
	append(7, "mine");
	append(NOTES_NO_TEST, "nobody's");
	append(7, "mine too");
	cr_assert_eq(read_from(0, size(), 7), 2);
	cr_expect_str_eq(notes[1].text, "mine too");
	cr_assert_eq(read_from(0, size(), NOTES_NO_TEST), 1);
	cr_expect_str_eq(notes[0].text, "nobody's");
}

Test(notes, are_read_from_where_the_last_test_ended)
{
	uint64_t middle;

	append(7, "before");
	middle = size();
	append(7, "after");
	cr_assert_eq(read_from(middle, size(), 7), 1);
	cr_expect_str_eq(notes[0].text, "after");
	cr_assert_eq(read_from(0, middle, 7), 1);
	cr_expect_str_eq(notes[0].text, "before");
}

Test(notes, that_are_too_long_are_cut)
{
	char *text = malloc(100000);
	char *file = malloc(10000);

	memset(text, 't', 100000);
	memset(file, 'f', 9999);
	file[9999] = '\0';
	cr_assert_eq(notes_append(fd, NOTE_FAILURE, 7, file, 1, text, 100000),
		     0);
	cr_expect_leq(size(), sizeof(struct notes_head) + NOTES_TEXT_MAX);
	cr_assert_eq(read_from(0, size(), 7), 1);
	cr_expect_eq(strlen(notes[0].file) + strlen(notes[0].text),
		     NOTES_TEXT_MAX);
	cr_expect_geq(strlen(notes[0].text), NOTES_TEXT_MAX / 2,
		      "the text matters most");
	free(text);
	free(file);
}

Test(notes, are_no_more_than_there_is_room_for)
{
	uint32_t i;

	for (i = 0; i < CAP + 5; i++)
		append(7, "again");
	cr_expect_eq(read_from(0, size(), 7), CAP);
}

Test(notes, of_an_empty_stretch_are_none)
{
	append(7, "there");
	cr_expect_eq(read_from(5, 5, 7), 0);
	cr_expect_eq(read_from(size(), 0, 7), 0, "upside down");
	cr_expect_eq(read_from(size(), UINT64_MAX, 7), 0, "beyond the end");
	cr_expect_eq(read_from(UINT64_MAX - 1, UINT64_MAX, 7), 0);
}

Test(notes, that_cannot_be_written_say_why)
{
	cr_expect_eq(notes_append(-1, NOTE_SKIP, 1, "", 0, "", 0), -EBADF);
}

/* ---- hostile bytes --------------------------------------------------- */

static void replace(const char *content, size_t len)
{
	cr_assert_eq(ftruncate(fd, 0), 0);
	cr_assert_eq(sys_write_all(fd, content, len), 0);
}

static size_t sample(char *out)
{
	size_t len;

	append(7, "the first");
	append(8, "not ours");
	append(7, "the second, longer than the first");
	len = size();
	cr_assert_eq(sys_pread_all(fd, out, len, 0), (ssize_t)len);
	return len;
}

/* Whatever is found is text: terminated, and of a known kind. */
static void expect_readable(size_t n)
{
	size_t i;

	cr_assert_leq(n, CAP);
	for (i = 0; i < n; i++) {
		cr_assert_leq(strlen(notes[i].file) + strlen(notes[i].text),
			      2 * NOTES_TEXT_MAX);
		cr_assert_lt((unsigned)notes[i].kind, N_NOTE_KINDS);
	}
}

Test(notes, cut_at_any_byte_are_those_that_are_whole)
{
	char content[1024];
	size_t len = sample(content), i, n, whole = 0;

	for (i = 0; i <= len; i++) {
		replace(content, i);
		n = read_from(0, len, 7);
		expect_readable(n);
		cr_expect_geq(n, whole, "never fewer with more bytes");
		whole = n;
	}
	cr_expect_eq(whole, 2);
}

Test(notes, read_from_any_byte_never_break)
{
	char content[1024];
	size_t len = sample(content), i;

	for (i = 0; i <= len; i++)
		expect_readable(read_from(i, len, 7));
}

Test(notes, that_are_damaged_never_break)
{
	struct rng rng = { .state = 1 };
	char content[1024], damaged[1024];
	size_t len = sample(content);
	uint32_t round, k;

	for (round = 0; round < 20000; round++) {
		memcpy(damaged, content, len);
		for (k = rng_below(&rng, 4) + 1; k > 0; k--)
			damaged[rng_below(&rng, (uint32_t)len)] =
				(char)rng_next(&rng);
		replace(damaged, len);
		expect_readable(read_from(0, len + 64, 7));
	}
}

/* Lengths whose sum wraps, or reaches beyond the end. */
Test(notes, with_impossible_lengths_end_the_reading)
{
	static const uint32_t lengths[][2] = {
		{ UINT32_MAX, 1 },	{ 1, UINT32_MAX },
		{ UINT32_MAX, UINT32_MAX }, { 0, NOTES_TEXT_MAX + 1 },
		{ NOTES_TEXT_MAX, NOTES_TEXT_MAX }, { 100, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct notes_head head = { .magic = NOTES_MAGIC,
					   .position = 7,
					   .file_len = lengths[i][0],
					   .text_len = lengths[i][1] };

		replace((const char *)&head, sizeof(head));
		cr_expect_eq(read_from(0, size(), 7), 0, "case %zu", i);
	}
}

Test(notes, of_an_unknown_kind_end_the_reading)
{
	struct notes_head head = { .magic = NOTES_MAGIC,
				   .position = 7,
				   .kind = N_NOTE_KINDS };

	replace((const char *)&head, sizeof(head));
	append(7, "behind it");
	cr_expect_eq(read_from(0, size(), 7), 0);
}

/* Points stand behind the others, each in their order; what no test can leave
 * is cut (TAP-1). */
Test(notes, points_are_parted_from_the_others)
{
	struct note all[2 * NOTES_PER_TEST + 3] = {
		{ .kind = NOTE_POINT_OK, .line = 1 },
		{ .kind = NOTE_FAILURE, .line = 2 },
		{ .kind = NOTE_POINT_FAILED, .line = 3 },
	};
	size_t n = 3, i;

	cr_expect_eq(notes_part(all, &n), 1);
	cr_expect_eq(n, 3);
	cr_expect_eq(all[0].line, 2);
	cr_expect_eq(all[1].line, 1);
	cr_expect_eq(all[2].line, 3);
	for (i = 0; i < 2 * NOTES_PER_TEST + 3; i++)
		all[i] = (struct note){ .kind = i ? NOTE_FAILURE
						    : NOTE_POINT_SKIPPED,
					  .line = (uint32_t)i };
	n = i;
	cr_expect_eq(notes_part(all, &n), NOTES_PER_TEST + 3);
	cr_expect_eq(n, NOTES_PER_TEST + 4);
	cr_expect_eq(all[0].line, 1);
	cr_expect_eq(all[n - 1].kind, NOTE_POINT_SKIPPED);
	n = 0;
	cr_expect_eq(notes_part(all, &n), 0);
}
