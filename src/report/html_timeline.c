/* SPDX-License-Identifier: MIT */
/*
 * html_timeline.c - the picture of a run, as SVG: a row for each slot, in
 * which a curve says how busy it was, with the slowest tests, the failures
 * and the fixtures drawn one by one; below, how many were busy, and how many
 * tests ended.
 *
 * Time is 100,000 units wide, a row ten high; the browser stretches that to
 * the page, so that the script zooms by changing one attribute.  Colours are
 * attributes, which a page without styles keeps.
 */
#include "report/html_impl.h"

#include "base/clock.h"
#include "report/html_text.h"

#include <inttypes.h>

#define WIDE 100000u
#define LEFT 64u	/* of the plot, in the picture */
#define PICTURE 1120u
#define PLOT (PICTURE - LEFT)
#define LEVELS 8u
#define SPAN_MIN 40u
#define FAILED_MIN 100u
#define LABELS 64u
#define TICKS 10u

struct canvas {
	struct str *out;
	const struct html *h;
	uint64_t elapsed_ns;
	uint32_t n_bins;
	uint32_t rows_high; /* in the picture */
};

static uint64_t canvas_x(const struct canvas *c, uint64_t ns)
{
	return (uint64_t)((double)min_of(ns, c->elapsed_ns) * WIDE /
			  (double)c->elapsed_ns);
}

/* ---- how busy ---------------------------------------------------------- */

static uint32_t bins_level(const struct html_bins *b, uint32_t slot,
			   uint32_t bin)
{
	uint64_t ns = html_bins_get(b, slot, bin);
	uint64_t level = (ns * LEVELS + b->width_ns / 2) / b->width_ns;

	return (uint32_t)(ns ? max_of(level, 1) : 0);
}

/* One row, as steps; equal neighbours are one.  Nothing for an idle one. */
static void bins_add_row(struct str *out, const struct html_bins *b,
			 uint32_t slot, uint32_t n_bins)
{
	uint32_t level = 0, run = 0, i;
	bool begun = false;

	for (i = 0; i <= n_bins; i++) {
		uint32_t next = i < n_bins ? bins_level(b, slot, i) : 0;

		if (next == level) {
			run++;
			continue;
		}
		if (!begun)
			str_addf(out, "M%" PRIu32 " %" PRIu32 "v-%" PRIu32, run,
				 slot * 10 + 9, next);
		else
			str_addf(out, "h%" PRIu32 "v%d", run,
				 (int)level - (int)next);
		begun = true;
		level = next;
		run = 1;
	}
}

static void bins_add_rows(struct str *out, const struct html_bins *b,
			  uint32_t n_bins)
{
	uint32_t i;

	for (i = 0; i < b->n_slots; i++)
		bins_add_row(out, b, i, n_bins);
}

/* As fine as there is room for. */
static void canvas_add_busy(struct canvas *c, struct html_bins *b)
{
	struct str curve = STR_INIT;

	bins_add_rows(&curve, b, c->n_bins);
	while (curve.len > HTML_BUSY_MAX && c->n_bins > 1) {
		html_bins_halve(b);
		c->n_bins = (c->n_bins + 1) / 2;
		str_clear(&curve);
		bins_add_rows(&curve, b, c->n_bins);
	}
	str_addf(c->out, "<path class=\"busy\" fill=\"#8fb4de\" transform=\""
			 "scale(%.5g 1)\" d=\"",
		 (double)b->width_ns * WIDE / (double)c->elapsed_ns);
	str_add_len(c->out, str_get(&curve), curve.len);
	str_add(c->out, "\"/>\n");
	str_fini(&curve);
}

/* ---- spans ------------------------------------------------------------- */

static void canvas_add_rect(struct canvas *c, const struct html_span *s,
			    uint64_t least)
{
	uint64_t x = canvas_x(c, s->start_ns);
	uint64_t to = canvas_x(c, s->start_ns + s->duration_ns);

	x = min_of(x, WIDE - least);
	str_addf(c->out, "<rect x=\"%" PRIu64 "\" y=\"%u\" width=\"%" PRIu64
			 "\" height=\"8\"",
		 x, s->slot * 10u + 1, max_of(to - min_of(to, x), least));
}

static void canvas_add_title(struct canvas *c, const struct html_span *s,
			     const char *suffix)
{
	str_add(c->out, "><title>");
	html_add_name(c->out, &c->h->run, s->position);
	str_addf(c->out, "%s \xc2\xb7 ", suffix);
	html_add_duration(c->out, s->duration_ns);
	str_addf(c->out, " \xc2\xb7 w%u</title></rect>\n", s->slot);
}

static bool canvas_is_failed(const struct html_span *s)
{
	return outcome_is_failure(s->outcome);
}

