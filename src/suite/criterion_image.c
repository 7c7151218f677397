/* SPDX-License-Identifier: MIT */
/* The shim (src/shim) as bytes: a user has one file to install, and the one
 * that fits (ADP-9). */
#include "suite/criterion_image.h"

/* The build makes it first, and runs where the path begins. */
__asm__(".pushsection .rodata\n"
	".balign 16\n"
	".globl criterion_image\n"
	".hidden criterion_image\n"
	".type criterion_image, %object\n"
	"criterion_image:\n"
	".incbin \"src/shim/criterion.so\"\n"
	".globl criterion_image_end\n"
	".hidden criterion_image_end\n"
	".type criterion_image_end, %object\n"
	"criterion_image_end:\n"
	".byte 0\n"
	".size criterion_image, criterion_image_end - criterion_image\n"
	".popsection\n");
