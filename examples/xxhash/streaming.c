/* SPDX-License-Identifier: MIT */
/*
 * streaming.c - in pieces or at once, the hash is the same; and what may be
 * done with a state on the way.
 */
#include "algo.h"
#include "input.h"

/* Below, at and above each buffer and block size of the four hashes. */
static const size_t lengths[] = {
	1,   15,  16,  17,  31,	 32,  33,  63,	64,   65,   128,  240,	241,
	255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1088, 2048, 2049,
};

#define N_LENGTHS (sizeof(lengths) / sizeof(lengths[0]))

static uint64_t count_splits(void)
{
	uint64_t n = 0;

	for (size_t i = 0; i < N_LENGTHS; i++)
		n += lengths[i] + 1;
	return n;
}

/* The length that split `*at` of all inputs in a row falls into. */
static size_t find_length(uint64_t *at)
{
	size_t i = 0;

	while (*at > lengths[i])
		*at -= lengths[i++] + 1;
	return lengths[i];
}

static void *start(const struct algo *a, uint64_t seed)
{
	void *state = a->create();

	shmrun_require_not_null(state);
	a->reset(state, seed);
	return state;
}

/* Every split of every length into two. */
static void check_split(const struct algo *a)
{
	uint64_t at = shmrun_index();
	size_t len = find_length(&at);
	uint64_t seed = algo_seed(at);
	void *state = start(a, seed);

	a->update(state, input_from(0), at);
	a->update(state, input_from(at), len - at);
	algo_check(a, a->digest(state), a->hash(input_from(0), len, seed), len,
		   seed);
	a->free(state);
}

SHMRUN_RANGE_FN(xxh32, split, count_splits) { check_split(&algo_xxh32); }
SHMRUN_RANGE_FN(xxh64, split, count_splits) { check_split(&algo_xxh64); }
SHMRUN_RANGE_FN(xxh3_64, split, count_splits) { check_split(&algo_xxh3_64); }
SHMRUN_RANGE_FN(xxh3_128, split, count_splits) { check_split(&algo_xxh3_128); }

/* Pieces of one size, 1 .. 1100 bytes, the last one shorter. */
static void check_pieces(const struct algo *a)
{
	size_t piece = shmrun_index() + 1;
	size_t len = 4001;
	void *state = start(a, 0);

	for (size_t at = 0; at < len; at += piece)
		a->update(state, input_from(at),
			  len - at < piece ? len - at : piece);
	algo_check(a, a->digest(state), a->hash(input_from(0), len, 0), len, 0);
	a->free(state);
}

ALGO_RANGE(pieces, 1100, check_pieces)

/* Pieces of any size, none among them; the index is the randomness. */
static void check_chaos(const struct algo *a)
{
	uint64_t x = shmrun_index() + 1;
	uint64_t seed = algo_seed(x);
	void *state = start(a, seed);
	size_t len = 0;

	for (int i = 0; i < 12; i++) {
		size_t piece;

		x = x * 6364136223846793005u + 1442695040888963407u;
		piece = (x >> 33) % (i % 3 ? 80 : 1300);
		a->update(state, input_from(len), piece);
		len += piece;
	}
	algo_check(a, a->digest(state), a->hash(input_from(0), len, seed), len,
		   seed);
	a->free(state);
}

ALGO_RANGE(chaos, 3000, check_chaos)

/* A digest in the middle is right, and leaves the state as it was. */
static void check_digest(const struct algo *a)
{
	size_t at = shmrun_index();
	size_t len = at + 700;
	void *state = start(a, 1);

	a->update(state, input_from(0), at);
	algo_check(a, a->digest(state), a->hash(input_from(0), at, 1), at, 1);
	algo_check(a, a->digest(state), a->hash(input_from(0), at, 1), at, 1);
	a->update(state, input_from(at), len - at);
	algo_check(a, a->digest(state), a->hash(input_from(0), len, 1), len, 1);
	a->free(state);
}

ALGO_RANGE(digest_in_between, 1100, check_digest)

/* A copy goes its own way, and so does what it was copied from. */
static void check_copy(const struct algo *a)
{
	size_t at = shmrun_index();
	void *state = start(a, 1);
	void *copy = a->create();

	shmrun_require_not_null(copy);
	a->update(state, input_from(0), at);
	a->copy(copy, state);
	a->update(state, input_from(at), 300);
	a->update(copy, input_from(at), 500);
	algo_check(a, a->digest(state), a->hash(input_from(0), at + 300, 1),
		   at + 300, 1);
	a->free(state);
	algo_check(a, a->digest(copy), a->hash(input_from(0), at + 500, 1),
		   at + 500, 1);
	a->free(copy);
}

ALGO_RANGE(copy, 1100, check_copy)

/* After a reset nothing is left of the seed and the bytes before. */
static void check_reset(const struct algo *a)
{
	size_t before = shmrun_index();
	uint64_t seed = algo_seed(before);
	void *state = start(a, 77);

	a->update(state, input_from(3), before);
	if (before % 2)
		a->digest(state);
	a->reset(state, seed);
	a->update(state, input_from(0), 500);
	algo_check(a, a->digest(state), a->hash(input_from(0), 500, seed), 500,
		   seed);
	a->free(state);
}

ALGO_RANGE(reset, 1100, check_reset)

/* Updates with nothing, also with no pointer, change nothing. */
static void check_nothing(const struct algo *a)
{
	size_t len = shmrun_index();
	void *state = start(a, 0);

	a->update(state, NULL, 0);
	a->update(state, input_from(0), len);
	a->update(state, NULL, 0);
	a->update(state, input_from(len), 0);
	algo_check(a, a->digest(state), a->hash(input_from(0), len, 0), len, 0);
	a->free(state);
}

ALGO_RANGE(nothing, 300, check_nothing)

/* Megabytes, in pieces that do not divide them. */
static void check_long(const struct algo *a)
{
	size_t piece = 65521 + shmrun_index();
	size_t len = 4u << 20;
	void *state = start(a, 5);

	for (size_t at = 0; at < len; at += piece)
		a->update(state, input_from(at),
			  len - at < piece ? len - at : piece);
	algo_check(a, a->digest(state), a->model(input_from(0), len, 5), len,
		   5);
	a->free(state);
}

ALGO_RANGE(long_input, 8, check_long)
