/* SPDX-License-Identifier: MIT */
/*
 * Packets between runner and loader (shm/wire.c over base/sys.c): a suite's
 * constructors live in the loader, so the runner may receive anything.  No
 * packet reads beyond its buffer, its text ends, its descriptors are counted
 * and ours; and what wire_send() sends arrives.
 *
 * Input: how many descriptors come along, then the packet.
 */
#include "shm/wire.h"

#include "base/sys.h"
#include "fuzz.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int near_end = -1, far_end = -1;

static void open_pair(void)
{
	int ends[2];

	if (near_end >= 0)
		return;
	fuzz_must(socketpair(AF_UNIX,
			     SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
			     ends) == 0, "no socket");
	near_end = ends[0];
	far_end = ends[1];
}

static void close_all(const int *fds, int n)
{
	while (n > 0)
		fuzz_must(close(fds[--n]) == 0, "descriptor %d", fds[n]);
}

static void try_packet(const uint8_t *bytes, size_t len, int n_sent)
{
	int sent[SYS_MAX_FDS] = { 0 }, fds[SYS_MAX_FDS], n_fds, ret;
	struct wire_msg msg;

	memset(&msg, 0x55, sizeof(msg));
	fuzz_must(sys_send(far_end, bytes, len, sent, n_sent) == (int)len,
		  "%zu bytes", len);
	ret = wire_recv(near_end, &msg, fds, &n_fds);
	fuzz_must(n_fds == n_sent, "%d of %d descriptors", n_fds, n_sent);
	close_all(fds, n_fds);
	if (len < sizeof(msg.head)) {
		fuzz_must(ret == (len ? -EPROTO : 0), "%d", ret);
		return;
	}
	fuzz_must(ret == 1, "%d", ret);
	fuzz_must(memchr(msg.text, '\0', sizeof(msg.text)), "text");
	fuzz_must(memcmp(&msg.head, bytes, sizeof(msg.head)) == 0, "head");
}

static void try_text(const struct wire_head *head, const char *text)
{
	struct wire_msg msg;
	int fds[SYS_MAX_FDS], n_fds;
	size_t len = strlen(text);

	fuzz_must(wire_send(far_end, head, text, NULL, 0) == 0, "send");
	fuzz_must(wire_recv(near_end, &msg, fds, &n_fds) == 1, "recv");
	fuzz_must(memcmp(&msg.head, head, sizeof(*head)) == 0, "head");
	len = min_of(len, WIRE_TEXT_CAP - 1);
	fuzz_must(strlen(msg.text) == len && strncmp(msg.text, text, len) == 0,
		  "text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	int n_fds = fuzz_byte(&in) % (SYS_MAX_FDS + 1);
	struct wire_head head = { 0 };
	char text[2 * WIRE_TEXT_CAP];
	size_t len = min_of(in.left, sizeof(text) - 1);

	open_pair();
	try_packet(in.at, len, len ? n_fds : 0);
	memcpy(&head, in.at, min_of(len, sizeof(head)));
	memcpy(text, in.at, len);
	text[len] = '\0';
	try_text(&head, text);
	return 0;
}