/* Those that did not fail; how many there was room for. */
static void canvas_add_slowest(struct canvas *c, size_t end)
{
	const struct html_top *t = &c->h->slowest;
	uint32_t i;

	str_add(c->out, "<g class=\"slow\" fill=\"#3f7cc4\">\n");
	for (i = 0; i < t->n && c->out->len < end; i++) {
		const struct html_span *s = &t->items[i];

		if (canvas_is_failed(s))
			continue;
		canvas_add_rect(c, s, SPAN_MIN);
		if (s->outcome != OUTCOME_PASS)
			str_addf(c->out, " class=\"%s\" fill=\"%s\"",
				 html_class(s->outcome),
				 html_colour(s->outcome));
		canvas_add_title(c, s, "");
	}
	str_add(c->out, "</g>\n");
}

static void canvas_add_fixtures(struct canvas *c, size_t end)
{
	static const char *const kinds[N_FIXTURE_KINDS] = {
		[FIXTURE_KIND_SCOPE] = "scope",
		[FIXTURE_KIND_WORKER] = "worker",
		[FIXTURE_KIND_RUN] = "run",
	};
	const struct html_top *t = &c->h->fixtures;
	uint32_t i;

	str_add(c->out, "<g class=\"fixture\" fill=\"#a07cc5\">\n");
	for (i = 0; i < t->n && c->out->len < end; i++) {
		const struct html_span *s = &t->items[i];

		canvas_add_rect(c, s, SPAN_MIN);
		str_addf(c->out, "><title>%s of the %s fixtures of ",
			 s->attempt ? "teardown" : "set-up",
			 kinds[s->outcome]);
		html_add_text(c->out,
			      c->h->run.listing->tests[s->position].name);
		str_add(c->out, " \xc2\xb7 ");
		html_add_duration(c->out, s->duration_ns);
		str_addf(c->out, " \xc2\xb7 w%u</title></rect>\n", s->slot);
	}
	str_add(c->out, "</g>\n");
}

/* Runs of bins in which something failed, of a slot; several bins count as
 * one. */
static void bins_add_marks(struct str *out, const struct html_bins *b,
			   uint32_t slot, uint32_t n_bins, uint32_t several)
{
	uint32_t i, from;

	for (i = 0; i < n_bins; i += several) {
		for (from = i; i < n_bins &&
		     html_bins_failed(b, slot, i, i + several); i += several)
			;
		if (i > from)
			str_addf(out, "M%" PRIu32 " %" PRIu32 "h%" PRIu32
				      "v8h-%" PRIu32 "z",
				 from, slot * 10 + 1, i - from, i - from);
	}
}

/* Where something failed, when there are too many to draw each: as fine as
 * there is room for. */
static void canvas_add_marks(struct canvas *c)
{
	const struct html_bins *b = &c->h->bins;
	struct str marks = STR_INIT;
	uint32_t several = 1, i;

	for (;; several *= 2) {
		for (i = 0; i < b->n_slots; i++)
			bins_add_marks(&marks, b, i, c->n_bins, several);
		if (marks.len <= HTML_MARKS_MAX || several >= c->n_bins)
			break;
		str_clear(&marks);
	}
	str_addf(c->out, "<path class=\"fail\" fill=\"#d9483b\" transform=\""
			 "scale(%.5g 1)\" d=\"",
		 (double)b->width_ns * WIDE / (double)c->elapsed_ns);
	str_add_len(c->out, str_get(&marks), marks.len);
	str_add(c->out, "\"/>\n");
	str_fini(&marks);
}

static void canvas_add_failed(struct canvas *c)
{
	struct str spans = STR_INIT;
	struct canvas on_top = *c;
	uint32_t i;

	on_top.out = &spans;
	for (i = 0; i < c->h->n_failed && spans.len < HTML_FAILED_MAX; i++) {
		const struct html_span *s = &c->h->failed[i];

		canvas_add_rect(&on_top, s, FAILED_MIN);
		canvas_add_title(&on_top, s, " \xc2\xb7 failed");
	}
	if (i < c->h->n_begun_failed)
		canvas_add_marks(c);
	str_add(c->out, "<g class=\"fail\" fill=\"#d9483b\">\n");
	str_add_len(c->out, str_get(&spans), spans.len);
	str_add(c->out, "</g>\n");
	str_fini(&spans);
}

/* ---- time -------------------------------------------------------------- */

/* 1, 2 or 5 times a power of ten. */
static uint64_t time_step(uint64_t ns)
{
	uint64_t step = 1;
	uint32_t i;

	for (i = 0; ns / step > TICKS; i++)
		step = i % 3 == 1 ? step / 2 * 5 : step * 2;
	return step;
}

