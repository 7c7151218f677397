/* SPDX-License-Identifier: MIT */
/*
 * served_image.h - the objects that go in front of programs, as bytes.  The
 * adapters of programs alone need them.
 */
#ifndef SUITE_SERVED_IMAGE_H
#define SUITE_SERVED_IMAGE_H

extern const unsigned char served_image_check[];
extern const unsigned char served_image_check_end[];

extern const unsigned char served_image_cmocka[];
extern const unsigned char served_image_cmocka_end[];

extern const unsigned char served_image_criterion[];
extern const unsigned char served_image_criterion_end[];

extern const unsigned char served_image_gtest[];
extern const unsigned char served_image_gtest_end[];
extern const unsigned char served_image_unity[];
extern const unsigned char served_image_unity_end[];

#endif
