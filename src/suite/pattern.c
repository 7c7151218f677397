/* SPDX-License-Identifier: MIT */
#include "suite/pattern.h"

#include "base/compiler.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* How many nodes: never fewer than the library will make.  What it refuses or
 * takes for itself may be counted as something else. */
struct weigher {
	const char *at;
	uint64_t sums[PATTERN_DEPTH_MAX + 1]; /* per open parenthesis */
	uint32_t depth;
};

/* Behind the "[" of one; its end, or the text's. */
static const char *weigh_skip_bracket(const char *at)
{
	char inner;

	at += *at == '^';
	at += *at == ']';
	while (*at && *at != ']') {
		if (at[0] != '[' || !at[1] || !strchr(":.=", at[1])) {
			at++;
			continue;
		}
		inner = at[1];
		for (at += 2; *at && !(at[0] == inner && at[1] == ']'); at++)
			;
		at += *at ? 2 : 0;
	}
	return *at ? at + 1 : at;
}

static uint64_t weigh_number(const char **at)
{
	uint64_t n = 0;

	for (; isdigit((unsigned char)**at); ++*at)
		n = min_of(n * 10 + (uint64_t)(**at - '0'),
			   (uint64_t)PATTERN_NODES_MAX);
	return n;
}

/* "{m}", "{m,}", "{m,n}", "{,n}": how many copies, and where it ends; 0 = it
 * is none. */
static uint64_t weigh_interval(const char **end)
{
	const char *at = *end + 1;
	uint64_t least = weigh_number(&at), most = least;

	if (*at == ',') {
		at++;
		most = isdigit((unsigned char)*at) ? weigh_number(&at)
						   : least + 1;
	}
	if (*at != '}')
		return 0;
	*end = at + 1;
	/* Each that may be missing has a node for that. */
	return 2 * max_of(max_of(least, most), (uint64_t)1);
}

/* The weight of an atom with all that repeats it. */
static uint64_t weigh_repeats(struct weigher *w, uint64_t atom)
{
	uint64_t copies;

	while (*w->at && strchr("*+?{", *w->at) && atom <= PATTERN_NODES_MAX) {
		if (*w->at == '{') {
			copies = weigh_interval(&w->at);
			if (copies == 0)
				break;
			atom *= copies;
		} else {
			atom = *w->at++ == '+' ? 2 * atom + 1 : atom + 1;
		}
	}
	return atom;
}

/* One character of the pattern, or a bracket; its weight. */
static uint64_t weigh_atom(struct weigher *w)
{
	char c = *w->at++;

	if (c == '[')
		w->at = weigh_skip_bracket(w->at);
	else if (c == '\\' && *w->at)
		w->at++;
	else if (c == ')' && w->depth > 0)
		return w->sums[w->depth--] + 1;
	return 1;
}

/* NULL, or why not. */
static const char *weigh(const char *text)
{
	struct weigher w = { .at = text };
	uint64_t atom;

	while (*w.at) {
		if (*w.at == '(') {
			if (w.depth == PATTERN_DEPTH_MAX)
				return "it is nested too deeply";
			w.sums[++w.depth] = 1;
			w.at++;
			continue;
		}
		atom = weigh_atom(&w);
		w.sums[w.depth] += weigh_repeats(&w, atom);
		if (w.sums[w.depth] > PATTERN_NODES_MAX)
			return "with its repeats it is too large";
	}
	return NULL;
}

bool pattern_compile(regex_t *regex, const char *text,
		     char why[PATTERN_WHY_CAP])
{
	const char *reason = weigh(text);
	int code;

	if (reason) {
		snprintf(why, PATTERN_WHY_CAP, "%s", reason);
		return false;
	}
	code = regcomp(regex, text, REG_EXTENDED | REG_NOSUB);
	if (code != 0)
		regerror(code, regex, why, PATTERN_WHY_CAP);
	return code == 0;
}
