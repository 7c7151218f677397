/* SPDX-License-Identifier: MIT */
/* What crashing tests leave: written whole or not believed (LF-6). */
#include "shm/wreck.h"

#include "base/sys.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int fd;

static void open_wrecks(void)
{
	fd = sys_memfd("wrecks");
	cr_assert_geq(fd, 0);
	cr_assert_eq(fcntl(fd, F_SETFL, O_APPEND), 0);
}

static void close_wrecks(void)
{
	close(fd);
}

TestSuite(wreck, .init = open_wrecks, .fini = close_wrecks);

static struct wreck_head make_head(uint32_t position)
{
	return (struct wreck_head){ .magic = WRECK_MAGIC,
				    .position = position,
				    .stack_len = 5,
				    .maps_len = 3,
				    .n_regs = 17 };
}

Test(wreck, several_are_read_in_the_order_in_which_they_came)
{
	struct wreck_head a = make_head(7), b = make_head(9), got;
	uint64_t at = 0;

	cr_assert(wreck_append(fd, &a, "stack", "map"));
	cr_assert(wreck_append(fd, &b, "kcats", "pam"));
	cr_assert(wreck_next(fd, &at, &got));
	cr_assert_eq(got.position, 7);
	cr_assert_eq(at, wreck_size(&a));
	cr_assert(wreck_next(fd, &at, &got));
	cr_assert_eq(got.position, 9);
	cr_assert_not(wreck_next(fd, &at, &got), "the end");
	cr_assert_eq(at, 2 * wreck_size(&a));
}

Test(wreck, one_that_is_cut_off_is_none)
{
	struct wreck_head head = make_head(1), got;
	uint64_t at = 0;

	cr_assert(wreck_append(fd, &head, "stack", "map"));
	cr_assert_eq(ftruncate(fd, (off_t)wreck_size(&head) - 1), 0);
	cr_assert_not(wreck_next(fd, &at, &got));
	cr_assert_eq(at, 0);
}

Test(wreck, numbers_that_cannot_be_are_refused)
{
	struct wreck_head heads[4];
	struct wreck_head got;
	size_t i;

	for (i = 0; i < 4; i++)
		heads[i] = make_head(1);
	heads[0].magic++;
	heads[1].stack_len = WRECK_STACK_MAX + 1;
	heads[2].maps_len = WRECK_MAPS_MAX + 1;
	heads[3].n_regs = WRECK_REGS + 1;
	for (i = 0; i < 4; i++) {
		uint64_t at = (uint64_t)lseek(fd, 0, SEEK_END);

		cr_assert_not(wreck_is_sane(&heads[i]), "%zu", i);
		cr_assert_eq(sys_write_all(fd, &heads[i], sizeof(heads[i])), 0);
		cr_assert_eq(ftruncate(fd, 1 << 20), 0);
		cr_assert_not(wreck_next(fd, &at, &got), "%zu", i);
		cr_assert_eq(ftruncate(fd, 0), 0);
	}
}

Test(wreck, a_stack_that_cannot_be_read_is_told)
{
	struct wreck_head head = make_head(1);

	cr_assert_not(wreck_append(fd, &head, (const void *)8, "map"));
}
