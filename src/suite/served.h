/* SPDX-License-Identifier: MIT */
/*
 * served.h - suites that are programs: how a worker and the program speak.
 *
 * Such a program is started as it is, with an object of ours (src/shim) in
 * LD_PRELOAD.  Where its main() calls the framework's entry, that object takes
 * over: it lists the tests, or becomes a server, which stands within the
 * framework's run, with fixtures up, and forks a child for each test that the
 * worker asks for.  One server belongs to one worker and one entry.
 *
 * Everything a program needs to know lies in one page, shared by worker,
 * server and test child; the socket carries short words.  What is in the page
 * is the test's word, as its verdict is: the worker checks every size in it.
 *
 * Included by the shim too: nothing here needs object code.
 */
#ifndef SUITE_SERVED_H
#define SUITE_SERVED_H

#include <stdint.h>

/* Descriptors of a program that is started so; the shim closes or lifts all
 * of them before main(). */
enum served_fd {
	SERVED_TALK = 3,  /* a socket; to list: a file for the listing */
	SERVED_PAGE = 4,
	SERVED_IMAGE = 5, /* the shim, which the dynamic linker reads */
	SERVED_FDS
};

/* Set by us, gone before main(). */
#define SERVED_ENV "SHMRUN_SERVED"
/* What the user had there, if anything. */
#define SERVED_ENV_PRELOAD "SHMRUN_SERVED_PRELOAD"

/* Of a shared object: what shmrun calls of the shim, with the arguments of
 * all of its own arguments, the third of which is the object. */
#define SERVED_CARRY "shmrun_carry"

/* LD_BIND_NOW is ours. */
#define SERVED_ENV_LAZY "SHMRUN_SERVED_LAZY"

enum served_mode {
	SERVED_LIST,
	SERVED_RUN,
};

enum served_ask {
	SERVED_LEAVE = UINT32_MAX, /* tear down, and end as main() does */
};

enum served_what {
	SERVED_READY = 1, /* it stands at the entry, fixtures are up */
	SERVED_ENDED,	  /* a test child ended: status */
	SERVED_BROKEN,	  /* a fixture that the test needs: why is noted */
};

/* mark: of the test's names, as its listing had it. */
struct served_question {
	uint32_t number;
	uint32_t mark;
	uint32_t index; /* which instance */
};

struct served_answer {
	uint32_t what;
	int32_t status; /* as waitpid(2) has it */
};

enum served_kind {
	SERVED_FAILURE = 1, /* of the body, or of a fixture: see phase */
	SERVED_SKIP,
	SERVED_MORE, /* about the failure before it */
};

/* Behind it: file and text, without an end. */
struct served_note {
	uint32_t kind;
	uint32_t phase; /* enum adapter_phase */
	uint32_t line;
	uint16_t file_len;
	uint16_t text_len;
};

#define SERVED_MAGIC 0x73727664u
#define SERVED_SYMBOLS 64
#define SERVED_POINT 200
#define SERVED_TEXT (15 * 4096)
#define SERVED_TOLD (36 << 10)
#define SERVED_TOLD_MAX 16

struct served_page {
	uint32_t magic;
	uint32_t mode;	/* enum served_mode */
	uint32_t carried; /* a shared object, which shmrun itself loads */
	uint32_t entry; /* the how-manieth call of an entry it is about */
	/* Addresses in the program's file of what it does not export, by the
	 * adapter's numbers; 0 = not there. */
	uint64_t symbols[SERVED_SYMBOLS];
	/* Of one attempt: the worker clears it, server and child write. */
	struct served_attempt {
		int32_t pid;   /* the test child */
		uint32_t done; /* the completion record (PROC-15) */
		uint32_t phase; /* enum adapter_phase */
		uint32_t n_failures;
		uint32_t n_faults; /* of fixtures */
		uint32_t skipped;
		uint32_t used; /* bytes of text */
		uint32_t index; /* the server's: which instance it is */
		uint32_t mark;	/* ... and the mark of its names */
		/* The last place that the test has told; line 0 = none. */
		uint32_t point_line;
		char point_file[SERVED_POINT];
	} attempt;
	/* "NAME=VALUE" of variables, which the server's environment points to:
	 * the worker writes the values of the next test there. */
	struct served_told {
		uint32_t n;
		uint32_t at[SERVED_TOLD_MAX];
		char text[SERVED_TOLD];
	} told;
	char text[SERVED_TEXT]; /* notes, each at a multiple of 4 */
};

/* A listing is a file of these, strings behind. */
struct served_test {
	uint32_t entry;
	uint32_t number; /* within the entry */
	uint32_t line;
	uint32_t disabled;
	uint32_t mark; /* of its names: a program may list others next time */
	uint32_t count; /* its instances are called name[i]; 0 = no range */
	uint32_t timeout_ms; /* 0 = the runner's */
	int32_t signal;	/* the expected end, or 0 */
	int32_t exit_code;
	uint16_t scope_len;
	uint16_t name_len;
	uint16_t file_len;
	uint16_t tags_len; /* comma-separated */
	uint32_t kind; /* enum served_line */
};

enum served_line {
	SERVED_TEST,
	SERVED_REFUSAL, /* no test: the name says why there is no listing */
	SERVED_WARNING, /* no test: what the user should know */
};

#endif
