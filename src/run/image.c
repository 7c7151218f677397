/* SPDX-License-Identifier: MIT */
#include "run/image.h"

#include <sys/stat.h>

struct image image_take(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return (struct image){ .known = false };
	return (struct image){ .known = true,
			       .dev = st.st_dev,
			       .ino = st.st_ino,
			       .size = st.st_size,
			       .mtime = st.st_mtim };
}

enum image_change image_compare(const struct image *image, const char *path)
{
	struct image now = image_take(path);

	if (!image->known)
		return IMAGE_SAME;
	if (!now.known || now.dev != image->dev || now.ino != image->ino)
		return IMAGE_REPLACED;
	if (now.size != image->size ||
	    now.mtime.tv_sec != image->mtime.tv_sec ||
	    now.mtime.tv_nsec != image->mtime.tv_nsec)
		return IMAGE_OVERWRITTEN;
	return IMAGE_SAME;
}
