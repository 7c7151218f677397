/* SPDX-License-Identifier: MIT */
/* From one run to the next, through a folder (FILE-1 to FILE-5, DIR-1, KEY-2,
 * STALE-2, FIX-7). */
#include "record/history.h"

#include "base/clock.h"
#include "base/str.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], cache[96], text[96];
static struct listing listing;
static struct history_setup setup;
static uint32_t n_told, n_quiet;

static void tell(void *ctx, bool quiet, const char *line)
{
	(void)ctx;
	cr_expect(*line && !strchr(line, '\n'), "one line");
	n_told += !quiet;
	n_quiet += quiet;
}

static void add_test(const char *name)
{
	listing_add_test(&listing, &(struct test){
		.name = name, .file = "t.c", .count = 1, .scope_len = 1 });
}

static void open_place(void)
{
	snprintf(folder, sizeof(folder), "/tmp/shmrun-history.XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(cache, sizeof(cache), "%s/a/b", folder);
	snprintf(text, sizeof(text), "%s/text", folder);
	n_told = n_quiet = 0;
	listing_init(&listing);
	listing_add_suite(&listing, "./s.so", "native");
	add_test("a::one");
	add_test("a::two");
	setup = (struct history_setup){ .listing = &listing,
					.cache_dir = cache,
					.today = 20000,
					.teller = { .tell = tell } };
}

static void close_place(void)
{
	char command[192];

	listing_fini(&listing);
	snprintf(command, sizeof(command), "chmod -R u+rwx %s; rm -rf %s",
		 folder, folder);
	cr_assert_eq(system(command), 0);
}

TestSuite(history, .init = open_place, .fini = close_place);

static void ignore(void *ctx, const struct event *ev)
{
	uint32_t *n = ctx;

	(void)ev;
	++*n;
}

static void ran(struct history *h, uint32_t test_ix, uint64_t ns)
{
	uint32_t n = 0;
	struct sink next = { .event = ignore, .ctx = &n };
	struct sink sink = history_sink(h, &next);

	sink_event(&sink, &(struct event){
		.kind = EVENT_TEST_FINISHED,
		.test = { .test_ix = test_ix, .outcome = OUTCOME_PASS,
			  .duration_ns = ns } });
	cr_expect_eq(n, 1, "it is passed on");
}

/* A run of test 0 that takes so long. */
static void run(uint64_t ns)
{
	struct history *h = history_open(&setup);

	ran(h, 0, ns);
	history_save(h, false);
	history_close(h);
}

static void expect_known(uint32_t test_ix, bool known, float ns)
{
	struct history *h = history_open(&setup);
	const struct cost *cost =
		&history_costs(h)->rows[history_costs(h)->first[test_ix]];

	cr_expect_eq(cost->known, known);
	cr_expect_eq(cost->est_ns, ns, "%f", (double)cost->est_ns);
	history_close(h);
}

/* The only book there is. */
static void find_file(struct str *path)
{
	struct str shelf = STR_INIT;
	struct dirent *entry;
	DIR *dir;

	str_addf(&shelf, "%s/timings", cache);
	dir = opendir(str_get(&shelf));
	cr_assert_not_null(dir);
	while ((entry = readdir(dir)))
		if (strstr(entry->d_name, ".timings"))
			str_addf(path, "%s/%s", shelf.text, entry->d_name);
	closedir(dir);
	cr_assert(path->len);
	str_fini(&shelf);
}

Test(history, the_second_run_knows)
{
	expect_known(0, false, 0);
	run(100);
	expect_known(0, true, 100);
	expect_known(1, false, 0);
	run(200);
	expect_known(0, true, 150);
	cr_expect_eq(n_told + n_quiet, 0);
}

/* FILE-2, BAL-9: both began before either ended. */
Test(history, runs_beside_each_other_both_count)
{
	struct history *a = history_open(&setup), *b = history_open(&setup);

	ran(a, 0, 100);
	ran(b, 0, 300);
	ran(b, 1, 7);
	history_save(a, false);
	history_save(b, false);
	history_close(a);
	history_close(b);
	expect_known(0, true, 200);
	expect_known(1, true, 7);
}

/* KEY-2 */
Test(history, other_builds_have_other_times)
{
	run(100);
	listing.suites[0].flavour = FLAVOUR_KNOWN | FLAVOUR_ASAN;
	expect_known(0, false, 0);
	run(900);
	expect_known(0, true, 900);
	setup.flavour = FLAVOUR_VALGRIND;
	expect_known(0, false, 0);
	setup.flavour = 0;
	listing.suites[0].flavour = 0;
	expect_known(0, true, 100);
}

Test(history, a_suite_is_known_by_its_name_not_its_path)
{
	run(100);
	listing.suites[0].path = "/elsewhere/other.so";
	expect_known(0, true, 100);
	setup.suite_id = "mine";
	expect_known(0, false, 0);
	run(5);
	listing.suites[0].name = "renamed.so";
	expect_known(0, true, 5);
}

Test(history, profiles_say_what_matters)
{
	char *plain = history_profile(0);
	char *all = history_profile(FLAVOUR_ALL);
	char *release = history_profile(FLAVOUR_KNOWN | FLAVOUR_OPTIMIZED);
	char *debug = history_profile(FLAVOUR_KNOWN);

	cr_expect_null(strchr(plain, '-'));
	cr_expect_not_null(strstr(release, "-release"));
	cr_expect_not_null(strstr(debug, "-debug"));
	cr_expect_not_null(strstr(all, "-coverage-asan-tsan-ubsan-valgrind"));
	free(plain);
	free(all);
	free(release);
	free(debug);
}

/* FILE-1 */
Test(history, a_damaged_book_goes_aside_and_a_new_one_begins)
{
	struct str path = STR_INIT;

	run(100);
	find_file(&path);
	cr_assert_eq(truncate(path.text, 50), 0);
	expect_known(0, false, 0);
	cr_expect_eq(n_told, 1);
	cr_expect_neq(access(path.text, F_OK), 0);
	str_add(&path, ".damaged");
	cr_expect_eq(access(path.text, F_OK), 0);
	run(200);
	expect_known(0, true, 200);
	str_fini(&path);
}

Test(history, a_book_of_another_version_is_left_alone)
{
	struct str path = STR_INIT;
	struct stat before, after;
	int fd;

	run(100);
	find_file(&path);
	fd = open(path.text, O_WRONLY);
	cr_assert_eq(pwrite(fd, "\x09", 1, 8), 1);
	close(fd);
	stat(path.text, &before);
	run(200);
	cr_expect_eq(n_told, 1);
	stat(path.text, &after);
	cr_expect_eq(before.st_ino, after.st_ino);
	expect_known(0, false, 0);
	str_fini(&path);
}

/* It was ours when the run began, and a newer shmrun's when it ended. */
Test(history, a_book_that_changed_its_version_is_left_alone)
{
	struct str path = STR_INIT;
	struct history *h;
	struct stat before, after;
	int fd;

	run(100);
	h = history_open(&setup);
	ran(h, 0, 200);
	find_file(&path);
	fd = open(path.text, O_WRONLY);
	cr_assert_eq(pwrite(fd, "\x09", 1, 8), 1);
	close(fd);
	stat(path.text, &before);
	history_save(h, false);
	history_close(h);
	stat(path.text, &after);
	cr_expect_eq(before.st_ino, after.st_ino);
	str_fini(&path);
}

/* DIR-1: made with its parents and a tag; one that was there has none. */
Test(history, the_folder_is_made_and_tagged)
{
	struct str path = STR_INIT;

	run(1);
	str_addf(&path, "%s/CACHEDIR.TAG", cache);
	cr_expect_eq(access(path.text, F_OK), 0);
	str_clear(&path);
	str_addf(&path, "%s/CACHEDIR.TAG", folder);
	setup.cache_dir = folder;
	run(1);
	cr_expect_neq(access(path.text, F_OK), 0);
	str_fini(&path);
}

Test(history, a_folder_that_cannot_be_is_a_line)
{
	setup.cache_dir = "/proc/self/no/such";
	run(1);
	cr_expect_eq(n_quiet, 1);
	setup.cache_wanted = true;
	run(1);
	cr_expect_eq(n_told, 1);
	setup.cache_dir = NULL;
	run(1);
	cr_expect_eq(n_told + n_quiet, 2, "none was wanted");
}

/* FILE-3: it waits a second, and no longer. */
Test(history, a_book_that_is_locked_for_long_is_not_saved)
{
	struct shelf shelf;
	struct err err = { 0 };
	char *file, *profile = history_profile(0);
	int lock;

	run(100);
	cr_assert_eq(shelf_open(&shelf, cache, false, &setup.teller, &err), 0);
	file = shelf_file("s.so", profile);
	lock = shelf_lock(&shelf, file);
	cr_assert_geq(lock, 0);
	run(900);
	cr_expect_eq(n_told, 1);
	shelf_unlock(lock);
	expect_known(0, true, 100);
	run(200);
	expect_known(0, true, 150);
	shelf_close(&shelf);
	free(file);
	free(profile);
}

/* FIX-7 */
Test(history, scopes_have_a_cost)
{
	uint32_t n = 0;
	struct sink next = { .event = ignore, .ctx = &n };
	struct history *h = history_open(&setup);
	struct sink sink = history_sink(h, &next);

	ran(h, 0, 1);
	sink_event(&sink, &(struct event){
		.kind = EVENT_FIXTURE_ENDED,
		.fixture = { .test_ix = 1, .duration_ns = 5000 } });
	history_save(h, false);
	history_close(h);
	h = history_open(&setup);
	cr_expect_eq(costs_setup_ns(history_costs(h), 0), 5000);
	history_close(h);
}

/* FILE-5: read always, written only when wanted. */
Test(history, a_text_stands_in_for_the_cache)
{
	run(100);
	setup.text_file = text;
	setup.text_write = true;
	expect_known(0, false, 0);
	run(700);
	expect_known(0, true, 700);
	setup.text_write = false;
	run(100);
	expect_known(0, true, 700);
	setup.text_file = NULL;
	expect_known(0, true, 100);
}

Test(history, a_bad_text_is_a_line_and_is_not_written_over)
{
	FILE *f = fopen(text, "w");
	struct stat st;

	fputs("this is no timing\n", f);
	fclose(f);
	setup.text_file = text;
	setup.text_write = true;
	run(1);
	cr_expect_eq(n_told, 1);
	cr_expect_eq(stat(text, &st), 0);
	cr_expect_eq(st.st_size, 18);
}
