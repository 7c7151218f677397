/* SPDX-License-Identifier: MIT */
#include "suite/heritage.h"

#include <sys/resource.h>
#include <unistd.h>

/* The kernel keeps so many without a table to copy at each fork. */
#define CEILING 64

int heritage_lowest_fd(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > CEILING)
		return CEILING - HERITAGE_OWN_FDS;
	return (int)limit.rlim_cur - HERITAGE_OWN_FDS;
}

hot_path pid_t heritage_fork(bool plain)
{
#if HAVE__FORK
	return plain ? _Fork() : fork();
#else
	(void)plain;
	return fork();
#endif
}

void heritage_write_number(char *value, uint32_t number)
{
	char digits[12];
	int n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
	} while (number /= 10);
	while (n > 0)
		*value++ = digits[--n];
	*value = '\0';
}
