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
#define min_of(a, b) ((a) < (b) ? (a) : (b))
#define max_of(a, b) ((a) > (b) ? (a) : (b))

#endif
