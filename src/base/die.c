/* SPDX-License-Identifier: MIT */
#include "base/die.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *program_name = "shmrun";

void die(int status, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	dprintf(STDERR_FILENO, "%s: %s\n", program_name, text);
	exit(status);
}

void bug(const char *file, int line, const char *what)
{
	dprintf(STDERR_FILENO, "%s: bug at %s:%d: %s (pid %d)\n", program_name,
		file, line, what, (int)getpid());
	abort();
}
