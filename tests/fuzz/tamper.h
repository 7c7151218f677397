/* SPDX-License-Identifier: MIT */
/*
 * tamper.h - what a test of the worker tier can do to the shared memory, and
 * what suite code in the loader can say: chosen by the input.
 */
#ifndef TESTS_FUZZ_TAMPER_H
#define TESTS_FUZZ_TAMPER_H

#include "fuzz.h"
#include "world.h"

/* Any bytes anywhere in the arena. */
void tamper_bytes(struct fuzz_input *in);
/* One of the words that mean something. */
void tamper_word(struct fuzz_input *in);
/* A record at the end of a result ring, mostly with a fitting checksum. */
void tamper_record(struct fuzz_input *in);
/* Bytes in a slot's spool or notes. */
void tamper_file(struct fuzz_input *in);
/* A message that no honest loader sends. */
void tamper_message(struct fuzz_input *in);

#endif
