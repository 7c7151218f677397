/* SPDX-License-Identifier: MIT */
#include "cli/environment.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "shm/folders.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define PERTURB "MALLOC_PERTURB_"

struct environment {
	char **items;
	size_t n, cap;
};

void environment_run_id(char id[RUN_ID_CAP])
{
	unsigned char b[16];
	char *out = id;
	int i;

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		memset(b, (int)getpid(), sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (i = 0; i < 16; i++)
		out += sprintf(out, "%s%02x",
			       i == 4 || i == 6 || i == 8 || i == 10 ? "-"
								     : "",
			       b[i]);
}

static bool environment_is_dropped(const char *item)
{
	static const char *const names[] = {
		"SHMRUN=", "SHMRUN_", "GTEST_TOTAL_SHARDS=",
		"GTEST_SHARD_INDEX=", "TEST_TOTAL_SHARDS=",
		"TEST_SHARD_INDEX=", "TEST_PREMATURE_EXIT_FILE=", "TZ=",
	};
	size_t i;

	/* In a build for tests of deaths, they are for all processes. */
	if (ENABLE_POINTS && strncmp(item, "SHMRUN_POINTS=", 14) == 0)
		return false;
	for (i = 0; i < array_size(names); i++)
		if (strncmp(item, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static void environment_add(struct environment *e, const char *name,
			    const char *value)
{
	size_t size = strlen(name) + strlen(value) + 2;
	char *item = mem_alloc(size);

	snprintf(item, size, "%s=%s", name, value);
	vec_room(e->items, e->n, e->cap);
	e->items[e->n++] = item;
}

static void environment_add_threads(struct environment *e, uint32_t threads)
{
	static const char *const names[] = {
		"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
		"RAYON_NUM_THREADS",
	};
	char value[16];
	size_t i;

	snprintf(value, sizeof(value), "%" PRIu32, threads);
	for (i = 0; threads > 0 && i < array_size(names); i++)
		if (!getenv(names[i]))
			environment_add(e, names[i], value);
}

/* What a C library that knows it fills memory with (mallopt(3), M_PERTURB), so
 * that what was never written is seen; another value for each run, which its
 * identity decides (VAR-15). */
static void environment_add_perturb(struct environment *e, const char *run_id)
{
	char digits[3], value[24];
	unsigned long n;

	if (!*run_id || getenv(PERTURB))
		return;
	snprintf(digits, sizeof(digits), "%.2s", run_id);
	n = strtoul(digits, NULL, 16);
	snprintf(value, sizeof(value), "%lu", n ? n : 255);
	environment_add(e, PERTURB, value);
}

const char *environment_perturbs(char *const *env)
{
	size_t len = strlen(PERTURB "=");

	if (getenv(PERTURB))
		return NULL;
	for (; *env; env++)
		if (strncmp(*env, PERTURB "=", len) == 0)
			return *env;
	return NULL;
}

/* "NAME=VALUE", in place of one of that name. */
static void environment_put(struct environment *e, const char *item)
{
	size_t len = strcspn(item, "=") + 1, i;

	for (i = 0; i < e->n; i++)
		if (strncmp(e->items[i], item, len) == 0)
			break;
	if (i < e->n) {
		free(e->items[i]);
	} else {
		vec_room(e->items, e->n, e->cap);
		e->n++;
	}
	e->items[i] = mem_strdup(item);
}

static void environment_put_all(struct environment *e,
				const struct texts *items)
{
	uint32_t i;

	for (i = 0; i < items->n; i++)
		environment_put(e, items->items[i]);
}

/* Until a worker puts a test's in its place (suite/heritage.h). */
static void environment_put_folder(struct environment *e,
				   const struct folders *folders)
{
	static const char *const names[] = { "TMPDIR", "TEST_TMPDIR",
					     "SHMRUN_TMPDIR" };
	struct str item = STR_INIT;
	size_t i;

	for (i = 0; folders && i < array_size(names); i++) {
		str_clear(&item);
		str_addf(&item, "%s=%s/run", names[i], folders_shown(folders));
		environment_put(e, str_get(&item));
	}
	str_fini(&item);
}

char **environment_make(const struct options *o,
			const struct environment_args *args)
{
	const char *outer = getenv("SHMRUN_RUN_ID");
	struct environment e = { 0 };
	char **at;

	for (at = environ; *at; at++) {
		if (environment_is_dropped(*at))
			continue;
		vec_room(e.items, e.n, e.cap);
		e.items[e.n++] = mem_strdup(*at);
	}
	environment_add(&e, "SHMRUN", "1");
	environment_add(&e, "SHMRUN_RUN_ID", args->run_id);
	environment_add(&e, "SHMRUN_VERSION", PACKAGE_VERSION);
	environment_add(&e, "SHMRUN_ISOLATE",
			isolate_name(max_of(o->isolate, ISOLATE_WORKER)));
	if (o->profile)
		environment_add(&e, "SHMRUN_PROFILE", o->profile);
	if (o->order == ORDER_RANDOM) {
		char seed[24];

		snprintf(seed, sizeof(seed), "%" PRIu64, o->seed);
		environment_add(&e, "SHMRUN_SEED", seed);
	}
	if (o->shard.total) {
		char shard[24];

		snprintf(shard, sizeof(shard), "%" PRIu32 "/%" PRIu32,
			 o->shard.number, o->shard.total);
		environment_add(&e, "SHMRUN_SHARD", shard);
	}
	environment_add(&e, "TZ", "UTC");
	environment_add_perturb(&e, args->run_id);
	/* Room for what is written in their place (suite/heritage.h). */
	environment_add(&e, "SHMRUN_SLOT", "w000000");
	environment_add(&e, "SHMRUN_GENERATION", "000000");
	environment_add(&e, "SHMRUN_JOBS", "000000");
	environment_add_threads(&e, args->threads);
	environment_put_folder(&e, args->folders);
	if (outer)
		environment_add(&e, "SHMRUN_PARENT_RUN_ID", outer);
	if (args->more)
		environment_put_all(&e, args->more);
	environment_put_all(&e, &o->env);
	vec_room(e.items, e.n, e.cap);
	e.items[e.n] = NULL;
	return e.items;
}

void environment_free(char **env)
{
	char **at;

	for (at = env; at && *at; at++)
		free(*at);
	free(env);
}
