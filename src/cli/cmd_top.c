/* SPDX-License-Identifier: MIT */
/* shmrun top: what a run does now, seen from another terminal (NEW-4). */
#include "cli/cmd.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/sys.h"
#include "cli/color.h"
#include "cli/complain.h"
#include "cli/live_run.h"
#include "model/tally.h"
#include "report/duration.h"
#include "report/visible.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TOP_PERIOD_MS 1000
#define TOP_OUTPUT_CAP 512 /* bytes from the end, of which a line is shown */

static const char *top_phase(const struct view_slot *slot)
{
	switch (slot->phase) {
	case PHASE_IDLE:
		return slot->asleep ? "waits" : "idle";
	case PHASE_CLAIM:
		return "begins";
	case PHASE_RUN:
		return "runs";
	case PHASE_KILL:
		return "ended"; /* by the runner: it ran out of time */
	case PHASE_FIN:
		return "is done";
	case PHASE_TEARDOWN:
		return "tears down";
	case PHASE_LEFT:
		return "left";
	}
	return "?";
}

static bool top_has_test(enum phase phase)
{
	return phase == PHASE_CLAIM || phase == PHASE_RUN ||
	       phase == PHASE_KILL || phase == PHASE_FIN;
}

static bool top_has_begun(enum phase phase)
{
	return phase == PHASE_RUN || phase == PHASE_KILL;
}

static const char *top_state(const struct proc_stat *runner)
{
	switch (runner->state) {
	case 'T':
	case 't':
		return "STOPPED";
	case 'D':
		return "stuck in the kernel";
	case 'R':
		return "busy";
	default:
		return "waits for events";
	}
}

static void top_add_name(struct str *out, const struct live_run *run,
			 uint32_t position)
{
	const struct event_run *names;

	if (!run->recorded.replay) {
		str_addf(out, "#%" PRIu32, position);
		return;
	}
	names = replay_run(run->recorded.replay);
	plan_print_name(out, names->plan, names->listing, position);
}

/* The last line that the running test wrote; nothing if there is none. */
static void top_add_output(struct str *out, const struct live_slot *slot,
			   const struct view_slot *seen)
{
	char text[TOP_OUTPUT_CAP], *line;
	uint64_t from;
	struct stat st;
	ssize_t len;

	if (slot->spool_fd < 0 || !top_has_begun(seen->phase) ||
	    fstat(slot->spool_fd, &st) < 0 ||
	    (uint64_t)st.st_size <= seen->output)
		return;
	from = (uint64_t)st.st_size - min_of((uint64_t)st.st_size - seen->output,
					     (uint64_t)sizeof(text));
	len = sys_pread_all(slot->spool_fd, text, sizeof(text), from);
	while (len > 0 && text[len - 1] == '\n')
		len--;
	if (len <= 0)
		return;
	line = memrchr(text, '\n', (size_t)len);
	line = line ? line + 1 : text;
	str_add_len(out, line, (size_t)(text + len - line));
}

static uint64_t top_age(const struct view_slot *seen, uint64_t now_ns)
{
	return top_has_begun(seen->phase) && seen->start_ns &&
			       seen->start_ns < now_ns
		       ? now_ns - seen->start_ns
		       : 0;
}

