/* SPDX-License-Identifier: MIT */
#include "report/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

static void decodes(const char *bytes, uint32_t expected)
{
	uint32_t c = 0;

	cr_expect_eq(utf8_decode(bytes, strlen(bytes), &c), strlen(bytes));
	cr_expect_eq(c, expected, "U+%04X", c);
}

static void refuses(const char *bytes, size_t len)
{
	uint32_t c = 42;

	cr_expect_eq(utf8_decode(bytes, len, &c), 0, "%02X",
		     (unsigned char)bytes[0]);
	cr_expect_eq(c, 42);
}

Test(utf8, first_and_last_of_each_length)
{
	decodes("\x01", 1);
	decodes("\x7f", 0x7f);
	decodes("\xc2\x80", 0x80);
	decodes("\xdf\xbf", 0x7ff);
	decodes("\xe0\xa0\x80", 0x800);
	decodes("\xef\xbf\xbf", 0xffff);
	decodes("\xf0\x90\x80\x80", 0x10000);
	decodes("\xf4\x8f\xbf\xbf", 0x10ffff);
}

/* OUT-4: strict, as RFC 3629 */
Test(utf8, refuses_what_is_not_utf8)
{
	refuses("", 0);
	refuses("\x80", 1);		/* continuation alone */
	refuses("\xc0\xaf", 2);		/* longer than needed */
	refuses("\xc1\xbf", 2);
	refuses("\xe0\x9f\xbf", 3);
	refuses("\xf0\x8f\xbf\xbf", 4);
	refuses("\xed\xa0\x80", 3);	/* surrogate */
	refuses("\xf4\x90\x80\x80", 4); /* beyond U+10FFFF */
	refuses("\xf5\x80\x80\x80", 4);
	refuses("\xff", 1);
	refuses("\xe5\x90", 2);		/* cut */
	refuses("\xe5\x90\x8d", 2);	/* cut by len */
	refuses("\xe5\x41\x8d", 3);
}

Test(utf8, widths)
{
	cr_expect_eq(utf8_width('a'), 1);
	cr_expect_eq(utf8_width(0xe4), 1);
	cr_expect_eq(utf8_width(0x301), 0);   /* combining acute */
	cr_expect_eq(utf8_width(0x540d), 2);  /* CJK */
	cr_expect_eq(utf8_width(0xac00), 2);  /* Hangul */
	cr_expect_eq(utf8_width(0x1f600), 2); /* emoji */
	cr_expect_eq(utf8_width(0x2026), 1);
}
