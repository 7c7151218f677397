/* SPDX-License-Identifier: MIT */
#include "tests/model/explore.h"

#include "tests/model/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define STACK_SIZE (256 * 1024)
#define CHOICES_MAX 20000
#define STEPS_MAX 4000
#define OPTIONS_MAX 32
#define HASHES_MAX 4

enum ending { ENDING_NONE, ENDING_WHOLE, ENDING_CUT, ENDING_FAILED };

/* One of several ways to go on. */
struct option {
	enum { GO, DIE, TIME_OUT } what;
	struct thread *who;
};

struct choice {
	uint32_t taken, n;
};

struct thread *explore_self;
bool explore_tracing;

static struct thread threads[THREADS_MAX];
static int n_threads;
static char stacks[THREADS_MAX][STACK_SIZE] __attribute__((aligned(64)));
static jmp_buf resumes[THREADS_MAX];
static bool started[THREADS_MAX];
static bool picked_first[THREADS_MAX]; /* for the step it comes to now */
static ucontext_t fresh;
static jmp_buf home;

static const struct scene *scene;
static struct choice choices[CHOICES_MAX];
static uint32_t n_choices, depth; /* recorded; made in this execution */
static uint32_t n_steps, deaths, timeouts;
static int preemptions;
static char failure[256];
static uint64_t (*hashes[HASHES_MAX])(void);
static int n_hashes;

/* ---- choices --------------------------------------------------------- */

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ (b + UINT64_C(0x9e3779b97f4a7c15))) *
		     UINT64_C(0xd6e8feb86659fd93);

	return h ^ h >> 32;
}

static uint32_t explore_pick(uint32_t n)
{
	if (n == 1)
		return 0;
	if (depth == CHOICES_MAX)
		explore_fail("more than %d choices", CHOICES_MAX);
	if (depth == n_choices)
		choices[n_choices++] = (struct choice){ .n = n };
	if (choices[depth].n != n) {
		fprintf(stderr, "the scene is not deterministic\n");
		abort();
	}
	return choices[depth++].taken;
}

uint32_t explore_choose(uint32_t n)
{
	uint32_t taken = explore_pick(n);

	if (explore_self)
		explore_told(taken);
	return taken;
}

/* The next combination; false when there is none. */
static bool explore_next(void)
{
	while (n_choices > 0) {
		struct choice *last = &choices[n_choices - 1];

		if (++last->taken < last->n)
			return true;
		n_choices--;
	}
	return false;
}

/* ---- telling --------------------------------------------------------- */

void explore_say(const char *fmt, ...)
{
	va_list ap;

	printf("#   %-8s ", explore_self ? explore_self->name : "");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

void explore_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(failure, sizeof(failure), fmt, ap);
	va_end(ap);
	_longjmp(home, ENDING_FAILED);
}

void explore_told(uint64_t value)
{
	if (explore_self)
		explore_self->history = mix(explore_self->history, value);
}

void explore_hash_also(uint64_t (*hash)(void))
{
	hashes[n_hashes++] = hash;
}

/* ---- threads --------------------------------------------------------- */

int explore_index(void)
{
	return explore_self ? (int)(explore_self - threads) : 0;
}

int explore_index_of(const struct thread *t)
{
	return (int)(t - threads);
}

struct thread *explore_thread(int index)
{
	return &threads[index];
}

struct thread *explore_spawn(const char *name, void (*main)(void *arg),
			     void *arg)
{
	struct thread *t = &threads[n_threads];

	if (n_threads == THREADS_MAX)
		explore_fail("more than %d threads", THREADS_MAX);
	started[n_threads++] = false;
	*t = (struct thread){ .name = name,
			      .main = main,
			      .arg = arg,
			      .state = THREAD_READY };
	memory_inherit(&t->known);
	return t;
}

static void explore_enter(void)
{
	explore_self->main(explore_self->arg);
	explore_exit();
}

static void explore_begin(int i)
{
	ucontext_t at = fresh;

	started[i] = picked_first[i] = true;
	at.uc_stack.ss_sp = stacks[i];
	at.uc_stack.ss_size = STACK_SIZE;
	at.uc_link = NULL;
	makecontext(&at, explore_enter, 0);
	setcontext(&at);
}

