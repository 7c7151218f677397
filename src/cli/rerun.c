/* SPDX-License-Identifier: MIT */
#include "cli/rerun.h"

#include "report/utf8.h"
#include "report/visible.h"
#include "suite/adapter.h"

#include <ctype.h>
#include <string.h>

/* Neither a shell nor a pattern nor an expression takes it for anything. */
static bool rerun_is_plain(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_:./-+,=@%", c));
}

static void rerun_quote(struct str *out, const char *word)
{
	const char *p = word;

	while (rerun_is_plain(*p))
		p++;
	if (*p == '\0' && p > word) {
		str_add(out, word);
		return;
	}
	str_add(out, "'");
	for (p = word; *p; p++)
		if (*p == '\'')
			str_add(out, "'\\''");
		else
			str_add_len(out, p, 1);
	str_add(out, "'");
}

/* ---- which tests ----------------------------------------------------- */

/* As a pattern it is itself and nothing else. */
static bool rerun_is_pattern(const char *name)
{
	while (rerun_is_plain(*name))
		name++;
	return *name == '\0';
}

static bool rerun_are_patterns(const struct replaying *r,
			       const uint32_t *steps, uint32_t n)
{
	struct str name = STR_INIT;
	bool are = r->sequence.listing->n_suites == 1;
	uint32_t i;

	for (i = 0; are && i <= n; i++) {
		str_clear(&name);
		sequence_print_name(&name, &r->sequence,
				    i < n ? steps[i] : r->sequence.n - 1);
		are = rerun_is_pattern(str_get(&name));
	}
	str_fini(&name);
	return are;
}

/* One character of more than a byte, or a byte that is none: whatever would
 * harm a terminal by its number (OUT-9).  Returns its length. */
static size_t rerun_add_wide(struct str *out, const char *text)
{
	struct str character = STR_INIT;
	uint32_t c;
	size_t len = utf8_decode(text, strlen(text), &c);

	if (len == 0) {
		str_add_len(out, text, 1);
		return 1;
	}
	str_add_len(&character, text, len);
	visible_add(out, str_get(&character));
	str_fini(&character);
	return len;
}

/* Whatever might mean something by its number, as in \u{29}. */
static void rerun_add_exact(struct str *out, const char *text)
{
	while (*text) {
		if ((unsigned char)*text >= 0x80) {
			text += rerun_add_wide(out, text);
			continue;
		}
		if ((rerun_is_plain(*text) && *text != ',') ||
		    *text == '[' || *text == ']')
			str_add_len(out, text, 1);
		else
			str_addf(out, "\\u{%x}", (unsigned)*text);
		text++;
	}
}

static void rerun_add_suite(struct str *out, const struct listing *l,
			    uint32_t suite_ix)
{
	str_add(out, "suite(=");
	rerun_add_exact(out, l->suites[suite_ix].path);
	str_add(out, ") and ");
}

static void rerun_add_test(struct str *out, const struct replaying *r,
			   uint32_t step, bool patterns)
{
	const struct sequence *s = &r->sequence;
	const struct test *t = &s->listing->tests[s->steps[step].test_ix];
	struct str name = STR_INIT, text = STR_INIT;

	sequence_print_name(&name, s, step);
	if (patterns) {
		str_add(&text, str_get(&name));
	} else {
		if (s->listing->n_suites > 1)
			rerun_add_suite(&text, s->listing, t->suite_ix);
		str_add(&text, "test(=");
		rerun_add_exact(&text, str_get(&name));
		str_add(&text, ")");
	}
	str_add(out, patterns ? " -f " : " -E ");
	rerun_quote(out, str_get(&text));
	str_fini(&text);
	str_fini(&name);
}

/* ---- what was typed -------------------------------------------------- */

/* Is it --NAME=..., or --NAME, and then a value follows? */
static bool rerun_is_option(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 &&
	       (word[len] == '\0' || word[len] == '=');
}

static void rerun_add_words(struct str *out, const struct options *o)
{
	char **word = o->argv + 1;

	while (*word) {
		if (rerun_is_option(*word, "--replay") ||
		    rerun_is_option(*word, "--bisect")) {
			word += strchr(*word, '=') ? 1 : 2;
			continue;
		}
		if (!adapter_embedded(*word)) {
			str_add(out, " ");
			rerun_quote(out, *word);
		}
		word++;
	}
}

void rerun_print(struct str *out, const struct options *o,
		 const struct replaying *r, const uint32_t *steps, uint32_t n)
{
	bool patterns = rerun_are_patterns(r, steps, n);
	uint32_t i;

	rerun_quote(out, o->argv[0]);
	str_add(out, " --replay=");
	rerun_quote(out, r->o.replay);
	for (i = 0; i < n; i++)
		rerun_add_test(out, r, steps[i], patterns);
	rerun_add_test(out, r, r->sequence.n - 1, patterns);
	rerun_add_words(out, o);
	str_add(out, "\n");
}
