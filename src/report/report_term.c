/* SPDX-License-Identifier: MIT */
/*
 * report_term.c - the report for people.
 *
 * Lines about tests and the summary go to stdout through one buffer; the live
 * lines, or else the heartbeat, and warnings go to stderr.  The live lines
 * are cleared before anything else is written.
 */
#include "report/report.h"

#include "base/clock.h"
#include "model/verdict.h"
#include "report/alike.h"
#include "report/duration.h"
#include "report/failure.h"
#include "report/footer.h"
#include "report/live.h"
#include "report/out.h"
#include "report/relayed.h"
#include "report/repeats.h"
#include "report/roster.h"
#include "report/status.h"
#include "report/summary.h"
#include "report/visible.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define TERM_BUFFER (64u * 1024)
#define TERM_FLUSH_NS (100 * NS_PER_MS)
/* What is kept for a reader that is slow; then the run waits for it. */
#define TERM_KEPT (16u * 1024 * 1024)
/* Of this, output of tests that run takes no more than so much. */
#define TERM_RELAYED (8u * 1024 * 1024)
#define TERM_HEARTBEAT_NS (30 * NS_PER_S)
/* How a run was spent is worth lines from here on. */
#define TERM_FOOTER_NS NS_PER_S

struct term {
	struct report_setup setup;
	struct event_run run;
	bool started;
	struct summary summary;
	struct repeats repeats;
	struct alike alike;
	struct live live;
	bool taskbar; /* shows something */
	struct relayed relayed;
	struct str lines; /* for stdout, not written yet */
	size_t kept;	  /* so much of it the reader did not take */
	struct str frame; /* for stderr */
	struct pace pace;
	struct str name;  /* of the test at hand */
	struct verdict verdict;
	uint64_t flushed_ns, heartbeat_ns;
	int code; /* of the first write to stdout that failed */
};

/* stderr is for convenience: what cannot be written there is lost. */
static void term_write_frame(struct term *t)
{
	out_write(t->setup.err_fd, str_get(&t->frame), t->frame.len);
	str_clear(&t->frame);
}

static void term_erase_live(struct term *t)
{
	struct live_frame now = { 0 };

	if (t->live.n_lines == 0)
		return;
	if (t->setup.rewraps)
		live_measure(&now, t->setup.err_fd);
	live_erase(&t->live, &t->frame, now.columns);
}

static void term_erase(struct term *t)
{
	term_erase_live(t);
	if (t->taskbar)
		live_add_taskbar(&t->frame, NULL);
	t->taskbar = false;
	term_write_frame(t);
}

static int term_flush(struct term *t, uint64_t now_ns)
{
	t->flushed_ns = now_ns;
	if (t->lines.len == 0)
		return t->code;
	term_erase(t);
	if (t->code == 0)
		t->code = out_write_ready(t->setup.out_fd, &t->lines,
					  TERM_KEPT);
	if (t->code < 0)
		str_clear(&t->lines);
	t->kept = t->lines.len;
	return t->code;
}

/* After lines were added: are they many, or old? */
static int term_settle(struct term *t, uint64_t now_ns)
{
	if (t->lines.len - t->kept >= TERM_BUFFER ||
	    now_ns - t->flushed_ns >= TERM_FLUSH_NS)
		return term_flush(t, now_ns);
	return t->code;
}

/* The name at a position, valid until the next call. */
static const char *term_name(struct term *t, uint32_t position)
{
	str_clear(&t->name);
	plan_print_name(&t->name, t->run.plan, t->run.listing, position);
	return str_get(&t->name);
}

static int term_open(void *priv, const struct report_setup *setup,
		     struct err *err)
{
	struct term *t = priv;

	(void)err;
	t->setup = *setup;
	t->relayed.how = setup->relay;
	summary_init(&t->summary, setup->n_slowest);
	return 0;
}

