/* SPDX-License-Identifier: MIT */
#include "load/heavy.h"

#include "base/clock.h"
#include "base/compiler.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The median of so many is known well enough. */
#define HEAVY_FORKS 32
#define HEAVY_NS NS_PER_MS
/* What less memory than this costs is not worth a word. */
#define HEAVY_KIB (UINT64_C(64) << 10)

/* Private memory that a fork has to copy the tables of; from then on its child
 * shares the pages, so it is known by being of no file. */
struct heavy_memory {
	uint64_t kib;	     /* all of it */
	uint64_t most_kib;   /* of the largest mapping */
	char most[256];	     /* its name */
};

static uint64_t heavy_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static bool heavy_is_sanitized(void)
{
	return dlsym(RTLD_DEFAULT, "__asan_init") ||
	       dlsym(RTLD_DEFAULT, "__hwasan_init") ||
	       dlsym(RTLD_DEFAULT, "__tsan_init") ||
	       dlsym(RTLD_DEFAULT, "__msan_init");
}

/* "from-to mode offset device inode name" */
static bool heavy_is_mapping(char *line, char name[256])
{
	int at = 0;

	if (sscanf(line, "%*x-%*x %*4s %*x %*s %*u %n", &at) < 0 || at == 0)
		return false;
	line += at;
	line[strcspn(line, "\n")] = '\0';
	snprintf(name, 256, "%s", *line ? line : "anonymous memory");
	return true;
}

static bool heavy_measure(struct heavy_memory *m)
{
	FILE *maps = fopen("/proc/self/smaps", "re");
	char line[512], name[256] = "";
	uint64_t kib;

	*m = (struct heavy_memory){ 0 };
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "Anonymous: %" SCNu64, &kib) != 1) {
			heavy_is_mapping(line, name);
			continue;
		}
		m->kib += kib;
		if (kib <= m->most_kib)
			continue;
		m->most_kib = kib;
		memcpy(m->most, name, sizeof(name));
	}
	if (maps)
		fclose(maps);
	return m->kib >= HEAVY_KIB;
}

uint64_t heavy_begin(const struct heavy *h)
{
	return h->over ? 0 : heavy_now_ns();
}

bool heavy_end(struct heavy *h, uint64_t begin_ns, char text[HEAVY_TEXT_CAP])
{
	struct heavy_memory m;
	uint64_t ns;

	if (h->over)
		return false;
	ns = heavy_now_ns() - begin_ns;
	h->n_slow += ns > HEAVY_NS;
	h->over = ++h->n >= HEAVY_FORKS;
	if (likely(h->n_slow * 2 <= h->n))
		return false;
	h->over = true;
	if (heavy_is_sanitized() || !heavy_measure(&m))
		return false;
	snprintf(text, HEAVY_TEXT_CAP,
		 "a fork takes %.1f ms, for each worker and each test in a "
		 "process of its own: the suites have %" PRIu64 " MiB of "
		 "private memory, most of it %.200s (%" PRIu64 " MiB)",
		 (double)ns / (double)NS_PER_MS, m.kib >> 10, m.most,
		 m.most_kib >> 10);
	return true;
}
