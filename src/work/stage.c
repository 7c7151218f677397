/* SPDX-License-Identifier: MIT */
#include "work/stage.h"

#include "base/clock.h"
#include "base/jump.h"
#include "base/raw.h"
#include "lockfree/atom.h"
#include "model/event.h"
#include "shm/notes.h"
#include "suite/adapter.h"
#include "suite/leaks.h"
#include "work/explain.h"
#include "work/holding.h"
#include "work/variables.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_CAP 512
#define RUN_ID_CAP 40
#define PROGRESS_NS (2 * NS_PER_MS)

struct stage {
	struct shmrun_context_ context;
	struct jump out; /* where a test that must end goes */
	struct atom32 n_failures; /* any thread of the test may count */
	struct atom32 n_faults;
	struct atom32 n_notes;
	struct atom64 progress_ns; /* when it was said last */
	enum adapter_phase phase;
	struct stage_tally *tally; /* of a test child; NULL in a worker */
	uint32_t n_points; /* these two: only programs have some */
	uint32_t point_bytes;
	bool open; /* `out` leads somewhere */
	bool skipped;
	bool in_fixture;
	bool indexed;
	uint32_t position;
	const char *name;
	pid_t pid;
	int notes_fd;
	stage_data_fn data;
	void *data_ctx;
	char run_id[RUN_ID_CAP];
	char fault[STAGE_FAULT_CAP];
	char printed[NAME_CAP + 16];
};

static worker_data struct stage stage;

static bool stage_is_main_thread(void)
{
	return raw_syscall(SYS_gettid, 0, 0, 0, 0, 0) == stage.pid;
}

hot_path bool stage_is_own(void)
{
	return raw_syscall(SYS_getpid, 0, 0, 0, 0, 0) == stage.pid;
}

void stage_note(uint32_t kind, const char *file, uint32_t line,
		const char *text)
{
	if (atom32_add_seq(&stage.n_notes, 1) < NOTES_PER_TEST) /* T1 */
		notes_append(stage.notes_fd, kind, stage.position, file, line,
			     text, strlen(text));
}

void stage_begin_points(void)
{
	stage.n_points = stage.point_bytes = 0;
}

/* Points have an allowance of their own. */
bool stage_point(uint32_t kind, const char *file, uint32_t line,
		 const char *text)
{
	size_t len = strlen(text);
	size_t size = sizeof(struct notes_head) + strlen(file) + len;

	if (stage.n_points >= NOTES_POINTS_MAX ||
	    size > NOTES_POINTS_BYTES - stage.point_bytes)
		return false;
	stage.n_points++;
	stage.point_bytes += (uint32_t)size;
	notes_append(stage.notes_fd, kind, stage.position, file, line, text,
		     len);
	return true;
}

uint32_t stage_points(void)
{
	return stage.n_points;
}

/* Leaves the test.  Another thread has no way back, nor has a signal handler
 * that runs when no test does: the process ends, and
 * the missing completion record makes the test fail. */
no_return static void stage_leave(void)
{
	if (!stage_is_own() || !stage_is_main_thread() || !stage.open)
		_exit(1);
	leaks_before_jump();
	jump_to(&stage.out);
}

/* ---- ops ------------------------------------------------------------- */

static void stage_failed(const struct shmrun_check_ *check, const char *fmt,
			 ...)
{
	char text[EXPLAIN_CAP];
	va_list ap;

	va_start(ap, fmt);
	explain_check(text, sizeof(text), check, fmt, ap);
	va_end(ap);
	if (!stage_is_own()) {
		dprintf(STDERR_FILENO, "%s:%u: in child process %d: %s\n",
			check->file, check->line, (int)getpid(), text);
	} else {
		atom32_add_seq(&stage.n_failures, 1); /* T2 */
		if (stage.tally)
			atom32_add_seq(&stage.tally->n_failures, 1); /* T3 */
		if (stage.in_fixture)
			snprintf(stage.fault, sizeof(stage.fault),
				 "%s:%u: %.*s", check->file, check->line,
				 (int)strcspn(text, "\n"), text);
		stage_note(stage.in_fixture ? NOTE_ERROR : NOTE_FAILURE,
			   check->file, check->line, text);
	}
	if (check->fatal)
		stage_leave();
}