static int term_run_started(struct term *t, const struct event *ev)
{
	const struct event_run *run = &ev->run;
	uint32_t n = run->plan->n_positions, suites = run->listing->n_suites;

	/* How often each begins is told apart, and is a limit. */
	if (run->plan->copies)
		n /= max_of(run->plan->n_times, 1u);
	t->run = *run;
	t->started = true;
	t->heartbeat_ns = ev->now_ns;
	makespan_begin(&t->summary.makespan, &t->run, ev->now_ns);
	repeats_begin(&t->repeats, &t->run);
	if (t->setup.live)
		pace_begin(&t->pace, &t->run, t->setup.costs);
	if (t->setup.verbosity < 0)
		return t->code;
	str_addf(&t->lines,
		 "shmrun %s: %" PRIu32 " test%s from %" PRIu32 " suite%s, ",
		 t->setup.version, n, n == 1 ? "" : "s", suites,
		 suites == 1 ? "" : "s");
	visible_add(&t->lines, run->jobs_why);
	str_add(&t->lines, ", ");
	visible_add(&t->lines, run->backend);
	str_addf(&t->lines, ", isolate %s, run ", isolate_name(run->isolate));
	visible_add(&t->lines, run->run_id);
	str_add(&t->lines, "\n");
	visible_add_lines(&t->lines, "", run->plan_why, strlen(run->plan_why));
	return term_flush(t, ev->now_ns);
}

/* Is there anything to say about this test at this verbosity? */
static bool term_shows(const struct term *t, const struct event_test *test)
{
	switch (test->outcome) {
	case OUTCOME_FAIL:
	case OUTCOME_CRASH:
	case OUTCOME_TIMEOUT:
	case OUTCOME_ERROR:
	case OUTCOME_FLAKY:
	case OUTCOME_NONE:
		return t->setup.verbosity >= 0;
	case OUTCOME_PASS:
		return t->setup.verbosity >= !test->leak;
	case OUTCOME_SKIP:
	case OUTCOME_NOTRUN:
		return t->setup.verbosity >= 1;
	case N_OUTCOMES:
		break;
	}
	return false;
}

static void term_add_failure(struct term *t, const struct event_test *test)
{
	struct event_test bare = *test;

	/* It has been shown. */
	if (t->setup.relay != RELAY_NONE)
		bare.output = (struct output){ 0 };
	failure_add(&t->lines, &bare, t->setup.link_host);
}

static void term_add_alike(struct term *t)
{
	str_add(&t->lines, "    in the same way as ");
	visible_add(&t->lines, term_name(t, t->alike.position));
	str_add(&t->lines, "\n");
}

__attribute__((noinline)) static int term_show_test(struct term *t,
						    const struct event *ev)
{
	const struct event_test *test = &ev->test;

	status_add_line(&t->lines, t->setup.color_out, test,
			term_name(t, test->position));
	if (alike_add(&t->alike, &t->run, test))
		term_add_alike(t);
	else
		term_add_failure(t, test);
	return term_settle(t, ev->now_ns);
}

static inline int term_test_finished(struct term *t, const struct event *ev)
{
	summary_add(&t->summary, &t->run, &ev->test);
	pace_add(&t->pace, &ev->test);
	if (unlikely(t->repeats.run))
		repeats_add(&t->repeats, &ev->test);
	if (likely(!term_shows(t, &ev->test)))
		return t->code;
	return term_show_test(t, ev);
}

static int term_test_retried(struct term *t, const struct event *ev)
{
	const struct event_test *test = &ev->test;

	if (likely(test->start_ns))
		makespan_add(&t->summary.makespan, &t->run, test);
	if (t->setup.verbosity < 0)
		return t->code;
	status_add_line(&t->lines, t->setup.color_out, test,
			term_name(t, test->position));
	term_add_failure(t, test);
	return term_settle(t, ev->now_ns);
}

/* Of a test that has ended: its state stays. */
static int term_test_rechecked(struct term *t, const struct event *ev)
{
	const struct event_test *test = &ev->test;

	summary_recheck(&t->summary, test);
	if (t->setup.verbosity < 0)
		return t->code;
	status_add_line_as(&t->lines, t->setup.color_out, "ALONE", test,
			   term_name(t, test->position));
	term_add_failure(t, test);
	return term_settle(t, ev->now_ns);
}

/* Likewise; only a failure is of interest. */
static int term_test_rerun(struct term *t, const struct event *ev)
{
	const struct event_test *test = &ev->test;

	if (likely(test->start_ns))
		makespan_add(&t->summary.makespan, &t->run, test);
	if (t->setup.verbosity < !outcome_is_failure(test->outcome))
		return t->code;
	status_add_line_as(&t->lines, t->setup.color_out, "RERUN", test,
			   term_name(t, test->position));
	term_add_failure(t, test);
	return term_settle(t, ev->now_ns);
}

