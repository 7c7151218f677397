/* SPDX-License-Identifier: MIT */
#include "work/variables.h"

#include "base/clock.h"
#include "base/digits.h"
#include "base/mem.h"
#include "base/role.h"
#include "base/vec.h"
#include "model/plan.h"
#include "suite/served.h"
#include "work/folder.h"
#include "work/holding.h"
#include "work/stage.h"
#include "work/worker.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum variable {
	VARIABLE_ISOLATE,
	VARIABLE_ATTEMPT,
	VARIABLE_MAX_ATTEMPTS,
	VARIABLE_ITERATION,
	VARIABLE_WEIGHT,
	VARIABLE_TIMEOUT,
	VARIABLE_GROUP,
	VARIABLE_GROUP_SLOT,
	VARIABLE_TEST,
	VARIABLE_TEST_ID,
	VARIABLE_SUITE,
	/* Only told to servers: the worker's environment has them. */
	VARIABLE_TMPDIR,
	VARIABLE_TEST_TMPDIR,
	VARIABLE_SHMRUN_TMPDIR,
	N_VARIABLES
};

#define N_OF_TEST VARIABLE_TMPDIR
#define UNIT_NAME "SHMRUN_GROUP_SLOT"

/* room: with name and end; what is longer is cut. */
static const struct {
	const char *name;
	uint32_t room;
} variables[N_VARIABLES] = {
	[VARIABLE_ISOLATE] = { "SHMRUN_ISOLATE", 40 },
	[VARIABLE_ATTEMPT] = { "SHMRUN_ATTEMPT", 40 },
	[VARIABLE_MAX_ATTEMPTS] = { "SHMRUN_MAX_ATTEMPTS", 40 },
	[VARIABLE_ITERATION] = { "SHMRUN_ITERATION", 40 },
	[VARIABLE_WEIGHT] = { "SHMRUN_WEIGHT", 40 },
	[VARIABLE_TIMEOUT] = { "SHMRUN_TIMEOUT", 40 },
	[VARIABLE_GROUP] = { "SHMRUN_GROUP", 1024 },
	[VARIABLE_GROUP_SLOT] = { UNIT_NAME, 40 },
	[VARIABLE_TEST] = { "SHMRUN_TEST", 12 << 10 },
	[VARIABLE_TEST_ID] = { "SHMRUN_TEST_ID", 16 << 10 },
	[VARIABLE_SUITE] = { "SHMRUN_SUITE", 4200 },
	[VARIABLE_TMPDIR] = { "TMPDIR", 512 },
	[VARIABLE_TEST_TMPDIR] = { "TEST_TMPDIR", 512 },
	[VARIABLE_SHMRUN_TMPDIR] = { "SHMRUN_TMPDIR", 512 },
};

_Static_assert(N_VARIABLES <= SERVED_TOLD_MAX, "each has a place");

static worker_data struct {
	const struct worker *worker;
	struct served_told *told; /* shared with children; NULL = not yet */
	uint32_t at[N_VARIABLES]; /* what stands there, for who believes
				     nothing that a child can write */
	/* The worker's own environment, once it has been shown: others, then
	 * from `first` on ours. */
	char **shown;
	size_t n_shown, cap_shown, first;
	bool has_unit; /* UNIT_NAME is in the environment, apart from those */
	char **items; /* a program's */
	size_t n, cap;
} made;

hot_path void variables_open(const struct worker *w)
{
	made.worker = w;
}

/* ---- their values ---------------------------------------------------- */

/* Where a value is written, and where its room ends. */
struct text {
	char *at, *end;
};

/* Its name is written again, too: a child may have spoilt it. */
static struct text text_of(struct served_told *told, enum variable v)
{
	size_t len = strlen(variables[v].name);
	char *item = told->text + made.at[v];

	memcpy(item, variables[v].name, len);
	item[len] = '=';
	return (struct text){ .at = item + len + 1,
			      .end = item + variables[v].room - 1 };
}

static void text_add(struct text *t, const char *bytes, size_t len)
{
	len = min_of(len, (size_t)(t->end - t->at));
	memcpy(t->at, bytes, len);
	t->at += len;
	*t->at = '\0';
}

static void text_number(struct served_told *told, enum variable v,
			uint32_t number)
{
	digits_write(text_of(told, v).at, number);
}

static void text_add_unit(struct text *t, int unit)
{
	if (unit >= 0)
		digits_write(t->at, (uint32_t)unit);
	else
		*t->at = '\0';
}

