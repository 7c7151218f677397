/* SPDX-License-Identifier: MIT */
/* Client of make's jobserver: JOBS-7, with real FIFOs and pipes. */
#include "cli/jobserver.h"

#include "place.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct make {
	int take, give;
	char flags[256];
};

/* As make 4.3: a pipe of blocking descriptors that children inherit. */
static void start_make(struct make *make, const char *tokens)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	make->take = ends[0];
	make->give = ends[1];
	cr_assert_eq(write(make->give, tokens, strlen(tokens)),
		     (ssize_t)strlen(tokens));
	snprintf(make->flags, sizeof(make->flags),
		 " -j4 --jobserver-auth=%d,%d", make->take, make->give);
}

static void open_ok(struct jobserver *js, const char *flags)
{
	struct err err = { 0 };

	cr_assert_eq(jobserver_open(js, flags, &err), 0, "%s", err.text);
}

static void close_ok(struct jobserver *js)
{
	struct err err = { 0 };

	cr_assert_eq(jobserver_close(js, &err), 0, "%s", err.text);
	cr_assert_not(jobserver_is_open(js));
}

static int compare_bytes(const void *a, const void *b)
{
	return *(const char *)a - *(const char *)b;
}

/* The tokens in the pipe, in order, are these. */
static void expect_tokens(const struct make *make, const char *tokens)
{
	char got[64] = "";
	int n = 0;

	cr_assert_eq(ioctl(make->take, FIONREAD, &n), 0);
	cr_assert_eq(n, (int)strlen(tokens));
	cr_assert_eq(read(make->take, got, (size_t)n), n);
	qsort(got, (size_t)n, 1, compare_bytes);
	cr_assert_str_eq(got, tokens);
}

Test(jobserver, tokens_are_taken_and_the_same_bytes_given_back)
{
	struct jobserver js;
	struct make make;

	start_make(&make, "abc+");
	open_ok(&js, make.flags);
	cr_assert(jobserver_is_open(&js));
	cr_assert_eq(jobserver_take(&js, 3), 3);
	cr_assert_eq(jobserver_take(&js, 0), 0);
	cr_assert_eq(jobserver_take(&js, 3), 1);
	cr_assert_eq(js.n_held, 4);
	close_ok(&js);
	expect_tokens(&make, "+abc");
}

Test(jobserver, what_is_not_needed_goes_back_early)
{
	struct make make;
	struct jobserver js;

	start_make(&make, "abc");
	open_ok(&js, make.flags);
	cr_assert_eq(jobserver_take(&js, 3), 3);
	jobserver_keep(&js, 3);
	cr_expect_eq(js.n_held, 3);
	jobserver_keep(&js, 1);
	cr_expect_eq(js.n_held, 1);
	jobserver_keep(&js, 2);
	cr_expect_eq(js.n_held, 1);
	close_ok(&js);
	expect_tokens(&make, "abc");
}

Test(jobserver, an_empty_pipe_gives_nothing_and_does_not_block)
{
	struct jobserver js;
	struct make make;

	start_make(&make, "");
	open_ok(&js, make.flags);
	cr_assert_eq(jobserver_take(&js, 5), 0);
	cr_assert_eq(write(make.give, "x", 1), 1);
	cr_assert_eq(jobserver_take(&js, 5), 1);
	close_ok(&js);
	expect_tokens(&make, "x");
}

