/* SPDX-License-Identifier: MIT */
/*
 * html_tables.c - the slowest tests, the last ones, how long tests take, and
 * the suites.  Bars are small SVGs, which need no styles.
 */
#include "report/html_impl.h"

#include "base/clock.h"
#include "report/html_text.h"

#include <inttypes.h>
#include <string.h>

#define BAR 120u

static void table_begin(struct str *out, const char *const *heads)
{
	str_add(out, "<table border=\"0\" cellpadding=\"3\"><thead><tr>");
	for (; *heads; heads++)
		str_addf(out, "<th align=\"left\">%s</th>", *heads);
	str_add(out, "</tr></thead><tbody>\n");
}

static void table_end(struct str *out)
{
	str_add(out, "</tbody></table>\n");
}

/* part of whole as a bar. */
static void table_add_bar(struct str *out, uint64_t part, uint64_t whole,
			  const char *class, const char *colour)
{
	double wide = whole ? (double)part * BAR / (double)whole : 0;

	str_addf(out, "<svg width=\"%u\" height=\"9\"><rect class=\"%s\" "
		      "fill=\"%s\" width=\"%.1f\" height=\"9\"/></svg>",
		 BAR, class, colour, part ? max_of(wide, 1.0) : 0.0);
}

/* A number of nanoseconds that is sorted by. */
static void table_add_time(struct str *out, uint64_t ns)
{
	str_addf(out, "<td class=\"n\" data-v=\"%" PRIu64 "\">", ns);
	html_add_duration(out, ns);
	str_add(out, "</td>");
}

static void table_add_number(struct str *out, uint64_t n)
{
	str_addf(out, "<td class=\"n\" data-v=\"%" PRIu64 "\">", n);
	html_add_count(out, n);
	str_add(out, "</td>");
}

/* ---- tests ------------------------------------------------------------- */

const struct cost *html_find_cost(const struct html *h, uint32_t test_ix,
				  uint32_t index)
{
	const struct cost *cost;

	if (!h->costs)
		return NULL;
	cost = &h->costs->rows[costs_row(h->costs, test_ix, index)];
	return cost->known && cost->est_ns > 0 ? cost : NULL;
}

/* What it took in earlier runs, and how often that fits into this one. */
static void table_add_usual(struct str *out, const struct html *h,
			    const struct html_span *s)
{
	struct instance at = plan_at(h->run.plan, s->position);
	const struct cost *usual = html_find_cost(h, at.test_ix, at.index);
	double times;

	if (!usual) {
		str_add(out, "<td class=\"n\" data-v=\"0\"></td>");
		return;
	}
	times = (double)s->duration_ns / (double)usual->est_ns;
	str_addf(out, "<td class=\"n\" data-v=\"%.3f\">", times);
	html_add_duration(out, (uint64_t)usual->est_ns);
	if ((times >= 1.5 || times <= 0.67) &&
	    max_of((uint64_t)usual->est_ns, s->duration_ns) >= NS_PER_MS)
		str_addf(out, ", now \xc3\x97 %.*f",
			 times < 1 ? 2 : times < 10 ? 1 : 0, times);
	str_add(out, "</td>");
}

static void table_add_test(struct str *out, const struct html *h,
			   const struct html_span *s, uint64_t whole)
{
	const char *class = html_class(s->outcome);

	str_add(out, "<tr class=\"row\"><td>");
	if (s->outcome != OUTCOME_PASS)
		str_addf(out, "<b class=\"%s\">%s</b> ", class,
			 outcome_name(s->outcome));
	str_add(out, "<code>");
	html_add_name(out, &h->run, s->position);
	str_add(out, "</code></td>");
	table_add_time(out, s->duration_ns);
	str_add(out, "<td>");
	table_add_bar(out, s->duration_ns, whole,
		      s->outcome == OUTCOME_PASS ? "slow" : class,
		      s->outcome == OUTCOME_PASS ? "#3f7cc4"
						 : html_colour(s->outcome));
	str_add(out, "</td>");
	if (h->costs)
		table_add_usual(out, h, s);
	table_add_time(out, s->start_ns);
	str_addf(out, "<td data-v=\"%u\">w%u</td></tr>\n", s->slot, s->slot);
}

