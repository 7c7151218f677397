/* SPDX-License-Identifier: MIT */
#include "work/capture.h"

#include "work/worker.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <unistd.h>

static bool capture_is_spool(struct worker *w, int fd)
{
	struct stat st, spool;

	return fstat(fd, &st) == 0 && fstat(w->spool_fd, &spool) == 0 &&
	       st.st_ino == spool.st_ino && st.st_dev == spool.st_dev;
}

static void capture_mend(struct worker *w, int fd)
{
	if (!capture_is_spool(w, fd))
		dup2(w->spool_fd, fd);
}

/* Descriptor 1 is closed, or is something else now. */
cold_path static void capture_end_slow(struct worker *w)
{
	off_t end;

	capture_mend(w, STDOUT_FILENO);
	capture_mend(w, STDERR_FILENO);
	end = lseek(w->spool_fd, 0, SEEK_END);
	if (end < 0)
		w->retire = true; /* even our own descriptor is gone */
	else
		w->spool_end = (uint64_t)end;
}

void capture_end(struct worker *w)
{
	off_t end;

	if (unlikely(__fpending(stdout)))
		fflush(stdout);
	if (unlikely(__fpending(stderr)))
		fflush(stderr);
	end = lseek(STDOUT_FILENO, 0, SEEK_END);
	if (unlikely((uint64_t)end != w->spool_end))
		capture_end_slow(w);
}

void capture_inspect(struct worker *w)
{
	capture_mend(w, STDERR_FILENO);
	if (fcntl(w->doorbell_fd, F_GETFD) < 0 ||
	    fcntl(w->notes_fd, F_GETFD) < 0 ||
	    fcntl(w->spool_fd, F_GETFD) < 0)
		w->retire = true;
}
