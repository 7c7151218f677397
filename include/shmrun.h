/* SPDX-License-Identifier: MIT */
/*
 * shmrun.h - write a native test suite for shmrun(1).
 *
 *	#include <shmrun.h>
 *
 *	SHMRUN_TEST(math, adds) {
 *		shmrun_check_eq_int(1 + 1, 2);
 *	}
 *
 *	cc -shared -fPIC -o suite.so suite.c && shmrun suite.so
 *
 * C99 and C++11, header only, nothing to link.  Includes <stddef.h>,
 * <stdint.h> and <stdbool.h> only.  The manual is shmrun-suite(7).
 *
 * Everything that ends in an underscore is for this header's own use.
 */
#ifndef SHMRUN_H
#define SHMRUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A runner refuses a suite of another major version with one sentence;
 * minor versions only append (rule NAT-3). */
#define SHMRUN_ABI_MAJOR 1
#define SHMRUN_ABI_MINOR 4

/* Most instances in one range. */
#define SHMRUN_COUNT_MAX 10000000

#ifdef __cplusplus
extern "C" {
#endif

/* ---- attributes (rules NAT-9, NAT-10) -------------------------------- */

enum shmrun_isolate {
	SHMRUN_ISOLATE_DEFAULT, /* what the runner was told */
	SHMRUN_ISOLATE_WORKER,	/* many tests in one process */
	SHMRUN_ISOLATE_FORK,	/* a forked process for this test */
	SHMRUN_ISOLATE_EXEC	/* a new program for this test */
};

/*
 * Written as designated initialisers behind a test's name, in this order.
 * 0, NULL and false mean "default" or "inherit from SHMRUN_DEFAULTS".
 * Members are only ever appended, before sentinel_.
 */
struct shmrun_attrs {
	const char *affinity; /* prefer the worker that holds this state */
	const char *serial;   /* one process, in order, for all of this key */
	const char *lock;     /* "db", "db:r", "port:w:2", comma-separated */
	bool exclusive;	      /* alone on the machine */
	int weight;	      /* takes this many slots */
	const char *after;    /* not before all tests of that group ended */
	bool last;	      /* at the end */
	int priority;	      /* -100 .. 100, higher is earlier */
	double timeout;	      /* seconds; 0 = the runner's */
	double slow;	      /* seconds until the notice */
	double cost;	      /* seconds, estimate while there is no history */
	enum shmrun_isolate isolate; /* at least this strict */
	int retries;
	int signal;	      /* expected end: this signal; forces a fork */
	int exit_code;	      /* expected end: this status; forces a fork */
	const char *tags;     /* comma-separated */
	bool disabled;	      /* listed, never started, ends as skip */
	const char *description;
	char sentinel_;
};

/* ---- what stands in the suite's section ------------------------------ */

enum shmrun_kind_ {
	SHMRUN_KIND_TEST_ = 1,
	SHMRUN_KIND_DEFAULTS_ = 2,
	SHMRUN_KIND_TEST_FIXTURE_ = 3,
	SHMRUN_KIND_SCOPE_FIXTURE_ = 4,
	SHMRUN_KIND_WORKER_FIXTURE_ = 5,
	SHMRUN_KIND_RUN_FIXTURE_ = 6
};

#define SHMRUN_INDEXED_ 1u /* flags: instances are called name[i] */

/* The section holds pointers to these; records may grow at their end. */
struct shmrun_record_ {
	uint32_t kind;
	uint32_t size; /* of the whole record */
};

struct shmrun_test_ {
	struct shmrun_record_ record;
	const char *scope;
	const char *name;
	const char *file;
	uint32_t line;
	uint32_t flags;
	uint64_t count;		      /* instances */
	uint64_t (*count_fn)(void);   /* instead of count, called once */
	void (*body)(void);
	struct shmrun_attrs attrs;    /* last: it grows */
};

struct shmrun_defaults_ {
	struct shmrun_record_ record;
	const char *file;
	uint32_t line;
	struct shmrun_attrs attrs;    /* last: it grows */
};

struct shmrun_fixture_ {
	struct shmrun_record_ record;
	const char *scope; /* or the fixture's name for worker and run */
	const char *file;
	uint32_t line;
	uint32_t reserved;
	void (*setup)(void);	       /* test, scope, worker */
	void (*teardown)(void);
	void (*run_setup)(void *data); /* run */
	void (*run_teardown)(const void *data);
	uint64_t data_size;	       /* run: bytes shared with all tests */
};

/* ---- between suite and runner ---------------------------------------- */

enum shmrun_role {
	SHMRUN_ROLE_WORKER, /* this process runs many tests */
	SHMRUN_ROLE_CHILD   /* this process runs one test */
};

/* What runs now; the runner's, read only. */
struct shmrun_context_ {
	uint64_t index;
	uint32_t slot;
	uint32_t generation;
	uint32_t attempt;
	uint32_t role;
	const char *run_id;
	uint32_t iteration;
};

enum shmrun_type_ {
	SHMRUN_BOOL_,
	SHMRUN_INT_,
	SHMRUN_UINT_,
	SHMRUN_PTR_,
	SHMRUN_DOUBLE_,
	SHMRUN_STR_,
	SHMRUN_MEM_
};

union shmrun_value_ {
	long long i;
	unsigned long long u;
	double d;
	const void *p;
};

/* A failed check: everything a report shows. */
struct shmrun_check_ {
	const char *file;
	uint32_t line;
	uint32_t fatal;	       /* ends the test */
	uint32_t type;	       /* enum shmrun_type_ */
	const char *op;	       /* "==", "<", "is true", ... */
	const char *a_text;    /* the expressions as written; the last one */
	const char *b_text;    /* up to a comma; NULL = there is only one */
	union shmrun_value_ a, b;
	double tolerance;
	size_t len;	       /* of memory */
};

#if defined(__GNUC__)
#define SHMRUN_PRINTF_(f, a) __attribute__((format(printf, f, a)))
#else
#define SHMRUN_PRINTF_(f, a)
#endif

/* The suite calls the runner through this; members are only appended. */
struct shmrun_ops_ {
	uint32_t major, minor;
	uint32_t size;
	uint32_t reserved;
	const volatile struct shmrun_context_ *context;
	/* fmt may be NULL.  Does not return for fatal checks. */
	void (*failed)(const struct shmrun_check_ *check, const char *fmt, ...)
		SHMRUN_PRINTF_(2, 3);
	void (*skip)(const char *file, uint32_t line, const char *fmt, ...)
		SHMRUN_PRINTF_(3, 4);
	void (*log)(const char *file, uint32_t line, const char *fmt, ...)
		SHMRUN_PRINTF_(3, 4);
	const void *(*run_data)(const struct shmrun_fixture_ *fixture);
	const char *(*test_name)(void);
	int (*lock_slot)(const char *lock, unsigned n);
	void (*progress)(void); /* since 1.3 */
	const char *(*variable)(const char *name); /* since 1.4 */
};

/* The one object a suite exports (rule NAT-2). */
struct shmrun_suite_ {
	uint32_t magic;
	uint32_t major, minor;
	uint32_t size;
	struct shmrun_record_ const **start, **stop;
	const struct shmrun_ops_ **ops;
	/* Since 1.1: how it was built, as far as it changes its tests' times. */
	uint32_t build;	      /* SHMRUN_BUILD_* */
	uint32_t reserved;
	const void *coverage[3]; /* one of them not NULL: it counts what runs */
	/* Since 1.2: functions that add its counters to their files, and that
	 * begin them anew; NULL where there is none. */
	const void *coverage_write[3];
	const void *coverage_reset[3];
};

#define SHMRUN_BUILD_OPTIMIZED_ 1u
#define SHMRUN_BUILD_ASAN_ 2u
#define SHMRUN_BUILD_TSAN_ 4u

#define SHMRUN_MAGIC_ 0x4e55524du /* "MRUN" */

#if defined(__has_attribute)
#if __has_attribute(retain)
#define SHMRUN_RETAIN_ , retain
#endif
#endif
#ifndef SHMRUN_RETAIN_
#define SHMRUN_RETAIN_
#endif

/* The runner itself wants the types above and nothing that makes a suite. */
#ifdef SHMRUN_NO_SUITE_
#ifdef __cplusplus
}
#endif
#else