static uint32_t table_add_tests(struct str *out, const struct html *h,
				const struct html_top *t, size_t end)
{
	static const char *const heads[] = { "test", "took", "", "begun after",
					     "worker", NULL };
	static const char *const with_usual[] = { "test", "took", "", "usual",
						  "begun after", "worker",
						  NULL };
	uint64_t whole = 0;
	uint32_t i;

	for (i = 0; i < t->n; i++)
		whole = max_of(whole, t->items[i].duration_ns);
	table_begin(out, h->costs ? with_usual : heads);
	for (i = 0; i < t->n && out->len < end; i++)
		table_add_test(out, h, &t->items[i], whole);
	table_end(out);
	return i;
}

void html_add_slowest(struct str *out, const struct html *h, size_t room)
{
	const struct html_top *t = &h->slowest;
	uint32_t n;

	if (t->n == 0)
		return;
	str_addf(out, "<section id=\"slowest\"><h2>%s</h2>\n",
		 h->n_begun <= t->n ? "All tests, the slowest first"
				    : "The slowest tests");
	n = table_add_tests(out, h, t, out->len + room);
	if (n < h->n_begun) {
		str_add(out, "<p class=\"cut\">");
		html_add_count(out, n);
		str_add(out, " of ");
		html_add_count(out, h->n_begun);
		str_add(out, " are listed; <code>shmrun report --json</code> "
			     "has them all.</p>\n");
	}
	str_add(out, "</section>\n");
}

void html_add_last(struct str *out, const struct html *h)
{
	if (h->last.n < 2 || h->run.jobs < 2)
		return;
	str_add(out, "<details><summary>The last to end</summary>\n");
	table_add_tests(out, h, &h->last, SIZE_MAX);
	str_add(out, "</details>\n");
}

void html_add_slower(struct str *out, const struct html *h)
{
	if (h->slower.n == 0)
		return;
	str_add(out, "<section id=\"slower\"><h2>Slower than usual</h2>\n");
	table_add_tests(out, h, &h->slower, out->len + HTML_SLOWER_MAX);
	str_add(out, "</section>\n");
}

/* ---- how long tests take ----------------------------------------------- */

/* Class 0 is below 1 us, then 1 to 3 us, 3 to 10 us ... */
static uint64_t class_from(uint32_t class)
{
	uint64_t ns = NS_PER_US;
	uint32_t i;

	if (class == 0)
		return 0;
	for (i = 1; i + 1 < class; i += 2)
		ns *= 10;
	return i < class ? ns * 3 : ns;
}

uint32_t html_class_of(uint64_t ns)
{
	uint64_t from = NS_PER_US;
	uint32_t i = 0;

	while (i + 1 < HTML_CLASSES && ns >= from) {
		i++;
		from = i % 2 ? from * 3 : from / 3 * 10;
	}
	return i;
}

static void class_add_row(struct str *out, const struct html *h, uint32_t i,
			  const struct html_class *most)
{
	const struct html_class *c = &h->classes[i];

	str_add(out, "<tr><td>");
	html_add_duration(out, class_from(i));
	if (i + 1 < HTML_CLASSES) {
		str_add(out, " \xe2\x80\x93 ");
		html_add_duration(out, class_from(i + 1));
	}
	str_add(out, "</td>");
	table_add_number(out, c->n_tests);
	str_add(out, "<td>");
	table_add_bar(out, c->n_tests, most->n_tests, "rate", "#2f9e6e");
	str_add(out, "</td>");
	table_add_time(out, c->busy_ns);
	str_add(out, "<td>");
	table_add_bar(out, c->busy_ns, most->busy_ns, "slow", "#3f7cc4");
	str_add(out, "</td></tr>\n");
}