static void time_add_label(struct str *out, uint64_t ns, uint64_t step)
{
	if (step >= NS_PER_S)
		str_addf(out, "%" PRIu64 " s", ns / NS_PER_S);
	else if (step >= NS_PER_MS && ns >= NS_PER_S)
		str_addf(out, "%.*f s",
			 step >= 100 * NS_PER_MS ? 1
			 : step >= 10 * NS_PER_MS ? 2 : 3,
			 (double)ns / (double)NS_PER_S);
	else if (step >= NS_PER_MS)
		str_addf(out, "%" PRIu64 " ms", ns / NS_PER_MS);
	else
		str_addf(out, "%.3f ms", (double)ns / (double)NS_PER_MS);
}

static void canvas_add_grid(struct canvas *c, uint32_t high)
{
	uint64_t step = time_step(c->elapsed_ns), at;

	str_add(c->out, "<path class=\"grid\" fill=\"none\" stroke=\"#888\" "
			"stroke-opacity=\"0.25\" vector-effect=\""
			"non-scaling-stroke\" d=\"");
	for (at = step; at < c->elapsed_ns; at += step)
		str_addf(c->out, "M%" PRIu64 " 0v%" PRIu32, canvas_x(c, at),
			 high);
	str_add(c->out, "\"/>\n");
}

static void canvas_add_ticks(struct canvas *c, uint32_t y)
{
	uint64_t step = time_step(c->elapsed_ns), at;

	str_add(c->out, "<g id=\"ticks\" text-anchor=\"middle\">");
	for (at = 0; at <= c->elapsed_ns; at += step) {
		double x = LEFT + (double)at * PLOT / (double)c->elapsed_ns;

		if (x > PICTURE - 16)
			break;
		str_addf(c->out, "<text x=\"%.1f\" y=\"%" PRIu32 "\">", x, y);
		time_add_label(c->out, at, step);
		str_add(c->out, "</text>");
	}
	str_add(c->out, "</g>\n");
}

/* ---- the rows ---------------------------------------------------------- */

static uint32_t rows_high(uint32_t jobs)
{
	static const struct {
		uint32_t jobs, high;
	} sizes[] = { { 4, 26 }, { 8, 20 }, { 16, 15 }, { 32, 11 }, { 64, 9 } };
	size_t i;

	for (i = 0; i < array_size(sizes); i++)
		if (jobs <= sizes[i].jobs)
			return jobs * sizes[i].high;
	return 600;
}

static void canvas_add_labels(struct canvas *c)
{
	uint32_t jobs = c->h->run.jobs, i;
	uint32_t every = (jobs + LABELS - 1) / LABELS;
	double high = (double)c->rows_high / jobs;

	if (high * every < 9)
		every *= 2;
	str_add(c->out, "<g text-anchor=\"end\">");
	for (i = 0; i < jobs; i += every) {
		const struct html_slot *s = &c->h->slots[i];

		str_addf(c->out, "<text x=\"%u\" y=\"%.1f\">w%" PRIu32
				 "<title>w%" PRIu32 ": ",
			 LEFT - 6, (i + 0.5) * high + 3.5, i, i);
		html_add_count(c->out, s->n_tests);
		str_addf(c->out, " tests, %" PRIu64 "%% busy",
			 s->busy_ns * 100 / c->elapsed_ns);
		if (s->generations > 1)
			str_addf(c->out, ", %" PRIu32 " processes",
				 s->generations);
		str_add(c->out, "</title></text>");
	}
	str_add(c->out, "</g>\n");
}

static void canvas_add_tail(struct canvas *c, uint32_t high)
{
	uint32_t tail = html_find_tail(c->h, c->n_bins, c->elapsed_ns);
	uint64_t x = (uint64_t)tail * WIDE / 1000;

	if (tail >= 980)
		return;
	str_addf(c->out, "<rect class=\"tail\" fill=\"#e0a030\" fill-opacity=\""
			 "0.16\" x=\"%" PRIu64 "\" y=\"0\" width=\"%" PRIu64
			 "\" height=\"%" PRIu32 "\"/>\n",
		 x, WIDE - x, high);
}

static void canvas_add_rows(struct canvas *c, struct html_bins *b)
{
	uint32_t high = c->h->run.jobs * 10;
	size_t end;

	str_addf(c->out, "<svg class=\"plot\" x=\"%u\" y=\"0\" width=\"%u\" "
			 "height=\"%" PRIu32 "\" viewBox=\"0 0 %u %" PRIu32
			 "\" preserveAspectRatio=\"none\">\n",
		 LEFT, PLOT, c->rows_high, WIDE, high);
	canvas_add_grid(c, high);
	canvas_add_tail(c, high);
	canvas_add_busy(c, b);
	canvas_add_failed(c);
	end = c->out->len + HTML_SPANS_MAX;
	canvas_add_fixtures(c, end - HTML_SPANS_MAX / 4);
	canvas_add_slowest(c, end);
	str_add(c->out, "</svg>\n");
}

