/* SPDX-License-Identifier: MIT */
/* Objects of src/shim as bytes: a user has one file to install, and the ones
 * that fit (ADP-9).  The build makes them first, and runs where the paths
 * begin. */
#include "suite/served_image.h"

#define SERVED_IMAGE_OF(name)                                                 \
	__asm__(".pushsection .rodata\n"                                      \
		".balign 16\n"                                                \
		".globl served_image_" #name "\n"                             \
		".hidden served_image_" #name "\n"                            \
		".type served_image_" #name ", %object\n"                     \
		"served_image_" #name ":\n"                                   \
		".incbin \"src/shim/serve_" #name ".so\"\n"                   \
		".globl served_image_" #name "_end\n"                         \
		".hidden served_image_" #name "_end\n"                        \
		".type served_image_" #name "_end, %object\n"                 \
		"served_image_" #name "_end:\n"                               \
		".byte 0\n"                                                   \
		".size served_image_" #name ", "                              \
		"served_image_" #name "_end - served_image_" #name "\n"       \
		".popsection\n")

SERVED_IMAGE_OF(check);
SERVED_IMAGE_OF(cmocka);
SERVED_IMAGE_OF(criterion);
SERVED_IMAGE_OF(gtest);
SERVED_IMAGE_OF(unity);
