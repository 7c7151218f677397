/* SPDX-License-Identifier: MIT */
#include "report/out.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
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
