/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static void err_vset(struct err *err, int code, const char *fmt, va_list ap)
{
	err->code = code;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
}

int err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	err_vset(err, code, fmt, ap);
	va_end(ap);
	return code;
}

static void err_add(struct err *err, const char *text)
{
	size_t len = strlen(err->text);

	snprintf(err->text + len, sizeof(err->text) - len, ": %s", text);
}

/* Nothing else says that shared memory is a file, too. */
static void err_add_limit(struct err *err)
{
	struct rlimit files;
	char text[80];

	if (getrlimit(RLIMIT_FSIZE, &files) < 0 ||
	    files.rlim_cur == RLIM_INFINITY)
		return;
	snprintf(text, sizeof(text),
		 "the limit of file sizes (ulimit -f) is %llu KiB",
		 (unsigned long long)files.rlim_cur / 1024);
	err_add(err, text);
}

int err_sys(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	err_vset(err, code, fmt, ap);
	va_end(ap);
	err_add(err, strerror(-code));
	if (code == -EFBIG)
		err_add_limit(err);
	return code;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char old[ERR_TEXT_CAP];
	va_list ap;

	if (!err)
		return -1;
	memcpy(old, err->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	err_add(err, old);
	return err->code;
}
