/* SPDX-License-Identifier: MIT */
#include "base/digits.h"

#include <criterion/criterion.h>

Test(digits, are_all_there_and_the_end_is_told)
{
	static const struct {
		uint32_t number;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 7, "7" }, { 10, "10" }, { 65535, "65535" },
		{ UINT32_MAX, "4294967295" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[DIGITS_CAP + 1] = "############";
		char *end = digits_write(text, cases[i].number);

		cr_expect_str_eq(text, cases[i].text);
		cr_expect_eq(*end, '\0');
	}
}