/* Weak: a file without tests links too (rule NAT-1). */
extern struct shmrun_record_ const *__start_shmrun_records[]
	__attribute__((weak, visibility("hidden")));
extern struct shmrun_record_ const *__stop_shmrun_records[]
	__attribute__((weak, visibility("hidden")));

/* One per suite, however many files include this header. */
__attribute__((weak, visibility("hidden")))
const struct shmrun_ops_ *shmrun_ops_;

#if defined(__OPTIMIZE__)
#define SHMRUN_OPTIMIZED_ SHMRUN_BUILD_OPTIMIZED_
#else
#define SHMRUN_OPTIMIZED_ 0u
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SHMRUN_SANITIZED_ SHMRUN_BUILD_ASAN_
#elif defined(__SANITIZE_THREAD__)
#define SHMRUN_SANITIZED_ SHMRUN_BUILD_TSAN_
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHMRUN_SANITIZED_ SHMRUN_BUILD_ASAN_
#elif __has_feature(thread_sanitizer)
#define SHMRUN_SANITIZED_ SHMRUN_BUILD_TSAN_
#endif
#endif
#ifndef SHMRUN_SANITIZED_
#define SHMRUN_SANITIZED_ 0u
#endif

/* Of gcc's and clang's run-time parts for coverage, if they are linked in. */
extern const char shmrun_gcov_[] __asm__("__gcov_init")
	__attribute__((weak, visibility("hidden")));