static void stage_skip(const char *file, uint32_t line, const char *fmt, ...)
{
	char text[EXPLAIN_CAP];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (stage_is_own()) {
		stage.skipped = true;
		stage_note(NOTE_SKIP, file, line, text);
	}
	stage_leave();
}

static void stage_log(const char *file, uint32_t line, const char *fmt, ...)
{
	char text[EXPLAIN_CAP];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* Behind what the test has printed so far. */
	fflush(stdout);
	dprintf(STDOUT_FILENO, "%s:%u: %s\n", file, line, text);
}

static const void *stage_run_data(const struct shmrun_fixture_ *fixture)
{
	return stage.data(stage.data_ctx, fixture);
}

static const char *stage_test_name(void)
{
	if (stage.indexed)
		snprintf(stage.printed, sizeof(stage.printed), "%s[%llu]",
			 stage.name, (unsigned long long)stage.context.index);
	else
		snprintf(stage.printed, sizeof(stage.printed), "%s",
			 stage.name);
	return stage.printed;
}

/* The time of the last one lies where the runner can see it from every tier,
 * and no test can harm anything but its own clock: in the access time of the
 * notes, which nobody needs.  Who calls it in a loop pays for few of them. */
static void stage_progress(void)
{
	uint64_t now_ns = clock_now_ns();
	struct timespec times[2] = { clock_timespec(now_ns),
				     { .tv_nsec = UTIME_OMIT } };
	uint64_t before_ns = atom64_load_relaxed(&stage.progress_ns); /* T17 */

	if (now_ns - before_ns < PROGRESS_NS || !stage_is_own())
		return;
	atom64_store_relaxed(&stage.progress_ns, now_ns); /* T18 */
	futimens(stage.notes_fd, times);
}

static const struct shmrun_ops_ stage_ops = {
	.major = SHMRUN_ABI_MAJOR,
	.minor = SHMRUN_ABI_MINOR,
	.size = sizeof(struct shmrun_ops_),
	.context = &stage.context,
	.failed = stage_failed,
	.skip = stage_skip,
	.log = stage_log,
	.run_data = stage_run_data,
	.test_name = stage_test_name,
	.lock_slot = holding_find,
	.progress = stage_progress,
	.variable = variables_find,
};

/* ---- for adapters' suites -------------------------------------------- */

static void stage_count_fault(void)
{
	atom32_add_seq(&stage.n_faults, 1); /* T8 */
	if (stage.tally)
		atom32_add_seq(&stage.tally->n_faults, 1); /* T9 */
}

static void stage_count_failure(void)
{
	atom32_add_seq(&stage.n_failures, 1); /* T10 */
	if (stage.tally)
		atom32_add_seq(&stage.tally->n_failures, 1); /* T11 */
}

static void stage_host_fail(const char *file, uint32_t line, const char *text)
{
	bool in_body = stage.phase == ADAPTER_BODY;

	if (!stage_is_own()) {
		dprintf(STDERR_FILENO, "%s:%u: in child process %d: %s\n", file,
			line, (int)getpid(), text);
		return;
	}
	if (in_body)
		stage_count_failure();
	else
		stage_count_fault();
	stage_note(in_body ? NOTE_FAILURE : NOTE_ERROR, file, line, text);
}

static void stage_host_note(const char *file, uint32_t line, const char *text)
{
	if (stage_is_own())
		stage_note(NOTE_FAILURE, file, line, text);
}

static void stage_host_skip(const char *why)
{
	stage.skipped = true;
	if (stage.tally)
		stage.tally->skipped = 1;
	stage_note(NOTE_SKIP, "", 0, why);
}

static void stage_host_log(const char *text)
{
	/* Behind what the test has printed so far. */
	fflush(stdout);
	dprintf(STDOUT_FILENO, "%s\n", text);
}

static void stage_host_phase(enum adapter_phase phase)
{
	/* A child that a test forked and that came back is nobody. */
	if (!stage_is_own())
		_exit(1);
	stage.phase = phase;
	if (stage.tally)
		stage.tally->phase = phase;
}

static void stage_host_may_jump(void)
{
	/* Behind its end a test has nothing that it could leave. */
	if (!stage_is_own() || !stage_is_main_thread() ||
	    stage.phase == ADAPTER_AFTER)
		_exit(1);
}

