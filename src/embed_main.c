/* SPDX-License-Identifier: MIT */
/* The main() of a suite that has none. */
#include "shmrun-main.h"

int main(int argc, char **argv)
{
	return shmrun_main(argc, argv);
}
