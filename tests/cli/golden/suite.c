/* SPDX-License-Identifier: MIT */
/* The run that golden/run.shmres recorded; golden/README says how. */
#include <shmrun.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

SHMRUN_TEST(good, passes) {}
SHMRUN_RANGE(good, range, 3) {}
SHMRUN_TEST(good, skips) { shmrun_skip("no <wheels> & \"doors\""); }
SHMRUN_TEST(bad, fails)
{
	printf("out\033[1mput\033[0m \033 \001 ]]> <&> \xff\n");
	fflush(stdout);
	shmrun_check_eq_int(2 + 2, 5, "100%% wrong, twice: #1");
	shmrun_check_eq_str("a|b", "c*d");
}
SHMRUN_TEST(bad, crashes) { raise(SIGSEGV); }
SHMRUN_TEST(bad, exits) { _exit(7); }
SHMRUN_TEST(bad, hangs, .timeout = 0.2)
{
	for (;;)
		pause();
}
SHMRUN_TEST(bad, leaks)
{
	if (fork() == 0)
		for (;;)
			pause();
}
