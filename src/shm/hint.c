/* SPDX-License-Identifier: MIT */
#include "shm/hint.h"

#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum hint_body { BODY_NONE, BODY_TESTS, BODY_EVENTS, BODY_TEXT };

struct hint_shape {
	bool from_host;
	enum hint_body body;
};

/* By enum hint_kind; 0 is none. */
static const struct hint_shape hint_shapes[N_HINTS] = {
	[HINT_OPEN] = { false, BODY_TEXT },
	[HINT_SCHEDULE] = { false, BODY_NONE },
	[HINT_EVENTS] = { false, BODY_EVENTS },
	[HINT_RECALLED] = { false, BODY_TESTS },
	[HINT_CLOSE] = { false, BODY_NONE },
	[HINT_LOADED] = { true, BODY_TEXT },
	[HINT_REFUSED] = { true, BODY_TEXT },
	[HINT_OPENED] = { true, BODY_TEXT },
	[HINT_PUSH] = { true, BODY_TESTS },
	[HINT_ASSIGN] = { true, BODY_TESTS },
	[HINT_RECALL] = { true, BODY_NONE },
	[HINT_SCHEDULED] = { true, BODY_TEXT },
	[HINT_SEEN] = { true, BODY_NONE },
	[HINT_CLOSED] = { true, BODY_NONE },
};

static bool hint_check_text(struct hint_msg *msg, size_t len)
{
	if (len >= HINT_TEXT_CAP || memchr(msg->text, '\0', len))
		return false;
	msg->text[len] = '\0';
	return true;
}

bool hint_check(struct hint_msg *msg, size_t len, bool from_host)
{
	const struct hint_head *h = &msg->head;
	const struct hint_shape *shape;

	if (len < sizeof(*h) || h->kind == 0 || h->kind >= N_HINTS || h->zero)
		return false;
	shape = &hint_shapes[h->kind];
	len -= sizeof(*h);
	if (shape->from_host != from_host)
		return false;
	switch (shape->body) {
	case BODY_TESTS:
		return h->n <= HINT_TESTS_MAX &&
		       len == h->n * sizeof(*msg->tests);
	case BODY_EVENTS:
		return h->n <= HINT_EVENTS_MAX &&
		       len == h->n * sizeof(*msg->events);
	case BODY_TEXT:
		return hint_check_text(msg, len);
	case BODY_NONE:
		break;
	}
	return len == 0;
}

static int hint_send_len(int sock, const void *msg, size_t len, int fd)
{
	int ret = sys_send(sock, msg, len, &fd, fd >= 0 ? 1 : 0);

	return ret < 0 ? ret : 0;
}

int hint_send(int sock, const struct hint_msg *msg, int fd)
{
	size_t item = hint_shapes[msg->head.kind].body == BODY_EVENTS
			      ? sizeof(*msg->events) : sizeof(*msg->tests);

	return hint_send_len(sock, msg,
			     sizeof(msg->head) + msg->head.n * item, fd);
}

int hint_send_text(int sock, const struct hint_head *head, const char *text,
		   int fd)
{
	struct hint_msg *msg = mem_alloc(sizeof(*msg));
	size_t len = text ? strnlen(text, HINT_TEXT_CAP - 1) : 0;
	int ret;

	msg->head = *head;
	memcpy(msg->text, text ? text : "", len);
	ret = hint_send_len(sock, msg, sizeof(msg->head) + len, fd);
	free(msg);
	return ret;
}

int hint_send_head(int sock, const struct hint_head *head)
{
	return hint_send_len(sock, head, sizeof(*head), -1);
}

int hint_recv(int sock, struct hint_msg *msg, bool from_host, int *fd)
{
	int fds[SYS_MAX_FDS], n_fds, len;

	if (fd)
		*fd = -1;
	len = sys_recv(sock, msg, sizeof(*msg), fds, &n_fds);
	while (n_fds > (fd ? 1 : 0))
		close(fds[--n_fds]);
	if (n_fds > 0)
		*fd = fds[0];
	if (len <= 0)
		return len;
	return hint_check(msg, (size_t)len, from_host) ? 1 : -EPROTO;
}
