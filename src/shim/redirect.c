/* SPDX-License-Identifier: MIT */
/* Standard input, output and error as pipes within the test. */
#include "shim/shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One of descriptors 0 to 2. */
struct redirect {
	bool redirected;
	int saved; /* where it led before the test */
	int far;   /* the test's end of the pipe */
	dev_t dev; /* of the pipe: numbers are reused */
	ino_t ino;
	FILE *file; /* of the far end, once it was asked for */
};

static struct redirect redirects[3];

static int redirect_pipe(struct redirect *r, int fd)
{
	int near = fd == STDIN_FILENO ? 0 : 1, fds[2];
	struct stat st;

	if (pipe(fds) < 0)
		return -1;
	if (fstat(fds[0], &st) < 0 || dup2(fds[near], fd) < 0) {
		close(fds[0]);
		close(fds[1]);
		return -1;
	}
	close(fds[near]);
	r->far = fds[!near];
	r->dev = st.st_dev;
	r->ino = st.st_ino;
	/* Reading to the end must not wait for what is not there. */
	if (fd != STDIN_FILENO) {
		fcntl(r->far, F_SETFL, O_NONBLOCK);
		fcntl(fd, F_SETFL, O_WRONLY | O_NONBLOCK);
	}
	return 0;
}

static void redirect(int fd, FILE *f)
{
	struct redirect *r = &redirects[fd];

	fflush(f);
	if (!r->redirected) {
		r->saved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (r->saved < 0)
			shim_abort("cannot redirect a standard stream");
		r->redirected = true;
	}
	r->file = NULL;
	if (redirect_pipe(r, fd) < 0)
		shim_abort("cannot redirect a standard stream");
}

static void redirect_undo(int fd, FILE *f)
{
	struct redirect *r = &redirects[fd];
	struct stat st;

	if (fd == STDIN_FILENO) {
		__fpurge(f);
	} else {
		fflush(f);
		__fpurge(f); /* the pipe is full */
	}
	clearerr(f);
	dup2(r->saved, fd);
	close(r->saved);
	/* The test may have closed it, or its stream, itself.  The stream is
	 * left alone: it may be freed. */
	if (fstat(r->far, &st) == 0 && st.st_dev == r->dev &&
	    st.st_ino == r->ino)
		close(r->far);
	*r = (struct redirect){ 0 };
}

void shim_redirect_restore(void)
{
	if (redirects[STDIN_FILENO].redirected)
		redirect_undo(STDIN_FILENO, stdin);
	if (redirects[STDOUT_FILENO].redirected)
		redirect_undo(STDOUT_FILENO, stdout);
	if (redirects[STDERR_FILENO].redirected)
		redirect_undo(STDERR_FILENO, stderr);
}

void cr_redirect_stdin(void)
{
	redirect(STDIN_FILENO, stdin);
}

void cr_redirect_stdout(void)
{
	redirect(STDOUT_FILENO, stdout);
}

void cr_redirect_stderr(void)
{
	redirect(STDERR_FILENO, stderr);
}

/* The stream of the far end; one for all that ask. */
static FILE *redirect_file(int fd)
{
	struct redirect *r = &redirects[fd];

	if (!r->redirected)
		shim_abort("a stream is asked for that is not redirected");
	if (r->file)
		return r->file;
	r->file = fdopen(r->far, fd == STDIN_FILENO ? "w" : "r");
	if (!r->file)
		shim_abort("cannot open the other end of a redirected stream");
	setvbuf(r->file, NULL, _IONBF, 0);
	return r->file;
}

/* Standard input is a pipe in Criterion from the start (CRD-3). */
FILE *cr_get_redirected_stdin(void)
{
	if (!redirects[STDIN_FILENO].redirected)
		cr_redirect_stdin();
	return redirect_file(STDIN_FILENO);
}

FILE *cr_get_redirected_stdout(void)
{
	return redirect_file(STDOUT_FILENO);
}

FILE *cr_get_redirected_stderr(void)
{
	return redirect_file(STDERR_FILENO);
}

/* ---- contents -------------------------------------------------------- */

static void match_consume(FILE *f)
{
	char rest[512];

	while (fread(rest, 1, sizeof(rest), f) > 0)
		;
}

