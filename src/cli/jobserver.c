/* SPDX-License-Identifier: MIT */
#include "cli/jobserver.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long make's full pipe may keep us from giving a token back. */
#define JOBSERVER_GIVE_MS 1000

/* ---- MAKEFLAGS ---- */

/* Puts the next word into `word`, as make quoted it: \x is x, $$ is $.
 * False at the end. */
static bool jobserver_next_word(const char **text, struct str *word)
{
	const char *s = *text + strspn(*text, " \t\n");

	str_clear(word);
	if (*s == '\0')
		return false;
	for (; *s && !strchr(" \t\n", *s); s++) {
		if ((s[0] == '\\' && s[1]) || (s[0] == '$' && s[1] == '$'))
			s++;
		str_add_char(word, *s);
	}
	*text = s;
	return true;
}

static const char *jobserver_value(const char *word)
{
	static const char *const options[] = { "--jobserver-auth=",
					       "--jobserver-fds=" };
	size_t i;

	for (i = 0; i < array_size(options); i++)
		if (strncmp(word, options[i], strlen(options[i])) == 0)
			return word + strlen(options[i]);
	return NULL;
}

/* The last jobserver that is named; what follows "--" are variables, whose
 * values may look like anything.  False when there is none. */
static bool jobserver_find(const char *makeflags, struct str *auth)
{
	struct str word = STR_INIT;
	bool found = false;

	while (jobserver_next_word(&makeflags, &word)) {
		const char *value = jobserver_value(str_get(&word));

		if (strcmp(str_get(&word), "--") == 0)
			break;
		if (!value)
			continue;
		str_clear(auth);
		str_add(auth, value);
		found = true;
	}
	str_fini(&word);
	return found;
}

/* "R,W" and nothing more. */
static bool jobserver_parse_pair(const char *text, int *take, int *give)
{
	char *end;
	long r, w;

	if (*text < '0' || *text > '9')
		return false;
	r = strtol(text, &end, 10);
	if (end[0] != ',' || end[1] < '0' || end[1] > '9')
		return false;
	w = strtol(end + 1, &end, 10);
	if (*end != '\0' || r > INT_MAX || w > INT_MAX)
		return false;
	*take = (int)r;
	*give = (int)w;
	return true;
}

/* ---- opening ---- */

/* Opens a FIFO; -EINVAL for anything else, which is not even opened. */
static int jobserver_open_fifo(const char *path, int mode)
{
	struct stat st;
	int fd;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISFIFO(st.st_mode))
		return -EINVAL;
	fd = open(path, mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

static int jobserver_open_path(struct jobserver *js, const char *path,
			       struct err *err)
{
	int fd = jobserver_open_fifo(path, O_RDWR);

	if (fd < 0)
		return err_sys(err, fd, "make's jobserver %.256s", path);
	js->fd_take = js->fd_give = fd;
	return 0;
}

/* Through /proc: an open file of our own.  The flag O_NONBLOCK of make's own
 * would be shared with make and all its children. */
static int jobserver_reopen(int fd, int mode)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return jobserver_open_fifo(path, mode);
}

/* Two numbers may be any descriptors by now; make's are one pipe. */
static bool jobserver_is_pair(int fd_take, int fd_give)
{
	struct stat take, give;

	return fstat(fd_take, &take) == 0 && fstat(fd_give, &give) == 0 &&
	       take.st_dev == give.st_dev && take.st_ino == give.st_ino;
}

static int jobserver_open_pair(struct jobserver *js, int take, int give,
			       struct err *err)
{
	int fd_take = jobserver_reopen(take, O_RDONLY);
	int fd_give = jobserver_reopen(give, O_WRONLY);
	int ret = min_of(fd_take, fd_give);

	if (ret >= 0 && !jobserver_is_pair(fd_take, fd_give))
		ret = -EINVAL;
	if (ret >= 0) {
		js->fd_take = fd_take;
		js->fd_give = fd_give;
		return 0;
	}
	if (fd_take >= 0)
		close(fd_take);
	if (fd_give >= 0)
		close(fd_give);
	return err_sys(err, ret,
		       "make's jobserver %d,%d is not open here; mark the "
		       "rule with '+'",
		       take, give);
}

static int jobserver_open_auth(struct jobserver *js, const char *auth,
			       struct err *err)
{
	int take, give;

	if (strncmp(auth, "fifo:", 5) == 0)
		return jobserver_open_path(js, auth + 5, err);
	if (jobserver_parse_pair(auth, &take, &give))
		return jobserver_open_pair(js, take, give, err);
	return err_set(err, -EINVAL,
		       "make's jobserver '%.256s' is not available here",
		       auth);
}

int jobserver_open(struct jobserver *js, const char *makeflags, struct err *err)
{
	struct str auth = STR_INIT;
	int ret = 0;

	js->fd_take = js->fd_give = -1;
	js->n_held = 0;
	if (makeflags && jobserver_find(makeflags, &auth))
		ret = jobserver_open_auth(js, str_get(&auth), err);
	str_fini(&auth);
	return ret;
}

bool jobserver_is_open(const struct jobserver *js)
{
	return js->fd_take >= 0;
}

/* ---- tokens ---- */

uint32_t jobserver_take(struct jobserver *js, uint32_t n)
{
	uint32_t before = js->n_held;

	n = min_of(n, JOBS_MAX - js->n_held);
	while (n > 0 && jobserver_is_open(js)) {
		ssize_t got = read(js->fd_take, js->tokens + js->n_held, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		js->n_held += (uint32_t)got;
		n -= (uint32_t)got;
	}
	return js->n_held - before;
}

static bool jobserver_wait_room(const struct jobserver *js)
{
	struct pollfd pfd = { .fd = js->fd_give, .events = POLLOUT };

	return poll(&pfd, 1, JOBSERVER_GIVE_MS) > 0;
}

static int jobserver_give(struct jobserver *js, uint32_t keep)
{
	while (js->n_held > keep) {
		uint32_t n_left = js->n_held - keep;
		ssize_t n;

		/* Before they are written: who is ended in between must not
		 * give them twice. */
		js->n_held = keep;
		n = write(js->fd_give, js->tokens + keep, n_left);
		js->n_held += n_left - (uint32_t)max_of(n, (ssize_t)0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && jobserver_wait_room(js))
			continue;
		if (n < 0)
			return -errno;
		memmove(js->tokens + keep, js->tokens + keep + n,
			js->n_held - keep);
	}
	return 0;
}

void jobserver_keep(struct jobserver *js, uint32_t n)
{
	if (jobserver_is_open(js))
		jobserver_give(js, n);
}

int jobserver_close(struct jobserver *js, struct err *err)
{
	int ret;

	if (!jobserver_is_open(js))
		return 0;
	ret = jobserver_give(js, 0);
	if (ret < 0)
		err_sys(err, ret, "cannot give make's jobserver %u tokens back",
			js->n_held);
	close(js->fd_take);
	if (js->fd_give != js->fd_take)
		close(js->fd_give);
	js->fd_take = js->fd_give = -1;
	js->n_held = 0;
	return ret;
}
