/* SPDX-License-Identifier: MIT */
/* What programs say of themselves, and what their ends mean (CMK-3, ADP-6). */
#include "suite/served_list.h"

#include "base/mem.h"
#include "base/str.h"
#include "suite/served_notes.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct str listing;

static void put(uint32_t entry, uint32_t number, const char *scope,
		const char *name, const char *file, uint16_t kind)
{
	struct served_test t = { .entry = entry,
				 .number = number,
				 .line = 7,
				 .scope_len = (uint16_t)strlen(scope),
				 .name_len = (uint16_t)strlen(name),
				 .file_len = (uint16_t)strlen(file),
				 .kind = kind };

	str_add_len(&listing, (const char *)&t, sizeof(t));
	str_addf(&listing, "%s%s%s", scope, name, file);
}

static int fake_open(struct adapter_suite *s, struct err *err)
{
	(void)err;
	s->state = mem_zalloc(sizeof(struct served_state));
	return 0;
}

static int fake_list(struct adapter_suite *s, struct err *err)
{
	return served_read(s, listing.text, listing.len, err);
}

static const struct adapter_ops fake = { .name = "fake",
					 .lost = "there are none",
					 .programs = true,
					 .open = fake_open,
					 .list = fake_list,
					 .close = served_close };

Test(served, keeps_where_each_test_is)
{
	struct err err = { 0 };
	const struct served_ref *ref;
	struct adapter_suite *s;

	put(0, 4, "g", "a", "f.c", 0);
	put(1, 0, "h", "b", "f.c", 0);
	s = adapter_open("fake", &fake, &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_assert_eq(s->n_tests, 2);
	cr_expect_str_eq(s->tests[0].name, "g::a");
	ref = s->tests[0].decl;
	cr_expect(ref->entry == 0 && ref->number == 4);
	ref = s->tests[1].decl;
	cr_expect(ref->entry == 1 && ref->number == 0);
	cr_expect_eq(s->tests[1].file, s->tests[0].file);
	cr_expect_eq(s->tests[1].line, 7);
	adapter_free(s);
	str_fini(&listing);
}

Test(served, numbers_equal_names_and_makes_words)
{
	static const char *const names[] = { "g::a_b", "g::x", "g::a_b.2",
					     "h::x", "g::a_b.3", "_::_" };
	struct err err = { 0 };
	struct adapter_suite *s;
	uint32_t i;

	put(0, 0, "g", "a b", "", 0);
	put(0, 1, "g", "x", "", 0);
	put(0, 2, "g", "a#b", "", 0);
	put(1, 0, "h", "x", "", 0);
	put(2, 0, "g", "a\\b", "", 0);
	put(2, 1, "", "", "", 0);
	s = adapter_open("fake", &fake, &err);
	cr_assert_not_null(s, "%s", err.text);
	for (i = 0; i < array_size(names); i++)
		cr_expect_str_eq(s->tests[i].name, names[i]);
	cr_expect_str_eq(s->tests[5].file, "", "no place is no place");
	adapter_free(s);
	str_fini(&listing);
}

Test(served, a_listing_that_is_cut_or_refuses_is_an_error)
{
	struct err err = { 0 };

	put(0, 0, "g", "a", "f.c", 0);
	listing.len--;
	cr_expect_null(adapter_open("fake", &fake, &err));
	cr_expect_eq(err.code, -EPROTO);
	str_fini(&listing);
	put(0, 0, "", "it is odd", "", 1);
	cr_expect_null(adapter_open("fake", &fake, &err));
	cr_expect_str_eq(err.text, "it is odd");
	str_fini(&listing);
}

/* CHK-2: loops, expected ends, limits; SEL-4: tags. */
Test(served, takes_what_is_known_of_a_test)
{
	struct served_test t = { .count = 3, .timeout_ms = 1500, .signal = 11,
				 .exit_code = 3, .scope_len = 1,
				 .name_len = 1, .tags_len = 5 };
	struct err err = { 0 };
	struct adapter_suite *s;

	str_add_len(&listing, (const char *)&t, sizeof(t));
	str_add(&listing, "gxa,b c");
	s = adapter_open("fake", &fake, &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_expect(s->tests[0].count == 3 && s->tests[0].indexed);
	cr_expect(s->tests[0].attrs.timeout > 1.49 &&
		  s->tests[0].attrs.timeout < 1.51);
	cr_expect_eq(s->tests[0].attrs.signal, 11);
	cr_expect_eq(s->tests[0].attrs.exit_code, 3);
	cr_expect_str_eq(s->tests[0].attrs.tags, "a,b_c");
	adapter_free(s);
	str_fini(&listing);
	t.count = TEST_COUNT_MAX + 1;
	str_add_len(&listing, (const char *)&t, sizeof(t));
	str_add(&listing, "gxa,b c");
	cr_expect_null(adapter_open("fake", &fake, &err));
	cr_expect_eq(err.code, -ERANGE);
	str_fini(&listing);
}

Test(served, a_warning_is_no_test)
{
	struct err err = { 0 };
	struct adapter_suite *s;

	put(0, 0, "", "it is slow", "", SERVED_WARNING);
	put(0, 1, "g", "b", "", SERVED_TEST);
	s = adapter_open("fake", &fake, &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_expect_str_eq(s->warning.text, "it is slow");
	cr_assert_eq(s->n_tests, 1);
	cr_expect_str_eq(s->tests[0].name, "g::b");
	adapter_free(s);
	str_fini(&listing);
}

/* What a test noted, and what it may have scribbled behind. */
Test(served, notes_end_where_nothing_sensible_is)
{
	struct served_page *page = mem_zalloc(sizeof(*page));
	struct served_note note = { .kind = SERVED_FAILURE,
				    .line = 9,
				    .file_len = 1,
				    .text_len = 2 };
	static struct served_text text;
	uint32_t at = 0;

	memcpy(page->text, &note, sizeof(note));
	memcpy(page->text + sizeof(note), "fno", 3);
	page->attempt.used = UINT32_MAX;
	cr_assert(served_notes_next(page, &at, &text));
	cr_expect_str_eq(text.file, "f");
	cr_expect_str_eq(text.text, "no");
	cr_expect_eq(at, (sizeof(note) + 3 + 3) & ~3u);
	cr_expect_not(served_notes_next(page, &at, &text));
	note.text_len = UINT16_MAX;
	memcpy(page->text, &note, sizeof(note));
	page->attempt.used = sizeof(note) + 3;
	at = 0;
	cr_expect_not(served_notes_next(page, &at, &text));
	free(page);
}

static enum outcome judge(struct adapter_end end)
{
	const char *why = NULL;

	return served_judge(&end, &why);
}

Test(served, nothing_but_a_good_end_passes)
{
	cr_expect_eq(judge((struct adapter_end){ .done = true }),
		     OUTCOME_PASS);
	cr_expect_eq(judge((struct adapter_end){ .done = true,
						 .skipped = true }),
		     OUTCOME_SKIP);
	cr_expect_eq(judge((struct adapter_end){ .done = true,
						 .skipped = true,
						 .n_failures = 1 }),
		     OUTCOME_FAIL);
	cr_expect_eq(judge((struct adapter_end){ .done = true,
						 .n_faults = 1 }),
		     OUTCOME_ERROR);
	/* exit(0), in the test and behind it. */
	cr_expect_eq(judge((struct adapter_end){ .phase = ADAPTER_BODY }),
		     OUTCOME_FAIL);
	cr_expect_eq(judge((struct adapter_end){ .phase = ADAPTER_AFTER,
						 .status = 23 << 8 }),
		     OUTCOME_FAIL);
	cr_expect_eq(judge((struct adapter_end){ .status = 11,
						 .n_failures = 1 }),
		     OUTCOME_CRASH);
}
