/* SPDX-License-Identifier: MIT */
/*
 * shmrun-unwind: makes backtraces of what crashed tests left.  Started by the
 * runner for the first one, internal.
 *
 *	shmrun-unwind SOCKET WRECKS RUNNER
 *
 * Reads questions (where in the file of wrecks) from the socket and answers
 * each with a text, "" if it has none.  Ends with the runner.
 */
#include "base/mem.h"
#include "base/sys.h"
#include "unwind/trim.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if HAVE_LIBDW
#define WALK_NAME "elfutils"
#define WALK_FIRST walk_dwfl
#else
#define WALK_NAME "frame pointers"
#define WALK_FIRST walk_pointers
#endif

/* Its bytes, in one piece that the caller frees; NULL = it is no wreck. */
static char *main_read(int fd, const struct wreck_question *q,
		       struct walk *walk)
{
	char *bytes;

	if (q->size < sizeof(walk->head) ||
	    q->size > sizeof(walk->head) + WRECK_STACK_MAX + WRECK_MAPS_MAX)
		return NULL;
	bytes = mem_alloc(q->size + 1);
	if (sys_pread_all(fd, bytes, q->size, q->at) != (ssize_t)q->size)
		goto damaged;
	memcpy(&walk->head, bytes, sizeof(walk->head));
	if (!wreck_is_sane(&walk->head) || wreck_size(&walk->head) != q->size)
		goto damaged;
	bytes[q->size] = '\0';
	walk->stack = (unsigned char *)bytes + sizeof(walk->head);
	walk->maps = bytes + sizeof(walk->head) + walk->head.stack_len;
	return bytes;
damaged:
	free(bytes);
	return NULL;
}

static void main_walk(const struct walk *walk, struct str *out)
{
	static struct frames frames;
	static const walk_fn ways[] = { WALK_FIRST, walk_pointers };
	size_t i;

	for (i = 0; i < 2 && out->len == 0; i++) {
		frames.n = 0;
		frames.cut = false;
		ways[i](walk, &frames);
		trim_frames(&frames, walk->own);
		trim_write(&frames, out);
	}
}

static void main_answer(int sock, int wrecks_fd, const char *own,
			const struct wreck_question *q)
{
	struct str out = STR_INIT;
	struct walk walk = { .own = own };
	char *bytes = main_read(wrecks_fd, q, &walk);

	if (bytes && walk.head.n_regs)
		main_walk(&walk, &out);
	/* With the NUL: a message without bytes is the end of a socket. */
	send(sock, str_get(&out), min_of(out.len + 1, WRECK_TEXT_MAX),
	     MSG_NOSIGNAL);
	str_fini(&out);
	free(bytes);
}

static void main_read_own(pid_t runner, char own[PATH_MAX])
{
	char path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)runner);
	len = readlink(path, own, PATH_MAX - 1);
	own[len > 0 ? len : 0] = '\0';
}

int main(int argc, char **argv)
{
	static const struct rlimit none = { 0, 0 };
	struct wreck_question q;
	char own[PATH_MAX];
	pid_t runner;

	if (argc == 2 && strcmp(argv[1], "--about") == 0)
		return puts(WALK_NAME) < 0;
	if (argc != 4)
		return 2;
	runner = (pid_t)atoi(argv[3]);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != runner)
		return 1;
	setrlimit(RLIMIT_CORE, &none);
	main_read_own(runner, own);
	while (recv(atoi(argv[1]), &q, sizeof(q), 0) == (ssize_t)sizeof(q))
		main_answer(atoi(argv[1]), atoi(argv[2]), own, &q);
	return 0;
}