/* ---- the curves below -------------------------------------------------- */

static void canvas_begin_curve(struct canvas *c, const char *name, uint32_t y,
			       uint64_t most)
{
	str_addf(c->out, "<text x=\"%u\" y=\"%" PRIu32 "\" text-anchor=\"end\">"
			 "%s</text><text x=\"%u\" y=\"%" PRIu32 "\" "
			 "text-anchor=\"end\">",
		 LEFT - 6, y + 30, name, LEFT - 6, y + 10);
	html_add_count(c->out, most);
	str_addf(c->out, "</text>\n<svg class=\"plot\" x=\"%u\" y=\"%" PRIu32
			 "\" width=\"%u\" height=\"44\" viewBox=\"0 0 %u 44\" "
			 "preserveAspectRatio=\"none\">\n",
		 LEFT, y, PLOT, WIDE);
	canvas_add_grid(c, 44);
}

/* Heights of 0 .. most over 44, as steps down to the ground. */
static void canvas_add_curve(struct canvas *c, const uint64_t *values,
			     uint64_t most, const char *class,
			     const char *colour)
{
	uint32_t last = 440, i;

	str_addf(c->out, "<path class=\"%s\" fill=\"%s\" transform=\"scale(%.5g"
			 " .1)\" d=\"M0 440",
		 class, colour,
		 (double)c->h->bins.width_ns * WIDE / (double)c->elapsed_ns);
	for (i = 0; i < c->n_bins; i++) {
		uint32_t y = 440 - (uint32_t)((double)values[i] * 430 /
					      (double)max_of(most, 1));

		if (y != last)
			str_addf(c->out, "V%" PRIu32, y);
		str_add(c->out, "h1");
		last = y;
	}
	str_add(c->out, "V440z\"/></svg>\n");
}

static void canvas_add_curves(struct canvas *c, uint32_t y)
{
	const struct html_bins *b = &c->h->bins;
	uint64_t sums[HTML_BINS] = { 0 }, most = 0;
	uint32_t i;

	for (i = 0; i < c->n_bins; i++) {
		sums[i] = html_bins_sum(b, i);
		most = max_of(most, b->ended[i]);
	}
	canvas_begin_curve(c, "busy", y, b->n_slots);
	canvas_add_curve(c, sums, (uint64_t)b->n_slots * 1000, "busy",
			 "#8fb4de");
	canvas_begin_curve(c, "ended/s", y + 50,
			   (uint64_t)((double)most * (double)NS_PER_S /
				      (double)b->width_ns + 0.5));
	canvas_add_curve(c, b->ended, most, "rate", "#2f9e6e");
}

uint32_t html_find_tail(const struct html *h, uint32_t n_bins,
			uint64_t elapsed_ns)
{
	uint64_t half = (uint64_t)h->bins.n_slots * 1000 / 2, at;
	uint32_t i = n_bins;

	while (i > 0 && html_bins_sum(&h->bins, i - 1) <= half)
		i--;
	at = i * h->bins.width_ns;
	if (h->bins.n_slots < 2 || i == 0 || at >= elapsed_ns)
		return 1000;
	return (uint32_t)(at * 1000 / elapsed_ns);
}

void html_add_timeline(struct str *out, struct html *h, uint64_t elapsed_ns)
{
	struct canvas c = { .out = out,
			    .h = h,
			    .elapsed_ns = max_of(elapsed_ns, 1),
			    .rows_high = rows_high(h->run.jobs) };

	c.n_bins = html_bins_fit(&h->bins, elapsed_ns);
	str_addf(out, "<svg id=\"timeline\" xmlns=\"http://www.w3.org/2000/svg\""
		      " viewBox=\"0 0 %u %" PRIu32 "\" width=\"100%%\" "
		      "font-family=\"sans-serif\" font-size=\"10\" "
		      "fill=\"currentColor\" role=\"img\" aria-label=\""
		      "what each worker did, over time\" data-ns=\"%" PRIu64
		      "\" data-jobs=\"%" PRIu32 "\">\n",
		 PICTURE, c.rows_high + 130, c.elapsed_ns, h->run.jobs);
	canvas_add_labels(&c);
	canvas_add_rows(&c, &h->bins);
	canvas_add_ticks(&c, c.rows_high + 14);
	canvas_add_curves(&c, c.rows_high + 24);
	str_add(out, "</svg>\n");
}