static const struct adapter_host stage_host = {
	.native = &stage_ops,
	.fail = stage_host_fail,
	.note = stage_host_note,
	.skip = stage_host_skip,
	.log = stage_host_log,
	.phase = stage_host_phase,
	.may_jump = stage_host_may_jump,
};

void stage_begin_adapted(void)
{
	stage.phase = ADAPTER_BEFORE;
	atom32_store_relaxed(&stage.n_faults, 0); /* T16 */
}

void stage_end(struct adapter_end *end)
{
	end->phase = stage.phase;
	end->skipped = stage.skipped;
	end->n_failures = atom32_load_relaxed(&stage.n_failures); /* T12 */
	end->n_faults = atom32_load_relaxed(&stage.n_faults); /* T13 */
}

void stage_end_of(const struct stage_tally *tally, struct adapter_end *end)
{
	end->phase = min_of(tally->phase, (uint32_t)ADAPTER_AFTER);
	end->skipped = tally->skipped != 0;
	end->n_failures = atom32_load_relaxed(&tally->n_failures); /* T14 */
	end->n_faults = atom32_load_relaxed(&tally->n_faults); /* T15 */
}

/* ---- for the worker -------------------------------------------------- */

hot_path void stage_open(uint32_t slot, uint32_t generation, const char *run_id,
		int notes_fd, stage_data_fn data, void *data_ctx)
{
	size_t i;

	stage = (struct stage){
		.context = { .slot = slot,
			     .generation = generation,
			     .attempt = 1,
			     .iteration = 1,
			     .role = SHMRUN_ROLE_WORKER,
			     .run_id = stage.run_id },
		.pid = getpid(),
		.name = "",
		.notes_fd = notes_fd,
		.data = data,
		.data_ctx = data_ctx,
	};
	for (i = 0; i < sizeof(stage.run_id) - 1 && run_id[i]; i++)
		stage.run_id[i] = run_id[i];
}

uint32_t stage_attempt(void)
{
	return stage.context.attempt - 1;
}

uint32_t stage_iteration(void)
{
	return stage.context.iteration;
}

uint32_t stage_position(void)
{
	return stage.position;
}

uintptr_t stage_floor(void)
{
	return stage.open ? jump_stack(&stage.out) : 0;
}

hot_path void stage_use_notes(int notes_fd)
{
	stage.notes_fd = notes_fd;
}

void stage_bind(const struct adapter_suite *suite)
{
	suite->ops->bind(suite, &stage_host);
}

hot_path void stage_begin(uint32_t position, uint32_t index, uint32_t attempt,
		 const char *name, bool indexed)
{
	stage.context.index = index;
	stage.context.attempt = attempt + 1;
	stage.position = position;
	stage.name = name;
	stage.indexed = indexed;
	stage.skipped = false;
	stage.in_fixture = false;
	atom32_store_relaxed(&stage.n_failures, 0); /* T4 */
	atom32_store_relaxed(&stage.n_notes, 0); /* T5 */
}

hot_path void stage_iterate(uint32_t iteration)
{
	stage.context.iteration = iteration;
}

hot_path void stage_adopt(pid_t pid, struct stage_tally *tally)
{
	stage.pid = pid;
	stage.tally = tally;
	stage.context.role = SHMRUN_ROLE_CHILD;
}

hot_path void stage_in_fixture(bool in_fixture)
{
	stage.in_fixture = in_fixture;
}

hot_path void stage_call(void (*fn)(void))
{
	stage.open = true;
	if (!jump_set(&stage.out))
		fn();
	stage.open = false;
}

void stage_call_data(void (*fn)(void *), void *data)
{
	stage.open = true;
	if (!jump_set(&stage.out))
		fn(data);
	stage.open = false;
}

void stage_call_const(void (*fn)(const void *), const void *data)
{
	stage.open = true;
	if (!jump_set(&stage.out))
		fn(data);
	stage.open = false;
}

const char *stage_fault(void)
{
	return stage.fault;
}

hot_path uint32_t stage_failures(void)
{
	return atom32_load_relaxed(&stage.n_failures); /* T6 */
}

hot_path bool stage_is_skipped(void)
{
	return stage.skipped;
}

hot_path enum outcome stage_verdict(void)
{
	if (unlikely(stage_failures()))
		return OUTCOME_FAIL;
	return stage.skipped ? OUTCOME_SKIP : OUTCOME_PASS;
}
