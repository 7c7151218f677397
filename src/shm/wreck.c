/* SPDX-License-Identifier: MIT */
#include "shm/wreck.h"

#include "base/compiler.h"
#include "base/raw.h"
#include "base/sys.h"

#include <sys/uio.h>
#include <unistd.h>

bool wreck_append(int fd, const struct wreck_head *head, const void *stack,
		  const char *maps)
{
	struct iovec parts[] = {
		{ .iov_base = (void *)(uintptr_t)head,
		  .iov_len = sizeof(*head) },
		{ .iov_base = (void *)(uintptr_t)stack,
		  .iov_len = head->stack_len },
		{ .iov_base = (void *)(uintptr_t)maps,
		  .iov_len = head->maps_len },
	};

	/* No wrapper: a sanitizer's would look at the stack of a test. */
	return raw_syscall(SYS_writev, fd, (long)parts, array_size(parts), 0,
			   0) == (long)wreck_size(head);
}

bool wreck_is_sane(const struct wreck_head *head)
{
	return head->magic == WRECK_MAGIC &&
	       head->stack_len <= WRECK_STACK_MAX &&
	       head->maps_len <= WRECK_MAPS_MAX &&
	       head->n_regs <= WRECK_REGS;
}

bool wreck_next(int fd, uint64_t *at, struct wreck_head *head)
{
	off_t end = lseek(fd, 0, SEEK_END);

	if (end < 0 || *at > (uint64_t)end ||
	    sys_pread_all(fd, head, sizeof(*head), *at) !=
		    (ssize_t)sizeof(*head) ||
	    !wreck_is_sane(head) || wreck_size(head) > (uint64_t)end - *at)
		return false;
	*at += wreck_size(head);
	return true;
}
