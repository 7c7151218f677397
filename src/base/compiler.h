/* SPDX-License-Identifier: MIT */
/*
 * compiler.h - attributes and tiny macros that every file may use.
 *
 * Not a place for helpers: a helper gets a noun and a file of its own.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#define printf_like(fmt, args) __attribute__((format(printf, fmt, args)))
#define cold_path __attribute__((cold, noinline))
/* Laid out together: a test child faults in as few pages as possible. */
#define hot_path __attribute__((hot))
/* What a worker writes from its first step on: together, so that a fresh fork
 * copies one page for all of it. */
#define worker_data __attribute__((section("worker_data")))
#define no_return __attribute__((noreturn))
#define must_check __attribute__((warn_unused_result))

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define array_size(a) (sizeof(a) / sizeof((a)[0]))
/* Each argument is evaluated once: it may be a call that says another thing
 * the next time.  Both become what `1 ? a : b` is. */
#if defined(__cppcheck__) /* which cannot read a statement expression */
#define min_of(a, b) ((a) < (b) ? (a) : (b))
#define max_of(a, b) ((a) > (b) ? (a) : (b))
#else
#define min_of(a, b) min_in_(a, b, unique_(a_), unique_(b_))
#define max_of(a, b) max_in_(a, b, unique_(a_), unique_(b_))
#endif
/* NOLINTBEGIN(bugprone-macro-parentheses): names of variables have none */
#define min_in_(a, b, x, y)                                                   \
	__extension__({                                                       \
		__typeof__(1 ? (a) : (b)) x = (a), y = (b);                   \
		x < y ? x : y;                                                \
	})
#define max_in_(a, b, x, y)                                                   \
	__extension__({                                                       \
		__typeof__(1 ? (a) : (b)) x = (a), y = (b);                   \
		x > y ? x : y;                                                \
	})
/* NOLINTEND(bugprone-macro-parentheses) */
#define unique_(name) unique_join_(name, __COUNTER__)
#define unique_join_(name, n) unique_paste_(name, n)
#define unique_paste_(name, n) name##n

#endif
