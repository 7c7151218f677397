/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

Test(err, a_failure_returns_its_code_and_keeps_its_sentence)
{
	struct err err;

	cr_assert_eq(err_set(&err, -EINVAL, "%s is %d", "n", 3), -EINVAL);
	cr_assert_eq(err.code, -EINVAL);
	cr_assert_str_eq(err.text, "n is 3");
}

Test(err, a_system_error_is_spelled_out)
{
	struct err err;

	cr_assert_eq(err_sys(&err, -ENOENT, "cannot open %s", "a.so"),
		     -ENOENT);
	cr_assert_str_eq(err.text, "cannot open a.so: "
				   "No such file or directory");
}

Test(err, a_limit_of_file_sizes_is_named)
{
	struct rlimit files;
	struct err err;

	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &files), 0);
	files.rlim_cur = 8192;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &files), 0);
	err_sys(&err, -EFBIG, "no");
	cr_expect_str_eq(err.text, "no: File too large: the limit of file "
				   "sizes (ulimit -f) is 8 KiB");
	err_sys(&err, -EIO, "no");
	cr_expect_str_eq(err.text, "no: Input/output error");
}

Test(err, context_goes_in_front_and_the_code_stays)
{
	struct err err;

	err_set(&err, -EIO, "line 3 is torn");
	cr_assert_eq(err_wrap(&err, "%s.shmres", "run"), -EIO);
	cr_assert_eq(err_wrap(&err, "replay"), -EIO);
	cr_assert_str_eq(err.text, "replay: run.shmres: line 3 is torn");
	cr_assert_eq(err.code, -EIO);
}

Test(err, nobody_has_to_listen)
{
	cr_assert_eq(err_set(NULL, -EPERM, "no"), -EPERM);
	cr_assert_eq(err_sys(NULL, -EPERM, "no"), -EPERM);
	cr_assert_lt(err_wrap(NULL, "no"), 0);
}

Test(err, a_long_sentence_is_cut_and_terminated)
{
	char text[2 * ERR_TEXT_CAP];
	struct err err;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	err_sys(&err, -EIO, "%s", text);
	cr_assert_eq(strlen(err.text), ERR_TEXT_CAP - 1);
	err_wrap(&err, "%s", text);
	cr_assert_eq(strlen(err.text), ERR_TEXT_CAP - 1);
	err_wrap(&err, "front");
	cr_assert_eq(strlen(err.text), ERR_TEXT_CAP - 1);
	cr_assert_eq(strncmp(err.text, "front: xxx", 10), 0);
}

/* A sentence may hold what looks like a format. */
Test(err, the_old_sentence_is_no_format)
{
	struct err err;

	err_set(&err, -EIO, "%s", "100%n %s");
	err_wrap(&err, "a");
	cr_assert_str_eq(err.text, "a: 100%n %s");
}
