/* SPDX-License-Identifier: MIT */
#include "work/serve.h"

#include "base/clock.h"
#include "base/signame.h"
#include "base/sys.h"
#include "model/event.h"
#include "shm/notes.h"
#include "suite/served_list.h"
#include "suite/served_notes.h"
#include "work/body.h"
#include "work/child.h"
#include "work/core.h"
#include "work/fixture.h"
#include "work/folder.h"
#include "work/leftover.h"
#include "work/onset.h"
#include "work/stage.h"
#include "work/stopwatch.h"
#include "work/variables.h"
#include "work/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Out of the way of tests in this process. */
#define TALK_FD 24

static worker_data struct {
	struct server server; /* pid 0 = there is none */
	const struct adapter_suite *suite;
	uint32_t entry;
	uint32_t position; /* of the first test */
	int talk;
	bool broken; /* fixtures of all its tests: why stays in the page */
} serve;

/* ---- notes ----------------------------------------------------------- */

static uint32_t serve_kind(const struct served_note *note)
{
	if (note->kind == SERVED_SKIP)
		return NOTE_SKIP;
	if (note->kind == SERVED_MORE)
		return NOTE_FAILURE;
	return note->phase == ADAPTER_BODY ? NOTE_FAILURE : NOTE_ERROR;
}

/* What server and child have noted, in their order. */
static void serve_replay(void)
{
	static worker_data struct served_text text;
	uint32_t at = 0;

	while (served_notes_next(serve.server.page, &at, &text))
		stage_note(serve_kind(&text.note), text.file, text.note.line,
			   text.text);
}

static void serve_clear(void)
{
	struct served_page *page = serve.server.page;
	uint32_t used = min_of(page->attempt.used, (uint32_t)SERVED_TEXT);

	memset(page->text, 0, used);
	memset(&page->attempt, 0, sizeof(page->attempt));
}

/* ---- the talk -------------------------------------------------------- */

/* False: the server has ended. */
static bool serve_hear(struct served_answer *answer)
{
	ssize_t n;

	do {
		n = recv(serve.talk, answer, sizeof(*answer), 0);
	} while (n < 0 && errno == EINTR);
	return n == sizeof(*answer);
}

static bool serve_ask(uint32_t number, uint32_t mark, uint32_t index)
{
	struct served_question question = { number, mark, index };

	return send(serve.talk, &question, sizeof(question), MSG_NOSIGNAL) ==
	       sizeof(question);
}

/* ---- start and end --------------------------------------------------- */

static int serve_end(void)
{
	int status = server_end(&serve.server);

	close(serve.talk);
	leftover_set_server(0);
	child_watch_at(NULL, 0);
	return status;
}

static int serve_connect(struct err *err)
{
	int socks[2], high, ret;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks) < 0)
		return err_sys(err, -errno, "cannot make a socket pair");
	high = fcntl(socks[0], F_DUPFD_CLOEXEC, TALK_FD);
	close(socks[0]);
	serve.talk = high;
	ret = server_start(&serve.server, serve.suite->path,
			   ((struct served_state *)serve.suite->state)->image,
			   socks[1], err);
	close(socks[1]);
	if (ret < 0)
		close(serve.talk);
	return ret;
}

static int serve_prepare(const struct errand *e, struct err *err)
{
	const struct served_state *state = e->suite->state;
	const struct served_ref *ref = e->test->decl;

	if (!serve.server.page) {
		int ret = server_open(&serve.server, err);

		if (ret < 0)
			return ret;
	}
	if (serve.suite != e->suite)
		serve.server.lazy = false;
	serve.suite = e->suite;
	serve.entry = ref->entry;
	serve.position = e->position;
	serve.broken = false;
	serve_clear();
	serve.server.carried = state->carried;
	serve.server.page->mode = SERVED_RUN;
	serve.server.page->entry = ref->entry;
	variables_lay_out(&serve.server.page->told);
	variables_write_folders(&serve.server.page->told);
	memcpy(serve.server.page->symbols, state->symbols,
	       sizeof(state->symbols));
	return 0;
}

