/* SPDX-License-Identifier: MIT */
#include "cli/bisect.h"

#include "base/die.h"
#include "base/mem.h"
#include "base/signame.h"
#include "base/str.h"
#include "base/sys.h"
#include "cli/complain.h"
#include "cli/ending.h"
#include "cli/rerun.h"
#include "cli/replaying.h"
#include "cli/shrink.h"
#include "model/tally.h"
#include "report/visible.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What was found is run so often again: does it fail each time? */
#define BISECT_CONFIRMATIONS 2u

struct bisect {
	const struct options *o;
	round_run *run;
	struct replaying replaying;
	struct options as; /* of the rounds */
	uint32_t *kept;	   /* steps, without the last */
	uint32_t n_kept;
	uint32_t n_rounds;
	uint32_t n_failed; /* of the confirmations */
	int signals;
	sigset_t before;
	int log_fd;
	int signo;   /* that ended it; 0 = none */
	bool broken; /* a round came to nothing */
};

/* Names may hold anything (OUT-9). */
printf_like(1, 2) static void bisect_say(const char *fmt, ...)
{
	struct str text = STR_INIT, line = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	visible_add(&line, str_get(&text));
	dprintf(STDERR_FILENO, "%s: bisect: %s\n", program_name,
		str_get(&line));
	str_fini(&line);
	str_fini(&text);
}

/* ---- rounds ---------------------------------------------------------- */

static void bisect_show_log(const struct bisect *b)
{
	char bytes[4096];
	uint64_t at = 0;
	ssize_t n;

	while ((n = sys_pread_all(b->log_fd, bytes, sizeof(bytes), at)) > 0) {
		sys_write_all(STDERR_FILENO, bytes, (size_t)n);
		at += (uint64_t)n;
	}
}

static void bisect_see_end(struct bisect *b, const struct round_end *end)
{
	if (round_is_wanted_end(end->signo)) {
		b->signo = end->signo;
		return;
	}
	if (end->outcome != OUTCOME_NONE && end->outcome != OUTCOME_NOTRUN)
		return;
	b->broken = true;
	bisect_show_log(b);
	if (end->signo)
		bisect_say("a run was killed by %s", signame_get(end->signo));
	else
		bisect_say("a run ended, by exit %d, without %s", end->status,
			   b->o->bisect);
}

static void bisect_tell_round(const struct bisect *b, uint32_t n,
			      const struct round_end *end)
{
	if (end->n_gone && b->n_rounds == 1)
		bisect_say("%u of these tests are gone", end->n_gone);
	bisect_say("round %u: %u test%s before %s: %s", b->n_rounds, n,
		   n == 1 ? "" : "s", b->o->bisect,
		   outcome_name(end->outcome));
}

/* Runs these of the steps, and the last one. */
static enum shrink_answer bisect_round(void *ctx, const uint32_t *items,
				       uint32_t n)
{
	struct bisect *b = ctx;
	const struct sequence *all = &b->replaying.sequence;
	struct sequence part = { .listing = all->listing, .n = n + 1 };
	const struct round round = { .log_fd = b->log_fd, .sequence = &part };
	struct round_end end;
	uint32_t i;

	if (b->signo || b->broken || b->n_rounds == BISECT_ROUNDS_MAX)
		return SHRINK_STOP;
	part.steps = mem_array((size_t)n + 1, sizeof(*part.steps));
	for (i = 0; i < n; i++)
		part.steps[i] = all->steps[items[i]];
	part.steps[n] = all->steps[all->n - 1];
	if (ftruncate(b->log_fd, 0) < 0 || lseek(b->log_fd, 0, SEEK_SET) < 0)
		bug_on(true);
	end = round_do(&b->as, b->run, &round, NULL, b->signals, &b->before);
	sequence_fini(&part);
	b->n_rounds++;
	bisect_see_end(b, &end);
	if (b->signo || b->broken)
		return SHRINK_STOP;
	bisect_tell_round(b, n, &end);
	return outcome_is_failure(end.outcome) ? SHRINK_YES : SHRINK_NO;
}

/* ---- what was found -------------------------------------------------- */

static void bisect_describe(const struct bisect *b, struct str *out)
{
	const struct sequence *all = &b->replaying.sequence;
	struct str name = STR_INIT;
	uint32_t i;

	visible_add(out, b->o->bisect);
	str_addf(out, " fails behind %u of the %u tests before it:\n",
		 b->n_kept, all->n - 1);
	for (i = 0; i < b->n_kept; i++) {
		str_clear(&name);
		sequence_print_name(&name, all, b->kept[i]);
		str_add(out, "  ");
		visible_add(out, str_get(&name));
		str_add(out, "\n");
	}
	str_fini(&name);
	rerun_print(out, b->o, &b->replaying, b->kept, b->n_kept);
}