static void text_add_test(struct text *t, const struct errand *e)
{
	char index[16] = "[";

	text_add(t, e->name, strlen(e->name));
	if (!e->entry->indexed)
		return;
	digits_write(index + 1, e->index);
	text_add(t, index, strlen(index));
	text_add(t, "]", 1);
}

/* The names alone of "name:r:2,name". */
static void text_add_locks(struct text *t, const char *locks)
{
	*t->at = '\0';
	while (*locks) {
		text_add(t, locks, strcspn(locks, ":,"));
		locks += strcspn(locks, ",");
		if (!*locks)
			return;
		text_add(t, ",", 1);
		locks++;
	}
}

/* As %g has it; to format a double copies a page of the stack or two. */
static void text_add_seconds(struct text *t, uint64_t ns)
{
	uint64_t rest = ns % NS_PER_S, unit = NS_PER_S / 10;
	char digits[24];

	digits_write(digits, (uint32_t)(ns / NS_PER_S));
	text_add(t, digits, strlen(digits));
	if (rest)
		text_add(t, ".", 1);
	for (; rest; rest %= unit, unit /= 10)
		text_add(t, &"0123456789"[rest / unit], 1);
}

static void write_names(const struct errand *e, struct served_told *told)
{
	const char *tier = isolate_name((enum isolate)e->entry->isolate);
	struct text isolate = text_of(told, VARIABLE_ISOLATE);
	struct text suite = text_of(told, VARIABLE_SUITE);
	struct text test = text_of(told, VARIABLE_TEST);
	struct text id = text_of(told, VARIABLE_TEST_ID);

	text_add(&isolate, tier, strlen(tier));
	text_add(&suite, e->suite->path, strlen(e->suite->path));
	text_add_test(&test, e);
	text_add(&id, e->suite->path, strlen(e->suite->path));
	text_add(&id, " ", 1);
	text_add_test(&id, e);
}

static void write_terms(const struct worker *w, const struct errand *e,
			struct served_told *told)
{
	const struct catalog *c = &w->catalog;
	const struct catalog_terms *terms = &c->terms[e->entry - c->tests];
	struct text group = text_of(told, VARIABLE_GROUP);
	struct text unit = text_of(told, VARIABLE_GROUP_SLOT);
	struct text timeout = text_of(told, VARIABLE_TIMEOUT);

	text_number(told, VARIABLE_MAX_ATTEMPTS, terms->max_attempts);
	text_number(told, VARIABLE_WEIGHT, terms->weight);
	text_add_seconds(&timeout, terms->timeout_ns);
	text_add_locks(&group, c->texts + terms->locks);
	text_add_unit(&unit, holding_first());
}

/* How many it has, whatever a child has made of it. */
static uint32_t told_count(const struct served_told *told)
{
	return told != made.told && folder_root() ? N_VARIABLES : N_OF_TEST;
}

void variables_write_folders(struct served_told *told)
{
	uint32_t i;

	for (i = N_OF_TEST; i < told_count(told); i++) {
		const char *value = getenv(variables[i].name);
		struct text text = text_of(told, (enum variable)i);

		text_add(&text, value ? value : "", value ? strlen(value) : 0);
	}
}

void variables_write(const struct worker *w, const struct errand *e,
		     struct served_told *told)
{
	write_names(e, told);
	write_terms(w, e, told);
	text_number(told, VARIABLE_ATTEMPT, e->attempt + 1);
	text_number(told, VARIABLE_ITERATION, e->iteration);
	variables_write_folders(told);
}

static void told_lay_out(struct served_told *told, uint32_t n)
{
	uint32_t i, at = 0;

	for (i = 0; i < n; i++) {
		told->at[i] = made.at[i] = at;
		snprintf(told->text + at, variables[i].room, "%s=",
			 variables[i].name);
		at += variables[i].room;
	}
	bug_on(at > sizeof(told->text));
	told->n = n;
}

void variables_lay_out(struct served_told *told)
{
	told_lay_out(told, told_count(told));
}

/* NULL: there is no memory, and nothing is told. */
static struct served_told *told_get(void)
{
	void *page;

