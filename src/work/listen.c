/* SPDX-License-Identifier: MIT */
#include "work/listen.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/str.h"
#include "base/sys.h"
#include "model/event.h"
#include "suite/program.h"
#include "suite/tap.h"
#include "work/stage.h"
#include "work/worker.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAIN_NS (50 * NS_PER_MS)
#define PIECE 16384
/* Without a pidfd the program's end is asked for so often. */
#define ASK_MS 10

static worker_data struct {
	int ends[2];
	struct tap tap;
	struct str text;
	uint32_t n_dropped;
	const char *only; /* PROGRAM_CRITERION: the test; NULL = all points */
	struct program_points points;
	struct str reason;
	char why[TAP_WHY_CAP];
} ear;

/* ---- points ---------------------------------------------------------- */

static void listen_make_text(const struct tap_point *p, const char *head)
{
	str_clear(&ear.text);
	str_addf(&ear.text, "%s%" PRIu32 "%s%s", head, p->number,
		 *p->name ? " " : "", p->name);
	if (*p->reason)
		str_addf(&ear.text, "\n%s", p->reason);
	if (*p->detail)
		str_addf(&ear.text, "\n%s", p->detail);
}

/* Of a point's block, an entry "- FILE:LINE: |+" begins a failure. */
static bool listen_take_place(const char *line, char *file, size_t size,
			      uint32_t *number)
{
	const char *end = strstr(line, ": |+"), *colon = end;
	unsigned long value;

	if (strncmp(line, "- ", 2) != 0 || !end)
		return false;
	while (colon > line + 2 && isdigit((unsigned char)colon[-1]))
		colon--;
	if (colon == end || colon[-1] != ':')
		return false;
	value = strtoul(colon, NULL, 10);
	*number = value > UINT32_MAX ? 0 : (uint32_t)value;
	snprintf(file, size, "%.*s", (int)(colon - 1 - (line + 2)), line + 2);
	return true;
}

static void listen_end_failure(const char *file, uint32_t line)
{
	if (ear.text.len)
		stage_note(NOTE_FAILURE, file, line, str_get(&ear.text));
	str_clear(&ear.text);
}

/* What failed, with its places; where nothing did, the point says how it
 * ended. */
static void listen_explain(const struct tap_point *p)
{
	char line[TAP_DETAIL_MAX], file[512] = "";
	const char *at = p->detail, *text;
	uint32_t number = 0;
	bool within = false;

	str_clear(&ear.text);
	while (*at) {
		size_t len = strcspn(at, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, at);
		at += len + (at[len] == '\n');
		if (strncmp(line, "- ", 2) == 0)
			listen_end_failure(file, number);
		if (listen_take_place(line, file, sizeof(file), &number)) {
			within = true;
			continue;
		}
		text = line + strspn(line, " ");
		if (within && *text)
			str_addf(&ear.text, "%s%s", ear.text.len ? "\n" : "",
				 text);
	}
	listen_end_failure(file, number);
	if (within)
		return;
	/* "unexpected signal after x.c:1", "timed out (1.00s)", "(0.00s)" */
	text = p->name + strlen(ear.only);
	text += strspn(text, " ");
	stage_note(NOTE_FAILURE, "", 0, *text && *text != '(' ? text :
		   "it did not end as it is expected to");
}

/* Points are "Scope::name", and behind a blank what else there is; those that
 * the filter leaves out are skipped, for this reason. */
static void listen_take_only(const struct tap_point *p)
{
	size_t len = strlen(ear.only);

	if (strncmp(p->name, ear.only, len) != 0 ||
	    (p->name[len] && p->name[len] != ' '))
		return;
	if (p->state == TAP_FAILED) {
		ear.points.n_failed++;
		listen_explain(p);
	} else if (p->state == TAP_OK) {
		ear.points.n_ok++;
	} else if (p->state == TAP_SKIPPED &&
		   strcmp(p->reason, "test was skipped") != 0) {
		ear.points.n_skipped++;
		str_clear(&ear.reason);
		str_add(&ear.reason, p->reason);
	}
}

