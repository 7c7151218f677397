/* SPDX-License-Identifier: MIT */
/*
 * quantity.h - numbers and times as the user writes them.
 *
 * Text to value, exact (no floating point), nothing printed.  The caller
 * knows which option it was and says so in the sentence.  Runner only.
 */
#ifndef CLI_QUANTITY_H
#define CLI_QUANTITY_H

#include <stdint.h>

/* The longest time an option takes: 365 days. */
#define QUANTITY_DURATION_MAX_NS (UINT64_C(365) * 86400 * 1000000000)

/* Digits only, lo <= *n <= hi.  0, -EINVAL (not a number) or -ERANGE. */
int quantity_parse_count(const char *text, uint32_t lo, uint32_t hi,
			 uint32_t *n);

/* "90", "1.5s", "200ms", "5m", "2h", "10us", "7ns", "none" (= 0); a plain
 * number is seconds.  0, -EINVAL or -ERANGE. */
int quantity_parse_duration(const char *text, uint64_t *ns);

#endif
