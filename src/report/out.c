/* SPDX-License-Identifier: MIT */
#include "report/out.h"

#include "base/clock.h"
#include "base/compiler.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUT_BUFFER (64u * 1024)
#define OUT_FLUSH_NS (100 * NS_PER_MS)

int out_write(int fd, const char *bytes, size_t len)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };

	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n >= 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			poll(&pfd, 1, -1);
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

/* A pipe that is ready has room for so many bytes, and whoever writes no more
 * does not sleep. */
static bool out_is_ready(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };

	return poll(&pfd, 1, 0) != 0;
}

int out_write_ready(int fd, struct str *text, size_t most)
{
	struct stat st;
	bool waits = fstat(fd, &st) == 0 && !S_ISREG(st.st_mode);
	size_t piece = waits ? PIPE_BUF : text->len, done = 0;
	int ret = 0;

	while (ret == 0 && done < text->len &&
	       (text->len - done > most || !waits || out_is_ready(fd))) {
		size_t len = min_of(piece, text->len - done);

		ret = out_write(fd, str_get(text) + done, len);
		done += len;
	}
	str_drop(text, ret < 0 ? text->len : done);
	return ret;
}

int out_flush(struct out *o, uint64_t now_ns)
{
	o->flushed_ns = now_ns;
	if (o->code == 0 && o->text.len > 0)
		o->code = out_write(o->fd, str_get(&o->text), o->text.len);
	str_clear(&o->text);
	return o->code;
}

int out_settle(struct out *o, uint64_t now_ns)
{
	if (o->text.len >= OUT_BUFFER ||
	    now_ns - o->flushed_ns >= OUT_FLUSH_NS)
		return out_flush(o, now_ns);
	return o->code;
}

void out_fini(struct out *o)
{
	str_fini(&o->text);
}
