/* SPDX-License-Identifier: MIT */
/*
 * out.h - text on its way to a descriptor: through one buffer, in large
 * pieces, and no later than a reader may expect it.
 *
 * Runner only.  The descriptor is the caller's; out_fini() writes nothing.
 */
#ifndef REPORT_OUT_H
#define REPORT_OUT_H

#include "base/str.h"

#include <stdint.h>

struct out {
	int fd;
	int code; /* of the first write that failed; nothing follows it */
	struct str text; /* not written yet */
	uint64_t flushed_ns;
};

/* All of it, also to a terminal that somebody made non-blocking (OUT-7).  0 or
 * -errno. */
int out_write(int fd, const char *bytes, size_t len);

/* Writes what the reader takes at once and keeps the rest, of which it does not
 * let there be more than `most` bytes: then it waits (OUT-3).  0 or -errno,
 * and then nothing is kept. */
int out_write_ready(int fd, struct str *text, size_t most);

/* Writes what there is.  0 or the code. */
int out_flush(struct out *o, uint64_t now_ns);

/* After text was added: writes it if it is much, or 100 ms old. */
int out_settle(struct out *o, uint64_t now_ns);

void out_fini(struct out *o);

#endif
