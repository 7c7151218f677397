/* SPDX-License-Identifier: MIT */
/*
 * vectors.c - published values: those of the xxHash project's own sanity
 * check, and hashes of well-known strings.  They hold for the library and for
 * the model, so the two cannot agree on a wrong answer.
 */
#include "algo.h"
#include "input.h"

#include <string.h>

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

struct vector {
	size_t len;
	uint64_t seed;
	struct reference_128 hash;
};

static void check(const struct algo *a, const struct vector *v)
{
	const uint8_t *input = input_from(0);

	algo_check(a, a->hash(input, v->len, v->seed), v->hash, v->len,
		   v->seed);
	algo_check(a, a->model(input, v->len, v->seed), v->hash, v->len,
		   v->seed);
}

static const struct vector of_xxh32[] = {
	{ 0, 0, { 0x02CC5D05, 0 } },
	{ 0, INPUT_PRIME32, { 0x36B78AE7, 0 } },
	{ 1, 0, { 0xCF65B03E, 0 } },
	{ 1, INPUT_PRIME32, { 0xB4545AA4, 0 } },
	{ 14, 0, { 0x1208E7E2, 0 } },
	{ 14, INPUT_PRIME32, { 0x6AF1D1FE, 0 } },
	{ 222, 0, { 0x5BD11DBD, 0 } },
	{ 222, INPUT_PRIME32, { 0x58803C5F, 0 } },
};

SHMRUN_PARAMS(xxh32, published, struct vector, of_xxh32)
{
	check(&algo_xxh32, param);
}

static const struct vector of_xxh64[] = {
	{ 0, 0, { 0xEF46DB3751D8E999, 0 } },
	{ 0, INPUT_PRIME32, { 0xAC75FDA2929B17EF, 0 } },
	{ 1, 0, { 0xE934A84ADB052768, 0 } },
	{ 1, INPUT_PRIME32, { 0x5014607643A9B4C3, 0 } },
	{ 4, 0, { 0x9136A0DCA57457EE, 0 } },
	{ 14, 0, { 0x8282DCC4994E35C8, 0 } },
	{ 14, INPUT_PRIME32, { 0xC3BD6BF63DEB6DF0, 0 } },
	{ 222, 0, { 0xB641AE8CB691C174, 0 } },
	{ 222, INPUT_PRIME32, { 0x20CB8AB7AE10C14A, 0 } },
};

SHMRUN_PARAMS(xxh64, published, struct vector, of_xxh64)
{
	check(&algo_xxh64, param);
}

static const struct vector of_xxh3_64[] = {
	{ 0, 0, { 0x2D06800538D394C2, 0 } },
	{ 0, INPUT_PRIME64, { 0xA8A6B918B2F0364A, 0 } },
	{ 1, 0, { 0xC44BDFF4074EECDB, 0 } },
	{ 1, INPUT_PRIME64, { 0x032BE332DD766EF8, 0 } },
	{ 6, 0, { 0x27B56A84CD2D7325, 0 } },
	{ 6, INPUT_PRIME64, { 0x84589C116AB59AB9, 0 } },
	{ 12, 0, { 0xA713DAF0DFBB77E7, 0 } },
	{ 12, INPUT_PRIME64, { 0xE7303E1B2336DE0E, 0 } },
	{ 24, 0, { 0xA3FE70BF9D3510EB, 0 } },
	{ 24, INPUT_PRIME64, { 0x850E80FC35BDD690, 0 } },
	{ 80, 0, { 0xBCDEFBBB2C47C90A, 0 } },
	{ 80, INPUT_PRIME64, { 0xC6DD0CB699532E73, 0 } },
	{ 195, 0, { 0xCD94217EE362EC3A, 0 } },
	{ 195, INPUT_PRIME64, { 0xBA68003D370CB3D9, 0 } },
	{ 403, 0, { 0xCDEB804D65C6DEA4, 0 } },
	{ 403, INPUT_PRIME64, { 0x6259F6ECFD6443FD, 0 } },
	{ 2048, 0, { 0xDD59E2C3A5F038E0, 0 } },
	{ 2048, INPUT_PRIME64, { 0x66F81670669ABABC, 0 } },
	{ 2099, 0, { 0xC6B9D9B3FC9AC765, 0 } },
	{ 2099, INPUT_PRIME64, { 0x184F316843663974, 0 } },
};

SHMRUN_PARAMS(xxh3_64, published, struct vector, of_xxh3_64)
{
	check(&algo_xxh3_64, param);
}

