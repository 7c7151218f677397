/* SPDX-License-Identifier: MIT */
/*
 * image.h - is the file of a suite still the one that was loaded (ENV-9)?
 *
 * A rebuild puts another file in its place, which hurts nobody: all workers
 * come from the old one.  Who writes into the file itself changes what they
 * run.  Runner only.
 */
#ifndef RUN_IMAGE_H
#define RUN_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct image {
	bool known; /* there was a file */
	bool folder;
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime;
};

enum image_change { IMAGE_SAME, IMAGE_REPLACED, IMAGE_OVERWRITTEN };

/* Of the file as it is now. */
struct image image_take(const char *path);

/* The same file with the same in it, or none both times. */
bool image_is_same(const struct image *a, const struct image *b);

/* What became of it since.  One that is gone was replaced.  A folder, as one of
 * CMake, is what it was whatever is made in it: tests and ctest itself do. */
enum image_change image_compare(const struct image *image, const char *path);

#endif
