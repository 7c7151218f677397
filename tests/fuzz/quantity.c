/* SPDX-License-Identifier: MIT */
/*
 * Numbers, times and -j as the user writes them (cli/quantity.c,
 * jobs_parse_spec): held against strtoull(3) and strtod(3).
 *
 * Input: one line per text.
 */
#include "cli/quantity.h"

#include "base/clock.h"
#include "cli/jobs.h"
#include "fuzz.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_365 (365.0 * 86400 * 1e9)

static bool is_digits(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static void try_count(const char *text, uint32_t lo, uint32_t hi)
{
	uint32_t n = 0;
	int ret = quantity_parse_count(text, lo, hi, &n);
	unsigned long long value = strtoull(text, NULL, 10); /* saturates */

	fuzz_must((ret == -EINVAL) == !is_digits(text), "'%s': %d", text, ret);
	if (ret == -EINVAL)
		return;
	fuzz_must((ret == 0) == (value >= lo && value <= hi), "'%s': %d", text,
		  ret);
	fuzz_must(ret || n == value, "'%s' is %u", text, n);
}

static double unit_of(const char *suffix)
{
	return !*suffix || strcmp(suffix, "s") == 0 ? 1e9
	       : strcmp(suffix, "ms") == 0	    ? 1e6
	       : strcmp(suffix, "us") == 0	    ? 1e3
	       : strcmp(suffix, "ns") == 0	    ? 1
	       : strcmp(suffix, "m") == 0	    ? 60e9
	       : strcmp(suffix, "h") == 0	    ? 3600e9
						    : 0;
}

static void try_duration(const char *text)
{
	uint64_t ns = 0;
	int ret = quantity_parse_duration(text, &ns);
	double want;
	char *end;

	if (ret == -EINVAL || strcmp(text, "none") == 0)
		return;
	fuzz_must(text[0] >= '0' && text[0] <= '9', "'%s' is a time", text);
	want = strtod(text, &end) * unit_of(end);
	fuzz_must(unit_of(end) > 0, "'%s' is a time", text);
	if (ret == -ERANGE) {
		fuzz_must(want >= DAYS_365, "'%s' is not too long", text);
		return;
	}
	fuzz_must(ns <= DAYS_365, "'%s' is %llu ns", text,
		  (unsigned long long)ns);
	/* Digits too small to count are dropped, one by one. */
	fuzz_must(fabs((double)ns - want) <= 100 + want * 1e-12,
		  "'%s' is %llu ns", text, (unsigned long long)ns);
}

static void try_jobs(const char *text)
{
	struct jobs_spec spec = { 0 };
	int ret = jobs_parse_spec(text, &spec);

	fuzz_must(ret == 0 || ret == -EINVAL || ret == -ERANGE, "%d", ret);
	if (ret == 0 && (spec.kind == JOBS_FIXED ||
			 spec.kind == JOBS_PERCENT ||
			 spec.kind == JOBS_ALL_BUT))
		fuzz_must(spec.n >= 1 && spec.n <= JOBS_MAX, "'%s' is %u",
			  text, spec.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	char *text;

	while ((text = fuzz_line(&in))) {
		try_count(text, 1, 1000);
		try_count(text, 0, UINT32_MAX);
		try_duration(text);
		try_jobs(text);
		free(text);
	}
	return 0;
}
