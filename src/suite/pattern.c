/* SPDX-License-Identifier: MIT */
#include "suite/pattern.h"

#include "base/compiler.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What a repeat of what repeats itself weighs: the library's search for what
 * can follow goes round in circles, and the circles multiply.  Behind an
 * anchor it copies all of them. */
struct rates {
	uint64_t loop;	 /* "*" and "+" */
	uint64_t option; /* "?" */
	uint64_t copy;	 /* each of "{m,n}" */
};

static const struct rates rates_plain = { .loop = 8, .option = 4, .copy = 4 };
static const struct rates rates_anchored = { .loop = 16,
					     .option = 8,
					     .copy = 8 };

/* Groups in which an anchor is one of several ways: they multiply, too. */
#define ANCHORED_GROUPS_MAX 8

/* An atom, or what stands in an open parenthesis.  How many nodes: never fewer
 * than the library will make.  What it refuses or takes for itself may be
 * counted as something else. */
struct part {
	uint64_t weight;
	bool repeats;  /* something in it does */
	bool anchored; /* an anchor is in it */
};

struct weigher {
	const char *at;
	const struct rates *rates;
	struct part open[PATTERN_DEPTH_MAX + 1];
	uint32_t depth;
	uint32_t n_anchored; /* groups */
	bool refers_back;
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

static uint64_t weigh_sign(const struct weigher *w, const struct part *part,
			   char sign)
{
	if (part->repeats)
		return part->weight * (sign == '?' ? w->rates->option
						   : w->rates->loop) + 1;
	return sign == '+' ? 2 * part->weight + 1 : part->weight + 1;
}

/* All that repeats an atom. */
static void weigh_repeats(struct weigher *w, struct part *part)
{
	uint64_t copies;

	while (*w->at && strchr("*+?{", *w->at) &&
	       part->weight <= PATTERN_NODES_MAX) {
		/* Of no use, and without end for the library. */
		if (part->anchored && *w->at != '?')
			part->weight = PATTERN_NODES_MAX;
		if (*w->at == '{') {
			copies = weigh_interval(&w->at);
			if (copies == 0)
				break;
			part->weight *= part->repeats
						? copies * w->rates->copy
						: copies;
		} else {
			part->weight = weigh_sign(w, part, *w->at++);
		}
		part->repeats = true;
	}
}

/* One character of the pattern, or a bracket, or what ends with this
 * parenthesis. */
static struct part weigh_atom(struct weigher *w)
{
	struct part part = { .weight = 1 };
	char c = *w->at++;

	if (c == '[') {
		w->at = weigh_skip_bracket(w->at);
	} else if (c == '^' || c == '$') {
		part.anchored = true;
	} else if (c == '\\' && *w->at) {
		w->refers_back |= *w->at >= '1' && *w->at <= '9';
		part.anchored = strchr("bB<>`'", *w->at++) != NULL;
	} else if (c == ')' && w->depth > 0) {
		part = w->open[w->depth--];
		part.weight++;
		w->n_anchored += part.anchored;
	}
	return part;
}

/* NULL, or why not. */
static const char *weigh(struct weigher *w, const char *text,
			 const struct rates *rates)
{
	struct part *in, part;

	*w = (struct weigher){ .at = text, .rates = rates };
	while (*w->at) {
		if (*w->at == '(') {
			if (w->depth == PATTERN_DEPTH_MAX)
				return "it is nested too deeply";
			w->open[++w->depth] = (struct part){ .weight = 1 };
			w->at++;
			continue;
		}
		part = weigh_atom(w);
		weigh_repeats(w, &part);
		in = &w->open[w->depth];
		in->weight += part.weight;
		in->repeats |= part.repeats;
		in->anchored |= part.anchored;
		if (in->weight > PATTERN_NODES_MAX)
			return "with its repeats it is too large";
	}
	if (w->refers_back)
		return "extended expressions have no back references";
	return w->n_anchored > ANCHORED_GROUPS_MAX
		       ? "too many of its groups have anchors" : NULL;
}

static const char *pattern_is_bad(const char *text)
{
	struct weigher w;
	const char *reason = weigh(&w, text, &rates_plain);

	if (reason || !w.open[0].anchored)
		return reason;
	return weigh(&w, text, &rates_anchored);
}

bool pattern_compile(regex_t *regex, const char *text,
		     char why[PATTERN_WHY_CAP])
{
	const char *reason = pattern_is_bad(text);
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
