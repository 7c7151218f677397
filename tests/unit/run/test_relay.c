/* SPDX-License-Identifier: MIT */
/* Output while tests run (SIG-15): each byte once, as that of its test, also
 * where the worker is a step ahead of the runner. */
#include "run/relay.h"

#include "fake_run.h"
#include "run/collect.h"
#include "run/tell.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N 8u

static struct fake_run f;
static struct fake_worker w;

static void open_run(void)
{
	fake_run_open(&f, N, 2);
	f.args.relay_output = true;
	w = fake_worker_start(&f, 0, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(relay, .init = open_run, .fini = close_run);

static uint64_t begin(uint32_t position)
{
	uint64_t from = tell_size(f.run.slots[0].spool_fd);

	atom64_store_relaxed(&w.shared->output, from);
	fake_worker_begin(&w, position);
	return from;
}

static void end(uint32_t position, uint64_t from)
{
	struct record r = fake_worker_record(&w, position, OUTCOME_PASS);

	fake_worker_end(&w, position, OUTCOME_PASS);
	r.output = from;
	r.output_end = tell_size(f.run.slots[0].spool_fd);
	fake_worker_push(&w, r);
}

static void look(void)
{
	struct current_word current = current_load(&w.shared->current);

	if (current.phase == PHASE_RUN)
		relay_look(&f.run, 0, current);
}

/* All that was relayed of a position, with a dot where it ended. */
static const char *relayed(uint32_t position)
{
	static char all[512];
	size_t i;

	*all = '\0';
	for (i = 0; i < f.n_heard; i++) {
		const struct heard *h = &f.heard[i];

		if (h->kind != EVENT_OUTPUT_RELAYED ||
		    h->relayed.position != position)
			continue;
		strcat(all, h->output);
		if (h->relayed.ends)
			strcat(all, ".");
	}
	return all;
}

Test(relay, passes_on_what_a_running_test_prints)
{
	uint64_t from = begin(1);

	fake_worker_print(&w, "one");
	look();
	cr_expect_str_eq(relayed(1), "one");
	look();
	fake_worker_print(&w, "two");
	look();
	cr_expect_str_eq(relayed(1), "onetwo");
	fake_worker_print(&w, "three");
	end(1, from);
	collect_all(&f.run);
	cr_expect_str_eq(relayed(1), "onetwothree.");
}

Test(relay, a_test_that_nobody_saw_running_is_relayed_at_its_end)
{
	uint64_t from = begin(1);

	fake_worker_print(&w, "one");
	end(1, from);
	collect_all(&f.run);
	cr_expect_str_eq(relayed(1), "one.");
	cr_expect_eq(f.heard[f.n_heard - 1].kind, EVENT_TEST_FINISHED,
		     "before its end is told");
}

Test(relay, says_nothing_of_one_that_prints_nothing)
{
	end(1, begin(1));
	collect_all(&f.run);
	cr_expect_eq(fake_run_count(&f, EVENT_OUTPUT_RELAYED), 0);
}

/* The record of the first waits: what is there may be of both. */
Test(relay, waits_for_the_record_of_the_test_before)
{
	uint64_t from = begin(1);

	fake_worker_print(&w, "one");
	end(1, from);
	from = begin(2);
	fake_worker_print(&w, "two");
	look();
	cr_expect_eq(fake_run_count(&f, EVENT_OUTPUT_RELAYED), 0);
	collect_all(&f.run);
	look();
	cr_expect_str_eq(relayed(1), "one.");
	cr_expect_str_eq(relayed(2), "two");
}

/* The word is of another moment: it ran then. */
Test(relay, believes_no_size_of_another_moment)
{
	struct current_word then;
	uint64_t from = begin(1);

	then = current_load(&w.shared->current);
	end(1, from);
	collect_all(&f.run);
	begin(2);
	fake_worker_print(&w, "two");
	relay_look(&f.run, 0, then);
	cr_expect_eq(fake_run_count(&f, EVENT_OUTPUT_RELAYED), 0);
	look();
	cr_expect_str_eq(relayed(2), "two");
}

/* As a hostile test would write it. */
Test(relay, a_beginning_behind_the_end_is_not_believed)
{
	uint64_t from = begin(1);

	fake_worker_print(&w, "one");
	atom64_store_relaxed(&w.shared->output, 1 << 20);
	look();
	cr_expect_eq(fake_run_count(&f, EVENT_OUTPUT_RELAYED), 0);
	end(1, from);
	collect_all(&f.run);
	cr_expect_str_eq(relayed(1), "one.");
}

/* Both numbers are told: what can be read, and how much cannot. */
Test(relay, a_flood_is_skipped_and_counted)
{
	const uint64_t size = UINT64_C(20) << 20;
	uint64_t from = begin(1), len = 0, skipped = 0;
	size_t i;

	cr_assert_eq(ftruncate(f.run.slots[0].spool_fd, (off_t)size), 0);
	look();
	for (i = 0; i < f.n_heard; i++)
		if (f.heard[i].kind == EVENT_OUTPUT_RELAYED) {
			len += f.heard[i].relayed.len;
			skipped += f.heard[i].relayed.skipped;
		}
	cr_expect_gt(skipped, 0);
	cr_expect_gt(len, 0);
	cr_expect_eq(len + skipped, size - from);
}