int cr_file_match_str(FILE *f, const char *str)
{
	size_t left = strlen(str), n;
	bool same = true;
	char got[512];

	while (same && (n = fread(got, 1, sizeof(got), f)) > 0) {
		same = n <= left && memcmp(got, str, n) == 0;
		if (same) {
			str += n;
			left -= n;
		}
	}
	match_consume(f);
	return same && left == 0;
}

int cr_file_match_file(FILE *f, FILE *ref)
{
	char a[512], b[512];
	size_t na, nb;
	bool same;
	fpos_t at;

	if (f == ref)
		return 1;
	fgetpos(ref, &at);
	rewind(ref);
	do {
		na = fread(a, 1, sizeof(a), f);
		nb = fread(b, 1, sizeof(b), ref);
		same = na == nb && memcmp(a, b, na) == 0;
	} while (same && na);
	match_consume(f);
	fsetpos(ref, &at);
	return same;
}

static int match_close(int fd, int matches)
{
	fclose(redirects[fd].file);
	redirects[fd].file = NULL;
	return matches;
}

int cr_stdout_match_str(const char *str)
{
	return match_close(STDOUT_FILENO,
			   cr_file_match_str(cr_get_redirected_stdout(), str));
}

int cr_stdout_match_file(FILE *ref)
{
	return match_close(STDOUT_FILENO,
			   cr_file_match_file(cr_get_redirected_stdout(), ref));
}

int cr_stderr_match_str(const char *str)
{
	return match_close(STDERR_FILENO,
			   cr_file_match_str(cr_get_redirected_stderr(), str));
}

int cr_stderr_match_file(FILE *ref)
{
	return match_close(STDERR_FILENO,
			   cr_file_match_file(cr_get_redirected_stderr(), ref));
}

/* ---- a file in memory ------------------------------------------------ */

struct mock {
	char *bytes;
	size_t size, cap, at, max;
};

static ssize_t mock_read(void *cookie, char *to, size_t n)
{
	struct mock *m = cookie;

	n = m->at < m->size ? min_of(n, m->size - m->at) : 0;
	if (n)
		memcpy(to, m->bytes + m->at, n);
	m->at += n;
	return (ssize_t)n;
}

/* Zeros up to where it is written. */
static bool mock_grow(struct mock *m, size_t size)
{
	size_t cap = max_of(size, m->cap * 2);
	char *grown;

	if (size > m->cap) {
		grown = realloc(m->bytes, cap);
		if (!grown)
			return false;
		m->bytes = grown;
		m->cap = cap;
	}
	if (size > m->size) {
		memset(m->bytes + m->size, 0, size - m->size);
		m->size = size;
	}
	return true;
}

static ssize_t mock_write(void *cookie, const char *from, size_t n)
{
	struct mock *m = cookie;

	n = m->at < m->max ? min_of(n, m->max - m->at) : 0;
	if (n == 0 || !mock_grow(m, max_of(m->size, m->at + n))) {
		errno = EIO;
		return 0;
	}
	memcpy(m->bytes + m->at, from, n);
	m->at += n;
	return (ssize_t)n;
}

static int mock_seek(void *cookie, off_t *offset, int whence)
{
	struct mock *m = cookie;
	off_t from = whence == SEEK_CUR   ? (off_t)m->at
		       : whence == SEEK_END ? (off_t)m->size
					    : 0;
	off_t to;

	if (__builtin_add_overflow(from, *offset, &to) || to < 0) {
		errno = EINVAL;
		return -1;
	}
	m->at = (size_t)to;
	*offset = to;
	return 0;
}

static int mock_close(void *cookie)
{
	struct mock *m = cookie;

	free(m->bytes);
	free(m);
	return 0;
}

FILE *cr_mock_file_size(size_t max_size)
{
	static const cookie_io_functions_t io = { .read = mock_read,
						  .write = mock_write,
						  .seek = mock_seek,
						  .close = mock_close };
	struct mock *m = calloc(1, sizeof(*m));
	FILE *f;

	if (!m)
		return NULL;
	m->max = max_size;
	f = fopencookie(m, "w+", io);
	if (!f)
		free(m);
	return f;
}
