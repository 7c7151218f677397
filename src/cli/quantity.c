/* SPDX-License-Identifier: MIT */
#include "cli/quantity.h"

#include "base/clock.h"
#include "base/compiler.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool quantity_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits in front of *text; moves it behind them. */
static int quantity_take_digits(const char **text, uint64_t max, uint64_t *n)
{
	uint64_t value = 0;
	bool over = false;

	if (!quantity_is_digit(**text))
		return -EINVAL;
	for (; quantity_is_digit(**text); ++*text) {
		value = value * 10 + (uint64_t)(**text - '0');
		if (value > max) {
			over = true;
			value = max;
		}
	}
	*n = value;
	return over ? -ERANGE : 0;
}

int quantity_parse_count(const char *text, uint32_t lo, uint32_t hi,
			 uint32_t *n)
{
	uint64_t value;
	int ret = quantity_take_digits(&text, hi, &value);

	if (*text != '\0')
		return -EINVAL;
	if (ret == 0 && value < lo)
		ret = -ERANGE;
	if (ret == 0)
		*n = (uint32_t)value;
	return ret;
}

/* ".25" as nanoseconds of the unit; digits too small to count are dropped. */
static int quantity_take_fraction(const char **text, uint64_t unit,
				  uint64_t *ns)
{
	uint64_t sum = 0;

	*ns = 0;
	if (**text != '.')
		return 0;
	++*text;
	if (!quantity_is_digit(**text))
		return -EINVAL;
	for (; quantity_is_digit(**text); ++*text) {
		unit /= 10;
		sum += unit * (uint64_t)(**text - '0');
	}
	*ns = sum;
	return 0;
}

static uint64_t quantity_unit(const char *suffix)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_S },	{ "s", NS_PER_S },
		{ "ms", NS_PER_MS },	{ "us", NS_PER_US },
		{ "ns", 1 },		{ "m", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S },
	};
	size_t i;

	for (i = 0; i < array_size(units); i++)
		if (strcmp(suffix, units[i].name) == 0)
			return units[i].ns;
	return 0;
}

int quantity_parse_duration(const char *text, uint64_t *ns)
{
	uint64_t unit, whole, part;
	int ret;

	if (strcmp(text, "none") == 0) {
		*ns = 0;
		return 0;
	}
	unit = quantity_unit(text + strspn(text, "0123456789."));
	if (unit == 0)
		return -EINVAL;
	ret = quantity_take_digits(&text, QUANTITY_DURATION_MAX_NS / unit,
				   &whole);
	if (ret == -EINVAL ||
	    quantity_take_fraction(&text, unit, &part) < 0 || *text == '.')
		return -EINVAL;
	if (ret < 0 || whole * unit + part > QUANTITY_DURATION_MAX_NS)
		return -ERANGE;
	*ns = whole * unit + part;
	return 0;
}
