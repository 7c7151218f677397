/* SPDX-License-Identifier: MIT */
/*
 * wire.h - what runner and loader say to each other.
 *
 * Messages are one packet each on a SOCK_SEQPACKET pair: a fixed head, then
 * text.  Listings go through a memfd: a sequence of entries, each a fixed
 * head and its strings.  The runner reads both as hostile input: a suite's
 * constructors run in the loader.
 */
#ifndef SHM_WIRE_H
#define SHM_WIRE_H

#include "base/err.h"
#include "base/str.h"
#include "model/event.h"
#include "model/listing.h"

#include <stdbool.h>
#include <stdint.h>

enum wire_kind {
	/* runner to loader */
	WIRE_OPEN = 1,	 /* text = path; size = number of the adapter from 1,
			  * 0 = by reading the file; fd: memfd for the
			  * listing */
	WIRE_ATTACH,	 /* fds: catalog, arena, doorbell; and
			  * wrecks, if any are wanted */
	WIRE_FORK,	 /* slot, generation, flags; fds: spool, notes */
	/* loader to runner */
	WIRE_USES,	 /* text = a file of which it is to be known when it
			  * changes */
	WIRE_COUNTED,	 /* size = tests that will be listed, about */
	WIRE_WARNED,	 /* text = what is odd about the suite */
	WIRE_OPENED,	 /* the listing is written; text = adapter's name, and
			  * behind a space the suite's own, if it has one;
			  * status = the tier that auto means;
			  * flags = FLAVOUR_* and WIRE_SERVES, size = a hash of
			  * its build id */
	WIRE_REFUSED,	 /* status = -errno; text = why */
	WIRE_PRELOAD,	 /* text = the library that a loader must be started
			  * with for this suite: a sanitizer's runtime */
	WIRE_STARTED,	 /* slot, generation, pid; fd: pidfd */
	WIRE_GONE,	 /* slot, generation, status = wait status, flags,
			  * used = by it, and by what it has waited for */
	WIRE_NOFORK,	 /* slot, generation, status = -errno */
};

/* A worker's exit status outside of any test. */
enum worker_exit {
	WORKER_EXIT_DONE = 0,
	WORKER_EXIT_START = 1,	  /* it could not start */
	WORKER_EXIT_TEARDOWN = 3, /* a fixture's teardown failed */
};

/* flags of WIRE_OPEN */
#define WIRE_TELL_PROGRAMS 1u /* that tests start */
#define WIRE_TELL_USES 2u /* all that WIRE_USES can tell */
/* flags of WIRE_OPENED */
#define WIRE_SERVES 0x100u /* struct suite */
/* flags of WIRE_FORK */
#define WIRE_TEARDOWN 1u /* only tears the run fixtures down */
/* flags of WIRE_GONE */
#define WIRE_SUCCEEDED 1u /* the next generation is being forked already */

#define WIRE_TEXT_CAP 4096

struct wire_head {
	uint32_t kind;
	uint32_t slot;
	uint32_t generation;
	uint32_t flags;
	int32_t status;
	int32_t pid;
	uint64_t size;
	struct usage used;
};

struct wire_msg {
	struct wire_head head;
	char text[WIRE_TEXT_CAP]; /* terminated */
};

/* Sends head and text (NULL = none); 0 or -errno. */
int wire_send(int sock, const struct wire_head *head, const char *text,
	      const int *fds, int n_fds);
/* Receives one message; 1, 0 at the end, or -errno.  Descriptors that came
 * with it are the caller's. */
int wire_recv(int sock, struct wire_msg *msg, int *fds, int *n_fds);

/* A run fixture that a suite declares. */
struct wire_fixture {
	uint32_t suite_ix;
	uint32_t fixture_ix;
	uint64_t size; /* bytes of data */
};

#define WIRE_FIXTURES_MAX 256
#define WIRE_FIXTURE_SIZE_MAX (UINT64_C(1) << 32)

/* Parts of a test that are put only where they differ from the test before;
 * the first of a suite has them all. */
#define WIRE_FILE 1u
#define WIRE_ATTRS 2u

/* Tests in the order of the loader's table: that is their number. */
void wire_put_test(struct str *out, const struct test *test, unsigned parts);
void wire_put_fixture(struct str *out, uint32_t fixture_ix, uint64_t size);

/* Reads a suite's whole listing into the last suite of *listing, and its
 * fixtures into an array of WIRE_FIXTURES_MAX.  0 or -EPROTO.  The listing
 * refers to the bytes, which must live as long, and must not change. */
int wire_get_listing(const char *bytes, size_t len, struct listing *listing,
		     struct wire_fixture *fixtures, uint32_t *n_fixtures,
		     struct err *err);

#endif