extern const char shmrun_llvm_gcov_[] __asm__("llvm_gcov_init")
	__attribute__((weak, visibility("hidden")));
extern const char shmrun_llvm_profile_[] __asm__("__llvm_profile_runtime")
	__attribute__((weak, visibility("hidden")));

/* libgcov's exit is there when anything is; its dump and reset only when the
 * suite asks for them (shmrun-suite(7)). */
extern const char shmrun_gcov_exit_[] __asm__("__gcov_exit")
	__attribute__((weak, visibility("hidden")));
extern const char shmrun_gcov_dump_[] __asm__("__gcov_dump")
	__attribute__((weak, visibility("hidden")));
extern const char shmrun_gcov_reset_[] __asm__("__gcov_reset")
	__attribute__((weak, visibility("hidden")));
extern const char shmrun_llvm_write_[] __asm__("__llvm_profile_write_file")
	__attribute__((weak, visibility("hidden")));
extern const char shmrun_llvm_reset_[] __asm__("__llvm_profile_reset_counters")
	__attribute__((weak, visibility("hidden")));

extern struct shmrun_suite_ shmrun_suite_v1;
__attribute__((weak, used, visibility("default") SHMRUN_RETAIN_))
struct shmrun_suite_ shmrun_suite_v1 = {
	SHMRUN_MAGIC_, SHMRUN_ABI_MAJOR, SHMRUN_ABI_MINOR,
	sizeof(struct shmrun_suite_), __start_shmrun_records,
	__stop_shmrun_records, &shmrun_ops_,
	SHMRUN_OPTIMIZED_ | SHMRUN_SANITIZED_, 0,
	{ shmrun_gcov_, shmrun_llvm_gcov_, shmrun_llvm_profile_ },
	{ shmrun_gcov_dump_, shmrun_gcov_exit_, shmrun_llvm_write_ },
	{ shmrun_gcov_reset_, shmrun_llvm_reset_, 0 }
};

#ifdef __cplusplus
}
#endif

/* ---- registration ---------------------------------------------------- */

#define SHMRUN_CAT_(a, b) SHMRUN_CAT2_(a, b)
#define SHMRUN_CAT2_(a, b) a##b

#if defined(__clang__)
#define SHMRUN_QUIET_                                                         \
	_Pragma("clang diagnostic push")                                      \
	_Pragma("clang diagnostic ignored \"-Wunknown-warning-option\"")      \
	_Pragma("clang diagnostic ignored \"-Wpedantic\"")                    \
	_Pragma("clang diagnostic ignored \"-Wc99-designator\"")              \
	_Pragma("clang diagnostic ignored \"-Wc++20-designator\"")            \
	_Pragma("clang diagnostic ignored \"-Wmissing-field-initializers\"")
#define SHMRUN_LOUD_ _Pragma("clang diagnostic pop")
#elif defined(__GNUC__) && defined(__cplusplus)
#if __GNUC__ >= 12
#define SHMRUN_QUIET20_ _Pragma("GCC diagnostic ignored \"-Wc++20-extensions\"")
#else
#define SHMRUN_QUIET20_
#endif
#define SHMRUN_QUIET_                                                         \
	_Pragma("GCC diagnostic push")                                        \
	_Pragma("GCC diagnostic ignored \"-Wpedantic\"")                      \
	SHMRUN_QUIET20_                                                       \
	_Pragma("GCC diagnostic ignored \"-Wmissing-field-initializers\"")
#define SHMRUN_LOUD_ _Pragma("GCC diagnostic pop")
#elif defined(__GNUC__)
#define SHMRUN_QUIET_                                                         \
	_Pragma("GCC diagnostic push")                                        \
	_Pragma("GCC diagnostic ignored \"-Wmissing-field-initializers\"")
#define SHMRUN_LOUD_ _Pragma("GCC diagnostic pop")
#else
#define SHMRUN_QUIET_
#define SHMRUN_LOUD_
#endif

/* Puts a pointer to a record into the section (rules NAT-5, NAT-6). */
#define SHMRUN_REGISTER_(symbol, object)                                      \
	static struct shmrun_record_ const *symbol                            \
		__attribute__((used SHMRUN_RETAIN_,                           \
			       section("shmrun_records"))) =                  \
			&(object).record;