static void explore_switch(struct thread *t)
{
	if (explore_self == t)
		return;
	if (explore_self && _setjmp(resumes[explore_index()]))
		return;
	explore_self = t;
	if (started[explore_index()])
		_longjmp(resumes[explore_index()], 1);
	explore_begin(explore_index());
}

static void explore_end(struct thread *t, enum thread_state state)
{
	t->state = state;
	explore_self = NULL;
	if (t->on_end)
		t->on_end(t);
}

/* ---- who is next ----------------------------------------------------- */

static uint64_t explore_hash(void)
{
	uint64_t h = memory_hash();
	int i;

	for (i = 0; i < n_threads; i++) {
		const struct thread *t = &threads[i];

		h = mix(h, t->history);
		h = mix(h, memory_hash_knowledge(&t->known));
		h = mix(h, (uint64_t)t->state | (uint64_t)t->doomed << 8);
		h = mix(h, (uintptr_t)t->sleeps_on);
	}
	for (i = 0; i < n_hashes; i++)
		h = mix(h, hashes[i]());
	h = mix(h, (uint64_t)deaths << 32 | timeouts);
	if (scene->preemptions < 0)
		return h;
	return mix(mix(h, (uint64_t)preemptions),
		   explore_self ? (uint64_t)explore_index() : THREADS_MAX);
}

static int explore_add(struct option *options, int n, int what,
		       struct thread *who)
{
	options[n].what = what;
	options[n].who = who;
	return n + 1;
}

static bool explore_can_switch(void)
{
	return !explore_self || scene->preemptions < 0 ||
	       preemptions < scene->preemptions;
}

/* Who can step; the running one first. */
static int explore_ready(struct option *options)
{
	int n = 0, i;

	if (explore_self)
		n = explore_add(options, n, GO, explore_self);
	for (i = 0; i < n_threads && explore_can_switch(); i++)
		if (threads[i].state == THREAD_READY &&
		    &threads[i] != explore_self)
			n = explore_add(options, n, GO, &threads[i]);
	return n;
}

/* Killed by the runner, or out of the blue. */
static int explore_mortals(struct option *options, int n, bool doomed)
{
	int i;

	for (i = 0; i < n_threads; i++) {
		struct thread *t = &threads[i];

		if ((t == explore_self || t->state == THREAD_ASLEEP) &&
		    t->doomed == doomed &&
		    (doomed || (t->mortal && deaths < scene->deaths)))
			n = explore_add(options, n, DIE, t);
	}
	return n;
}

static int explore_sleepers(struct option *options)
{
	int n = 0, i;

	for (i = 0; i < n_threads; i++)
		if (threads[i].state == THREAD_ASLEEP &&
		    (threads[i].rest == REST_SHORT ||
		     (threads[i].rest == REST_LONG &&
		      timeouts < scene->timeouts)))
			n = explore_add(options, n, TIME_OUT, &threads[i]);
	return n;
}

static void explore_all_stopped(void)
{
	int i;

	for (i = 0; i < n_threads; i++)
		if (threads[i].state == THREAD_ASLEEP && !scene->may_sleep)
			explore_fail("%s sleeps and nobody will wake it",
				     threads[i].name);
	_longjmp(home, ENDING_WHOLE);
}

static int explore_options(struct option *options)
{
	int n = explore_mortals(options, explore_ready(options), true);

	/* A death of somebody else is no way out of a lost wake-up. */
	if (n == 0)
		n = explore_sleepers(options);
	if (n == 0)
		explore_all_stopped();
	return explore_mortals(options, n, false);
}

static void explore_die(struct thread *t)
{
	explore_note("dies: %s", t->name);
	if (!t->doomed)
		deaths++;
	explore_end(t, THREAD_DEAD);
}

