/* SPDX-License-Identifier: MIT */
#include "work/capture.h"

#include "base/raw.h"
#include "work/door.h"
#include "work/stage.h"
#include "work/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW (1u << 20)
/* A test that took less made no system call: one alone takes 100 ns and
 * more, and the worker's own steps are in this time too. */
#define ASK_NS 250

hot_path static void capture_mend(struct worker *w, int fd)
{
	if (w->spool_fd >= 0 && !door_is(fd, &w->spool_id))
		dup2(w->spool_fd, fd);
}

/* Bytes that UTF-8 never uses, so that text is always seen; another one each
 * time, so that binary data has no favourite. */
hot_path static unsigned char capture_next(unsigned char value)
{
	return value >= 0xf5 && value < 0xff ? value + 1 : 0xf5;
}

/* Without a window the size is asked for after each test. */
hot_path static bool capture_map(struct capture *c, int fd)
{
	int code;

	if (c->map && c->end - c->map_from < WINDOW)
		return true;
	if (c->map)
		munmap(c->map, WINDOW);
	c->mark = NULL;
	c->map_from = c->end / SHM_PAGE * SHM_PAGE;
	c->map = raw_map(NULL, fd, WINDOW, PROT_READ | PROT_WRITE, c->map_from,
			 &code);
	if (c->map)
		raw_syscall(SYS_madvise, (long)c->map, WINDOW, MADV_DONTFORK,
			    0, 0);
	return c->map != NULL;
}

/* Behind the end there must be a byte that exists: on the last page. */
hot_path static void capture_mark(struct worker *w)
{
	struct capture *c = &w->capture;
	char newline = '\n';

	if (c->end % SHM_PAGE == 0) {
		if (raw_syscall(SYS_write, w->spool_fd, (long)&newline, 1, 0,
				0) != 1) {
			c->mark = NULL;
			return;
		}
		c->end++;
	}
	if (!capture_map(c, w->spool_fd))
		return;
	c->mark = c->map + (c->end - c->map_from);
	*c->mark = c->value;
}

hot_path static bool capture_ask(struct worker *w)
{
	long end;

	/* Its output is the user's, and not in the spool. */
	if (unlikely(w->unusual & UNUSUAL_DEBUGGED))
		return true;
	end = raw_syscall(SYS_lseek, STDOUT_FILENO, 0, SEEK_END, 0, 0);
	if ((uint64_t)end == w->capture.end)
		return true;
	/* More, or descriptor 1 is closed, or is something else now. */
	capture_mend(w, STDOUT_FILENO);
	capture_mend(w, STDERR_FILENO);
	end = raw_syscall(SYS_lseek, w->spool_fd, 0, SEEK_END, 0, 0);
	if (end < 0)
		return false; /* even our own descriptor is gone */
	w->capture.end = (uint64_t)end;
	return true;
}

hot_path void capture_open(struct worker *w)
{
	w->capture.value = capture_next(0);
	if (!capture_ask(w))
		w->retire = true;
	capture_begin(w);
}

hot_path void capture_begin(struct worker *w)
{
	struct capture *c = &w->capture;

	c->begin = c->stop = c->end;
	atom64_store_relaxed(&w->self->output, c->begin); /* C10 */
}

static void capture_look(struct worker *w, uint64_t duration_ns)
{
	struct capture *c = &w->capture;
	uint64_t end = c->end;

	if (!capture_ask(w))
		w->retire = true;
	c->stop = c->end;
	/* Only short tests, of which there may be many, pay for a map. */
	if (!c->map && duration_ns >= ASK_NS)
		return;
	if (c->end != end || !c->mark || *c->mark != c->value)
		capture_mark(w);
}

static bool capture_may_differ(const struct capture *c, uint64_t duration_ns)
{
	return duration_ns >= ASK_NS || !c->mark || *c->mark != c->value;
}

/* Apart, so that the others need no frame; each worker's first test comes
 * here. */
hot_path __attribute__((noinline)) static void capture_end_slow(struct worker *w, uint64_t duration_ns)
{
	struct capture *c = &w->capture;

	if (capture_is_pending(stdout))
		fflush(stdout);
	if (capture_is_pending(stderr))
		fflush(stderr);
	if (capture_may_differ(c, duration_ns))
		capture_look(w, duration_ns);
	if (c->mark)
		*c->mark = c->value = capture_next(c->value);
}

hot_path void capture_end(struct worker *w, uint64_t duration_ns)
{
	struct capture *c = &w->capture;

	if (unlikely(capture_is_pending(stdout) ||
		     capture_is_pending(stderr) ||
		     capture_may_differ(c, duration_ns)))
		capture_end_slow(w, duration_ns);
	else
		*c->mark = c->value = capture_next(c->value);
}

/* What is not ours any more is not touched again. */
hot_path static void capture_check(struct worker *w, int *fd, const struct door_id *id)
{
	if (door_is(*fd, id))
		return;
	*fd = -1;
	w->retire = true;
}

/* Behind the first test of most workers (THREAD_NS). */
hot_path void capture_inspect(struct worker *w)
{
	capture_check(w, &w->spool_fd, &w->spool_id);
	capture_check(w, &w->notes_fd, &w->notes_id);
	capture_check(w, &w->doorbell_fd, &w->doorbell_id);
	capture_mend(w, STDERR_FILENO);
	stage_use_notes(w->notes_fd);
}
