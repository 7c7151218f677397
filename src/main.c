/* SPDX-License-Identifier: MIT */
/* The program shmrun. */
#include "front.h"

int main(int argc, char **argv)
{
	return front_main(argc, argv);
}
