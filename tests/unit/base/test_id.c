/* SPDX-License-Identifier: MIT */
/* Ids are stored in histories and recordings: they must never change. */
#include "base/id.h"

#include <criterion/criterion.h>
#include <string.h>

/* XXH3_64bits of nothing, as xxHash documents it. */
Test(id, the_hash_is_xxh3_64)
{
	cr_assert_eq(id_bytes("", 0), UINT64_C(0x2d06800538d394c2));
}

Test(id, every_byte_and_the_length_count)
{
	char bytes[300] = { 0 };
	uint64_t all = id_bytes(bytes, sizeof(bytes));
	size_t i;

	for (i = 0; i < sizeof(bytes); i++) {
		bytes[i] ^= 1;
		cr_assert_neq(id_bytes(bytes, sizeof(bytes)), all);
		bytes[i] ^= 1;
		cr_assert_neq(id_bytes(bytes, i), all);
	}
	cr_assert_eq(id_bytes(bytes, sizeof(bytes)), all);
}

/* ADP-6 */
Test(id, a_test_is_its_suite_and_its_name)
{
	uint64_t id = id_test(1, "math.adds", 9);

	cr_assert_eq(id_test(1, "math.adds", 9), id);
	cr_assert_neq(id_test(2, "math.adds", 9), id);
	cr_assert_neq(id_test(1, "math.add", 8), id);
	cr_assert_neq(id_test(1, "math.adds\0", 10), id);
}
