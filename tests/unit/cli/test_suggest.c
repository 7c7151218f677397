/* SPDX-License-Identifier: MIT */
#include "cli/suggest.h"

#include <criterion/criterion.h>
#include <string.h>

Test(suggest, distance_counts_each_kind_of_slip)
{
	cr_expect_eq(suggest_distance("jobs", "jobs"), 0);
	cr_expect_eq(suggest_distance("job", "jobs"), 1);
	cr_expect_eq(suggest_distance("jobbs", "jobs"), 1);
	cr_expect_eq(suggest_distance("jops", "jobs"), 1);
	cr_expect_eq(suggest_distance("jbos", "jobs"), 1);
	cr_expect_eq(suggest_distance("", "jobs"), 4);
	cr_expect_eq(suggest_distance("kitten", "sitting"), 3);
}

Test(suggest, a_word_of_any_length_is_safe)
{
	char word[4096];

	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	cr_expect_eq(suggest_distance(word, "a"), SUGGEST_WORD_MAX - 1);
	cr_expect_eq(suggest_distance("a", word), SUGGEST_WORD_MAX - 1);
}

Test(suggest, the_nearest_wins_and_the_first_of_two)
{
	struct suggest s;

	suggest_init(&s, "slw");
	suggest_offer(&s, "grace");
	suggest_offer(&s, "slaw");
	suggest_offer(&s, "slow");
	cr_expect_str_eq(s.best, "slaw");
}

Test(suggest, another_word_is_no_slip)
{
	struct suggest s;

	suggest_init(&s, "colour");
	suggest_offer(&s, "filter");
	suggest_offer(&s, "jobs");
	cr_expect_null(s.best);
}
