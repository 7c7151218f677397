/* SPDX-License-Identifier: MIT */
/*
 * criterion_image.h - the Criterion shim, a shared object, as bytes.
 * adapter_criterion.c alone needs it.
 */
#ifndef SUITE_CRITERION_IMAGE_H
#define SUITE_CRITERION_IMAGE_H

extern const unsigned char criterion_image[];
extern const unsigned char criterion_image_end[];

#endif
