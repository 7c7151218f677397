/* SPDX-License-Identifier: MIT */
/* RPT-8, OUT-4: the pieces of the HTML page, and how large it can get. */
#include "report/html_impl.h"

#include "base/clock.h"
#include "report/html_text.h"
#include "report/report.h"
#include "scene.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- text -------------------------------------------------------------- */

static void expect_text(const char *bytes, const char *text)
{
	struct str out = STR_INIT;

	html_add_text(&out, bytes);
	cr_expect_str_eq(str_get(&out), text);
	str_fini(&out);
}

Test(html, text_cannot_leave_its_element)
{
	expect_text("a<b>&\"c\"", "a&lt;b&gt;&amp;\"c\"");
	expect_text("</script><script>", "&lt;/script&gt;&lt;script&gt;");
}

Test(html, bytes_that_are_no_text_are_shown)
{
	expect_text("\x01\xff", "\\x01\\xFF");
	expect_text("\x7f", "\\u{7F}");
	expect_text("\xc2\x85", "\\u{85}");
	expect_text("\033[31mred\033[m", "red");
}

Test(html, text_cannot_be_turned_or_hidden)
{
	expect_text("a\xe2\x80\xae-b", "a\\u{202E}-b");
	expect_text("\xe2\x81\xa6x\xe2\x80\x8b", "\\u{2066}x\\u{200B}");
	expect_text("\xef\xbb\xbf", "\\u{FEFF}");
	expect_text("\xe5\x90\x8d", "\xe5\x90\x8d");
}

static void expect_clipped(const char *bytes, size_t most, const char *text)
{
	struct str out = STR_INIT;

	html_add_clipped(&out, bytes, strlen(bytes), most);
	cr_expect_str_eq(str_get(&out), text);
	str_fini(&out);
}

Test(html, text_is_cut_between_characters)
{
	expect_clipped("abcdef", 6, "abcdef");
	expect_clipped("abcdefg", 6, "abcdef\xe2\x80\xa6");
	expect_clipped("abcd\xe5\x90\x8d", 6, "abcd\xe2\x80\xa6");
	expect_clipped("abcd\xe5\x90\x8d", 7, "abcd\xe5\x90\x8d");
}

static void expect_duration(uint64_t ns, const char *text)
{
	struct str out = STR_INIT;

	html_add_duration(&out, ns);
	cr_expect_str_eq(str_get(&out), text);
	str_fini(&out);
}

Test(html, durations_have_three_digits)
{
	expect_duration(0, "0 ns");
	expect_duration(999, "999 ns");
	expect_duration(1000, "1.00 \xc2\xb5s");
	expect_duration(12345, "12.3 \xc2\xb5s");
	expect_duration(123456789, "123 ms");
	expect_duration(59 * NS_PER_S, "59.0 s");
	expect_duration(65 * NS_PER_S, "1m05s");
}

Test(html, counts_are_grouped)
{
	struct str out = STR_INIT;

	html_add_count(&out, 0);
	str_add_char(&out, ' ');
	html_add_count(&out, 999);
	str_add_char(&out, ' ');
	html_add_count(&out, 1000042);
	cr_expect_str_eq(str_get(&out), "0 999 1,000,042");
	str_fini(&out);
}

Test(html, classes_are_by_one_and_three)
{
	cr_expect_eq(html_class_of(0), 0);
	cr_expect_eq(html_class_of(999), 0);
	cr_expect_eq(html_class_of(1000), 1);
	cr_expect_eq(html_class_of(2999), 1);
	cr_expect_eq(html_class_of(3000), 2);
	cr_expect_eq(html_class_of(9999), 2);
	cr_expect_eq(html_class_of(10000), 3);
	cr_expect_eq(html_class_of(UINT64_MAX), HTML_CLASSES - 1);
}

/* ---- the largest of many ----------------------------------------------- */

Test(html, the_top_is_that_of_a_sort)
{
	struct html_top top;
	uint32_t x = 1, i;

	html_top_init(&top, 10);
	for (i = 0; i < 1000; i++) {
		struct html_span span = { .position = i };

		x = x * 1103515245 + 12345;
		span.key = (x >> 16) % 500 + (i == 700 ? 1000 : 0);
		html_top_add(&top, &span);
	}
	html_top_sort(&top);
	cr_assert_eq(top.n, 10);
	cr_expect_eq(top.items[0].position, 700);
	for (i = 1; i < 10; i++) {
		cr_expect_geq(top.items[i - 1].key, top.items[i].key);
		cr_expect(top.items[i - 1].key > top.items[i].key ||
			  top.items[i - 1].position < top.items[i].position);
	}
	cr_expect_geq(top.items[9].key, 485);
	html_top_fini(&top);
}

/* ---- bins -------------------------------------------------------------- */

static uint64_t sum_of_slot(const struct html_bins *b, uint32_t slot)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < HTML_BINS; i++)
		sum += html_bins_get(b, slot, i);
	return sum;
}

