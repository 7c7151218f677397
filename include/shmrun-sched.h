/* SPDX-License-Identifier: MIT */
/*
 * shmrun-sched.h - write a scheduler for shmrun(1).
 *
 *	#include <shmrun-sched.h>
 *
 *	static int schedule(struct shmrun_sched *s, void *self)
 *	{
 *		uint32_t i = (uint32_t)shmrun_sched_ntests(s);
 *
 *		while (i-- > 0)
 *			shmrun_sched_push(s, &i, 1);
 *		return 0;
 *	}
 *	const struct shmrun_sched_ops shmrun_scheduler = {
 *		SHMRUN_SCHED_ABI, sizeof(shmrun_scheduler), 0, "reverse",
 *		NULL, schedule, NULL, NULL, NULL, NULL, NULL, NULL
 *	};
 *
 *	cc -shared -fPIC -o reverse.so reverse.c
 *	shmrun --dist ./reverse.so suite.so
 *
 * A plug-in says in which order and where tests should run.  It runs in a
 * process of its own; what it says is a wish that shmrun checks: it cannot
 * lose a test, run one twice or change a result, and when it is slow, wrong
 * or dead, shmrun runs the rest without it.
 *
 * C99 and C++11, header only, nothing to link.  Includes <stdbool.h>,
 * <stddef.h> and <stdint.h> only.  The manual is shmrun-sched(7).
 *
 * Tests are numbered 0 .. ntests - 1, slots (the places of workers) 0 ..
 * nslots - 1.  Times are nanoseconds.  All texts are terminated, never NULL,
 * and they and all structures that a plug-in gets belong to the host: valid
 * until close() has returned, except those of which a shorter life is said.
 * Callbacks are called one at a time, in one thread; services may be called
 * in that thread only, from within a callback.
 *
 * Everything that ends in an underscore is for this header's own use.
 */
#ifndef SHMRUN_SCHED_H
#define SHMRUN_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A host refuses a plug-in of another ABI.  Structures only grow, at their
 * ends, and say their size. */
#define SHMRUN_SCHED_ABI 1u

#define SHMRUN_NO_TEST UINT32_MAX

/* flags of struct shmrun_sched_ops */
#define SHMRUN_SCHED_DYNAMIC 1u /* lives as long as the run, wants events */
#define SHMRUN_SCHED_RETRIES 2u /* feeds tests that are run again itself */

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is known of a test ----------------------------------------- */

/* flags of struct shmrun_sched_test */
#define SHMRUN_SCHED_KNOWN 1u	  /* est_ns was measured in earlier runs */
#define SHMRUN_SCHED_TODO 2u	  /* failed or did not run last time */
#define SHMRUN_SCHED_PLACED 4u	  /* shmrun itself says when: pushing it has
				   * no effect, and is not needed */
#define SHMRUN_SCHED_DISABLED 8u  /* will be skipped */
#define SHMRUN_SCHED_EXCLUSIVE 16u /* .exclusive */
#define SHMRUN_SCHED_LAST 32u	  /* .last */

struct shmrun_sched_test {
	uint32_t size;	   /* of this structure, in bytes */
	uint32_t index;	   /* its number */
	const char *id;	   /* "Scope::name" or "Scope::name[7]" */
	const char *suite; /* path of its suite, as the user wrote it */
	const char *scope; /* "Scope", "" = none */
	const char *file;  /* where it is defined, "" = not known */
	uint32_t line;	   /* 0 = not known */
	uint32_t instance; /* of a test that is a range, else 0 */
	uint32_t unit;	   /* the first test of those that are kept together
			    * with it; itself when it is alone */
	uint32_t flags;	   /* SHMRUN_SCHED_KNOWN ... */
	uint64_t est_ns;   /* expected duration, 0 = nothing is known */
	uint64_t dev_ns;   /* its mean deviation */
	int32_t weight;	   /* slots it counts as, at least 1 */
	int32_t priority;  /* -100 .. 100, higher is earlier */
	const char *affinity, *serial, *lock, *after, *tags; /* "" = none */
};

enum shmrun_sched_outcome {
	SHMRUN_SCHED_PASS = 1,
	SHMRUN_SCHED_FAIL,
	SHMRUN_SCHED_CRASH,
	SHMRUN_SCHED_TIMEOUT,
	SHMRUN_SCHED_SKIP,
	SHMRUN_SCHED_ERROR,
	SHMRUN_SCHED_FLAKY,
	SHMRUN_SCHED_NOTRUN
};

/* flags of struct shmrun_sched_result */
#define SHMRUN_SCHED_LEAK 1u /* it left processes behind */
#define SHMRUN_SCHED_LATE 2u /* told after a gap: no order, no times */

struct shmrun_sched_result { /* valid during the call */
	uint32_t size;	      /* of this structure, in bytes */
	uint32_t outcome;     /* enum shmrun_sched_outcome */
	uint32_t attempt;     /* from 0 */
	uint32_t flags;	      /* SHMRUN_SCHED_LEAK ... */
	uint64_t start_ns;    /* CLOCK_MONOTONIC; 0 = it never started */
	uint64_t duration_ns;
	uint64_t peak_rss;    /* bytes, 0 = not measured */
};

/* ---- what a plug-in exports ------------------------------------------ */

struct shmrun_sched; /* the host; to be handed on to the services */

/*
 * self is what open() stored, NULL without one.  Members that are not needed
 * are NULL; only schedule() is required.  The last six are for plug-ins with
 * SHMRUN_SCHED_DYNAMIC.
 */
struct shmrun_sched_ops {
	uint32_t abi;	  /* SHMRUN_SCHED_ABI */
	uint32_t size;	  /* sizeof(struct shmrun_sched_ops) */
	uint32_t flags;	  /* SHMRUN_SCHED_DYNAMIC ... */
	const char *name; /* for messages */

