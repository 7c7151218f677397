/* SPDX-License-Identifier: MIT */
#include "base/digits.h"

#include "base/compiler.h"

hot_path char *digits_write(char *at, uint32_t number)
{
	char digits[DIGITS_CAP];
	int n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
	} while (number /= 10);
	while (n > 0)
		*at++ = digits[--n];
	*at = '\0';
	return at;
}
