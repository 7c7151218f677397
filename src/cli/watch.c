/* SPDX-License-Identifier: MIT */
#include "cli/watch.h"

#include "base/clock.h"
#include "base/die.h"
#include "base/mem.h"
#include "base/signame.h"
#include "base/str.h"
#include "cli/ending.h"
#include "model/tally.h"
#include "report/visible.h"
#include "run/keys.h"
#include "suite/adapter.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Linkers write in pieces, and make writes one file after the other: nothing
 * may have changed for so long. */
#define SETTLE_NS (200 * NS_PER_MS)
#define SETTLE_MS 50
/* In a busy folder there is always something to hear. */
#define NAP_NS (20 * NS_PER_MS)

enum wish { WISH_WAIT, WISH_RUN, WISH_QUIT };

struct watch {
	const struct options *o;
	round_run *run;
	struct watched files;
	int signals;
	sigset_t before;	 /* the mask that runs have */
	bool keys;		 /* there is a terminal */
	struct str said;	 /* the last sentence while waiting */
	uint64_t settled_at_ns;
	int status;		 /* of the last run */
};

/* Names of files may hold anything (OUT-4, OUT-9). */
static void watch_print(const char *text)
{
	struct str line = STR_INIT;

	visible_add(&line, text);
	dprintf(STDERR_FILENO, "%s: %s\n", program_name, str_get(&line));
	str_fini(&line);
}

printf_like(2, 3) static void watch_say(struct watch *w, const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	if (strcmp(str_get(&text), str_get(&w->said)) != 0)
		watch_print(str_get(&text));
	str_fini(&w->said);
	w->said = text;
}

/* ---- rounds ---------------------------------------------------------- */

/* Or it would run for ever, whenever a test writes a file that is looked at. */
static void watch_end_round(struct watch *w)
{
	uint32_t i;

	watched_end(&w->files);
	for (i = 0; i < w->files.n; i++) {
		const struct watched_file *f = &w->files.items[i];

		if (f->found_made)
			watch_say(w, "%s changes in each run, which is no "
				  "reason for another one", f->path);
	}
}

static struct round_end watch_round(struct watch *w, bool failed_first)
{
	const struct round round = { .failed_first = failed_first,
				     .log_fd = -1 };
	struct round_end end = round_do(w->o, w->run, &round, &w->files,
					w->signals, &w->before);

	str_clear(&w->said);
	watch_end_round(w);
	if (round_is_wanted_end(end.signo))
		ending_raise(end.signo);
	if (end.signo) {
		watch_say(w, "the run was killed by %s",
			  signame_get(end.signo));
		end.status = EXIT_UNTRUSTED;
	}
	w->status = end.status;
	return end;
}

static void watch_run(struct watch *w)
{
	bool again = w->status != EXIT_PASSED;
	struct round_end end = watch_round(w, again);

	if (!end.narrowed || end.status != EXIT_PASSED)
		return;
	watch_say(w, "what had failed passes; now all tests");
	watch_round(w, false);
}

/* ---- between them ---------------------------------------------------- */

/* The rest is nobody's here: it was for the run. */
static void watch_obey(struct watch *w)
{
	struct signalfd_siginfo info;

	while (read(w->signals, &info, sizeof(info)) == sizeof(info)) {
		int signo = (int)info.ssi_signo;

		if (round_is_wanted_end(signo)) {
			keys_end();
			ending_raise(signo);
		} else if (signo == SIGTSTP) {
			keys_leave();
			raise(SIGSTOP);
			keys_enter();
		} else if (signo == SIGCONT) {
			keys_enter();
		}
	}
}

static enum wish watch_read_keys(struct watch *w)
{
	enum wish wish = WISH_WAIT;
	char typed[64];
	ssize_t n, i;

	if (!keys_is_in_front())
		return WISH_WAIT;
	n = read(STDIN_FILENO, typed, sizeof(typed));
	if (n <= 0)
		w->keys = false;
	for (i = 0; i < n; i++) {
		if (typed[i] == 'q')
			return WISH_QUIT;
		if (typed[i] == '\n' || typed[i] == '\r')
			wish = WISH_RUN;
	}
	return wish;
}

