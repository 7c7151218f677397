/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions (suite/pattern.h), which build systems bring along with
 * their tests, and what a program printed, held against them
 * (suite/program.h): a pattern is refused with a reason, or compiled within a
 * few megabytes; one without anything special is found where strstr(3) finds
 * it, and its place in the lists decides what the end means.
 *
 * Input: the pattern, a line; then the output.
 */
#include "suite/pattern.h"

#include "base/err.h"
#include "fuzz.h"
#include "suite/program.h"

#include <stdlib.h>
#include <string.h>

#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	      "0123456789 _-,:;<>=!\"'/@#%&~"
/* Matching takes the square of it at worst. */
#define OUTPUT_MAX 256u

enum list { PASS, FAIL, SKIP };

/* What a good end of a program means that printed it. */
static enum outcome judge(char *pattern, enum list list, const char *output,
			  size_t len)
{
	char *one[] = { pattern, NULL }, why[PROGRAM_WHY_CAP];
	struct program p = { .skip_status = -1 };
	struct program_end end = { .output = output, .output_len = len };

	if (list == PASS)
		p.patterns.pass = one;
	else if (list == FAIL)
		p.patterns.fail = one;
	else
		p.patterns.skip = one;
	return program_judge(&p, &end, why);
}

static void try_matching(char *pattern, const char *output, size_t len)
{
	bool plain = pattern[strspn(pattern, PLAIN)] == '\0';
	bool found = memmem(output, len, pattern, strlen(pattern));
	enum outcome pass = judge(pattern, PASS, output, len);
	enum outcome fail = judge(pattern, FAIL, output, len);
	enum outcome skip = judge(pattern, SKIP, output, len);

	/* The library is out of memory. */
	if (pass == OUTCOME_ERROR || fail == OUTCOME_ERROR ||
	    skip == OUTCOME_ERROR)
		return;
	fuzz_must((pass == OUTCOME_PASS) == (fail != OUTCOME_PASS),
		  "'%s': %d, %d", pattern, pass, fail);
	fuzz_must((skip == OUTCOME_SKIP) == (fail != OUTCOME_PASS),
		  "'%s': %d, %d", pattern, skip, fail);
	/* A NUL in the output counts as a space. */
	if (plain && !memchr(output, '\0', len))
		fuzz_must(found == (pass == OUTCOME_PASS), "'%s'", pattern);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	char *pattern = fuzz_line(&in), why[PATTERN_WHY_CAP] = "";
	const uint8_t *output;
	regex_t regex;
	size_t len;

	if (!pattern)
		return 0;
	if (pattern_compile(&regex, pattern, why)) {
		regfree(&regex);
		len = fuzz_bytes(&in, OUTPUT_MAX, &output);
		try_matching(pattern, (const char *)output, len);
	} else {
		fuzz_must(*why, "'%s' is refused without a reason", pattern);
	}
	free(pattern);
	return 0;
}
