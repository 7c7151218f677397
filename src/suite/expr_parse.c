/* SPDX-License-Identifier: MIT */
#include "suite/expr_impl.h"

#include "base/str.h"
#include "base/vec.h"
#include "suite/pattern.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A failed step sets err and returns EXPR_FAILED; every caller passes it on. */
#define EXPR_FAILED UINT32_MAX

struct parser {
	struct expr *e;
	const char *at;
	uint32_t depth;
	struct err *err;
};

static uint32_t parse_or(struct parser *p);

static uint32_t parse_fail(struct parser *p, const char *at, const char *what)
{
	err_set(p->err, -EINVAL, "in the filter '%s', column %u: %s",
		p->e->source, (uint32_t)(at - p->e->source) + 1, what);
	return EXPR_FAILED;
}

static void parse_space(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

/* The next character, if it is this one. */
static bool parse_char(struct parser *p, char c)
{
	parse_space(p);
	if (*p->at != c)
		return false;
	p->at++;
	return true;
}

static size_t parse_word_len(const char *at)
{
	size_t n = 0;

	while (isalnum((unsigned char)at[n]) || at[n] == '_')
		n++;
	return n;
}

/* The next word, if it is this one and no longer. */
static bool parse_word(struct parser *p, const char *word)
{
	size_t len = strlen(word);

	parse_space(p);
	if (strncmp(p->at, word, len) != 0 || parse_word_len(p->at) != len)
		return false;
	p->at += len;
	return true;
}

static uint32_t parse_depth(const struct expr *e, const struct expr_node *n)
{
	uint32_t depth = 0;

	if (n->kind >= EXPR_NOT && n->kind <= EXPR_OR)
		depth = e->nodes[n->left].depth + 1;
	if (n->kind >= EXPR_AND && n->kind <= EXPR_OR)
		depth = max_of(depth, e->nodes[n->right].depth + 1);
	return depth;
}

static uint32_t parse_add(struct parser *p, struct expr_node node)
{
	struct expr *e = p->e;

	node.depth = parse_depth(e, &node);
	vec_room(e->nodes, e->n_nodes, e->cap_nodes);
	e->nodes[e->n_nodes] = node;
	if (node.depth > EXPR_DEPTH_MAX) {
		e->n_nodes++;
		return parse_fail(p, p->at, "the expression is too deep");
	}
	return e->n_nodes++;
}

/* ---- matchers ---------------------------------------------------------- */

static void parse_add_utf8(struct str *out, uint32_t c)
{
	if (c < 0x80) {
		str_add_char(out, (char)c);
		return;
	}
	if (c < 0x800) {
		str_add_char(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			str_add_char(out, (char)(0xe0 | c >> 12));
		} else {
			str_add_char(out, (char)(0xf0 | c >> 18));
			str_add_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		str_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	str_add_char(out, (char)(0x80 | (c & 0x3f)));
}

/* Behind "\u". */
static bool parse_code_point(struct parser *p, struct str *out)
{
	unsigned long c;
	char *end;

	if (*p->at != '{' || !isxdigit((unsigned char)p->at[1]))
		return false;
	c = strtoul(p->at + 1, &end, 16);
	if (*end != '}' || c == 0 || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff))
		return false;
	p->at = end + 1;
	parse_add_utf8(out, (uint32_t)c);
	return true;
}

/* Behind a backslash.  Globs and regular expressions keep one that is not
 * ours: it is theirs. */
static bool parse_escape(struct parser *p, struct str *out, bool theirs,
			 char end)
{
	char c = *p->at;

	if (c == '\0')
		return false; /* the end stays the end */
	p->at++;
	if (c == 'u' && *p->at == '{')
		return parse_code_point(p, out);
	if (c == ')' || c == ',' || c == end) {
		/* For a regular expression a bare ")" would be a group. */
		if (theirs && end == '/' && c == ')')
			str_add_char(out, '\\');
		str_add_char(out, c);
		return true;
	}
	if (theirs) {
		str_add_char(out, '\\');
		str_add_char(out, c);
		return true;
	}
	str_add_char(out, c);
	return c == '\\';
}

/* Up to an end that is not escaped; the end is not taken. */
static bool parse_text(struct parser *p, struct str *out, bool theirs, char end)
{
	const char *from;

	while (*p->at && *p->at != end) {
		from = p->at;
		if (*p->at++ != '\\') {
			str_add_char(out, *from);
		} else if (!parse_escape(p, out, theirs, end)) {
			parse_fail(p, from, "this escape is not known: there "
				   "are \\), \\, \\\\ and \\u{HEX}");
			return false;
		}
	}
	return true;
}

static enum expr_match parse_default(enum expr_pred pred)
{
	if (pred == PRED_TEST)
		return MATCH_CONTAINS;
	return pred == PRED_ISOLATE || pred == PRED_LAST ? MATCH_EXACT
							 : MATCH_GLOB;
}

static enum expr_match parse_way(struct parser *p, enum expr_pred pred)
{
	if (parse_char(p, '='))
		return MATCH_EXACT;
	if (parse_char(p, '~'))
		return MATCH_CONTAINS;
	if (parse_char(p, '#'))
		return MATCH_GLOB;
	return parse_char(p, '/') ? MATCH_REGEX : parse_default(pred);
}

static bool parse_compile(struct parser *p, struct expr_node *n,
			  const char *at)
{
	char text[PATTERN_WHY_CAP], why[192];

	n->regex = mem_zalloc(sizeof(*n->regex));
	if (pattern_compile(n->regex, n->text, text))
		return true;
	free(n->regex);
	n->regex = NULL;
	snprintf(why, sizeof(why), "the regular expression is wrong: %s", text);
	parse_fail(p, at, why);
	return false;
}

static void parse_trim(struct str *text)
{
	while (text->len && isspace((unsigned char)text->text[text->len - 1]))
		text->text[--text->len] = '\0';
}

/* Fills in what is matched; p->at is behind it. */
static bool parse_matcher(struct parser *p, struct expr_node *n)
{
	struct str text = STR_INIT;
	const char *from;
	bool fine;

	parse_space(p);
	from = p->at;
	n->match = parse_way(p, n->pred);
	if (n->match != MATCH_REGEX)
		parse_space(p);
	fine = parse_text(p, &text, n->match >= MATCH_REGEX,
			  n->match == MATCH_REGEX ? '/' : ')');
	if (n->match == MATCH_REGEX && fine && !parse_char(p, '/')) {
		parse_fail(p, from, "the regular expression does not end: a / "
			   "is missing");
		fine = false;
	}
	if (n->match != MATCH_REGEX)
		parse_trim(&text);
	n->text = mem_strdup(str_get(&text));
	str_fini(&text);
	return fine && (n->match != MATCH_REGEX || parse_compile(p, n, from));
}

/* ---- predicates -------------------------------------------------------- */

static bool parse_is_outcome(const char *text)
{
	int i;

	for (i = OUTCOME_PASS; i < N_OUTCOMES; i++)
		if (strcmp(outcome_name((enum outcome)i), text) == 0)
			return true;
	return strcmp(text, "none") == 0;
}

static bool parse_is_isolate(const char *text)
{
	int i;

	for (i = 0; i < N_ISOLATES; i++)
		if (strcmp(isolate_name((enum isolate)i), text) == 0)
			return true;
	return false;
}

/* A word that can never match is a typing error. */
static bool parse_check_word(struct parser *p, const struct expr_node *n,
			     const char *at)
{
	if (n->match != MATCH_EXACT)
		return true;
	if (n->pred == PRED_LAST && !parse_is_outcome(n->text))
		parse_fail(p, at, "last() wants pass, fail, crash, timeout, "
			   "skip, error, flaky, notrun or none");
	else if (n->pred == PRED_ISOLATE && !parse_is_isolate(n->text))
		parse_fail(p, at, "isolate() wants auto, worker, fork or exec");
	else
		return true;
	return false;
}

static uint32_t parse_pred(struct parser *p, enum expr_pred pred,
			   const char *from)
{
	struct expr_node n = { .kind = EXPR_PRED, .pred = pred };
	const char *at;
	uint32_t node;
	bool fine;

	if (!parse_char(p, '('))
		return parse_fail(p, p->at, "a ( is missing behind the "
				  "predicate");
	at = p->at;
	fine = parse_matcher(p, &n);
	if (fine && !parse_char(p, ')')) {
		parse_fail(p, p->at, "a ) is missing");
		fine = false;
	}
	fine = fine && parse_check_word(p, &n, at);
	n.column = (uint32_t)(from - p->e->source) + 1;
	n.len = (uint32_t)(p->at - from);
	p->e->by_instance |= pred == PRED_LAST ||
			     (pred == PRED_TEST && strchr(n.text, '['));
	p->e->needs_last |= pred == PRED_LAST;
	node = parse_add(p, n);
	return fine ? node : EXPR_FAILED;
}

static uint32_t parse_whole(struct parser *p, enum expr_kind kind)
{
	if (!parse_char(p, '('))
		return parse_fail(p, p->at, "a ( is missing");
	if (!parse_char(p, ')'))
		return parse_fail(p, p->at, "nothing belongs between these "
				  "parentheses");
	return parse_add(p, (struct expr_node){ .kind = kind });
}

static uint32_t parse_primary(struct parser *p)
{
	const char *from;
	int i;

	parse_space(p);
	from = p->at;
	if (parse_word(p, "all"))
		return parse_whole(p, EXPR_ALL);
	if (parse_word(p, "none"))
		return parse_whole(p, EXPR_NONE);
	for (i = 0; i < N_PREDS; i++)
		if (parse_word(p, expr_pred_names[i]))
			return parse_pred(p, (enum expr_pred)i, from);
	return parse_fail(p, from, *from ? "here a predicate is expected: test, "
			  "suite, tag, group, scope, file, isolate, last, all, "
			  "none" : "something is missing at the end");
}

/* ---- operators --------------------------------------------------------- */

/* By recursive descent, no deeper than EXPR_NESTED_MAX. */
/* NOLINTBEGIN(misc-no-recursion) */

static uint32_t parse_group(struct parser *p)
{
	const char *open = p->at - 1;
	uint32_t node = parse_or(p);

	if (node != EXPR_FAILED && !parse_char(p, ')'))
		return parse_fail(p, open, "this ( is never closed");
	return node;
}

static uint32_t parse_factor(struct parser *p)
{
	uint32_t node;

	if (++p->depth > EXPR_NESTED_MAX)
		return parse_fail(p, p->at, "the expression is too deep");
	if (parse_char(p, '!') || parse_word(p, "not")) {
		node = parse_factor(p);
		if (node != EXPR_FAILED)
			node = parse_add(p, (struct expr_node){
				.kind = EXPR_NOT, .left = node });
	} else if (parse_char(p, '(')) {
		node = parse_group(p);
	} else {
		node = parse_primary(p);
	}
	p->depth--;
	return node;
}

static uint32_t parse_join(struct parser *p, enum expr_kind kind,
			   uint32_t left, uint32_t right)
{
	if (right == EXPR_FAILED)
		return EXPR_FAILED;
	return parse_add(p, (struct expr_node){ .kind = kind, .left = left,
						.right = right });
}

static uint32_t parse_and(struct parser *p)
{
	uint32_t node = parse_factor(p);

	while (node != EXPR_FAILED) {
		if (parse_char(p, '&') || parse_word(p, "and"))
			node = parse_join(p, EXPR_AND, node, parse_factor(p));
		else if (parse_char(p, '-'))
			node = parse_join(p, EXPR_MINUS, node,
					  parse_factor(p));
		else
			break;
	}
	return node;
}

static uint32_t parse_or(struct parser *p)
{
	uint32_t node = parse_and(p);

	while (node != EXPR_FAILED &&
	       (parse_char(p, '|') || parse_char(p, '+') ||
		parse_word(p, "or")))
		node = parse_join(p, EXPR_OR, node, parse_and(p));
	return node;
}

/* NOLINTEND(misc-no-recursion) */

int expr_parse(struct expr *e, const char *source, struct err *err)
{
	struct parser p = { .e = e, .at = source, .err = err };

	*e = (struct expr){ .source = source };
	e->root = parse_or(&p);
	parse_space(&p);
	if (e->root != EXPR_FAILED && *p.at)
		e->root = parse_fail(&p, p.at, "here an operator is expected: "
				     "and, or, -");
	if (e->root != EXPR_FAILED)
		return 0;
	expr_fini(e);
	return -EINVAL;
}
