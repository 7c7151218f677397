/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the fuzz targets share: the input cut into values, and the
 * one way to say that a promise was broken.
 *
 * A target is a file that defines LLVMFuzzerTestOneInput().  In a build with
 * --enable-fuzz libFuzzer calls it; in every other build replay.c does, with
 * the files of tests/fuzz/corpus/TARGET, as part of make check.  Any bytes
 * must be survived; what holds for all of them is said with fuzz_must().
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Defined by each target; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Read from the front; past the end all values are 0 and all texts "". */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

uint8_t fuzz_byte(struct fuzz_input *in);
/* Little-endian. */
uint32_t fuzz_u32(struct fuzz_input *in);
uint64_t fuzz_u64(struct fuzz_input *in);
/* Up to n bytes; how many there are. */
size_t fuzz_bytes(struct fuzz_input *in, size_t n, const uint8_t **bytes);
/* The next line without its newline, free() it; what follows a NUL in it is
 * dropped, as texts are C strings.  NULL at the end. */
char *fuzz_line(struct fuzz_input *in);
/* All lines up to one that says "--", or the end; a NULL-terminated array to
 * be given to fuzz_free_lines(). */
char **fuzz_lines(struct fuzz_input *in, uint32_t *n);
void fuzz_free_lines(char **lines);

/* A file in memory with these bytes, opened once for all inputs: *fd is -1
 * before the first.  Its offset is 0. */
void fuzz_fill_file(int *fd, const void *bytes, size_t len);

/* A bit for each open descriptor up to 63: none may be lost or gained. */
uint64_t fuzz_descriptors(void);

#define fuzz_must(cond, ...)                                                  \
	do {                                                                  \
		if (!(cond))                                                  \
			fuzz_fail(__FILE__, __LINE__, #cond, __VA_ARGS__);    \
	} while (0)

no_return void fuzz_fail(const char *file, int line, const char *cond,
			 const char *fmt, ...) printf_like(4, 5);

#endif
