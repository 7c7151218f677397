/* SPDX-License-Identifier: MIT */
/*
 * What test code sees of us: checks, skips, names, and the ways out of a
 * test.  NAT-15, PIT-2, PIT-3, PROC-15.
 */
#include "work/stage.h"

#include "base/sys.h"
#include "lockfree/atom.h"
#include "model/event.h"
#include "shm/notes.h"
#include "suite/adapter.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define POSITION 5u

static const struct shmrun_ops_ *ops; /* as a suite has them */
static const struct adapter_host *adapted; /* as an adapter has it */

static void bind(const struct adapter_suite *suite,
		 const struct adapter_host *host)
{
	(void)suite;
	ops = host->native;
	adapted = host;
}

static const struct adapter_ops adapter_fake = { .bind = bind };
static struct adapter_suite suite = { .ops = &adapter_fake };
static int notes_fd, data_calls;
static bool came_back;

static const void *give_data(void *ctx, const struct shmrun_fixture_ *fixture)
{
	data_calls++;
	return (const char *)ctx + fixture->line;
}

static char data[8];

static void open_stage(void)
{
	notes_fd = sys_memfd("notes");
	cr_assert_eq(fcntl(notes_fd, F_SETFL, O_APPEND), 0);
	stage_open(3, 4, "run-id", notes_fd, give_data, data);
	stage_bind(&suite);
	stage_begin(POSITION, 17, 0, "Scope::name", true);
	came_back = false;
}

TestSuite(stage, .init = open_stage);

static struct shmrun_check_ a_check(bool fatal)
{
	return (struct shmrun_check_){ .file = "t.c",
				       .line = 9,
				       .fatal = fatal,
				       .type = SHMRUN_INT_,
				       .op = "==",
				       .a_text = "a",
				       .b_text = "b",
				       .b.i = 1 };
}

static void fail(void)
{
	struct shmrun_check_ c = a_check(false);

	ops->failed(&c, NULL);
	came_back = true;
}

static void fail_for_good(void)
{
	struct shmrun_check_ c = a_check(true);

	ops->failed(&c, "no %s", "way");
	came_back = true;
}

static void skip(void)
{
	ops->skip("t.c", 11, "needs %d", 4);
	came_back = true;
}

static size_t read_notes(struct note *notes, size_t cap, char **bytes)
{
	return notes_read(notes_fd, 0, (uint64_t)lseek(notes_fd, 0, SEEK_END),
			  POSITION, notes, cap, bytes);
}

static size_t n_notes(void)
{
	struct note notes[64];
	char *bytes;
	size_t n = read_notes(notes, 64, &bytes);

	free(bytes);
	return n;
}

static void expect_note(enum note_kind kind, uint32_t line, const char *text)
{
	struct note notes[64];
	char *bytes;

	cr_assert_eq(read_notes(notes, 64, &bytes), 1);
	cr_expect_eq(notes[0].kind, kind);
	cr_expect_eq(notes[0].line, line);
	cr_expect_str_eq(notes[0].file, "t.c");
	cr_expect_not_null(strstr(notes[0].text, text), "%s", notes[0].text);
	free(bytes);
}

Test(stage, shows_a_test_who_it_is)
{
	cr_expect_eq(ops->context->index, 17);
	cr_expect_eq(ops->context->slot, 3);
	cr_expect_eq(ops->context->generation, 4);
	cr_expect_eq(ops->context->attempt, 1, "from 1");
	cr_expect_eq((int)ops->context->role, SHMRUN_ROLE_WORKER);
	cr_expect_str_eq(ops->context->run_id, "run-id");
	cr_expect_str_eq(ops->test_name(), "Scope::name[17]");
	stage_begin(6, 0, 2, "Other::name", false);
	cr_expect_str_eq(ops->test_name(), "Other::name");
	cr_expect_eq(ops->context->attempt, 3);
}

Test(stage, tells_a_suite_which_interface_it_has)
{
	cr_expect_eq(ops->major, SHMRUN_ABI_MAJOR);
	cr_expect_eq(ops->size, sizeof(struct shmrun_ops_));
}

Test(stage, counts_a_failed_check_and_goes_on)
{
	stage_call(fail);
	cr_expect(came_back);
	cr_expect_eq(stage_failures(), 1);
	cr_expect_not(stage_is_skipped());
	expect_note(NOTE_FAILURE, 9, "a == b");
}