/* A reader that is slow costs some of the output, not time (OUT-3). */
static int term_output_relayed(struct term *t, const struct event *ev)
{
	const struct event_relayed *r = &ev->relayed;

	if (t->setup.relay == RELAY_NONE)
		return t->code;
	if (t->lines.len > TERM_RELAYED)
		term_flush(t, ev->now_ns);
	relayed_add(&t->relayed, &t->lines, r, term_name(t, r->position),
		    t->lines.len > TERM_RELAYED);
	return term_settle(t, ev->now_ns);
}

static int term_test_slow(struct term *t, const struct event *ev)
{
	bool color = t->setup.color_out;

	if (t->setup.verbosity < 0)
		return t->code;
	relayed_break(&t->relayed, &t->lines);
	status_add_word(&t->lines, color, STYLE_NOTE, "SLOW");
	str_add(&t->lines, " [");
	duration_add_exact(&t->lines, ev->slow.elapsed_ns);
	str_add(&t->lines, "] ");
	style_begin(&t->lines, color, STYLE_NAME);
	visible_add(&t->lines, term_name(t, ev->slow.position));
	style_end(&t->lines, color);
	status_add_slot(&t->lines, color, ev->slow.slot);
	if (ev->slow.has_cpu)
		str_addf(&t->lines, ", %.2fs of CPU",
			 (double)ev->slow.cpu_ns / (double)NS_PER_S);
	str_add(&t->lines, "\n");
	return term_settle(t, ev->now_ns);
}

/* A line of our own between those of tests. */
static int term_remark(struct term *t, const struct event *ev,
		       const char *word, const char *text)
{
	if (t->setup.verbosity < 0)
		return t->code;
	relayed_break(&t->relayed, &t->lines);
	status_add_word(&t->lines, t->setup.color_out, STYLE_NOTE, word);
	str_add(&t->lines, " ");
	visible_add(&t->lines, text);
	str_add(&t->lines, "\n");
	return term_settle(t, ev->now_ns);
}

/* The shell writes where the live lines were; the next frame begins anew. */
static int term_paused(struct term *t, const struct event *ev)
{
	int ret = term_flush(t, ev->now_ns);

	term_erase(t);
	return ret;
}

static int term_roster(struct term *t, const struct event *ev)
{
	int ret = term_flush(t, ev->now_ns);

	term_erase_live(t);
	roster_add(&t->frame, &t->run, &ev->roster);
	term_write_frame(t);
	return ret;
}

static int term_worker_lost(struct term *t, const struct event *ev)
{
	struct str text = STR_INIT;
	int ret;

	str_addf(&text, "worker w%u, generation %u: %s", ev->worker.slot,
		 ev->worker.generation, ev->worker.why);
	ret = term_remark(t, ev, "LOST", str_get(&text));
	str_fini(&text);
	return ret;
}

static int term_warning(struct term *t, const struct event *ev)
{
	int ret = term_flush(t, ev->now_ns);

	term_erase_live(t);
	style_add(&t->frame, t->setup.color_err, STYLE_NOTE, "warning:");
	str_add(&t->frame, " ");
	visible_add_lines(&t->frame, "", ev->text, strlen(ev->text));
	term_write_frame(t);
	return ret;
}

static void term_draw(struct term *t, const struct event_progress *p)
{
	struct pollfd pfd = { .fd = t->setup.err_fd, .events = POLLOUT };
	struct live_frame frame = { .run = &t->run,
				    .progress = p,
				    .costs = t->setup.costs,
				    .pace = &t->pace,
				    .color = t->setup.color_err };

	/* A terminal that is stopped or slow costs frames, not time. */
	if (poll(&pfd, 1, 0) != 1)
		return;
	live_measure(&frame, t->setup.err_fd);
	term_erase_live(t);
	live_draw(&t->live, &t->frame, &frame);
	t->taskbar = t->setup.taskbar;
	if (t->taskbar)
		live_add_taskbar(&t->frame, p);
	term_write_frame(t);
}

static void term_heartbeat(struct term *t, const struct event *ev)
{
	const struct event_progress *p = &ev->progress;

	if (ev->now_ns - t->heartbeat_ns < TERM_HEARTBEAT_NS)
		return;
	t->heartbeat_ns = ev->now_ns;
	str_addf(&t->frame, "...  %" PRIu64 "/%" PRIu64 " tests, %" PRIu64
			    " failed",
		 tally_done(&p->tally), p->tally.selected,
		 tally_failed(&p->tally));
	if (p->n_running > 0) {
		str_add(&t->frame, ", running: ");
		visible_add(&t->frame, term_name(t, p->running[0].position));
		str_add(&t->frame, " (");
		duration_add_short(&t->frame, p->running[0].elapsed_ns);
		str_add(&t->frame, ")");
	}
	if (p->n_running > 1)
		str_addf(&t->frame, " and %zu more", p->n_running - 1);
	str_add(&t->frame, "\n");
	term_write_frame(t);
}