/* Parameters: 1 scope, 2 name, 3 flags, 4 count, 5 count_fn, 6 body. */
#define SHMRUN_ADD_TEST_(scope_, name_, flags_, count_, count_fn_, body_, ...) \
	SHMRUN_QUIET_                                                         \
	static const struct shmrun_test_ shmrun_test_##scope_##__##name_ = {  \
		{ SHMRUN_KIND_TEST_, sizeof(struct shmrun_test_) },           \
		#scope_, #name_, __FILE__, __LINE__, flags_, count_,          \
		count_fn_, body_, { __VA_ARGS__ }                             \
	};                                                                    \
	SHMRUN_LOUD_                                                          \
	SHMRUN_REGISTER_(shmrun_ptr_##scope_##__##name_,                      \
			 shmrun_test_##scope_##__##name_)

/* "scope, name" or "scope, name, .attr = ...": the sentinel goes last. */
#define SHMRUN_TEST(scope_, ...)                                              \
	SHMRUN_TEST2_(scope_, __VA_ARGS__, .sentinel_ = 0)
#define SHMRUN_TEST2_(scope_, name_, ...)                                     \
	static void shmrun_body_##scope_##__##name_(void);                    \
	SHMRUN_ADD_TEST_(scope_, name_, 0, 1, NULL,                           \
			 shmrun_body_##scope_##__##name_, __VA_ARGS__)        \
	static void shmrun_body_##scope_##__##name_(void)

/* count instances name[0] .. name[count - 1]; see shmrun_index(). */
#define SHMRUN_RANGE(scope_, name_, ...)                                      \
	SHMRUN_RANGE2_(scope_, name_, __VA_ARGS__, .sentinel_ = 0)
#define SHMRUN_RANGE2_(scope_, name_, count_, ...)                            \
	static void shmrun_body_##scope_##__##name_(void);                    \
	SHMRUN_ADD_TEST_(scope_, name_, SHMRUN_INDEXED_, count_, NULL,        \
			 shmrun_body_##scope_##__##name_, __VA_ARGS__)        \
	static void shmrun_body_##scope_##__##name_(void)

/* As SHMRUN_RANGE, but `uint64_t count_fn(void)` says how many; it is called
 * once, when the suite is listed. */
#define SHMRUN_RANGE_FN(scope_, name_, ...)                                   \
	SHMRUN_RANGE_FN2_(scope_, name_, __VA_ARGS__, .sentinel_ = 0)
#define SHMRUN_RANGE_FN2_(scope_, name_, count_fn_, ...)                      \
	static void shmrun_body_##scope_##__##name_(void);                    \
	SHMRUN_ADD_TEST_(scope_, name_, SHMRUN_INDEXED_, 0, count_fn_,        \
			 shmrun_body_##scope_##__##name_, __VA_ARGS__)        \
	static void shmrun_body_##scope_##__##name_(void)

/* One instance per element of `type array[]`; the body sees the element as
 * `type const *param`. */
#define SHMRUN_PARAMS(scope_, name_, type_, ...)                              \
	SHMRUN_PARAMS2_(scope_, name_, type_, __VA_ARGS__, .sentinel_ = 0)
#define SHMRUN_PARAMS2_(scope_, name_, type_, array_, ...)                    \
	static void shmrun_param_##scope_##__##name_(type_ const *param);     \
	static void shmrun_body_##scope_##__##name_(void)                     \
	{                                                                     \
		shmrun_param_##scope_##__##name_(&(array_)[shmrun_index()]);  \
	}                                                                     \
	SHMRUN_ADD_TEST_(scope_, name_, SHMRUN_INDEXED_,                      \
			 sizeof(array_) / sizeof((array_)[0]), NULL,          \
			 shmrun_body_##scope_##__##name_, __VA_ARGS__)        \
	static void shmrun_param_##scope_##__##name_(type_ const *param)

/* Attributes for all tests of the suite that do not set them themselves;
 * everything but after, signal and exit_code (rule NAT-11).  Once a suite. */
#define SHMRUN_DEFAULTS(...) SHMRUN_DEFAULTS2_(__VA_ARGS__, .sentinel_ = 0)
#define SHMRUN_DEFAULTS2_(...)                                                \
	SHMRUN_QUIET_                                                         \
	static const struct shmrun_defaults_ shmrun_defaults_record_ = {      \
		{ SHMRUN_KIND_DEFAULTS_, sizeof(struct shmrun_defaults_) },   \
		__FILE__, __LINE__, { __VA_ARGS__ }                           \
	};                                                                    \
	SHMRUN_LOUD_                                                          \
	SHMRUN_REGISTER_(shmrun_ptr_defaults_, shmrun_defaults_record_)

/* ---- fixtures (rule NAT-12); setup and teardown are `void f(void)` or NULL.
 * A set-up that fails a check makes the tests that need it `error`. ------ */

#define SHMRUN_FIXTURE_(kind_, scope_, setup_, teardown_)                     \
	static const struct shmrun_fixture_                                   \
		SHMRUN_CAT_(shmrun_fixture_##scope_##_, kind_) = {            \
			{ kind_, sizeof(struct shmrun_fixture_) },            \
			#scope_, __FILE__, __LINE__, 0, setup_, teardown_,    \
			NULL, NULL, 0 };                                      \
	SHMRUN_REGISTER_(SHMRUN_CAT_(shmrun_ptr_fixture_##scope_##_, kind_),  \
			 SHMRUN_CAT_(shmrun_fixture_##scope_##_, kind_))

/* Around each attempt of each test of the scope. */
#define SHMRUN_TEST_FIXTURE(scope_, setup_, teardown_)                        \
	SHMRUN_FIXTURE_(SHMRUN_KIND_TEST_FIXTURE_, scope_, setup_, teardown_)
/* By each worker that runs tests of the scope; torn down when it leaves. */
#define SHMRUN_SCOPE_FIXTURE(scope_, setup_, teardown_)                       \
	SHMRUN_FIXTURE_(SHMRUN_KIND_SCOPE_FIXTURE_, scope_, setup_, teardown_)
/* Once per worker process, before its first test of this suite. */
#define SHMRUN_WORKER_FIXTURE(name_, setup_, teardown_)                       \
	SHMRUN_FIXTURE_(SHMRUN_KIND_WORKER_FIXTURE_, name_, setup_, teardown_)

/*
 * Once per run: the first worker that needs it calls `void setup(type *)`,
 * which fills bytes that all tests of the suite then read through
 * `const type *name(void)`.  `void teardown(const type *)` (or NULL) is
 * called once, after the last test, in a process that may be another one:
 * the data must make sense there (no pointers).
 */
#define SHMRUN_RUN_FIXTURE(name_, type_, setup_, teardown_)                   \
	static void shmrun_run_setup_##name_(void *data)                      \
	{                                                                     \
		void (*setup)(type_ *) = setup_;                              \
		if (setup)                                                    \
			setup((type_ *)data);                                 \
	}                                                                     \
	static void shmrun_run_teardown_##name_(const void *data)             \
	{                                                                     \
		void (*teardown)(const type_ *) = teardown_;                  \
		if (teardown)                                                 \
			teardown((const type_ *)data);                        \
	}                                                                     \
	static const struct shmrun_fixture_ shmrun_run_fixture_##name_ = {    \
		{ SHMRUN_KIND_RUN_FIXTURE_,                                   \
		  sizeof(struct shmrun_fixture_) },                           \
		#name_, __FILE__, __LINE__, 0, NULL, NULL,                    \
		shmrun_run_setup_##name_, shmrun_run_teardown_##name_,        \
		sizeof(type_)                                                 \
	};                                                                    \
	SHMRUN_REGISTER_(shmrun_ptr_run_##name_, shmrun_run_fixture_##name_)  \
	__attribute__((unused)) static inline const type_ *name_(void)        \
	{                                                                     \
		return (const type_ *)shmrun_ops_->run_data(                  \
			&shmrun_run_fixture_##name_);                         \
	}

/* ---- inside a test --------------------------------------------------- */

/* Index of the running instance, 0 .. count - 1; 0 in a plain test. */
static inline uint64_t shmrun_index(void)
{
	return shmrun_ops_->context->index;
}

/* Stable worker number, 0 .. jobs - 1: for ports, databases, devices. */
static inline unsigned shmrun_slot(void)
{
	return shmrun_ops_->context->slot;
}

/* Incarnation of the slot: how often its worker was replaced. */
static inline unsigned shmrun_generation(void)
{
	return shmrun_ops_->context->generation;
}

/* Attempt at this test, from 1. */
static inline unsigned shmrun_attempt(void)
{
	return shmrun_ops_->context->attempt;
}

/* Which time it is that the test runs, from 1, where --repeat says how often. */
static inline unsigned shmrun_iteration(void)
{
	return shmrun_ops_->context->iteration;
}

/* UUID of the run; the same in all workers. */
static inline const char *shmrun_run_id(void)
{
	return shmrun_ops_->context->run_id;
}

/* "scope::name" or "scope::name[i]"; valid until the test ends. */
static inline const char *shmrun_test_name(void)
{
	return shmrun_ops_->test_name();
}

/* Of a lock that is counted, .lock = "port:1", the number of the unit that
 * this test holds: 0 .. units - 1, and nobody else holds it now.  -1 when it
 * holds none. */
static inline int shmrun_lock_slot(const char *lock)
{
	return shmrun_ops_->lock_slot(lock, 0);
}

/* The n-th of several, from 0: .lock = "gpu:2" has two. */
static inline int shmrun_lock_slot_nth(const char *lock, unsigned n)
{
	return shmrun_ops_->lock_slot(lock, n);
}

/* The test is not stuck: its time to --timeout begins anew.  May be called as
 * often as one likes, from any thread. */
static inline void shmrun_progress(void)
{
	/* An older runner has no such member. */
	if (shmrun_ops_->minor >= 3)
		shmrun_ops_->progress();
}

/* What the environment says of this test where it has a process of its own:
 * shmrun_variable("SHMRUN_TIMEOUT").  NULL when there is none, or when the
 * runner is too old; valid until the test ends.  Main thread only. */
static inline const char *shmrun_variable(const char *name)
{
	return shmrun_ops_->minor >= 4 ? shmrun_ops_->variable(name)
				       : (const char *)0;
}

static inline enum shmrun_role shmrun_role(void)
{
	return (enum shmrun_role)shmrun_ops_->context->role;
}

/* Ends the test as skipped; the reason is a printf format. */
#define shmrun_skip(...) shmrun_ops_->skip(__FILE__, __LINE__, __VA_ARGS__)

/* A line among the test's captured output; a printf format. */
#define shmrun_log(...) shmrun_ops_->log(__FILE__, __LINE__, __VA_ARGS__)

/* ---- checks ------------------------------------------------------------
 *
 * shmrun_check_X continues after a failure, shmrun_require_X ends the test.
 * Operands are evaluated once.  A printf format with up to 11 arguments may
 * follow.  A passing check is a comparison and nothing more.
 */

/* 0 when exactly one (two, three) arguments are given, else 1. */
#define SHMRUN_PICK_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13,  \
		     a14, a15, n, ...)                                        \
	n
#define SHMRUN_MORE1_(...)                                                    \
	SHMRUN_PICK_(__VA_ARGS__, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0)
#define SHMRUN_MORE2_(...)                                                    \
	SHMRUN_PICK_(__VA_ARGS__, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0)
#define SHMRUN_MORE3_(...)                                                    \
	SHMRUN_PICK_(__VA_ARGS__, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)

#if defined(__GNUC__)
#define SHMRUN_LIKELY_(x) __builtin_expect(!!(x), 1)
#else
#define SHMRUN_LIKELY_(x) (x)
#endif

/* The tail of every check: `passed` is known, tell when it is false. */
#define SHMRUN_JUDGE_(passed_, fatal_, type_, op_, at_, bt_, am_, a_, bm_,    \
		      b_, tol_, len_, ...)                                    \
	do {                                                                  \
		if (!SHMRUN_LIKELY_(passed_)) {                               \
			struct shmrun_check_ shmrun_c_;                       \
			shmrun_c_.file = __FILE__;                            \
			shmrun_c_.line = __LINE__;                            \
			shmrun_c_.fatal = (fatal_);                           \
			shmrun_c_.type = (type_);                             \
			shmrun_c_.op = (op_);                                 \
			shmrun_c_.a_text = (at_);                             \
			shmrun_c_.b_text = (bt_);                             \
			shmrun_c_.a.am_ = (a_);                               \
			shmrun_c_.b.bm_ = (b_);                               \
			shmrun_c_.tolerance = (tol_);                         \
			shmrun_c_.len = (len_);                               \
			shmrun_ops_->failed(&shmrun_c_, __VA_ARGS__);         \
		}                                                             \
	} while (0)

/*
 * at_ and bt_ are the operands' texts, taken by the outermost macros so that
 * a report shows errno and not what errno expands to.  The last one may have
 * a message behind it, from its first comma on: the runner leaves it out.
 */

/* One operand. */
#define SHMRUN_ONE_(fatal_, how_, at_, ...)                                   \
	SHMRUN_CAT_(SHMRUN_ONE, SHMRUN_MORE1_(__VA_ARGS__))                   \
	(fatal_, how_, at_, __VA_ARGS__)
#define SHMRUN_ONE0(fatal_, how_, at_, a_) how_(fatal_, at_, a_, NULL)
#define SHMRUN_ONE1(fatal_, how_, at_, a_, ...)                               \
	how_(fatal_, at_, a_, __VA_ARGS__)

/* Two operands. */
#define SHMRUN_TWO_(fatal_, how_, op_, at_, bt_, ...)                         \
	SHMRUN_CAT_(SHMRUN_TWO, SHMRUN_MORE2_(__VA_ARGS__))                   \
	(fatal_, how_, op_, at_, bt_, __VA_ARGS__)
#define SHMRUN_TWO0(fatal_, how_, op_, at_, bt_, a_, b_)                      \
	how_(fatal_, op_, at_, bt_, a_, b_, NULL)
#define SHMRUN_TWO1(fatal_, how_, op_, at_, bt_, a_, b_, ...)                 \
	how_(fatal_, op_, at_, bt_, a_, b_, __VA_ARGS__)

/* Two operands and a size or tolerance. */
#define SHMRUN_THREE_(fatal_, how_, at_, bt_, ...)                            \
	SHMRUN_CAT_(SHMRUN_THREE, SHMRUN_MORE3_(__VA_ARGS__))                 \
	(fatal_, how_, at_, bt_, __VA_ARGS__)
#define SHMRUN_THREE0(fatal_, how_, at_, bt_, a_, b_, c_)                     \
	how_(fatal_, at_, bt_, a_, b_, c_, NULL)
#define SHMRUN_THREE1(fatal_, how_, at_, bt_, a_, b_, c_, ...)                \
	how_(fatal_, at_, bt_, a_, b_, c_, __VA_ARGS__)

#define SHMRUN_TRUE_(fatal_, at_, a_, ...)                                    \
	do {                                                                  \
		bool a__ = (a_) ? true : false;                               \
		SHMRUN_JUDGE_(a__, fatal_, SHMRUN_BOOL_, "is true", at_,      \
			      NULL, i, a__, i, 0, 0, 0, __VA_ARGS__);         \
	} while (0)
#define SHMRUN_FALSE_(fatal_, at_, a_, ...)                                   \
	do {                                                                  \
		bool a__ = (a_) ? true : false;                               \
		SHMRUN_JUDGE_(!a__, fatal_, SHMRUN_BOOL_, "is false", at_,    \
			      NULL, i, a__, i, 0, 0, 0, __VA_ARGS__);         \
	} while (0)
#define SHMRUN_NULL_(fatal_, at_, a_, ...)                                    \
	do {                                                                  \
		const void *a__ = (a_);                                       \
		SHMRUN_JUDGE_(a__ == NULL, fatal_, SHMRUN_PTR_, "is NULL",    \
			      at_, NULL, p, a__, p, NULL, 0, 0, __VA_ARGS__); \
	} while (0)
#define SHMRUN_NOT_NULL_(fatal_, at_, a_, ...)                                \
	do {                                                                  \
		const void *a__ = (a_);                                       \
		SHMRUN_JUDGE_(a__ != NULL, fatal_, SHMRUN_PTR_,               \
			      "is not NULL", at_, NULL, p, a__, p, NULL, 0,   \
			      0, __VA_ARGS__);                                \
	} while (0)
#define SHMRUN_CMP_INT_(fatal_, op_, at_, bt_, a_, b_, ...)                   \
	do {                                                                  \
		long long a__ = (a_), b__ = (b_);                             \
		SHMRUN_JUDGE_(a__ op_ b__, fatal_, SHMRUN_INT_, #op_, at_,    \
			      bt_, i, a__, i, b__, 0, 0, __VA_ARGS__);        \
	} while (0)
#define SHMRUN_CMP_UINT_(fatal_, op_, at_, bt_, a_, b_, ...)                  \
	do {                                                                  \
		unsigned long long a__ = (a_), b__ = (b_);                    \
		SHMRUN_JUDGE_(a__ op_ b__, fatal_, SHMRUN_UINT_, #op_, at_,   \
			      bt_, u, a__, u, b__, 0, 0, __VA_ARGS__);        \
	} while (0)
#define SHMRUN_CMP_PTR_(fatal_, op_, at_, bt_, a_, b_, ...)                   \
	do {                                                                  \
		const void *a__ = (a_), *b__ = (b_);                          \
		SHMRUN_JUDGE_(a__ op_ b__, fatal_, SHMRUN_PTR_, #op_, at_,    \
			      bt_, p, a__, p, b__, 0, 0, __VA_ARGS__);        \
	} while (0)
#define SHMRUN_CMP_STR_(fatal_, op_, at_, bt_, a_, b_, ...)                   \
	do {                                                                  \
		const char *a__ = (a_), *b__ = (b_);                          \
		SHMRUN_JUDGE_(shmrun_same_str_(a__, b__) op_ true, fatal_,    \
			      SHMRUN_STR_, #op_, at_, bt_, p, a__, p, b__, 0, \
			      0, __VA_ARGS__);                                \
	} while (0)
#define SHMRUN_EQ_DOUBLE_(fatal_, at_, bt_, a_, b_, tol_, ...)                \
	do {                                                                  \
		double a__ = (a_), b__ = (b_), t__ = (tol_);                  \
		SHMRUN_JUDGE_(shmrun_near_(a__, b__, t__), fatal_,            \
			      SHMRUN_DOUBLE_, "==", at_, bt_, d, a__, d,      \
			      b__, t__, 0, __VA_ARGS__);                      \
	} while (0)
#define SHMRUN_EQ_MEM_(fatal_, at_, bt_, a_, b_, len_, ...)                   \
	do {                                                                  \
		const void *a__ = (a_), *b__ = (b_);                          \
		size_t n__ = (len_);                                          \
		SHMRUN_JUDGE_(shmrun_same_mem_(a__, b__, n__), fatal_,        \
			      SHMRUN_MEM_, "==", at_, bt_, p, a__, p, b__, 0, \
			      n__, __VA_ARGS__);                              \
	} while (0)

/* Two strings are the same, two NULLs are, NULL and a string are not. */
static inline bool shmrun_same_str_(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static inline bool shmrun_same_mem_(const void *a, const void *b, size_t len)
{
	if (a == b || len == 0)
		return true;
	return a && b && __builtin_memcmp(a, b, len) == 0;
}

/* |a - b| <= tolerance, or the same infinity; NaN is near nothing. */
static inline bool shmrun_near_(double a, double b, double tolerance)
{
	return (a >= b ? a - b <= tolerance : b - a <= tolerance) ||
	       (a >= b && a <= b);
}

#define shmrun_check_true(...) \
	SHMRUN_ONE_(0, SHMRUN_TRUE_, #__VA_ARGS__, __VA_ARGS__)
#define shmrun_check_false(...) \
	SHMRUN_ONE_(0, SHMRUN_FALSE_, #__VA_ARGS__, __VA_ARGS__)
#define shmrun_check_null(...) \
	SHMRUN_ONE_(0, SHMRUN_NULL_, #__VA_ARGS__, __VA_ARGS__)
#define shmrun_check_not_null(...) \
	SHMRUN_ONE_(0, SHMRUN_NOT_NULL_, #__VA_ARGS__, __VA_ARGS__)
#define shmrun_check_eq_int(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_INT_, ==, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_ne_int(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_INT_, !=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_lt_int(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_INT_, <, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_le_int(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_INT_, <=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_gt_int(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_INT_, >, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_ge_int(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_INT_, >=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_eq_uint(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_UINT_, ==, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_ne_uint(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_UINT_, !=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_lt_uint(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_UINT_, <, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_le_uint(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_UINT_, <=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_gt_uint(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_UINT_, >, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_ge_uint(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_UINT_, >=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_eq_ptr(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_PTR_, ==, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_ne_ptr(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_PTR_, !=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_eq_str(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_STR_, ==, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_ne_str(a_, ...) \
	SHMRUN_TWO_(0, SHMRUN_CMP_STR_, !=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_check_eq_double(a_, b_, ...) \
	SHMRUN_THREE_(0, SHMRUN_EQ_DOUBLE_, #a_, #b_, a_, b_, __VA_ARGS__)
#define shmrun_check_eq_mem(a_, b_, ...) \
	SHMRUN_THREE_(0, SHMRUN_EQ_MEM_, #a_, #b_, a_, b_, __VA_ARGS__)

#define shmrun_require_true(...) \
	SHMRUN_ONE_(1, SHMRUN_TRUE_, #__VA_ARGS__, __VA_ARGS__)
#define shmrun_require_false(...) \
	SHMRUN_ONE_(1, SHMRUN_FALSE_, #__VA_ARGS__, __VA_ARGS__)
#define shmrun_require_null(...) \
	SHMRUN_ONE_(1, SHMRUN_NULL_, #__VA_ARGS__, __VA_ARGS__)
#define shmrun_require_not_null(...) \
	SHMRUN_ONE_(1, SHMRUN_NOT_NULL_, #__VA_ARGS__, __VA_ARGS__)
#define shmrun_require_eq_int(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_INT_, ==, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_ne_int(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_INT_, !=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_lt_int(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_INT_, <, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_le_int(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_INT_, <=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_gt_int(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_INT_, >, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_ge_int(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_INT_, >=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_eq_uint(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_UINT_, ==, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_ne_uint(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_UINT_, !=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_lt_uint(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_UINT_, <, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_le_uint(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_UINT_, <=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_gt_uint(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_UINT_, >, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_ge_uint(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_UINT_, >=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_eq_ptr(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_PTR_, ==, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_ne_ptr(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_PTR_, !=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_eq_str(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_STR_, ==, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_ne_str(a_, ...) \
	SHMRUN_TWO_(1, SHMRUN_CMP_STR_, !=, #a_, #__VA_ARGS__, a_, __VA_ARGS__)
#define shmrun_require_eq_double(a_, b_, ...) \
	SHMRUN_THREE_(1, SHMRUN_EQ_DOUBLE_, #a_, #b_, a_, b_, __VA_ARGS__)
#define shmrun_require_eq_mem(a_, b_, ...) \
	SHMRUN_THREE_(1, SHMRUN_EQ_MEM_, #a_, #b_, a_, b_, __VA_ARGS__)

#endif /* SHMRUN_NO_SUITE_ */

#endif /* SHMRUN_H */