Test(html, bins_lose_no_time_when_they_grow)
{
	struct html_bins b;
	uint64_t at = 0, i, n = 0;

	html_bins_init(&b, 2);
	for (i = 0; i < 3000; i++) {
		html_bins_add(&b, 1, at, 7 * NS_PER_US + i, i == 2999);
		at += 10 * NS_PER_US + i;
	}
	cr_expect_eq(sum_of_slot(&b, 1), 3000 * 7 * NS_PER_US +
						 2999 * 3000 / 2);
	cr_expect_eq(sum_of_slot(&b, 0), 0);
	for (i = 0; i < HTML_BINS; i++)
		n += b.ended[i];
	cr_expect_eq(n, 3000);
	i = (at - 10 * NS_PER_US - 2999) / b.width_ns;
	cr_expect(html_bins_failed(&b, 1, (uint32_t)i, HTML_BINS));
	cr_expect_not(html_bins_failed(&b, 1, 0, (uint32_t)i));
	cr_expect_not(html_bins_failed(&b, 0, 0, HTML_BINS));
	html_bins_fini(&b);
}

Test(html, a_long_test_fills_its_bins)
{
	struct html_bins b;
	uint32_t n;

	html_bins_init(&b, 1);
	html_bins_add(&b, 0, 2 * NS_PER_S, 6 * NS_PER_S, true);
	n = html_bins_fit(&b, 8 * NS_PER_S);
	cr_expect(n > HTML_BINS / 2 && n <= HTML_BINS, "%u", n);
	cr_expect_eq(html_bins_get(&b, 0, 0), 0);
	cr_expect_eq(html_bins_get(&b, 0, n / 2), b.width_ns);
	cr_expect(html_bins_failed(&b, 0, n / 2, n / 2 + 1));
	cr_expect_not(html_bins_failed(&b, 0, 0, n / 8));
	cr_expect_eq(html_bins_sum(&b, n / 2), 1000);
	cr_expect_eq(sum_of_slot(&b, 0), 6 * NS_PER_S);
	html_bins_fini(&b);
}

/* A slot is never more than busy, also where a merge laid runs over each
 * other. */
Test(html, tests_that_overlap_are_busy_once)
{
	struct html_bins b;

	html_bins_init(&b, 1);
	html_bins_add(&b, 0, 0, NS_PER_MS, false);
	html_bins_add(&b, 0, 0, NS_PER_MS, false);
	cr_expect_eq(sum_of_slot(&b, 0), NS_PER_MS);
	html_bins_fini(&b);
}

/* ---- the page ---------------------------------------------------------- */

#define MANY 1000000u

struct page {
	struct listing listing;
	struct plan plan;
	void *priv;
	int fd;
};

static void page_tell(struct page *p, const struct event *ev)
{
	cr_assert_eq(report_html.event(p->priv, ev), 0);
}

static void page_begin(struct page *p, const char *name, uint32_t n,
		       uint32_t jobs)
{
	struct report_setup setup = { .version = "1.2" };
	struct err err = { 0 };
	struct event ev = { .kind = EVENT_RUN_STARTED, .now_ns = NS_PER_S };

	listing_init(&p->listing);
	plan_init(&p->plan);
	listing_add_suite(&p->listing, "./t.so", "native");
	listing_add_test(&p->listing, &(struct test){ .name = name,
						      .file = "t.c",
						      .count = n,
						      .indexed = true });
	plan_add(&p->plan, 0, 0, n);
	plan_add_part(&p->plan, 0, n, 0);
	p->fd = memfd_create("page", MFD_CLOEXEC);
	setup.out_fd = p->fd;
	p->priv = calloc(1, report_html.size);
	cr_assert_eq(report_html.open(p->priv, &setup, &err), 0);
	ev.run = (struct event_run){ .listing = &p->listing,
				     .plan = &p->plan,
				     .run_id = "id",
				     .backend = "epoll",
				     .host = "here",
				     .jobs_why = "why",
				     .plan_why = "a\nb\n",
				     .jobs = jobs };
	page_tell(p, &ev);
}

/* Its size. */
static size_t page_end(struct page *p, const struct tally *tally,
		       uint64_t elapsed_ns)
{
	struct event ev = { .kind = EVENT_RUN_FINISHED };
	struct stat st;

	ev.finished = (struct event_finished){ .tally = *tally,
					       .elapsed_ns = elapsed_ns,
					       .why = "because" };
	page_tell(p, &ev);
	cr_assert_eq(report_html.close(p->priv), 0);
	cr_assert_eq(fstat(p->fd, &st), 0);
	close(p->fd);
	free(p->priv);
	plan_fini(&p->plan);
	listing_fini(&p->listing);
	return (size_t)st.st_size;
}

/* A million tests on 64 workers, with gaps that no curve can summarise, names
 * and outputs that are long and grow when they are escaped, and thousands of
 * failures. */