/* Picks somebody until one can step, and goes there. */
static void explore_schedule(void)
{
	struct option options[OPTIONS_MAX], picked;
	struct thread *before = explore_self;

	for (;;) {
		int n = explore_options(options);

		if (memory_has_learned() ||
		    (depth >= n_choices && n > 1 && !seen_add(explore_hash())))
			_longjmp(home, ENDING_CUT);
		picked = options[explore_pick((uint32_t)n)];
		if (picked.what == GO)
			break;
		if (picked.what == TIME_OUT) {
			timeouts += picked.who->rest == REST_LONG;
			picked.who->timed_out = true;
			picked.who->state = THREAD_READY;
			continue;
		}
		if (picked.who == before)
			before = NULL;
		explore_die(picked.who);
		explore_self = before;
	}
	preemptions += before && picked.who != before;
	explore_switch(picked.who);
}

void explore_step(void)
{
	if (++n_steps > STEPS_MAX)
		explore_fail("no end after %d steps", STEPS_MAX);
	/* Who has just begun was picked for this. */
	if (picked_first[explore_index()])
		picked_first[explore_index()] = false;
	else
		explore_schedule();
	explore_self->history = mix(explore_self->history, 1);
}

void explore_doom(struct thread *t)
{
	t->doomed = t->state == THREAD_READY || t->state == THREAD_ASLEEP;
}

bool explore_sleep(const void *on, enum rest rest)
{
	struct thread *t = explore_self;
	int i = explore_index();

	t->state = THREAD_ASLEEP;
	t->sleeps_on = on;
	t->rest = rest;
	t->timed_out = false;
	if (!_setjmp(resumes[i])) {
		explore_self = NULL;
		explore_schedule();
	}
	t->sleeps_on = NULL;
	explore_told(t->timed_out);
	explore_note(t->timed_out ? "timed out" : "woken");
	return !t->timed_out;
}

void explore_wake(const void *on, int n)
{
	struct thread *asleep[THREADS_MAX];
	uint32_t n_asleep = 0, i;

	for (i = 0; i < (uint32_t)n_threads; i++)
		if (threads[i].state == THREAD_ASLEEP &&
		    threads[i].sleeps_on == on)
			asleep[n_asleep++] = &threads[i];
	for (; n > 0 && n_asleep > 0; n--) {
		i = (uint32_t)n >= n_asleep ? 0 : explore_choose(n_asleep);
		asleep[i]->state = THREAD_READY;
		asleep[i] = asleep[--n_asleep];
	}
}

void explore_exit(void)
{
	struct thread *t = explore_self;

	explore_note("ends");
	explore_end(t, THREAD_DONE);
	explore_schedule();
	abort();
}

/* ---- executions ------------------------------------------------------ */

static void explore_reset(void)
{
	memory_reset();
	n_threads = 0;
	n_hashes = 0;
	depth = n_steps = deaths = timeouts = 0;
	preemptions = 0;
	explore_self = NULL;
}

static enum ending explore_once(void)
{
	/* volatile: lives across the jump */
	volatile enum ending ending = (enum ending)_setjmp(home);

	if (ending == ENDING_NONE) {
		explore_reset();
		scene->setup();
		explore_schedule();
	}
	explore_self = NULL;
	if (ending == ENDING_WHOLE && scene->verify) {
		if (_setjmp(home))
			return ENDING_FAILED;
		scene->verify();
	}
	return ending;
}

static void explore_show(void)
{
	char why[sizeof(failure)];

	memcpy(why, failure, sizeof(why));
	printf("# %s: %s; the schedule:\n", scene->name, why);
	explore_tracing = true;
	explore_once();
	explore_tracing = false;
}

struct explored explore_scene(const struct scene *which, uint64_t limit)
{
	struct explored e = { 0 };
	enum ending ending;

	scene = which;
	getcontext(&fresh);
	memory_forget();
	seen_forget();
	n_choices = 0;
	do {
		ending = explore_once();
		e.executions++;
		if (n_steps > e.longest)
			e.longest = n_steps;
		if (memory_has_learned()) {
			/* Steps were left out until now: from the start. */
			n_choices = 0;
			seen_forget();
			e.executions = 0;
			continue;
		}
		if (ending == ENDING_FAILED) {
			e.failed = true;
			explore_show();
			break;
		}
		if (!explore_next())
			break;
	} while (e.executions < limit);
	e.whole = e.executions < limit;
	e.states = seen_count();
	return e;
}