	/* Before anything runs.  args is what the user wrote behind the colon,
	 * "" if nothing.  Another value than 0 ends shmrun with exit status 2:
	 * the arguments are wrong (see shmrun_sched_say()). */
	int (*open)(struct shmrun_sched *s, const char *args, void **self);

	/* Hands out all tests, or of a dynamic plug-in the first ones.  Another
	 * value than 0: shmrun goes on without the plug-in. */
	int (*schedule)(struct shmrun_sched *s, void *self);

	/* A worker started in a slot: the first, or one after another. */
	void (*add_node)(struct shmrun_sched *s, void *self, unsigned slot,
			 unsigned generation);
	/* It is gone.  crashed: the test that it took along, or
	 * SHMRUN_NO_TEST.  What was assigned to the slot stays there. */
	void (*remove_node)(struct shmrun_sched *s, void *self, unsigned slot,
			    unsigned generation, uint32_t crashed);
	/* A test ended, for good. */
	void (*mark_test_complete)(struct shmrun_sched *s, void *self,
				   unsigned slot, uint32_t test,
				   const struct shmrun_sched_result *r);
	/* A test will be run again.  It is handed out already, unless the
	 * plug-in has SHMRUN_SCHED_RETRIES: then it must push it. */
	void (*mark_test_pending)(struct shmrun_sched *s, void *self,
				  uint32_t test, unsigned attempt);
	/* Fewer than two tests for each slot, namely unclaimed, wait to be
	 * taken, and some have not been handed out: now is the time. */
	void (*low_water)(struct shmrun_sched *s, void *self,
			  size_t unclaimed);

	/* The last call: of a static plug-in after schedule(), of a dynamic
	 * one at the end of the run.  It has a second. */
	void (*close)(struct shmrun_sched *s, void *self);
};

#if defined(__GNUC__)
#define SHMRUN_SCHED_PUBLIC_ __attribute__((visibility("default")))
#else
#define SHMRUN_SCHED_PUBLIC_
#endif

/* Defined by the plug-in. */
extern SHMRUN_SCHED_PUBLIC_ const struct shmrun_sched_ops shmrun_scheduler;

/* ---- services of the host -------------------------------------------- */

struct shmrun_sched_services_ {
	uint32_t size;
	size_t (*ntests)(const struct shmrun_sched *s);
	unsigned (*nslots)(const struct shmrun_sched *s);
	const struct shmrun_sched_test *(*test)(const struct shmrun_sched *s,
						uint32_t test);
	int (*push)(struct shmrun_sched *s, const uint32_t *tests, size_t n);
	int (*assign)(struct shmrun_sched *s, unsigned slot,
		      const uint32_t *tests, size_t n);
	size_t (*recall)(struct shmrun_sched *s, unsigned slot,
			 uint32_t *tests, size_t max);
	size_t (*nfinished)(const struct shmrun_sched *s);
	void (*say)(struct shmrun_sched *s, const char *text);
};

struct shmrun_sched {
	const struct shmrun_sched_services_ *services_;
};

/* How many tests and slots there are; constant. */
static inline size_t shmrun_sched_ntests(const struct shmrun_sched *s)
{
	return s->services_->ntests(s);
}

static inline unsigned shmrun_sched_nslots(const struct shmrun_sched *s)
{
	return s->services_->nslots(s);
}

/* In C++ a structure and a function of one name are two things, too. */
#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif
/* What is known of a test; NULL when there is none of that number. */
static inline const struct shmrun_sched_test *
shmrun_sched_test(const struct shmrun_sched *s, uint32_t test)
{
	return s->services_->test(s, test);
}
#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/*
 * Hands n tests out, to whichever slot takes them, in this order.  One that
 * was handed out already is left alone, and counted.  Of tests that are kept
 * together the first that is pushed brings the others along.  0, or
 * a negative errno value, and then none is handed out: -EINVAL for a number
 * that no test has, -EPIPE when shmrun has gone.
 */
static inline int shmrun_sched_push(struct shmrun_sched *s,
				    const uint32_t *tests, size_t n)
{
	return s->services_->push(s, tests, n);
}

/*
 * The same for one slot, which prefers them to what was pushed.  It is a
 * preference: a slot that has nothing to do takes them away.  Tests with
 * consecutive numbers are handed over at once, others one by one.  -EINVAL
 * also when there is no such slot.
 */
static inline int shmrun_sched_assign(struct shmrun_sched *s, unsigned slot,
				      const uint32_t *tests, size_t n)
{
	return s->services_->assign(s, slot, tests, n);
}

/*
 * Takes up to max of the tests back that were assigned to a slot and that
 * nobody has taken, the last ones first; how many, their numbers in tests.
 * They are to be handed out again.
 */
static inline size_t shmrun_sched_recall(struct shmrun_sched *s, unsigned slot,
					 uint32_t *tests, size_t max)
{
	return s->services_->recall(s, slot, tests, max);
}

/* Has any test not ended yet, as far as this plug-in has been told? */
static inline bool shmrun_sched_has_pending(const struct shmrun_sched *s)
{
	return s->services_->nfinished(s) < s->services_->ntests(s);
}

static inline bool shmrun_sched_tests_finished(const struct shmrun_sched *s)
{
	return !shmrun_sched_has_pending(s);
}

/* Why open() or schedule() is about to return an error: one sentence for the
 * user.  The last one counts. */
static inline void shmrun_sched_say(struct shmrun_sched *s, const char *text)
{
	s->services_->say(s, text);
}

#ifdef __cplusplus
}
#endif

#endif
