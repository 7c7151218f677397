/* SPDX-License-Identifier: MIT */
/* program.c: a body by its name; as a test program, or with TAP for prove. */
#include "bodies.h"

int main(int argc, char **argv)
{
	int tap = argc > 2 && strcmp(argv[1], "--tap") == 0, bad;

	if (argc < 2)
		return 2;
	if (tap) {
		printf("1..1\n");
		fflush(stdout);
	}
	bad = hostile_body(argv[argc - 1]);
	if (tap)
		printf("%sok 1\n", bad ? "not " : "");
	return bad;
}
