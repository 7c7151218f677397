/* SPDX-License-Identifier: MIT */
/*
 * fell.h - the end of descendants that fork as fast as they are killed
 * (PROC-3).
 *
 * At a limit of processes each one that is killed makes room for another; one
 * that is stopped makes none.  So when a few looks at one's children always
 * find somebody, all descendants are stopped, in rounds, until none moves any
 * more, and only then killed.
 *
 * For the one thread of a subreaper (prctl(2)): what loses its parent
 * meanwhile becomes a child of this process, and is found in the next round.
 * The caller reaps.
 */
#ifndef BASE_FELL_H
#define BASE_FELL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Is that child, with all below it, to be left alone? */
typedef bool fell_spares(void *ctx, pid_t child);

struct fell {
	fell_spares *spares; /* NULL = nobody is */
	void *ctx;
	uint64_t nap_ns;     /* between two looks of the caller */
	uint64_t until_ns, last_ns;
	int n_looks;
};

void fell_begin(struct fell *f, uint64_t now_ns);

/* After a look that found somebody, who was sent a SIGKILL.  True: look again.
 * False: a second has gone by (TIME-9), or with a bomb ten; what is left is in
 * the kernel's hands. */
bool fell_again(struct fell *f);

#endif