static int bisect_print(const struct bisect *b)
{
	struct str out = STR_INIT;
	int ret;

	bisect_describe(b, &out);
	ret = sys_write_all(STDOUT_FILENO, str_get(&out), out.len);
	str_fini(&out);
	if (ret < 0)
		bisect_say("could not write what was found: %s",
			   strerror(-ret));
	return b->broken || ret < 0 ? EXIT_UNTRUSTED : EXIT_PASSED;
}

/* Is that always so? */
static void bisect_confirm(struct bisect *b)
{
	uint32_t i;

	for (i = 0; i < BISECT_CONFIRMATIONS; i++)
		b->n_failed += bisect_round(b, b->kept, b->n_kept) ==
			       SHRINK_YES;
	if (!b->signo && !b->broken && b->n_failed < BISECT_CONFIRMATIONS &&
	    b->n_rounds < BISECT_ROUNDS_MAX)
		bisect_say("flaky: run %u times more, these made it fail %u "
			   "times", BISECT_CONFIRMATIONS, b->n_failed);
}

static int bisect_shrink(struct bisect *b)
{
	const struct shrink s = { .ask = bisect_round, .ctx = b };

	b->n_kept = shrink(&s, b->kept, b->n_kept);
	if (!b->signo && !b->broken)
		bisect_confirm(b);
	if (b->n_rounds == BISECT_ROUNDS_MAX)
		bisect_say("stopped after %u rounds; there may be less",
			   b->n_rounds);
	if (b->signo)
		bisect_say("stopped after %u rounds by %s; there may be less",
			   b->n_rounds, signame_get(b->signo));
	return bisect_print(b);
}

/* Does it fail as it did, and not without the others? */
static int bisect_find(struct bisect *b)
{
	uint32_t n = b->n_kept;
	enum shrink_answer answer = bisect_round(b, b->kept, n);

	if (answer == SHRINK_NO) {
		bisect_say("%s does not fail in this order", b->o->bisect);
		return EXIT_FAILED;
	}
	if (answer == SHRINK_YES && n > 0)
		answer = bisect_round(b, NULL, 0);
	if (answer == SHRINK_YES) {
		bisect_say("%s fails alone: it needs no other test",
			   b->o->bisect);
		return EXIT_FAILED;
	}
	if (answer == SHRINK_STOP)
		return b->broken ? EXIT_UNTRUSTED : EXIT_FAILED;
	return bisect_shrink(b);
}

/* ---- begin and end --------------------------------------------------- */

/* A round leaves nothing behind and tells nobody but us. */
static void bisect_set_options(struct bisect *b)
{
	struct options *as = &b->as;

	*as = b->replaying.o;
	as->record = "none";
	as->reports.n = 0;
	as->timings = NULL;
	as->no_timings = true;
	as->timings_write = false;
	as->backtrace = false;
	as->core = CORE_NONE;
	as->relay = RELAY_NONE;
	as->max_fail = 0;
	as->stop_crashes = 0;
	as->filters.n = as->exprs.n = 0;
}

static void bisect_open(struct bisect *b)
{
	uint32_t i;

	bisect_set_options(b);
	b->n_kept = b->replaying.sequence.n - 1;
	b->kept = mem_array((size_t)b->n_kept + 1, sizeof(*b->kept));
	for (i = 0; i < b->n_kept; i++)
		b->kept[i] = i;
	b->log_fd = sys_memfd("shmrun-bisect");
	if (b->log_fd < 0)
		die(EXIT_UNTRUSTED, "cannot make a memory file: %s",
		    strerror(-b->log_fd));
	b->signals = round_hold_signals(&b->before);
	bisect_say("%s has %u test%s before it in %s", b->o->bisect, b->n_kept,
		   b->n_kept == 1 ? "" : "s", b->replaying.o.replay);
}

int bisect_replay(const struct options *o, round_run *run)
{
	struct bisect b = { .o = o, .run = run };
	struct err err = { 0 };
	int status;

	if (replaying_open(&b.replaying, o, &err) < 0)
		return complain(recordings_status(&err), &err);
	bisect_open(&b);
	status = bisect_find(&b);
	replaying_close(&b.replaying);
	close(b.log_fd);
	close(b.signals);
	free(b.kept);
	if (b.signo)
		ending_raise(b.signo);
	return status;
}