	if (made.told)
		return made.told;
	page = mmap(NULL, sizeof(*made.told), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return NULL;
	made.told = page;
	told_lay_out(made.told, N_OF_TEST);
	return made.told;
}

/* ---- an environment -------------------------------------------------- */

bool variables_is(const char *item, const char *entry)
{
	size_t len = strcspn(entry, "=");

	return strncmp(item, entry, len) == 0 && item[len] == '=';
}

static bool variables_is_ours(const char *item)
{
	size_t i;

	if (strncmp(item, "SHMRUN_", 7) != 0)
		return false;
	for (i = 0; i < N_OF_TEST; i++)
		if (variables_is(item, variables[i].name))
			return true;
	return false;
}

static bool variables_is_among(const char *item, char *const *entries)
{
	for (; entries && *entries; entries++)
		if (variables_is(item, *entries))
			return true;
	return false;
}

/* ---- the worker's own ------------------------------------------------ */

static void shown_add(char *item)
{
	vec_room(made.shown, made.n_shown, made.cap_shown);
	made.shown[made.n_shown++] = item;
}

/* Code of the suite may have put another one in its place, or things into it. */
static bool shown_is_whole(void)
{
	return environ == made.shown && made.n_shown &&
	       made.shown[made.first] == made.told->text + made.at[0] &&
	       !made.shown[made.n_shown - 1];
}

/* Others are left where they are: in front, and in their order. */
static void shown_make(struct served_told *told)
{
	size_t n = 0, i;
	char **before;

	while (environ && environ[n])
		n++;
	before = mem_array(n + 1, sizeof(*before));
	for (i = 0; i < n; i++)
		before[i] = environ[i];
	made.n_shown = 0;
	for (i = 0; i < n; i++)
		if (!variables_is_ours(before[i]))
			shown_add(before[i]);
	free(before);
	made.first = made.n_shown;
	for (i = 0; i < N_OF_TEST; i++)
		shown_add(told->text + made.at[i]);
	shown_add(NULL);
	environ = made.shown;
}

void variables_show(const struct worker *w, const struct errand *e)
{
	struct served_told *told = told_get();

	if (!told)
		return;
	variables_write(w, e, told);
	if (!shown_is_whole())
		shown_make(told);
}

void variables_hide(void)
{
	char **at;

	for (at = environ; made.told && at && *at; at++)
		if (*at == made.told->text + made.at[0])
			break;
	if (made.told && at)
		*at = NULL;
}

void variables_set_unit(bool here)
{
	char text[16];

	if (here && holding_first() >= 0) {
		/* Of the last test child: this one would go with them. */
		variables_hide();
		digits_write(text, (uint32_t)holding_first());
		setenv(UNIT_NAME, text, 1);
		made.has_unit = true;
	} else if (made.has_unit) {
		unsetenv(UNIT_NAME);
		made.has_unit = false;
	}
}

/* ---- a program's ----------------------------------------------------- */

void variables_add(char *item)
{
	vec_room(made.items, made.n, made.cap);
	made.items[made.n++] = item;
}

void variables_begin(const struct worker *w, const struct errand *e,
		     char *const *without)
{
	struct served_told *told = told_get();
	char **at;
	uint32_t i;

	made.n = 0;
	for (at = environ; at && *at; at++)
		if (!variables_is_ours(*at) && !variables_is_among(*at, without))
			variables_add(*at);
	if (!told)
		return;
	variables_write(w, e, told);
	for (i = 0; i < N_OF_TEST; i++)
		variables_add(told->text + made.at[i]);
}

char **variables_end(void)
{
	variables_add(NULL);
	return made.items;
}

/* ---- for a test that asks -------------------------------------------- */

/* Before the first test, and between two, there is none. */
static bool errand_of_stage(struct errand *e)
{
	const struct catalog *c = &made.worker->catalog;
	const struct catalog_header *h = c->header;
	struct instance at;

	e->position = stage_position();
	if (e->position >= h->n_positions)
		return false;
	at = segment_at(&c->segments[plan_segment(c->segments, h->n_segments,
						  e->position)],
			e->position);
	e->index = at.index;
	e->attempt = stage_attempt();
	e->iteration = stage_iteration();
	e->entry = &c->tests[at.test_ix];
	e->suite = made.worker->suites[e->entry->suite_ix];
	e->test = &e->suite->tests[e->entry->entry_ix];
	e->name = e->test->name;
	return true;
}

const char *variables_find(const char *name)
{
	struct served_told *told;
	struct errand e;
	uint32_t i;

	for (i = 0; i < N_OF_TEST; i++)
		if (strcmp(variables[i].name, name) == 0)
			break;
	/* A child has it all, and no catalog. */
	if (i == N_OF_TEST || role_current != ROLE_WORKER)
		return getenv(name);
	told = told_get();
	if (!told || !errand_of_stage(&e))
		return NULL;
	variables_write(made.worker, &e, told);
	return text_of(told, (enum variable)i).at;
}
