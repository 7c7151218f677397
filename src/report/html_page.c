/* SPDX-License-Identifier: MIT */
/*
 * html_page.c - the HTML report as one document: what matters first.
 *
 * Without scripts all of it is there, but for what only scripts can do, which
 * is hidden; without styles it is plain and in the same order.  It is
 * well-formed XML, so that a test can ask it for its numbers.
 */
#include "report/html_impl.h"

#include "base/clock.h"
#include "report/footer.h"
#include "report/html_text.h"
#include "report/words.h"

#include <inttypes.h>
#include <string.h>

/* ---- the head ---------------------------------------------------------- */

static void page_add_head(struct str *out, const char *title)
{
	str_add(out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/"
		     "xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\""
		     "default-src 'none'; style-src 'unsafe-inline'; "
		     "script-src 'sha256-");
	str_add(out, html_script_hash);
	str_add(out, "'\"/>\n<meta name=\"viewport\" content=\""
		     "width=device-width, initial-scale=1\"/>\n"
		     "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		     "<title>");
	str_add(out, title);
	str_add(out, "</title>\n<style>\n");
	str_add(out, html_style);
	str_add(out, "</style>\n</head>\n<body>\n");
}

static void page_add_verdict(struct str *out, const struct event_finished *f)
{
	uint64_t n_failed = tally_failed(&f->tally);

	if (n_failed) {
		html_add_count(out, n_failed);
		str_add(out, " failed, ");
	}
	html_add_count(out, tally_passed(&f->tally));
	str_add(out, " passed");
}

static void page_add_stat(struct str *out, const char *class, uint64_t n,
			  const char *what)
{
	if (n == 0)
		return;
	str_addf(out, "<li class=\"%s\"><b>", class);
	html_add_count(out, n);
	str_addf(out, "</b> %s</li>\n", what);
}

static void page_add_stats(struct str *out, const struct html *h,
			   const struct event_finished *f)
{
	const struct tally *t = &f->tally;

	str_add(out, "<ul class=\"stats\">\n");
	page_add_stat(out, "pass", t->count[OUTCOME_PASS], "passed");
	page_add_stat(out, "fail", t->count[OUTCOME_FAIL], "failed");
	page_add_stat(out, "fail", t->count[OUTCOME_CRASH], "crashed");
	page_add_stat(out, "fail", t->count[OUTCOME_TIMEOUT], "timed out");
	page_add_stat(out, "fail", t->count[OUTCOME_ERROR], "errors");
	page_add_stat(out, "flaky", t->count[OUTCOME_FLAKY], "flaky");
	page_add_stat(out, "skip", t->count[OUTCOME_SKIP], "skipped");
	page_add_stat(out, "skip", t->count[OUTCOME_NOTRUN], "not run");
	page_add_stat(out, "flaky", t->leaks, "left processes behind");
	page_add_stat(out, "flaky", t->lost_workers, "workers lost");
	str_add(out, "<li><b>");
	html_add_duration(out, f->elapsed_ns);
	str_addf(out, "</b> in all</li>\n<li><b>%" PRIu32 "</b> worker%s</li>\n",
		 h->run.jobs, h->run.jobs == 1 ? "" : "s");
	str_add(out, "</ul>\n");
}

/* The outcomes as parts of one bar. */
static void page_add_share(struct str *out, const struct tally *t)
{
	static const enum outcome outcomes[] = {
		OUTCOME_PASS, OUTCOME_FLAKY, OUTCOME_FAIL, OUTCOME_CRASH,
		OUTCOME_TIMEOUT, OUTCOME_ERROR, OUTCOME_SKIP, OUTCOME_NOTRUN,
	};
	double x = 0;
	size_t i;

	str_add(out, "<svg class=\"share\" width=\"100%\" height=\"10\" "
		     "viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\">");
	for (i = 0; i < array_size(outcomes); i++) {
		double wide = (double)t->count[outcomes[i]] * 1000 /
			      (double)max_of(t->selected, 1);

		if (wide == 0)
			continue;
		str_addf(out, "<rect class=\"%s\" fill=\"%s\" x=\"%.1f\" "
			      "width=\"%.1f\" height=\"10\"/>",
			 html_class(outcomes[i]), html_colour(outcomes[i]),
			 x, max_of(wide, 1.0));
		x += wide;
	}
	str_add(out, "</svg>\n");
}

static void page_add_pair(struct str *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	str_addf(out, "<dt>%s</dt><dd>", name);
	html_add_clipped(out, value, strcspn(value, "\n"), 1000);
	str_add(out, "</dd>\n");
}

/* "2026-11-22 23:15:00" */
static void page_add_time(struct str *out, uint64_t wall_ns)
{
	size_t from = out->len;
	char *t;

	words_add_time(out, wall_ns);
	t = strchr(out->text + from, 'T');
	if (t)
		*t = ' ';
}

static void page_add_environment(struct str *out, const struct event_run *run)
{
	const char *line = run->plan_why;

	str_add(out, "<dl>\n<dt>started</dt><dd>");
	page_add_time(out, run->wall_ns);
	str_add(out, " UTC</dd>\n");
	page_add_pair(out, "machine", run->host);
	page_add_pair(out, "workers", run->jobs_why);
	for (; line && *line; line += *line == '\n') {
		page_add_pair(out, line == run->plan_why ? "plan" : "", line);
		line += strcspn(line, "\n");
	}
	page_add_pair(out, "isolation", isolate_name(run->isolate));
	page_add_pair(out, "events by", run->backend);
	page_add_pair(out, "run", run->run_id);
	str_add(out, "</dl>\n");
}

static void page_add_header(struct str *out, const struct html *h,
			    const struct event_finished *f)
{
	bool good = f->exit_status == EXIT_PASSED ||
		    f->exit_status == EXIT_SKIPPED;

	str_addf(out, "<header class=\"%s\">\n<h1>",
		 good && !f->signo ? "good"
		 : tally_failed(&f->tally) ? "bad" : "other");
	page_add_verdict(out, f);
	str_add(out, "</h1>\n<p>");
	html_add_text(out, f->why);
	str_addf(out, " \xc2\xb7 exit status %d", f->exit_status);
	if (f->signo)
		str_addf(out, ", then signal %d", f->signo);
	str_add(out, "</p>\n");
	page_add_stats(out, h, f);
	page_add_share(out, &f->tally);
	page_add_environment(out, &h->run);
	str_add(out, "</header>\n");
}

/* ---- the timeline's section -------------------------------------------- */

static void page_add_key(struct str *out, const char *class, const char *colour,
			 const char *what)
{
	str_addf(out, "<svg width=\"12\" height=\"10\"><rect class=\"%s\" "
		      "fill=\"%s\" width=\"12\" height=\"10\"/></svg> %s\n",
		 class, colour, what);
}

static void page_add_legend(struct str *out, const struct html *h)
{
	str_add(out, "<p class=\"legend\">");
	page_add_key(out, "busy", "#8fb4de", "busy");
	page_add_key(out, "slow", "#3f7cc4",
		     h->n_begun <= h->slowest.n ? "a test"
						: "one of the slowest tests");
	if (h->n_failed)
		page_add_key(out, "fail", "#d9483b", "failed");
	if (h->fixtures.n)
		page_add_key(out, "fixture", "#a07cc5", "fixture");
	str_add(out, "<span id=\"hint\" hidden=\"hidden\">\xc2\xb7 drag to "
		     "zoom, double click or Esc for all of it</span></p>\n");
}

static void page_add_tail(struct str *out, const struct html *h,
			  uint64_t elapsed_ns)
{
	uint32_t n_bins = (uint32_t)(h->bins.end_ns / h->bins.width_ns) + 1;
	uint32_t tail = html_find_tail(h, n_bins, elapsed_ns);
	uint64_t at = elapsed_ns / 1000 * tail;

	if (tail >= 980)
		return;
	str_add(out, "<p class=\"lines\">Long tail: after ");
	html_add_duration(out, at);
	str_add(out, " at most half of the workers were busy, for ");
	html_add_duration(out, elapsed_ns - at);
	str_addf(out, " or %" PRIu32 "%% of the run.</p>\n",
		 (1000 - tail + 5) / 10);
}

/* The words of the terminal, a line each. */
static void page_add_footer(struct str *out, const struct html *h,
			    const struct event_finished *f)
{
	struct str text = STR_INIT;
	const char *line;

	footer_print(&text, false, &h->makespan, &h->run, f);
	line = str_get(&text);
	if (*line)
		str_add(out, "<p class=\"lines\">");
	while (*line) {
		size_t len = strcspn(line, "\n");

		html_add(out, line, len);
		str_add(out, "<br/>\n");
		line += len + (line[len] == '\n');
	}
	if (text.len)
		str_add(out, "</p>\n");
	str_fini(&text);
}

static void page_add_timeline(struct str *out, struct html *h,
			      const struct event_finished *f)
{
	if (h->n_begun == 0)
		return;
	str_add(out, "<section id=\"time\"><h2>Timeline</h2>\n");
	page_add_legend(out, h);
	html_add_timeline(out, h, max_of(f->elapsed_ns, h->bins.end_ns));
	page_add_footer(out, h, f);
	page_add_tail(out, h, max_of(f->elapsed_ns, h->bins.end_ns));
	html_add_last(out, h);
	str_add(out, "</section>\n");
}

/* ---- all of it --------------------------------------------------------- */

static void page_add_warnings(struct str *out, const struct html *h)
{
	if (h->warnings.n == 0)
		return;
	str_add(out, "<section id=\"warnings\"><h2>Warnings</h2>\n<ul>\n");
	str_add_len(out, h->warnings.text.text, h->warnings.text.len);
	str_add(out, "</ul>\n");
	if (h->warnings.n > h->warnings.n_listed)
		str_addf(out, "<p class=\"cut\">and %" PRIu64 " more.</p>\n",
			 h->warnings.n - h->warnings.n_listed);
	str_add(out, "</section>\n");
}

static void page_add_filter(struct str *out)
{
	str_add(out, "<div id=\"find\" hidden=\"hidden\"><input id=\"filter\" "
		     "type=\"search\" placeholder=\"filter: words of a name, a "
		     "file, a message  ( / )\" aria-label=\"filter\" "
		     "autocomplete=\"off\"/><span id=\"found\"></span></div>\n");
}

static void page_add_end(struct str *out, const struct html *h)
{
	str_add(out, "<footer>shmrun ");
	html_add_text(out, h->version);
	str_add(out, "</footer>\n<script>");
	str_add(out, html_script);
	str_add(out, "</script>\n</body>\n</html>\n");
}

void html_make_page(struct str *out, struct html *h,
		    const struct event_finished *finished)
{
	struct str title = STR_INIT, rest = STR_INIT;

	html_top_sort(&h->slowest);
	html_top_sort(&h->last);
	html_top_sort(&h->slower);
	html_top_sort(&h->fixtures);
	page_add_verdict(&title, finished);
	page_add_head(out, str_get(&title));
	page_add_header(out, h, finished);
	page_add_filter(out);
	html_add_failures(out, h);
	page_add_timeline(out, h, finished);
	html_add_unstable(out, h);
	html_add_slower(out, h);
	html_add_classes(&rest, h);
	html_add_retried(&rest, h);
	html_add_others(&rest, h);
	html_add_suites(&rest, h);
	page_add_warnings(&rest, h);
	page_add_end(&rest, h);
	html_add_slowest(out, h,
			 HTML_PAGE_MAX - min_of(out->len + rest.len,
						HTML_PAGE_MAX));
	str_add_len(out, str_get(&rest), rest.len);
	str_fini(&title);
	str_fini(&rest);
}