/* It ended where it should have served. */
static void serve_say_lost(struct finding *f, int status)
{
	char text[160];

	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "its program was killed by %s "
			 "(%s) outside of any test",
			 signame_get(WTERMSIG(status)),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(text, sizeof(text), "its program ended with status "
			 "%d outside of any test", WEXITSTATUS(status));
	stage_note(NOTE_ERROR, "", 0, text);
	f->outcome = WIFSIGNALED(status) ? OUTCOME_CRASH : OUTCOME_ERROR;
	f->signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* The dynamic linker's, where a symbol is nowhere. */
#define CANNOT_BIND 127

/* Up to its first word: 0, or 1 and its wait status, if it ended without one.
 * All symbols are bound at the start; one that is nowhere costs natively what
 * calls it alone, and so it does here from then on. */
static int serve_reach(struct served_answer *answer, int *status,
		       struct err *err)
{
	for (;;) {
		int ret = serve_connect(err);

		if (ret < 0)
			return ret;
		leftover_set_server(serve.server.pid);
		child_watch_at(&serve.server.page->attempt.pid,
			       serve.server.pid);
		if (serve_hear(answer))
			return 0;
		*status = serve_end();
		if (serve.server.lazy || !WIFEXITED(*status) ||
		    WEXITSTATUS(*status) != CANNOT_BIND)
			return 1;
		serve.server.lazy = true;
		serve_clear();
	}
}

/* Up to where its fixtures are up, or broken.  False: said. */
static bool serve_start(struct worker *w, const struct errand *e,
			struct finding *f)
{
	uint64_t start_ns = clock_now_ns();
	struct served_answer answer;
	struct err err = { 0 };
	int status = 0, ret;

	/* What it sets up outside of tests is its fixtures'. */
	folder_show(w, FOLDER_FIXTURES);
	ret = serve_prepare(e, &err);
	if (ret == 0)
		ret = serve_reach(&answer, &status, &err);
	folder_show(w, FOLDER_TEST);
	if (ret < 0) {
		stage_note(NOTE_ERROR, "", 0, err.text);
		f->outcome = OUTCOME_ERROR;
		return false;
	}
	if (ret > 0) {
		serve_replay();
		serve_say_lost(f, status);
		return false;
	}
	serve.broken = answer.what != SERVED_READY;
	if (!serve.broken)
		stopwatch_stop(w, FIXTURE_KIND_SCOPE, false, e->position,
			       start_ns);
	return true;
}

static void serve_judge_end(struct worker *w, int status)
{
	char text[80];

	if (status == 0 && serve.server.page->attempt.n_faults == 0)
		return;
	w->fixtures.teardown_failed = true;
	serve_replay();
	if (serve.server.page->attempt.n_faults)
		return;
	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "its program was killed by %s "
			 "behind its tests", signame_get(WTERMSIG(status)));
	else
		snprintf(text, sizeof(text), "its program ended with status "
			 "%d behind its tests", WEXITSTATUS(status));
	stage_note(NOTE_ERROR, serve.suite->path, 0, text);
}

void serve_leave(struct worker *w)
{
	struct served_answer drop;
	struct current_word before;
	uint64_t start_ns;
	int status;

	if (!serve.server.pid)
		return;
	before = fixture_begin_teardown(w);
	start_ns = clock_now_ns();
	stage_begin(NOTES_NO_TEST, 0, 0, "", false);
	if (!serve.broken)
		serve_clear();
	variables_write_folders(&serve.server.page->told);
	serve_ask(SERVED_LEAVE, 0, 0);
	/* Its end is the answer. */
	while (serve_hear(&drop))
		;
	status = serve_end();
	/* What is broken has been told with every test. */
	if (!serve.broken)
		serve_judge_end(w, status);
	stopwatch_stop(w, FIXTURE_KIND_SCOPE, true, serve.position, start_ns);
	leftover_clean(false);
	fixture_end_teardown(w, before);
}

/* ---- one test -------------------------------------------------------- */

/* A framework may know how far the test had come. */
static void serve_say_point(const struct served_attempt *a)
{
	char file[SERVED_POINT];

	memcpy(file, a->point_file, sizeof(file));
	file[sizeof(file) - 1] = '\0';
	if (a->point_line)
		stage_note(NOTE_FAILURE, file, a->point_line,
			   "the last point that it came to");
}

static void serve_judge(const struct errand *e, int status, struct finding *f)
{
	const struct served_attempt *a = &serve.server.page->attempt;
	struct adapter_end end = {
		/* An end that went wrong behind the test is an end in it. */
		.done = a->done && status == 0,
		.status = status,
		.phase = min_of(a->phase, (uint32_t)ADAPTER_AFTER),
		.n_failures = a->n_failures,
		.n_faults = a->n_faults,
		.skipped = a->skipped != 0,
	};

	serve_replay();
	f->n_failures = end.n_failures;
	f->outcome = body_judge(e, &end);
	if (end.done || f->outcome == OUTCOME_PASS)
		return;
	if (f->outcome == OUTCOME_CRASH)
		serve_say_point(a);
	f->signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	f->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void serve_say_broken(struct finding *f)
{
	const struct served_attempt *a = &serve.server.page->attempt;

	serve_replay();
	/* A fixture may skip all that need it. */
	f->outcome = a->skipped && !a->n_faults ? OUTCOME_SKIP : OUTCOME_ERROR;
	f->unentered = f->outcome == OUTCOME_ERROR;
}

static void serve_one(struct worker *w, const struct errand *e,
		      struct finding *f)
{
	const struct served_ref *ref = e->test->decl;
	struct served_answer answer = { 0 };

	serve_clear();
	variables_write(w, e, &serve.server.page->told);
	if (w->unusual & UNUSUAL_ONSET)
		onset_note(w, onset_await(w));
	if (!serve_ask(ref->number, ref->mark, e->index) ||
	    !serve_hear(&answer)) {
		serve_replay();
		serve_say_lost(f, serve_end());
	} else if (answer.what == SERVED_ENDED) {
		serve_judge(e, answer.status, f);
		core_fetch(w, serve.server.page->attempt.pid, answer.status,
			   ".");
	} else {
		serve_say_broken(f);
	}
}

static bool serve_is_for(const struct errand *e)
{
	const struct served_ref *ref = e->test->decl;

	return serve.suite == e->suite && serve.entry == ref->entry;
}

void serve_run(struct worker *w, const struct errand *e, struct finding *f)
{
	if (serve.server.pid && !serve_is_for(e)) {
		serve_leave(w);
		stage_begin(e->position, e->index, e->attempt, e->name,
			    e->entry->indexed);
	}
	if (!serve.server.pid && !serve_start(w, e, f))
		return;
	if (serve.broken)
		serve_say_broken(f);
	else
		serve_one(w, e, f);
}
