/* SPDX-License-Identifier: MIT */
#include "report/html_text.h"

#include "base/clock.h"
#include "report/duration.h"
#include "report/utf8.h"
#include "report/xml.h"

#include <inttypes.h>
#include <string.h>

/* Turns the direction of what follows, or is not printed. */
static bool html_is_hidden(uint32_t c)
{
	return (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff;
}

static size_t html_plain_len(const char *bytes, size_t len)
{
	size_t n = 0;

	while (n < len && (signed char)bytes[n] >= 0 && bytes[n] != 0x7f)
		n++;
	return n;
}

void html_add(struct str *out, const char *bytes, size_t len)
{
	struct str safe = STR_INIT;
	const char *at, *end;
	uint32_t c;

	xml_add(&safe, bytes, len);
	at = str_get(&safe);
	for (end = at + safe.len; at < end;) {
		size_t n = html_plain_len(at, (size_t)(end - at));

		str_add_len(out, at, n);
		at += n;
		if (at == end)
			break;
		n = utf8_decode(at, (size_t)(end - at), &c);
		if (html_is_hidden(c))
			str_addf(out, "\\u{%" PRIX32 "}", c);
		else
			str_add_len(out, at, n);
		at += n;
	}
	str_fini(&safe);
}

void html_add_text(struct str *out, const char *text)
{
	html_add(out, text, strlen(text));
}

void html_add_clipped(struct str *out, const char *bytes, size_t len,
		      size_t most)
{
	size_t n = min_of(len, most);

	/* Not within a character. */
	while (n < len && n > most - 3 && (bytes[n] & 0xc0) == 0x80)
		n--;
	html_add(out, bytes, n);
	if (n < len)
		str_add(out, "\xe2\x80\xa6");
}

void html_add_name(struct str *out, const struct event_run *run,
		   uint32_t position)
{
	struct str name = STR_INIT;

	plan_print_name(&name, run->plan, run->listing, position);
	html_add_clipped(out, str_get(&name), name.len, HTML_NAME_MAX);
	str_fini(&name);
}

void html_add_duration(struct str *out, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { NS_PER_S, "s" },
		      { NS_PER_MS, "ms" },
		      { NS_PER_US, "\xc2\xb5s" } };
	double value;
	size_t i;

	if (ns >= 60 * NS_PER_S) {
		duration_add_short(out, ns);
		return;
	}
	for (i = 0; i < array_size(units) && ns < units[i].ns; i++)
		;
	if (i == array_size(units)) {
		str_addf(out, "%" PRIu64 " ns", ns);
		return;
	}
	value = (double)ns / (double)units[i].ns;
	str_addf(out, "%.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0, value,
		 units[i].name);
}

/* NOLINTNEXTLINE(misc-no-recursion): seven deep at most */
void html_add_count(struct str *out, uint64_t n)
{
	if (n >= 1000) {
		html_add_count(out, n / 1000);
		str_addf(out, ",%03" PRIu64, n % 1000);
	} else {
		str_addf(out, "%" PRIu64, n);
	}
}

/* Of an outcome. */
static const struct html_look {
	const char *class, *colour;
} html_passed = { "pass", "#2f9e6e" }, html_failed = { "fail", "#d9483b" },
  html_skipped = { "skip", "#8a8f98" }, html_flaky = { "flaky", "#c98a1b" };

static const struct html_look *html_look(enum outcome outcome)
{
	if (outcome_is_failure(outcome))
		return &html_failed;
	if (outcome == OUTCOME_SKIP || outcome == OUTCOME_NOTRUN)
		return &html_skipped;
	return outcome == OUTCOME_FLAKY ? &html_flaky : &html_passed;
}

const char *html_class(enum outcome outcome)
{
	return html_look(outcome)->class;
}

const char *html_colour(enum outcome outcome)
{
	return html_look(outcome)->colour;
}
