/* SPDX-License-Identifier: MIT */
/*
 * listing.h - all tests found in all suites: an immutable value once
 * the last suite is read.
 *
 * The runner builds it from what the loader said; nothing here does I/O.
 * Every string and every struct attrs is owned by the listing, in its own
 * blocks or in memory that it was given to keep, and lives as long.
 * One entry is one test, or one range of instances (NAT-14): what an entry
 * costs does not depend on its count.
 */
#ifndef MODEL_LISTING_H
#define MODEL_LISTING_H

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Instances in one range; the whole run may hold UINT32_MAX / 2. */
#define TEST_COUNT_MAX 10000000u

enum isolate {
	ISOLATE_AUTO,
	ISOLATE_WORKER, /* many tests in one worker */
	ISOLATE_FORK,	/* the worker forks a test child per test */
	ISOLATE_EXEC,	/* a new program per test */
	N_ISOLATES
};

const char *isolate_name(enum isolate isolate);

/* Attributes that a suite may give all of its tests (NAT-11). */
enum attr {
	ATTR_AFFINITY,
	ATTR_SERIAL,
	ATTR_LOCK,
	ATTR_EXCLUSIVE,
	ATTR_WEIGHT,
	ATTR_LAST,
	ATTR_PRIORITY,
	ATTR_TIMEOUT,
	ATTR_SLOW,
	ATTR_COST,
	ATTR_ISOLATE,
	ATTR_RETRIES,
	ATTR_TAGS,
	ATTR_DISABLED,
	ATTR_DESCRIPTION,
	N_ATTRS
};

/* However often a test is run again. */
#define RETRIES_MAX 100

/* What a test's attributes say (NAT-10).  Texts are never NULL: "" is the
 * default.  Times are in seconds, 0 is the default. */
struct attrs {
	const char *affinity;
	const char *serial;
	const char *lock;  /* comma-separated name[:r|:w][:units] */
	const char *after;
	const char *tags;  /* comma-separated */
	const char *description;
	double timeout;
	double slow;
	double cost;
	int32_t weight;
	int32_t priority;
	int32_t retries;
	int32_t signal;	   /* expected end by this signal; 0 none */
	int32_t exit_code; /* expected exit status; 0 none */
	uint32_t inherited; /* bit enum attr: not its own, its suite's */
	enum isolate isolate;
	bool exclusive;
	bool last;
	bool disabled;
};

/* For initialisers: attributes say what they have besides. */
#define ATTRS_TEXTS                                                    \
	.affinity = "", .serial = "", .lock = "", .after = "", .tags = "", \
	.description = ""

extern const struct attrs attrs_default;

/* How long an attempt at such a test may take, 0 = as long as it likes; usual:
 * of those that do not say, and slowness is in it already (TIME-6). */
static inline uint64_t attrs_timeout_ns(const struct attrs *a,
					uint64_t usual_ns, double slowness)
{
	return a->timeout > 0 ? (uint64_t)(a->timeout * slowness * 1e9)
			      : usual_ns;
}

/* How often it is run again at most; usual: as above; least: of those that
 * are run again at all. */
static inline uint32_t attrs_retries(const struct attrs *a, uint32_t usual,
				     uint32_t least)
{
	uint32_t most = a->retries ? (uint32_t)a->retries : usual;

	if (a->retries < 0)
		return 0;
	return min_of(max_of(most, least), (uint32_t)RETRIES_MAX);
}

struct test {
	const char *name;  /* "Scope::name", unique within the suite */
	const char *file;  /* where it is defined, as the compiler said */
	const struct attrs *attrs; /* shared by tests that have the same */
	uint32_t line;
	uint32_t suite_ix;
	uint32_t entry_ix; /* position in the loader's table of that suite */
	uint32_t count;	   /* instances, at least 1 */
	uint32_t scope_len; /* the scope is the first scope_len bytes of name */
	bool indexed;	   /* instances are called name[i] */
};

/* Memory that came from elsewhere. */
struct listing_kept {
	void *bytes;
	size_t size;
	void (*release)(void *bytes, size_t size);
};

/* How a suite was built, as far as its tests' times depend on it (KEY-2). */
#define FLAVOUR_KNOWN 1u     /* it says what the next two are */
#define FLAVOUR_OPTIMIZED 2u
#define FLAVOUR_COVERAGE 4u
#define FLAVOUR_ASAN 8u
#define FLAVOUR_TSAN 16u
#define FLAVOUR_UBSAN 32u
#define FLAVOUR_VALGRIND 64u /* of the run */
#define FLAVOUR_ALL 127u

struct suite {
	const char *path; /* as the user named it */
	const char *name; /* of its shared object, else of its file: KEY-1 */
	const char *adapter; /* "native", "criterion" */
	enum isolate isolate; /* what auto means for it: worker at least */
	bool serves; /* its test children are forked by a server */
	uint64_t build_id; /* a hash of it; 0 = unknown */
	uint32_t flavour;
	uint64_t id;	  /* XXH3 of path */
	uint32_t first_test, n_tests;
};

struct listing {
	struct suite *suites;
	uint32_t n_suites, cap_suites;
	struct test *tests; /* per suite by (file, line, name): NAT-7 */
	uint32_t n_tests, cap_tests;
	double min_timeout; /* the shortest that a test sets; 0 = none does */
	bool has_retries;     /* some test asks for attempts of its own */
	bool has_unstartable; /* some test is disabled or wants exec */
	bool has_order; /* some test says when, where or with whom it runs */
	char **blocks; /* string memory */
	size_t n_blocks, cap_blocks, block_used;
	struct listing_kept *kept;
	size_t n_kept, cap_kept;
};

void listing_init(struct listing *l);
void listing_fini(struct listing *l);

/* A copy of len bytes, terminated, owned by the listing. */
const char *listing_text(struct listing *l, const char *text, size_t len);

/* A copy, owned by the listing; its texts must be so already. */
const struct attrs *listing_attrs(struct listing *l, const struct attrs *attrs);

/* Takes memory over, in which strings may lie: released with the listing. */
void listing_keep(struct listing *l, void *bytes, size_t size,
		  void (*release)(void *bytes, size_t size));

/* Room for so many more tests, made now: while somebody else still works on
 * what they are. */
void listing_expect(struct listing *l, uint32_t n_tests);

/* Opens a suite: tests added from now on belong to it, and run in the worker
 * tier unless its isolate is set to another.  Returns its index. */
uint32_t listing_add_suite(struct listing *l, const char *path,
			   const char *adapter);

/* What the last suite says of itself; name "" = nothing. */
void listing_describe_suite(struct listing *l, const char *name,
			    uint64_t build_id, uint32_t flavour);

/* Adds a test to the last suite.  Strings and attrs in *test must be the
 * listing's; attrs NULL = all are at their defaults.  suite_ix is set here. */
void listing_add_test(struct listing *l, const struct test *test);

/* Gives a test other attributes, which must be the listing's. */
void listing_set_attrs(struct listing *l, uint32_t test_ix,
		       const struct attrs *attrs);

/* Appends the printed name of an instance: "Scope::name" or
 * "Scope::name[i]". */
void test_print_name(struct str *out, const struct test *test, uint32_t index);

#endif