Test(html, the_page_of_a_million_hostile_tests_is_below_400_kib)
{
	char name[400], noise[9000], text[4000];
	struct note notes[40];
	struct tally tally = { .selected = MANY };
	uint64_t busy[64] = { 0 }, end = 0;
	struct page p;
	uint32_t x = 1, i;
	size_t size;

	memset(name, '<', sizeof(name));
	memcpy(name, "S::", 3);
	name[sizeof(name) - 1] = '\0';
	memset(noise, '\x01', sizeof(noise));
	memset(text, '&', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (i = 0; i < 40; i++)
		notes[i] = (struct note){ .kind = NOTE_FAILURE,
					  .file = text,
					  .line = 7,
					  .text = text };
	page_begin(&p, name, MANY, 64);
	for (i = 0; i < MANY; i++) {
		struct event ev = { .kind = EVENT_TEST_FINISHED };
		uint32_t slot = i % 64;

		x = x * 1103515245 + 12345;
		ev.test = (struct event_test){
			.position = i,
			.index = i,
			.outcome = OUTCOME_PASS,
			.slot = (uint16_t)slot,
			.exit_status = -1,
			.start_ns = NS_PER_S + busy[slot] + (x >> 8) % 900000,
			.duration_ns = (x >> 12) % 300000,
		};
		if (i % 100 == 0) {
			ev.test.outcome = i % 200 ? OUTCOME_FAIL : OUTCOME_SKIP;
			ev.test.notes = notes;
			/* The first ones leave little room. */
			ev.test.n_notes = i < 5000 ? 1 : 40;
			notes[0].text = i < 5000 ? "short" : text;
			ev.test.output = (struct output){
				.head = noise,
				.head_len = sizeof(noise),
				.tail = noise,
				.tail_len = sizeof(noise),
				.total = 1u << 30,
			};
		}
		busy[slot] = ev.test.start_ns - NS_PER_S +
			     ev.test.duration_ns;
		end = max_of(end, busy[slot]);
		tally_add(&tally, ev.test.outcome, NOTRUN_NONE, false);
		page_tell(&p, &ev);
	}
	size = page_end(&p, &tally, end);
	cr_expect_lt(size, 400u * 1024, "%zu", size);
	cr_expect_gt(size, 100u * 1024, "%zu", size);
}

Test(html, a_page_of_a_thousand_workers_is_no_larger)
{
	struct tally tally = { .selected = 100000 };
	struct page p;
	uint32_t i;
	size_t size;

	page_begin(&p, "S::t", 100000, 1000);
	for (i = 0; i < 100000; i++) {
		struct event ev = { .kind = EVENT_TEST_FINISHED };

		ev.test = (struct event_test){
			.position = i,
			.index = i,
			.outcome = OUTCOME_PASS,
			.slot = (uint16_t)(i % 1000),
			.exit_status = -1,
			.start_ns = NS_PER_S + i / 1000 * NS_PER_MS,
			.duration_ns = (i * 7919 % 1000) * NS_PER_US,
		};
		tally_add(&tally, OUTCOME_PASS, NOTRUN_NONE, false);
		page_tell(&p, &ev);
	}
	size = page_end(&p, &tally, NS_PER_S);
	cr_expect_lt(size, 400u * 1024, "%zu", size);
}

/* Nothing ran, in no time; slots and times that cannot be (a merge of foreign
 * recordings) draw nothing. */
Test(html, a_page_of_nothing_is_a_page)
{
	struct event ev = { .kind = EVENT_TEST_FINISHED };
	struct tally tally = { .selected = 2 };
	struct page p;

	page_begin(&p, "S::t", 2, 1);
	ev.test = (struct event_test){ .outcome = OUTCOME_PASS,
				       .slot = 9,
				       .exit_status = -1,
				       .start_ns = NS_PER_S,
				       .duration_ns = 1 };
	page_tell(&p, &ev);
	ev.test.slot = 0;
	ev.test.start_ns = 1;
	ev.test.position = 1;
	page_tell(&p, &ev);
	cr_expect_gt(page_end(&p, &tally, 0), 1000);
}

/* Times that a recording may claim, and that overflow when they are added. */
Test(html, times_without_end_come_to_one)
{
	static const uint64_t times[] = { UINT64_MAX, UINT64_MAX / 2 + 1,
					  UINT64_C(1) << 60, 1 };
	struct tally tally = { .selected = array_size(times) };
	struct page p;
	uint32_t i;

	page_begin(&p, "S::t", array_size(times), 2);
	for (i = 0; i < array_size(times); i++) {
		struct event ev = { .kind = EVENT_TEST_FINISHED };

		ev.test = (struct event_test){ .position = i,
					       .index = i,
					       .outcome = OUTCOME_FAIL,
					       .slot = (uint16_t)(i % 2),
					       .exit_status = -1,
					       .start_ns = times[i],
					       .duration_ns = times[i] };
		page_tell(&p, &ev);
	}
	cr_expect_gt(page_end(&p, &tally, UINT64_MAX), 1000);
}
