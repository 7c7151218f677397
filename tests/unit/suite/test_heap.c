/* SPDX-License-Identifier: MIT */
/* What tests have not freed: never empty while something is there. */
#include "suite/heap.h"

#include "base/rng.h"

#include <criterion/criterion.h>
#include <stdint.h>

#define FULL 32768

static const void *object(uintptr_t i)
{
	return (const void *)((i + 1) * 16);
}

Test(heap, is_empty_when_all_that_was_added_is_dropped)
{
	heap_open();
	cr_expect(heap_is_empty());
	heap_add(object(1));
	heap_add(object(2));
	cr_expect_not(heap_is_empty());
	heap_drop(object(1));
	cr_expect_not(heap_is_empty());
	heap_drop(object(2));
	cr_expect(heap_is_empty());
}

/* A free of what a fixture had allocated must not hide a leak. */
Test(heap, is_not_emptied_by_what_was_never_added)
{
	heap_open();
	heap_add(object(1));
	heap_drop(object(2));
	heap_drop(object(3));
	heap_drop(NULL);
	heap_add(NULL);
	cr_expect_not(heap_is_empty());
	heap_add(object(1));
	heap_drop(object(1));
	cr_expect(heap_is_empty());
}

/* Addresses that lie side by side, and ones that do not, in another order. */
Test(heap, finds_each_again_whatever_the_order)
{
	static const void *objects[FULL];
	struct rng rng = { 7 };
	uintptr_t i, k;

	heap_open();
	for (i = 0; i < FULL; i++) {
		objects[i] = i % 2 ? object(i)
				   : object(i + (i << 20));
		heap_add(objects[i]);
	}
	for (i = FULL; i > 0; i--) {
		cr_assert_not(heap_is_empty(), "%zu left", (size_t)i);
		k = rng_below(&rng, (uint32_t)i);
		heap_drop(objects[k]);
		objects[k] = objects[i - 1];
	}
	cr_expect(heap_is_empty());
}

Test(heap, that_was_too_full_is_never_called_empty)
{
	uintptr_t i;

	heap_open();
	for (i = 0; i <= FULL; i++)
		heap_add(object(i));
	for (i = 0; i <= FULL; i++)
		heap_drop(object(i));
	cr_expect_not(heap_is_empty());
}