/* The flag would be shared with make and all of its other children. */
Test(jobserver, the_descriptors_of_make_stay_blocking_and_open)
{
	struct jobserver js;
	struct make make;

	start_make(&make, "a");
	open_ok(&js, make.flags);
	cr_assert_neq(js.fd_take, make.take);
	cr_assert_neq(js.fd_give, make.give);
	cr_assert(fcntl(js.fd_take, F_GETFL) & O_NONBLOCK);
	cr_assert(fcntl(js.fd_take, F_GETFD) & FD_CLOEXEC);
	cr_assert(fcntl(js.fd_give, F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(fcntl(make.take, F_GETFL) & O_NONBLOCK, 0);
	cr_assert_eq(fcntl(make.give, F_GETFL) & O_NONBLOCK, 0);
	close_ok(&js);
	cr_assert_geq(fcntl(make.take, F_GETFD), 0);
	cr_assert_geq(fcntl(make.give, F_GETFD), 0);
}

/* make 4.4; a blank in the path is quoted in MAKEFLAGS. */
Test(jobserver, a_fifo_is_opened_by_its_path)
{
	struct jobserver js;
	struct place place;
	struct make make;
	char path[128];

	place_init(&place);
	snprintf(path, sizeof(path), "%s/GM fifo", place.root);
	cr_assert_eq(mkfifo(path, 0600), 0);
	make.take = open(path, O_RDWR);
	cr_assert_eq(write(make.take, "++", 2), 2);
	snprintf(make.flags, sizeof(make.flags),
		 "-j3 --jobserver-auth=fifo:%s/GM\\ fifo", place.root);
	open_ok(&js, make.flags);
	cr_assert_eq(jobserver_take(&js, 9), 2);
	close_ok(&js);
	expect_tokens(&make, "++");
	place_fini(&place);
}

Test(jobserver, no_jobserver_is_no_error)
{
	static const char *const flags[] = {
		NULL,
		"",
		" ",
		"n",
		"kn -j4",
		"--jobserver",
		"-- --jobserver-auth=3,4",
		"n -- A=\\ --jobserver-auth=3,4",
		"--eval=a\\ --jobserver-auth=3,4",
		"x--jobserver-auth=3,4",
	};
	struct jobserver js;
	size_t i;

	for (i = 0; i < array_size(flags); i++) {
		open_ok(&js, flags[i]);
		cr_assert_not(jobserver_is_open(&js), "'%s'", flags[i]);
		cr_assert_eq(jobserver_take(&js, 4), 0);
		close_ok(&js);
	}
}

Test(jobserver, short_options_in_front_do_not_hide_it)
{
	struct jobserver js;
	struct make make;
	char flags[512];

	start_make(&make, "a");
	snprintf(flags, sizeof(flags), "kn%s -- CFLAGS=-O2\\ -g", make.flags);
	open_ok(&js, flags);
	cr_assert_eq(jobserver_take(&js, 4), 1);
	close_ok(&js);
}

Test(jobserver, the_last_one_named_is_taken_in_the_old_spelling_too)
{
	struct make one, two;
	struct jobserver js;
	char flags[1024];

	start_make(&one, "1");
	start_make(&two, "22");
	snprintf(flags, sizeof(flags), "%s --jobserver-fds=%d,%d -j", one.flags,
		 two.take, two.give);
	open_ok(&js, flags);
	cr_assert_eq(jobserver_take(&js, 9), 2);
	close_ok(&js);
	snprintf(flags, sizeof(flags), "--jobserver-fds=%d,%d %s", two.take,
		 two.give, one.flags);
	open_ok(&js, flags);
	cr_assert_eq(jobserver_take(&js, 9), 1);
	close_ok(&js);
}

static void expect_refused(const char *flags)
{
	struct err err = { 0 };
	struct jobserver js;

	cr_assert_lt(jobserver_open(&js, flags, &err), 0, "'%s'", flags);
	cr_assert_not_null(strstr(err.text, "make's jobserver"), "%s",
			   err.text);
	cr_assert_not(jobserver_is_open(&js));
	cr_assert_eq(jobserver_take(&js, 1), 0);
	cr_assert_eq(jobserver_close(&js, &err), 0);
}

/* A rule without '+' has the descriptors closed. */
Test(jobserver, a_rule_without_plus_is_told_what_to_do)
{
	struct err err = { 0 };
	struct jobserver js;
	struct make make;

	start_make(&make, "a");
	close(make.take);
	close(make.give);
	cr_assert_lt(jobserver_open(&js, make.flags, &err), 0);
	cr_assert_not_null(strstr(err.text, "'+'"), "%s", err.text);
}

Test(jobserver, descriptors_that_are_no_jobserver_are_refused)
{
	struct make one, two;
	char flags[256];

	start_make(&one, "a");
	start_make(&two, "b");
	snprintf(flags, sizeof(flags), "--jobserver-auth=%d,%d", one.take,
		 two.give);
	expect_refused(flags);
	expect_tokens(&one, "a");
	dup2(open("/dev/null", O_RDWR), one.take);
	expect_refused(one.flags);
}

Test(jobserver, hostile_flags_are_refused)
{
	static const char *const flags[] = {
		"--jobserver-auth=",
		"--jobserver-auth=-2,-2",
		"--jobserver-auth=3",
		"--jobserver-auth=3,",
		"--jobserver-auth=,4",
		"--jobserver-auth=3,4,5",
		"--jobserver-auth=3,4x",
		"--jobserver-auth= 3,4",
		"--jobserver-auth=99999999999999999999,4",
		"--jobserver-auth=2147483648,2147483648",
		"--jobserver-auth=fifo:",
		"--jobserver-auth=fifo:/dev/null",
		"--jobserver-auth=fifo:/nowhere/at/all",
		"--jobserver-auth=fifo:/",
		"--jobserver-auth=fifo:%s%n%s",
		"--jobserver-auth=\\",
		"--jobserver-auth=$",
	};
	size_t i;

	for (i = 0; i < array_size(flags); i++)
		expect_refused(flags[i]);
}

Test(jobserver, a_flood_of_flags_is_refused)
{
	char *flags = malloc(1 << 20);

	memset(flags, 'a', 1 << 20);
	memcpy(flags, "--jobserver-auth=fifo:/", 23);
	flags[(1 << 20) - 1] = '\0';
	expect_refused(flags);
	memset(flags, '\\', (1 << 20) - 1);
	memcpy(flags, "--jobserver-auth=", 17);
	expect_refused(flags);
	free(flags);
}

Test(jobserver, no_more_is_taken_than_fits)
{
	char tokens[JOBS_MAX + 101];
	struct jobserver js;
	struct make make;
	int left;

	memset(tokens, '+', sizeof(tokens));
	tokens[sizeof(tokens) - 1] = '\0';
	start_make(&make, tokens);
	open_ok(&js, make.flags);
	cr_assert_eq(jobserver_take(&js, UINT32_MAX), JOBS_MAX);
	cr_assert_eq(jobserver_take(&js, 1), 0);
	close_ok(&js);
	cr_assert_eq(ioctl(make.take, FIONREAD, &left), 0);
	cr_assert_eq(left, JOBS_MAX + 100);
}
