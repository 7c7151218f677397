/* SPDX-License-Identifier: MIT */
/*
 * REG-13: the layouts that the adapter (suite/criterion.h) and the shim
 * (shim/shim.h) have written down are those of the headers that suites are
 * built with.
 */
#include "suite/criterion.h"

#include <criterion/criterion.h>
#include <criterion/internal/ordered-set.h>
#include <criterion/new/assert.h>
#include <criterion/new/memory.h>
#include <criterion/new/stream.h>
#include <criterion/options.h>
#include <criterion/parameterized.h>
#include <criterion/theories.h>

#define same_size(ours, theirs) \
	cr_expect(eq(sz, sizeof(struct ours), sizeof(struct theirs)))
#define same_place(ours, theirs, member)                \
	cr_expect(eq(sz, offsetof(struct ours, member), \
		     offsetof(struct theirs, member)))

Test(criterion_abi, tests_and_suites)
{
	same_size(abi_test, criterion_test);
	same_place(abi_test, criterion_test, name);
	same_place(abi_test, criterion_test, category);
	same_place(abi_test, criterion_test, test);
	same_place(abi_test, criterion_test, data);
	same_size(abi_suite, criterion_suite);
	same_place(abi_suite, criterion_suite, name);
	same_place(abi_suite, criterion_suite, data);
	same_size(abi_params, criterion_test_params);
	same_place(abi_params, criterion_test_params, size);
	same_place(abi_params, criterion_test_params, params);
	same_place(abi_params, criterion_test_params, length);
	same_place(abi_params, criterion_test_params, cleanup);
	cr_expect(eq(int, CRITERION_PARAMETERISED, CR_TEST_PARAMETERIZED));
}

#define same_extra(member) \
	same_place(abi_extra, criterion_test_extra_data, member)

Test(criterion_abi, attributes)
{
	same_size(abi_extra, criterion_test_extra_data);
	same_extra(kind_);
	same_extra(param_);
	same_extra(identifier_);
	same_extra(file_);
	same_extra(line_);
	same_extra(init);
	same_extra(fini);
	same_extra(signal);
	same_extra(exit_code);
	same_extra(disabled);
	same_extra(description);
	same_extra(timeout);
	same_extra(data);
}

/* The shim asserts these numbers of its own structures. */
#define has_size(type, size) cr_expect(eq(sz, sizeof(struct type), size))
#define has_place(type, member, at) \
	cr_expect(eq(sz, offsetof(struct type, member), at))

Test(criterion_abi, what_the_shim_takes)
{
	has_size(criterion_assert_stats, 32);
	has_place(criterion_assert_stats, passed, 8);
	has_place(criterion_assert_stats, line, 12);
	has_place(criterion_assert_stats, file, 16);
	has_size(cri_assert_param, 24);
	has_place(cri_assert_param, type, 16);
	has_size(cri_assert_node, 128);
	has_place(cri_assert_node, params, 16);
	has_place(cri_assert_node, maxchild, 116);
	has_place(cri_assert_node, children, 120);
	has_size(cr_mem, 16);
	has_place(cr_mem, size, 8);
	has_size(cr_stream, 32);
	has_place(cr_stream, cri_data, 24);
	has_size(cri_stream_data, 4128);
	has_place(cri_stream_data, buffer, 32);
	has_size(criterion_datapoints, 32);
	has_place(criterion_datapoints, arr, 24);
	has_size(criterion_ordered_set, 32);
	has_size(criterion_options, 152);
	has_place(criterion_options, measure_time, 48);
	has_place(criterion_options, full_stats, 72);
	has_place(criterion_options, executable_name, 144);
}
