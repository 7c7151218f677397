/* SPDX-License-Identifier: MIT */
#include "base/json_tree.h"

#include "base/compiler.h"
#include "base/vec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64
#define NODES_MAX (1u << 26)
#define NUMBER_MAX 64 /* bytes */

struct reader {
	struct json_tree *tree;
	char *begin, *at, *end;
	const char *wrong; /* the first thing that is; NULL = nothing */
	int depth;
};

static bool read_fails(struct reader *r, const char *wrong)
{
	if (!r->wrong)
		r->wrong = wrong;
	return false;
}

static void read_blanks(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' ||
				  *r->at == '\n' || *r->at == '\r'))
		r->at++;
}

static bool read_char(struct reader *r, char c)
{
	read_blanks(r);
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* ---- texts ----------------------------------------------------------- */

static bool read_hex(struct reader *r, uint32_t *code)
{
	int i;

	*code = 0;
	if (r->end - r->at < 4)
		return read_fails(r, "an escape is cut off");
	for (i = 0; i < 4; i++) {
		char c = *r->at++;

		if (c >= '0' && c <= '9')
			*code = *code * 16 + (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			*code = *code * 16 + (uint32_t)((c | 32) - 'a') + 10;
		else
			return read_fails(r, "an escape is not hexadecimal");
	}
	return true;
}

/* Never longer than its escape. */
static char *read_put_utf8(char *to, uint32_t code)
{
	if (code < 0x80) {
		*to++ = (char)code;
	} else if (code < 0x800) {
		*to++ = (char)(0xc0 | code >> 6);
		*to++ = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	} else {
		*to++ = (char)(0xf0 | code >> 18);
		*to++ = (char)(0x80 | (code >> 12 & 0x3f));
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	}
	return to;
}

/* Behind \u: one character, which two escapes may make. */
static bool read_unicode(struct reader *r, char **to)
{
	uint32_t code, low;
	char *back;

	if (!read_hex(r, &code))
		return false;
	if (code >= 0xd800 && code < 0xdc00) {
		back = r->at;
		if (r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u') {
			code = 0xfffd;
		} else {
			r->at += 2;
			if (!read_hex(r, &low))
				return false;
			if (low >= 0xdc00 && low < 0xe000)
				code = 0x10000 + ((code - 0xd800) << 10) +
				       (low - 0xdc00);
			else
				code = 0xfffd;
			if (code == 0xfffd)
				r->at = back;
		}
	} else if (code == 0 || (code >= 0xdc00 && code < 0xe000)) {
		code = 0xfffd;
	}
	*to = read_put_utf8(*to, code);
	return true;
}

static bool read_escape(struct reader *r, char **to)
{
	static const char from[] = "\"\\/bfnrt", is[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (r->at == r->end)
		return read_fails(r, "a text is not closed");
	if (*r->at == 'u') {
		r->at++;
		return read_unicode(r, to);
	}
	found = *r->at ? strchr(from, *r->at) : NULL;
	if (!found)
		return read_fails(r, "an escape is unknown");
	r->at++;
	*(*to)++ = is[found - from];
	return true;
}

/* At a quote.  Decoded where it stands. */
static const char *read_text(struct reader *r)
{
	char *text = ++r->at, *to = text;

	while (r->at < r->end && *r->at != '"') {
		if ((unsigned char)*r->at < ' ') {
			read_fails(r, "a text holds a control character");
			return NULL;
		}
		if (*r->at != '\\') {
			*to++ = *r->at++;
			continue;
		}
		r->at++;
		if (!read_escape(r, &to))
			return NULL;
	}
	if (r->at == r->end) {
		read_fails(r, "a text is not closed");
		return NULL;
	}
	r->at++;
	*to = '\0';
	return text;
}

/* ---- values ---------------------------------------------------------- */

static bool read_value(struct reader *r, uint32_t *ix);

static uint32_t read_node(struct reader *r, enum json_kind kind)
{
	struct json_tree *t = r->tree;

	vec_room(t->nodes, t->n, t->cap);
	t->nodes[t->n] = (struct json_node){ .kind = kind, .text = "" };
	return t->n++;
}

static size_t read_digits(const char *at)
{
	return strspn(at, "0123456789");
}

/* As JSON has them: no leading zero, no bare point. */
static bool read_is_number(const char *at)
{
	size_t n;

	at += *at == '-';
	n = read_digits(at);
	if (n == 0 || (n > 1 && *at == '0'))
		return false;
	at += n;
	if (*at == '.') {
		n = read_digits(at + 1);
		if (n == 0)
			return false;
		at += 1 + n;
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '+' || *at == '-';
		n = read_digits(at);
		if (n == 0)
			return false;
		at += n;
	}
	return *at == '\0';
}

static bool read_number(struct reader *r, uint32_t *ix)
{
	char text[NUMBER_MAX + 1] = "";
	size_t len = 0;

	while (r->at < r->end && len < NUMBER_MAX && *r->at &&
	       strchr("+-.eE0123456789", *r->at))
		text[len++] = *r->at++;
	text[len] = '\0';
	if (!read_is_number(text))
		return read_fails(r, "a value is none");
	*ix = read_node(r, JSON_NUMBER);
	r->tree->nodes[*ix].number = strtod(text, NULL);
	return true;
}

static bool read_word(struct reader *r, uint32_t *ix)
{
	static const struct {
		const char *word;
		enum json_kind kind;
	} words[] = { { "null", JSON_NULL },
		      { "false", JSON_FALSE },
		      { "true", JSON_TRUE } };
	size_t i;

	for (i = 0; i < array_size(words); i++) {
		size_t len = strlen(words[i].word);

		if ((size_t)(r->end - r->at) < len ||
		    memcmp(r->at, words[i].word, len) != 0)
			continue;
		r->at += len;
		*ix = read_node(r, words[i].kind);
		return true;
	}
	return read_number(r, ix);
}

/* "key": of an object. */
static bool read_key(struct reader *r, const char **key)
{
	read_blanks(r);
	if (r->at == r->end || *r->at != '"')
		return read_fails(r, "a key is no text");
	*key = read_text(r);
	if (!*key)
		return false;
	return read_char(r, ':') || read_fails(r, "behind a key is no colon");
}

/* NOLINTBEGIN(misc-no-recursion): no deeper than DEPTH_MAX */
/* Behind the bracket that opens it. */
static bool read_children(struct reader *r, uint32_t parent, bool object)
{
	char close = object ? '}' : ']';
	uint32_t last = 0, ix;

	if (read_char(r, close))
		return true;
	do {
		const char *key = NULL;

		if (object && !read_key(r, &key))
			return false;
		if (!read_value(r, &ix))
			return false;
		r->tree->nodes[ix].key = key;
		if (last)
			r->tree->nodes[last].next = ix;
		else
			r->tree->nodes[parent].first = ix;
		last = ix;
	} while (read_char(r, ','));
	return read_char(r, close) ||
	       read_fails(r, "behind a value is no comma");
}

static bool read_value(struct reader *r, uint32_t *ix)
{
	bool object, good;

	read_blanks(r);
	if (r->at == r->end)
		return read_fails(r, "it is cut off");
	if (r->depth == DEPTH_MAX || r->tree->n == NODES_MAX)
		return read_fails(r, "it is too deep or too large");
	if (*r->at == '"') {
		const char *text = read_text(r);

		if (!text)
			return false;
		*ix = read_node(r, JSON_TEXT);
		r->tree->nodes[*ix].text = text;
		return true;
	}
	if (*r->at != '{' && *r->at != '[')
		return read_word(r, ix);
	object = *r->at++ == '{';
	*ix = read_node(r, object ? JSON_OBJECT : JSON_ARRAY);
	r->depth++;
	good = read_children(r, *ix, object);
	r->depth--;
	return good;
}
/* NOLINTEND(misc-no-recursion) */

int json_tree_parse(struct json_tree *tree, char *bytes, size_t len,
		    struct err *err)
{
	struct reader r = { .tree = tree,
			    .begin = bytes,
			    .at = bytes,
			    .end = bytes + len };
	uint32_t root;

	*tree = (struct json_tree){ 0 };
	if (read_value(&r, &root)) {
		read_blanks(&r);
		if (r.at != r.end)
			read_fails(&r, "there is more behind it");
	}
	if (r.wrong)
		return err_set(err, -EINVAL, "it is no JSON: at byte %zu %s",
			       (size_t)(r.at - r.begin), r.wrong);
	return 0;
}

void json_tree_fini(struct json_tree *tree)
{
	free(tree->nodes);
	*tree = (struct json_tree){ 0 };
}

/* ---- looking --------------------------------------------------------- */

const struct json_node *json_tree_root(const struct json_tree *tree)
{
	return tree->n ? &tree->nodes[0] : NULL;
}

const struct json_node *json_tree_first(const struct json_tree *tree,
					const struct json_node *node)
{
	return node && node->first ? &tree->nodes[node->first] : NULL;
}

const struct json_node *json_tree_next(const struct json_tree *tree,
				       const struct json_node *node)
{
	return node && node->next ? &tree->nodes[node->next] : NULL;
}

const struct json_node *json_tree_get(const struct json_tree *tree,
				      const struct json_node *node,
				      const char *key)
{
	const struct json_node *child, *found = NULL;

	for (child = json_tree_first(tree, node); child;
	     child = json_tree_next(tree, child))
		if (child->key && strcmp(child->key, key) == 0)
			found = child;
	return found;
}

const struct json_node *json_tree_at(const struct json_tree *tree,
				     const struct json_node *node,
				     uint32_t index)
{
	const struct json_node *child = json_tree_first(tree, node);

	while (child && index-- > 0)
		child = json_tree_next(tree, child);
	return child;
}

const char *json_tree_text(const struct json_node *node, const char *deflt)
{
	return node && node->kind == JSON_TEXT ? node->text : deflt;
}

double json_tree_number(const struct json_node *node, double deflt)
{
	return node && node->kind == JSON_NUMBER ? node->number : deflt;
}

bool json_tree_is_true(const struct json_node *node)
{
	return node && node->kind == JSON_TRUE;
}