static const struct vector of_xxh3_128[] = {
	{ 0, 0, { 0x6001C324468D497F, 0x99AA06D3014798D8 } },
	{ 0, INPUT_PRIME32, { 0x5444F7869C671AB0, 0x92220AE55E14AB50 } },
	{ 1, 0, { 0xC44BDFF4074EECDB, 0xA6CD5E9392000F6A } },
	{ 1, INPUT_PRIME32, { 0xB53D5557E7F76F8D, 0x89B99554BA22467C } },
	{ 6, 0, { 0x3E7039BDDA43CFC6, 0x082AFE0B8162D12A } },
	{ 12, 0, { 0x061A192713F69AD9, 0x6E3EFD8FC7802B18 } },
	{ 24, 0, { 0x1E7044D28B1B901D, 0x0CE966E4678D3761 } },
	{ 81, 0, { 0x5E8BAFB9F95FB803, 0x4952F58181AB0042 } },
	{ 222, 0, { 0xF1AEBD597CEC6B3A, 0x337E09641B948717 } },
	{ 222, INPUT_PRIME32, { 0xAE995BB8AF917A8D, 0x91820016621E97F1 } },
	{ 403, 0, { 0xCDEB804D65C6DEA4, 0x1B6DE21E332DD73D } },
	{ 403, INPUT_PRIME64, { 0x6259F6ECFD6443FD, 0xBED311971E0BE8F2 } },
	{ 2048, 0, { 0xDD59E2C3A5F038E0, 0xF736557FD47073A5 } },
	{ 2367, 0, { 0xCB37AEB9E5D361ED, 0xE89C0F6FF369B427 } },
};

SHMRUN_PARAMS(xxh3_128, published, struct vector, of_xxh3_128)
{
	check(&algo_xxh3_128, param);
}

/* With bytes 7 .. 153 of the input as secret. */
static const struct vector of_secret[] = {
	{ 0, 0, { 0x3559D64878C5C66C, 0 } },
	{ 1, 0, { 0x8A52451418B2DA4D, 0 } },
	{ 6, 0, { 0x82C90AB0519369AD, 0 } },
	{ 12, 0, { 0x14631E773B78EC57, 0 } },
	{ 24, 0, { 0xCDD5542E4A9D9FE8, 0 } },
	{ 80, 0, { 0xE687BA1684965297, 0 } },
	{ 195, 0, { 0xA057273F5EECFB20, 0 } },
	{ 403, 0, { 0x14546019124D43B8, 0 } },
	{ 2048, 0, { 0xD32E975821D6519F, 0 } },
	{ 2367, 0, { 0x293FA8E5173BB5E7, 0 } },
	{ 1920, 0, { 0x751D2EC54BC6038B, 0 } },
};

SHMRUN_PARAMS(xxh3_64, published_secret, struct vector, of_secret)
{
	shmrun_check_eq_uint(XXH3_64bits_withSecret(input_from(0), param->len,
						    input_from(7), 147),
			     param->hash.low);
	shmrun_check_eq_uint(reference_xxh3_64_secret(input_from(0), param->len,
						      input_from(7), 147),
			     param->hash.low);
}

struct text {
	const char *text;
	uint32_t xxh32;
	uint64_t xxh64;
};

static const struct text texts[] = {
	{ "", 0x02CC5D05, 0xEF46DB3751D8E999 },
	{ "a", 0x550D7456, 0xD24EC4F1A98C6E5B },
	{ "abc", 0x32D153FF, 0x44BC2CF5AD770999 },
	{ "Nobody inspects the spammish repetition", 0xE2293B2F,
	  0xFBCEA83C8A378BF1 },
};

SHMRUN_PARAMS(text, published, struct text, texts)
{
	size_t len = strlen(param->text);

	shmrun_check_eq_uint(XXH32(param->text, len, 0), param->xxh32);
	shmrun_check_eq_uint(XXH64(param->text, len, 0), param->xxh64);
}

/* XXH128() is XXH3_128bits_withSeed() under another name. */
SHMRUN_RANGE(xxh3_128, short_name, 300)
{
	size_t len = shmrun_index();
	uint64_t seed = algo_seed(len);
	XXH128_hash_t hash = XXH128(input_from(0), len, seed);

	shmrun_check_true(XXH128_isEqual(
		hash, XXH3_128bits_withSeed(input_from(0), len, seed)));
}

/* What was compiled against is not newer than what is tested. */
SHMRUN_TEST(library, version)
{
	shmrun_check_ge_uint(XXH_versionNumber(), XXH_VERSION_NUMBER);
}
