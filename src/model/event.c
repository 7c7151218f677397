/* SPDX-License-Identifier: MIT */
#include "model/event.h"

#include <string.h>

#define DIGITS "0123456789"

uint64_t note_point_number(const struct note *note)
{
	size_t len = strspn(note->text, DIGITS), i;
	uint64_t number = 0;

	for (i = 0; i < len && i < 10; i++)
		number = number * 10 + (uint64_t)(note->text[i] - '0');
	return number;
}

const char *note_point_name(const struct note *note)
{
	const char *name = note->text + strspn(note->text, DIGITS);

	return *name == ' ' ? name + 1 : name;
}