/* Is there something to run?  What is not all there is waited for. */
static bool watch_is_due(struct watch *w, uint64_t now_ns)
{
	const struct watched_file *changed = watched_changed(&w->files), *file;
	const char *why;

	if (!changed || now_ns < w->settled_at_ns)
		return false;
	file = watched_unready(&w->files, &why);
	if (file) {
		watch_say(w, "%s %s; waiting for it", file->path, why);
		return false;
	}
	watch_say(w, "%s has changed", changed->path);
	return true;
}

static enum wish watch_sleep(struct watch *w, int ms)
{
	struct pollfd fds[] = {
		{ .fd = w->signals, .events = POLLIN },
		{ .fd = w->files.fd, .events = POLLIN },
		/* In the background it is somebody else's. */
		{ .fd = w->keys && keys_is_in_front() ? STDIN_FILENO : -1,
		  .events = POLLIN },
	};
	const struct timespec nap = clock_timespec(NAP_NS);

	if (poll(fds, 3, ms) < 0)
		return WISH_WAIT;
	if (fds[0].revents)
		watch_obey(w);
	if (fds[2].revents)
		return watch_read_keys(w);
	if (fds[1].revents)
		ppoll(NULL, 0, &nap, NULL);
	return WISH_WAIT;
}

static enum wish watch_wait(struct watch *w)
{
	enum wish wish = WISH_WAIT;

	w->settled_at_ns = clock_now_ns();
	while (wish == WISH_WAIT) {
		int ms = watched_period_ms(&w->files);

		if (watched_look(&w->files))
			w->settled_at_ns = clock_now_ns() + SETTLE_NS;
		if (watch_is_due(w, clock_now_ns()))
			return WISH_RUN;
		if (clock_now_ns() < w->settled_at_ns)
			ms = SETTLE_MS;
		wish = watch_sleep(w, ms);
	}
	return wish;
}

static enum wish watch_pause(struct watch *w)
{
	enum wish wish;

	w->keys = keys_begin();
	watch_say(w, "waiting for a change of %u files%s", w->files.n,
		  w->keys ? "; Enter runs again, q quits" : "");
	wish = watch_wait(w);
	keys_end();
	return wish;
}

/* ---- begin and end --------------------------------------------------- */

static void watch_add_in(struct watch *w, const char *folder,
			 const char *name)
{
	struct str path = STR_INIT;

	str_addf(&path, "%s/%s", folder, name);
	watched_add(&w->files, str_get(&path), false);
	str_fini(&path);
}

/* The files that a command names: its program, a script. */
static void watch_add_words(struct watch *w, const char *line)
{
	char *words = mem_strdup(line), *save = NULL, *word;

	for (word = strtok_r(words, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save))
		if (access(word, F_OK) == 0)
			watched_add(&w->files, word, false);
	free(words);
}

static void watch_add(struct watch *w, const char *suite, uint32_t kind)
{
	const struct adapter_ops *ops = kind ? adapter_table[kind - 1] : NULL;

	if (adapter_embedded(suite))
		die(EXIT_USAGE, "--watch is not for a program that holds its "
		    "own tests");
	if (ops == &adapter_command)
		watch_add_words(w, suite);
	else if (ops == &adapter_ctest)
		watch_add_in(w, suite, "CTestTestfile.cmake");
	else if (ops == &adapter_meson)
		watch_add_in(w, suite, "meson-info/intro-tests.json");
	else
		watched_add(&w->files, suite, true);
}

int watch_suites(const struct options *o, round_run *run)
{
	struct watch w = { .o = o, .run = run };
	uint32_t i;

	watched_open(&w.files);
	for (i = 0; i < o->suites.n; i++)
		watch_add(&w, o->suites.items[i], o->kinds.items[i]);
	w.signals = round_hold_signals(&w.before);
	watch_round(&w, false);
	while (watch_pause(&w) == WISH_RUN)
		watch_run(&w);
	watched_close(&w.files);
	close(w.signals);
	str_fini(&w.said);
	return w.status;
}