static void listen_take_point(void *ctx, const struct tap_point *p)
{
	static const enum note_kind kinds[] = {
		[TAP_OK] = NOTE_POINT_OK,
		[TAP_FAILED] = NOTE_POINT_FAILED,
		[TAP_SKIPPED] = NOTE_POINT_SKIPPED,
		[TAP_TODO] = NOTE_POINT_TODO,
		[TAP_BONUS] = NOTE_POINT_BONUS,
	};

	(void)ctx;
	if (ear.only) {
		listen_take_only(p);
		return;
	}
	if (p->state == TAP_FAILED) {
		listen_make_text(p, "not ok ");
		stage_note(NOTE_FAILURE, p->file, p->line,
			   str_get(&ear.text));
	}
	listen_make_text(p, "");
	if (!stage_point(kinds[p->state], p->file, p->line,
			 str_get(&ear.text)))
		ear.n_dropped++;
}

/* ---- reading --------------------------------------------------------- */

int listen_open(const struct program *p)
{
	if (pipe2(ear.ends, O_CLOEXEC) < 0)
		return -errno;
	fcntl(ear.ends[0], F_SETFL, O_NONBLOCK);
	ear.n_dropped = 0;
	ear.only = p->only ? p->only[0] : NULL;
	ear.points = (struct program_points){ 0 };
	stage_begin_points();
	tap_open(&ear.tap, listen_take_point, NULL);
	return ear.ends[1];
}

void listen_cancel(void)
{
	close(ear.ends[0]);
	close(ear.ends[1]);
	tap_close(&ear.tap);
}

enum heard {
	HEARD_BYTES,
	HEARD_NOTHING, /* now */
	HEARD_END,
};

/* As read(2). */
static ssize_t listen_read_some(void)
{
	char piece[PIECE];
	ssize_t got = read(ear.ends[0], piece, sizeof(piece));

	if (got <= 0)
		return got;
	if (!ear.only)
		sys_write_all(STDOUT_FILENO, piece, (size_t)got);
	tap_feed(&ear.tap, piece, (size_t)got);
	return got;
}

static enum heard listen_read(void)
{
	ssize_t got = listen_read_some();

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? HEARD_NOTHING
							 : HEARD_END;
	return got == 0 ? HEARD_END : HEARD_BYTES;
}

static bool listen_is_over(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) <
		       0 || info.si_pid == pid;
}

/* What it wrote before it ended is there, and read however long that takes on
 * a busy machine; what others write is not waited for. */
static void listen_drain(void)
{
	uint64_t deadline = clock_now_ns() + DRAIN_NS;
	int there = 0;
	ssize_t got;

	ioctl(ear.ends[0], FIONREAD, &there);
	while ((got = listen_read_some()) > 0 &&
	       (there > 0 || clock_now_ns() < deadline))
		there -= (int)got;
}

void listen_to(pid_t pid)
{
	struct pollfd fds[2] = {
		{ .fd = ear.ends[0], .events = POLLIN },
		{ .fd = sys_pidfd_open(pid), .events = POLLIN },
	};
	int pidfd = fds[1].fd;

	close(ear.ends[1]);
	do {
		fds[0].revents = 0;
		poll(fds, 2, pidfd < 0 ? ASK_MS : -1);
		if (fds[0].revents && listen_read() == HEARD_END)
			fds[0].fd = -1;
	} while (!listen_is_over(pid));
	if (fds[0].fd >= 0)
		listen_drain();
	if (pidfd >= 0)
		close(pidfd);
	close(ear.ends[0]);
}

/* ---- verdict --------------------------------------------------------- */

void listen_judge(struct program_end *end, struct finding *f)
{
	char text[64];

	end->told = tap_end(&ear.tap, ear.why);
	end->told_why = ear.why;
	end->told_broken = tap_is_broken(&ear.tap);
	f->n_failures = ear.tap.n_failed;
	end->points = ear.points;
	if (ear.only)
		end->told_why = str_get(&ear.reason);
	f->has_notes = stage_points() > 0;
	tap_close(&ear.tap);
	if (ear.n_dropped == 0)
		return;
	snprintf(text, sizeof(text), "%" PRIu32 " more points are not listed",
		 ear.n_dropped);
	stage_note(NOTE_RUNNER, "", 0, text);
}