static int term_progress(struct term *t, const struct event *ev)
{
	int ret = term_flush(t, ev->now_ns);

	if (t->setup.verbosity < 0)
		return ret;
	if (t->setup.live)
		term_draw(t, &ev->progress);
	else
		term_heartbeat(t, ev);
	return ret;
}

/* What comes before the closing lines. */
static void term_summary(struct term *t, const struct event_finished *finished)
{
	bool color = t->setup.color_out;

	summary_print_tests(&t->lines, color, &t->summary, &t->run);
	repeats_end(&t->repeats);
	repeats_print(&t->lines, color, &t->repeats);
	if (t->setup.verbosity > 0 || finished->elapsed_ns >= TERM_FOOTER_NS)
		footer_print(&t->lines, color, &t->summary.makespan, &t->run,
			     finished);
}

static int term_run_finished(struct term *t, const struct event *ev)
{
	term_erase(t);
	if (t->setup.verbosity >= 0 && t->started)
		term_summary(t, &ev->finished);
	summary_print_counts(&t->lines, &ev->finished);
	verdict_keep(&t->verdict, ev);
	return term_flush(t, ev->now_ns);
}

static int term_distrust(void *priv, const struct event *end)
{
	struct term *t = priv;

	verdict_keep(&t->verdict, end);
	return 0;
}

__attribute__((noinline)) static int term_other_event(struct term *t,
						      const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_RUN_STARTED:
		return term_run_started(t, ev);
	case EVENT_TEST_RETRIED:
		return term_test_retried(t, ev);
	case EVENT_TEST_RECHECKED:
		return term_test_rechecked(t, ev);
	case EVENT_TEST_RERUN:
		return term_test_rerun(t, ev);
	case EVENT_TEST_SLOW:
		return term_test_slow(t, ev);
	case EVENT_OUTPUT_RELAYED:
		return term_output_relayed(t, ev);
	case EVENT_WORKER_LOST:
		return term_worker_lost(t, ev);
	case EVENT_PROGRESS:
		return term_progress(t, ev);
	case EVENT_WARNING:
		return term_warning(t, ev);
	case EVENT_ROSTER:
		return term_roster(t, ev);
	case EVENT_PAUSED:
		return term_paused(t, ev);
	case EVENT_RUN_CANCELLED:
		return term_remark(t, ev, "CANCELLED", ev->text);
	case EVENT_RUN_FINISHED:
		return term_run_finished(t, ev);
	case EVENT_FIXTURE_ENDED:
		t->summary.makespan.fixtures_ns += ev->fixture.duration_ns;
		break;
	case EVENT_TEST_FINISHED:
	case N_EVENTS:
		break;
	}
	return t->code;
}

/* Of a million tests that pass nothing is said: no room is made for what that
 * takes. */
static int term_event(void *priv, const struct event *ev)
{
	if (likely(ev->kind == EVENT_TEST_FINISHED))
		return term_test_finished(priv, ev);
	return term_other_event(priv, ev);
}

static int term_close(void *priv)
{
	struct term *t = priv;
	int ret = t->code;

	if (t->verdict.known)
		summary_print_verdict(&t->lines, t->setup.color_out,
				      &t->verdict.end.finished);
	verdict_fini(&t->verdict);
	/* Everything else has been written: now it may take its time. */
	term_erase(t);
	if (ret == 0)
		ret = out_write(t->setup.out_fd, str_get(&t->lines),
				t->lines.len);
	str_fini(&t->lines);
	str_fini(&t->frame);
	str_fini(&t->name);
	relayed_fini(&t->relayed);
	summary_fini(&t->summary);
	repeats_fini(&t->repeats);
	return ret;
}

const struct report_ops report_term = {
	.name = "term",
	.help = "lines and a summary for people",
	.size = sizeof(struct term),
	.place = REPORT_TO_PEOPLE,
	.open = term_open,
	.event = term_event,
	.distrust = term_distrust,
	.close = term_close,
};