Test(stage, leaves_a_test_whose_require_failed)
{
	stage_call(fail_for_good);
	cr_expect_not(came_back);
	cr_expect_eq(stage_failures(), 1);
	expect_note(NOTE_FAILURE, 9, "no way");
}

Test(stage, leaves_a_test_that_skips_itself)
{
	stage_call(skip);
	cr_expect_not(came_back);
	cr_expect(stage_is_skipped());
	cr_expect_eq(stage_failures(), 0);
	expect_note(NOTE_SKIP, 11, "needs 4");
}

Test(stage, forgets_the_last_test_when_the_next_begins)
{
	stage_call(fail);
	stage_call(skip);
	stage_begin(6, 0, 0, "Other::name", false);
	cr_expect_eq(stage_failures(), 0);
	cr_expect_not(stage_is_skipped());
}

Test(stage, notes_a_fixtures_failure_as_an_error)
{
	stage_in_fixture(true);
	stage_call(fail_for_good);
	stage_in_fixture(false);
	expect_note(NOTE_ERROR, 9, "a == b");
}

/* Only so many are kept; all are counted. */
Test(stage, cuts_a_flood_of_notes_and_counts_on)
{
	uint32_t i;

	for (i = 0; i < 1000; i++)
		stage_call(fail);
	cr_expect_eq(stage_failures(), 1000);
	cr_expect_eq(n_notes(), NOTES_PER_TEST);
	stage_begin(POSITION, 0, 0, "Scope::name", false);
	stage_call(fail);
	cr_expect_eq(n_notes(), NOTES_PER_TEST + 1, "the next may say more");
}

static void *fail_in_thread(void *arg)
{
	fail();
	return arg;
}

/* PIT-3: any thread may check. */
Test(stage, counts_failures_of_other_threads)
{
	pthread_t threads[4];
	size_t i;

	for (i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, fail_in_thread,
					    NULL), 0);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	cr_expect_eq(stage_failures(), 4);
	cr_expect_eq(n_notes(), 4);
}

static int end_of(pid_t pid)
{
	int status = -1;

	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void *leave_in_thread(void *arg)
{
	fail_for_good();
	return arg;
}

/* PIT-3: another thread has no way back; the process ends without a record,
 * so the test fails (PROC-15). */
Test(stage, ends_the_process_when_another_thread_must_leave)
{
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t thread;

		stage_adopt(getpid(), NULL);
		pthread_create(&thread, NULL, leave_in_thread, NULL);
		pthread_join(thread, NULL);
		_exit(0);
	}
	cr_expect_eq(WEXITSTATUS(end_of(pid)), 1);
	cr_expect_eq(n_notes(), 1, "but it says why");
}

/* PIT-2: a process that the test forked is not the test. */
Test(stage, writes_nothing_from_a_process_that_a_test_forked)
{
	pid_t pid = fork();

	if (pid == 0) {
		close(STDERR_FILENO);
		_exit(stage_is_own() ? 9 : 0);
	}
	cr_expect_eq(end_of(pid), 0);
	pid = fork();
	if (pid == 0) {
		close(STDERR_FILENO);
		fail();
		_exit((int)stage_failures());
	}
	cr_expect_eq(end_of(pid), 0, "not counted there");
	pid = fork();
	if (pid == 0) {
		close(STDERR_FILENO);
		stage_call(fail_for_good);
		_exit(7);
	}
	cr_expect_eq(WEXITSTATUS(end_of(pid)), 1, "it ends, not the test");
	pid = fork();
	if (pid == 0) {
		stage_call(skip);
		_exit(7);
	}
	cr_expect_eq(WEXITSTATUS(end_of(pid)), 1);
	cr_expect_eq(n_notes(), 0);
}

/* A fresh test child is the test; its failures are known whatever becomes of
 * it, an expected end too (STATE-3). */
Test(stage, is_taken_over_by_a_test_child)
{
	struct stage_tally *tally = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();

	if (pid == 0) {
		stage_adopt(getpid(), tally);
		stage_call(fail_for_good);
		_exit(stage_is_own() && stage_failures() == 1 &&
		      ops->context->role == SHMRUN_ROLE_CHILD ? 42 : 0);
	}
	cr_expect_eq(WEXITSTATUS(end_of(pid)), 42);
	cr_expect_eq(atom32_load_relaxed(&tally->n_failures), 1);
	expect_note(NOTE_FAILURE, 9, "no way");
}