/* Since the runner began: its start is told by the clock of the boot. */
static uint64_t top_elapsed(const struct live_run *run)
{
	struct timespec ts;
	uint64_t now;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	now = (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
	return now > run->runner.start_ns ? now - run->runner.start_ns : 0;
}

/* ---- for people ------------------------------------------------------ */

static void top_add_line(struct str *out, const char *line, size_t columns)
{
	if (columns)
		visible_add_clipped(out, line, columns - 1);
	else
		visible_add(out, line);
	str_add(out, "\n");
}

static void top_add_counts(struct str *out, const struct view_counts *counts)
{
	uint64_t ended = 0, total;
	unsigned i;

	for (i = 0; i < N_OUTCOMES; i++)
		ended += counts->ended[i];
	total = ended + counts->pending + counts->claimed;
	str_addf(out, "%" PRIu64 " of %" PRIu64 " tests have ended", ended,
		 total);
	for (i = 0; i < N_OUTCOMES; i++)
		if (counts->ended[i])
			str_addf(out, ", %" PRIu32 " %s", counts->ended[i],
				 outcome_name((enum outcome)i));
}

/* Tests that ended and that the runner has not heard of: they are claimed, and
 * nobody runs them.  For a few milliseconds there are always some. */
static uint32_t top_count_unheard(const struct live_run *run,
				  const struct view_counts *counts)
{
	uint32_t n = counts->claimed, i;

	for (i = 0; i < run->n_slots && n > 0; i++)
		n -= top_has_begun(view_slot(&run->view, i).phase);
	return n;
}

static bool top_hears_nothing(const struct proc_stat *runner)
{
	return runner->state == 'T' || runner->state == 't' ||
	       runner->state == 'D';
}

static void top_add_head(struct str *out, const struct live_run *run,
			 size_t columns)
{
	const struct catalog_header *catalog = run->view.catalog.header;
	struct view_counts counts = view_count(&run->view);
	struct str line = STR_INIT;
	uint32_t unheard;

	str_addf(&line, "run %.36s, ", catalog->run_id);
	duration_add_short(&line, top_elapsed(run));
	str_addf(&line, "; its runner, %d, %s", (int)run->pid,
		 top_state(&run->runner));
	top_add_line(out, str_get(&line), columns);
	str_clear(&line);
	top_add_counts(&line, &counts);
	unheard = top_count_unheard(run, &counts);
	if (unheard && top_hears_nothing(&run->runner))
		str_addf(&line, "; %" PRIu32 " more, of which the runner does "
			 "not hear", unheard);
	top_add_line(out, str_get(&line), columns);
	str_fini(&line);
}

static void top_add_slot(struct str *out, const struct live_run *run,
			 uint32_t i, uint64_t now_ns, size_t columns)
{
	const struct live_slot *slot = &run->slots[i];
	struct view_slot seen = view_slot(&run->view, i);
	struct str line = STR_INIT, said = STR_INIT;

	str_addf(&line, "w%-4" PRIu32 " %8d  %-10s ", i,
		 (int)slot->pid, top_phase(&seen));
	duration_add_exact(&line, top_age(&seen, now_ns));
	str_add(&line, " ");
	duration_add_exact(&line, slot->worker.cpu_ns);
	str_addf(&line, " %5" PRIu64 "M %7" PRIu32 "  ",
		 slot->worker.rss >> 20, seen.waiting);
	if (top_has_test(seen.phase))
		top_add_name(&line, run, seen.position);
	top_add_line(out, str_get(&line), columns);
	top_add_output(&said, slot, &seen);
	if (said.len) {
		str_clear(&line);
		str_addf(&line, "%16s ", "|");
		str_add_len(&line, str_get(&said), said.len);
		top_add_line(out, str_get(&line), columns);
	}
	str_fini(&said);
	str_fini(&line);
}

static void top_add_text(struct str *out, const struct live_run *run,
			 size_t columns)
{
	uint64_t now_ns = clock_now_ns();
	uint32_t i;

	top_add_head(out, run, columns);
	top_add_line(out, "slot       pid  it              age       cpu"
			  "    rss waiting  test, and its last line of output",
		     columns);
	for (i = 0; i < run->n_slots; i++)
		top_add_slot(out, run, i, now_ns, columns);
}

/* ---- for programs ---------------------------------------------------- */

static void top_add_json_slot(struct json *j, const struct live_run *run,
			      uint32_t i, uint64_t now_ns)
{
	const struct live_slot *slot = &run->slots[i];
	struct view_slot seen = view_slot(&run->view, i);
	struct str text = STR_INIT;

	json_open(j, '{');
	json_put_uint(j, "slot", i);
	json_put_int(j, "pid", slot->pid);
	json_put_text(j, "state", top_phase(&seen));
	json_put_uint(j, "waiting", seen.waiting);
	json_put_uint(j, "cpu_ns", slot->worker.cpu_ns);
	json_put_uint(j, "rss", slot->worker.rss);
	if (top_has_test(seen.phase)) {
		top_add_name(&text, run, seen.position);
		json_put_text_len(j, "test", str_get(&text), text.len);
		json_put_uint(j, "age_ns", top_age(&seen, now_ns));
		str_clear(&text);
		top_add_output(&text, slot, &seen);
		json_put_text_len(j, "output", str_get(&text), text.len);
	}
	json_close(j, '}');
	str_fini(&text);
}

static void top_add_json(struct str *out, const struct live_run *run)
{
	struct view_counts counts = view_count(&run->view);
	struct json j = { .out = out };
	uint64_t now_ns = clock_now_ns();
	uint32_t i;

	json_open(&j, '{');
	json_put_text(&j, "run", run->view.catalog.header->run_id);
	json_put_int(&j, "runner", run->pid);
	json_put_text(&j, "runner_state", top_state(&run->runner));
	json_put_uint(&j, "elapsed_ns", top_elapsed(run));
	json_put_uint(&j, "pending", counts.pending);
	json_put_uint(&j, "claimed", counts.claimed);
	for (i = OUTCOME_PASS; i < N_OUTCOMES; i++) {
		json_put_uint(&j, outcome_name((enum outcome)i),
			      counts.ended[i]);
	}
	json_key(&j, "slots");
	json_open(&j, '[');
	for (i = 0; i < run->n_slots; i++)
		top_add_json_slot(&j, run, i, now_ns);
	json_close(&j, ']');
	json_close(&j, '}');
	str_add(out, "\n");
}

/* ---- */

/* Once into a file or a pipe; on a terminal again and again, in the same place
 * where it can. */
static int top_show(struct live_run *run, const struct options *o)
{
	bool again = isatty(STDOUT_FILENO) && o->format == LIST_TEXT;
	struct color_env env = color_env_get();
	const char *before = color_can_redraw(&env, true) ? "\033[H\033[J"
							  : "\n";
	struct str out = STR_INIT;
	int ret = 0;

	while (ret == 0 && live_run_look(run)) {
		struct winsize size = { 0 };

		str_clear(&out);
		if (again && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
			str_add(&out, before);
		if (o->format == LIST_JSONL)
			top_add_json(&out, run);
		else
			top_add_text(&out, run, size.ws_col);
		ret = sys_write_all(STDOUT_FILENO, str_get(&out), out.len);
		if (!again)
			break;
		poll(NULL, 0, TOP_PERIOD_MS);
	}
	str_fini(&out);
	return ret;
}

int cmd_top(const struct options *o)
{
	const char *name = o->suites.n ? o->suites.items[0] : NULL;
	struct err err = { 0 };
	struct live_run run;
	int ret;

	if (live_run_open(&run, name, &err) < 0)
		return complain(EXIT_USAGE, &err);
	ret = top_show(&run, o);
	live_run_close(&run);
	return complain_written(ret, "what was seen");
}
