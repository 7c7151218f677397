/* SPDX-License-Identifier: MIT */
/*
 * html_impl.h - what the HTML report remembers of a run until its end, and
 * the parts of its page; of report_html.c and the html_*.c only.
 *
 * All of it is bounded, whatever the number of tests: texts by a budget of
 * bytes, spans by their number, time by bins.  What did not fit is counted,
 * and the page says so.
 */
#ifndef REPORT_HTML_IMPL_H
#define REPORT_HTML_IMPL_H

#include "base/str.h"
#include "model/costs.h"
#include "model/event.h"
#include "report/html_bins.h"
#include "report/html_top.h"
#include "report/makespan.h"
#include "report/repeats.h"

#include <stdbool.h>
#include <stdint.h>

/* 36 years: what a recording says may be anything, and is added up. */
#define HTML_TIME_MAX (UINT64_C(1) << 60)

/* The page, and its parts; bytes. */
#define HTML_PAGE_MAX (390u * 1024)
#define HTML_BUSY_MAX (96u * 1024) /* the slots' curves */
#define HTML_SPANS_MAX (48u * 1024)
#define HTML_FAILED_MAX (24u * 1024)
#define HTML_MARKS_MAX (20u * 1024)
#define HTML_FULL_MAX (56u * 1024)  /* failures with all there is to say */
#define HTML_BRIEF_MAX (24u * 1024) /* and with a line each */
#define HTML_OTHERS_MAX (16u * 1024)
#define HTML_RETRIED_MAX (12u * 1024)
#define HTML_SLOWER_MAX (12u * 1024)
#define HTML_UNSTABLE_MAX (12u * 1024)
#define HTML_SUITES_MAX (10u * 1024)
#define HTML_WARNINGS_MAX (4u * 1024)

/* A run of no more tests is drawn and listed whole, room permitting. */
#define HTML_ALL_TESTS 1000u
#define HTML_SLOWEST 300u
#define HTML_LAST 8u
#define HTML_SLOWER 30u
#define HTML_FAILED_SPANS 120u
#define HTML_FIXTURE_SPANS 150u

/* Durations by 1, 3, 10 ...: from below 1 us to 10,000 s. */
#define HTML_CLASSES 22u

/* Text that stops growing when it is large enough. */
struct html_list {
	struct str text;
	uint64_t n, n_listed;
};

struct html_slot {
	uint64_t n_tests, n_failed, busy_ns;
	uint32_t generations;
};

struct html_suite {
	uint64_t n_tests, n_failed, n_other, busy_ns;
};

struct html_class {
	uint64_t n_tests, busy_ns;
};

struct html {
	int out_fd;
	const char *version;
	const struct costs *costs; /* NULL = nothing is known */
	struct event_run run;
	bool started;
	uint64_t t0_ns;
	struct html_bins bins;
	struct html_top slowest, last;
	struct html_top slower; /* than usual, by how much */
	struct html_top fixtures; /* position = test_ix, outcome = kind,
				   * attempt = teardown */
	struct html_span *failed;
	uint32_t n_failed;
	struct html_slot *slots;
	struct html_suite *suites;
	struct html_class classes[HTML_CLASSES];
	struct html_list full, brief, retried, others, warnings;
	struct makespan makespan;
	struct repeats repeats;
	uint64_t n_begun; /* attempts that ran */
	uint64_t n_begun_failed;
};

/* ---- html_failure.c ---- */

/* Of a test that did not simply pass. */
void html_note_failure(struct html *h, const struct event_test *test);
void html_note_other(struct html *h, const struct event_test *test);
/* Of one that failed: how it ended alone. */
void html_note_rechecked(struct html *h, const struct event_test *test);
/* Of an attempt that was not the last. */
void html_note_retried(struct html *h, const struct event_test *test);

void html_add_failures(struct str *out, const struct html *h);
void html_add_retried(struct str *out, const struct html *h);
void html_add_others(struct str *out, const struct html *h);

/* ---- html_timeline.c ---- */

/* The picture; elapsed_ns is the run's. */
void html_add_timeline(struct str *out, struct html *h, uint64_t elapsed_ns);

/* From when to the end at most half of the slots were busy, in thousandths of
 * elapsed_ns; 1000 = there is no such tail. */
uint32_t html_find_tail(const struct html *h, uint32_t n_bins,
			uint64_t elapsed_ns);

/* ---- html_tables.c ---- */

/* Rows end when so many bytes are used. */
void html_add_slowest(struct str *out, const struct html *h, size_t room);
void html_add_last(struct str *out, const struct html *h);
void html_add_slower(struct str *out, const struct html *h);
/* What passed at some times and failed at others. */
void html_add_unstable(struct str *out, const struct html *h);
/* What earlier runs know of an instance; NULL = nothing. */
const struct cost *html_find_cost(const struct html *h, uint32_t test_ix,
				  uint32_t index);
void html_add_classes(struct str *out, const struct html *h);
void html_add_suites(struct str *out, const struct html *h);
/* Of a duration. */
uint32_t html_class_of(uint64_t ns);

/* ---- html_page.c ---- */

/* The whole document. */
void html_make_page(struct str *out, struct html *h,
		    const struct event_finished *finished);

/* ---- generated: html/style.css, html/script.js ---- */

extern const char html_style[];
extern const char html_script[];
extern const char html_script_hash[]; /* for the page's own policy */

#endif
