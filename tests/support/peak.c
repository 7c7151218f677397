/* SPDX-License-Identifier: MIT */
/*
 * peak FILE PROGRAM ARGUMENT...: runs the program and writes to FILE the
 * largest resident set, in KiB, of it and of the processes it waited for.
 * Exits as the program does.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int save(const char *path, long kib)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%ld\n", kib) < 0)
		return -1;
	return fclose(file);
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid ||
	    save(argv[1], usage.ru_maxrss) < 0)
		return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 128 + WTERMSIG(status);
}
