/* SPDX-License-Identifier: MIT */
#include "load/threads.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* One that has just begun is still running. */
#define THREADS_TRIES 300
#define THREADS_MAX 16
#define THREADS_STACK_MAX (UINT64_C(64) << 20)

/* A mapping of this process. */
struct area {
	uint64_t from, to;
	char *code; /* of that file; NULL = it is not run */
};

struct areas {
	struct area *items;
	size_t n, cap;
};

static void areas_read(struct areas *a)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned long from, to;
	char *line = NULL, perms[5];
	size_t cap = 0;
	ssize_t len;
	int at;

	while (file && (len = getline(&line, &cap, file)) > 0) {
		at = 0;
		line[len - 1] = '\0';
		if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &from, &to,
			   perms, &at) < 3)
			continue;
		vec_room(a->items, a->n, a->cap);
		a->items[a->n++] = (struct area){
			.from = from,
			.to = to,
			.code = perms[2] == 'x' && line[at] == '/'
					? mem_strdup(line + at) : NULL,
		};
	}
	free(line);
	if (file)
		fclose(file);
}

static void areas_fini(struct areas *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		free(a->items[i].code);
	free(a->items);
}

/* They are in order. */
static const struct area *areas_find(const struct areas *a, uint64_t address)
{
	size_t lo = 0, hi = a->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (a->items[mid].to <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < a->n && a->items[lo].from <= address ? &a->items[lo] : NULL;
}

/* Through them every thread begins. */
static bool area_is_plain(const char *code)
{
	static const char *const plain[] = {
		"libc.", "libc-", "ld-", "libpthread", "libstdc++.",
		"libc++.", "libgcc_s.", "libasan.", "libtsan.", "libubsan.",
		"liblsan.", "libclang_rt.",
	};
	const char *name = strrchr(code, '/') + 1;
	size_t i;

	for (i = 0; i < array_size(plain); i++)
		if (strncmp(name, plain[i], strlen(plain[i])) == 0)
			return true;
	return false;
}

/* Where a thread's stack ends downwards; 0 = it is not told. */
static uint64_t threads_stack(pid_t tid)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	unsigned long sp = 0;
	char path[64], text[256];
	int tries;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)tid);
	for (tries = 0; tries < THREADS_TRIES && !sp; tries++) {
		FILE *file = fopen(path, "re");

		if (!file)
			return 0;
		/* A number, six arguments, sp, pc; of -1 only these two. */
		if (fgets(text, sizeof(text), file) &&
		    sscanf(text, "-1 %lx", &sp) != 1 &&
		    sscanf(text, "%*d %*x %*x %*x %*x %*x %*x %lx", &sp) != 1)
			nanosleep(&nap, NULL);
		fclose(file);
	}
	return sp;
}

/* The outermost code on a stack that is not only on the way there. */
static const char *threads_owner(const struct areas *areas, int memory,
				 uint64_t at)
{
	const struct area *stack = areas_find(areas, at), *found;
	const char *owner = NULL;
	uint64_t words[512];
	ssize_t n, i;

	at &= ~UINT64_C(7);
	if (!stack || stack->to - at > THREADS_STACK_MAX)
		return NULL;
	for (; at < stack->to; at += (uint64_t)n) {
		n = pread(memory, words, min_of(sizeof(words), stack->to - at),
			  (off_t)at);
		if (n < (ssize_t)sizeof(*words))
			break;
		for (i = 0; i < n / (ssize_t)sizeof(*words); i++) {
			found = areas_find(areas, words[i]);
			if (found && found->code && !area_is_plain(found->code))
				owner = found->code;
		}
	}
	return owner;
}

void threads_refuse(const char *suite, struct err *err)
{
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), n, i;
	const char *owner = NULL;
	char self[PATH_MAX] = "";
	pid_t tids[THREADS_MAX];
	struct areas areas = { 0 };

	areas_read(&areas);
	n = memory < 0 ? 0 : proc_threads(getpid(), tids, THREADS_MAX);
	for (i = 0; i < n && !owner; i++)
		owner = threads_owner(&areas, memory, threads_stack(tids[i]));
	if (owner && realpath(suite, self) && strcmp(owner, self) != 0)
		err_set(err, -EDEADLK, "%s, which it needs, starts a thread "
			"when it is loaded; workers cannot be forked from that",
			owner);
	else
		err_set(err, -EDEADLK, "it starts a thread when it is loaded; "
			"workers cannot be forked from that");
	areas_fini(&areas);
	if (memory >= 0)
		close(memory);
}
