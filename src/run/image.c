/* SPDX-License-Identifier: MIT */
#include "run/image.h"

#include <sys/stat.h>

struct image image_take(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return (struct image){ .known = false };
	return (struct image){ .known = true,
			       .folder = S_ISDIR(st.st_mode),
			       .dev = st.st_dev,
			       .ino = st.st_ino,
			       .size = st.st_size,
			       .mtime = st.st_mtim };
}

bool image_is_same(const struct image *a, const struct image *b)
{
	if (!a->known || !b->known)
		return a->known == b->known;
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime.tv_sec == b->mtime.tv_sec &&
	       a->mtime.tv_nsec == b->mtime.tv_nsec;
}

enum image_change image_compare(const struct image *image, const char *path)
{
	struct image now = image_take(path);

	if (!image->known)
		return IMAGE_SAME;
	if (!now.known || now.dev != image->dev || now.ino != image->ino)
		return IMAGE_REPLACED;
	if (now.folder)
		return IMAGE_SAME;
	return image_is_same(image, &now) ? IMAGE_SAME : IMAGE_OVERWRITTEN;
}