void html_add_classes(struct str *out, const struct html *h)
{
	static const char *const heads[] = { "took", "tests", "", "in all", "",
					     NULL };
	struct html_class most = { 0 };
	uint32_t lo = HTML_CLASSES, hi = 0, i;

	for (i = 0; i < HTML_CLASSES; i++) {
		if (h->classes[i].n_tests == 0)
			continue;
		lo = min_of(lo, i);
		hi = i + 1;
		most.n_tests = max_of(most.n_tests, h->classes[i].n_tests);
		most.busy_ns = max_of(most.busy_ns, h->classes[i].busy_ns);
	}
	if (hi <= lo)
		return;
	str_add(out, "<section id=\"durations\"><h2>How long tests take</h2>\n");
	table_begin(out, heads);
	for (i = lo; i < hi; i++)
		class_add_row(out, h, i, &most);
	table_end(out);
	str_add(out, "</section>\n");
}

/* ---- what is repeated -------------------------------------------------- */

static void unstable_add_row(struct str *out, const struct html *h,
			     const struct unstable *u)
{
	struct str name = STR_INIT;

	test_print_name(&name, &h->run.listing->tests[u->test_ix], u->index);
	str_add(out, "<tr class=\"row\"><td><code>");
	html_add_clipped(out, str_get(&name), name.len, HTML_NAME_MAX);
	str_add(out, "</code></td>");
	table_add_number(out, u->n_failed);
	table_add_number(out, u->n_times);
	str_add(out, "<td>");
	table_add_bar(out, u->n_failed, u->n_times, "fail", "#d9483b");
	str_add(out, "</td></tr>\n");
	str_fini(&name);
}

void html_add_unstable(struct str *out, const struct html *h)
{
	static const char *const heads[] = { "unstable test", "failed", "of",
					     "", NULL };
	size_t end = out->len + HTML_UNSTABLE_MAX;
	struct unstable u = { 0 };
	uint64_t n = 0, n_listed = 0;

	while (repeats_next(&h->repeats, &u)) {
		if (n++ == 0) {
			str_add(out, "<section id=\"unstable\"><h2>Unstable"
				     "</h2>\n");
			table_begin(out, heads);
		}
		if (out->len >= end)
			continue;
		unstable_add_row(out, h, &u);
		n_listed++;
	}
	if (n == 0)
		return;
	table_end(out);
	if (n_listed < n)
		str_addf(out, "<p class=\"cut\">%" PRIu64 " of %" PRIu64
			      " are listed.</p>\n", n_listed, n);
	str_add(out, "</section>\n");
}

/* ---- suites ------------------------------------------------------------ */

static void suite_add_row(struct str *out, const struct html *h, uint32_t ix,
			  uint64_t most_ns)
{
	const struct html_suite *s = &h->suites[ix];
	const struct suite *listed = &h->run.listing->suites[ix];

	str_add(out, "<tr class=\"row\"><td><code>");
	html_add_clipped(out, listed->path, strlen(listed->path),
			 HTML_NAME_MAX);
	str_add(out, "</code></td>");
	table_add_number(out, s->n_tests);
	str_addf(out, "<td class=\"n%s\" data-v=\"%" PRIu64 "\">",
		 s->n_failed ? " fail" : "", s->n_failed);
	html_add_count(out, s->n_failed);
	str_add(out, "</td>");
	table_add_number(out, s->n_other);
	table_add_time(out, s->busy_ns);
	str_add(out, "<td>");
	table_add_bar(out, s->busy_ns, most_ns, "slow", "#3f7cc4");
	str_add(out, "</td></tr>\n");
}

void html_add_suites(struct str *out, const struct html *h)
{
	static const char *const heads[] = { "suite", "tests", "failed",
					     "skipped, flaky, not run",
					     "in all", "", NULL };
	uint32_t n = h->run.listing->n_suites, i;
	size_t end = out->len + HTML_SUITES_MAX;
	uint64_t most_ns = 0;

	for (i = 0; i < n; i++)
		most_ns = max_of(most_ns, h->suites[i].busy_ns);
	str_add(out, "<section id=\"suites\"><h2>Suites</h2>\n");
	table_begin(out, heads);
	for (i = 0; i < n && out->len < end; i++)
		suite_add_row(out, h, i, most_ns);
	table_end(out);
	if (i < n)
		str_addf(out, "<p class=\"cut\">%" PRIu32 " of %" PRIu32
			      " are listed.</p>\n", i, n);
	str_add(out, "</section>\n");
}