/* CRA-5, CRV-14: what fails in a fixture is told apart from what fails in the
 * body, and both from a skip. */
Test(stage, tells_an_adapter_where_its_test_failed)
{
	struct adapter_end end = { 0 };

	stage_begin_adapted();
	stage_end(&end);
	cr_expect_eq((int)end.phase, ADAPTER_BEFORE);
	adapted->phase(ADAPTER_SETUP);
	adapted->fail("f.c", 3, "set-up");
	adapted->phase(ADAPTER_BODY);
	adapted->fail("f.c", 5, "body");
	adapted->fail("f.c", 6, "body");
	adapted->note("f.c", 7, "more");
	stage_end(&end);
	cr_expect_eq((int)end.phase, ADAPTER_BODY);
	cr_expect_eq(end.n_faults, 1);
	cr_expect_eq(end.n_failures, 2, "a note is no failure");
	cr_expect_not(end.skipped);
	adapted->skip("why");
	stage_end(&end);
	cr_expect(end.skipped);
	cr_expect_eq(n_notes(), 5);
	stage_begin_adapted();
	stage_end(&end);
	cr_expect_eq(end.n_faults, 0, "the next test begins anew");
}

/* What a child of the worker leaves behind, wherever it ends. */
Test(stage, a_test_childs_end_is_known_from_its_tally)
{
	struct stage_tally *tally = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct adapter_end end = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		stage_adopt(getpid(), tally);
		adapted->phase(ADAPTER_SETUP);
		adapted->fail("f.c", 3, "set-up");
		adapted->phase(ADAPTER_BODY);
		adapted->fail("f.c", 5, "body");
		adapted->skip("why");
		_exit(5);
	}
	cr_expect_eq(WEXITSTATUS(end_of(pid)), 5);
	stage_end_of(tally, &end);
	cr_expect_eq((int)end.phase, ADAPTER_BODY);
	cr_expect_eq(end.n_faults, 1);
	cr_expect_eq(end.n_failures, 1);
	cr_expect(end.skipped);
	/* A test can write there, too. */
	tally->phase = 0xffffffffu;
	stage_end_of(tally, &end);
	cr_expect_eq((int)end.phase, ADAPTER_AFTER);
}

/* PIT-2: a process that is not the test neither goes on nor tells. */
Test(stage, an_adapters_child_that_is_not_the_test_is_nobody)
{
	pid_t pid = fork();

	if (pid == 0) {
		adapted->fail("f.c", 3, "nobody's");
		adapted->note("f.c", 3, "nobody's");
		adapted->phase(ADAPTER_TEARDOWN);
		_exit(7);
	}
	cr_expect_eq(WEXITSTATUS(end_of(pid)), 1);
	pid = fork();
	if (pid == 0) {
		adapted->may_jump();
		_exit(7);
	}
	cr_expect_eq(WEXITSTATUS(end_of(pid)), 1);
	cr_expect_eq(n_notes(), 0);
}

Test(stage, hands_out_the_bytes_of_run_fixtures)
{
	struct shmrun_fixture_ fixture = { .line = 3 };

	cr_expect_eq(ops->run_data(&fixture), data + 3);
	cr_expect_eq(data_calls, 1);
}

Test(stage, cuts_a_name_that_is_too_long)
{
	char *name = malloc(5000);

	memset(name, 'n', 4999);
	name[4999] = '\0';
	stage_begin(POSITION, 1, 0, name, true);
	cr_expect_lt(strlen(ops->test_name()), 4999);
	free(name);
}

static void set_up(void *into)
{
	*(int *)into = 1;
	fail_for_good();
}

static void tear_down(const void *from)
{
	came_back = *(const int *)from == 2;
	fail_for_good();
}

Test(stage, calls_run_fixtures_with_their_bytes)
{
	int bytes = 0;

	stage_call_data(set_up, &bytes);
	cr_expect_eq(bytes, 1);
	bytes = 2;
	stage_call_const(tear_down, &bytes);
	cr_expect(came_back);
	cr_expect_eq(stage_failures(), 2);
}
