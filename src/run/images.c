/* SPDX-License-Identifier: MIT */
#include "run/images.h"

#include "base/mem.h"
#include "base/vec.h"
#include "run/loader.h"
#include "run/run_impl.h"
#include "run/tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void images_take(struct images *images, const char *const *paths, uint32_t n)
{
	uint32_t i;

	free(images->suites);
	images->suites = mem_array(n, sizeof(*images->suites));
	for (i = 0; i < n; i++)
		images->suites[i] = image_take(paths[i]);
}

void images_add_program(struct images *images, uint32_t ix, const char *path)
{
	struct image image = image_take(path);

	if (image_is_same(&image, &images->suites[ix]))
		return;
	vec_room(images->programs, images->n_programs, images->cap_programs);
	images->programs[images->n_programs++] = (struct images_program){
		.path = mem_strdup(path), .image = image };
}

void images_forget_programs(struct images *images)
{
	while (images->n_programs)
		free(images->programs[--images->n_programs].path);
}

void images_fini(struct images *images)
{
	images_forget_programs(images);
	free(images->programs);
	free(images->suites);
}

/* ---- at the end ------------------------------------------------------ */

static void images_check_suites(struct run *run)
{
	const struct loader_args *suites = run->args->loader_args;
	const struct image *images = run->args->loader->images.suites;
	uint32_t i;

	for (i = 0; i < suites->n_paths; i++) {
		const char *path = suites->paths[i];

		switch (image_compare(&images[i], path)) {
		case IMAGE_SAME:
			break;
		case IMAGE_REPLACED:
			tell_warning(run, "%.300s was replaced during the run, "
				     "which is of the old one", path);
			break;
		case IMAGE_OVERWRITTEN:
			tell_warning(run, "%.300s was overwritten during the "
				     "run: what was tested cannot be said", path);
			run->tally.untrusted = true;
			break;
		}
	}
}

/* How many have changed so, and the first of them. */
static uint32_t images_count_programs(const struct images *images,
				      enum image_change change,
				      const char **first)
{
	uint32_t n = 0, i;

	for (i = 0; i < images->n_programs; i++) {
		const struct images_program *p = &images->programs[i];

		if (image_compare(&p->image, p->path) == change && n++ == 0)
			*first = p->path;
	}
	return n;
}

/* Nobody knows of which of the two a test was. */
static void images_check_programs(struct run *run, enum image_change change)
{
	bool replaced = change == IMAGE_REPLACED;
	const char *first = "";
	char more[48] = "";
	uint32_t n = images_count_programs(&run->args->loader->images, change,
					   &first);

	if (n == 0)
		return;
	if (n > 1)
		snprintf(more, sizeof(more), " and %" PRIu32 " more", n - 1);
	tell_warning(run, "%.300s%s: %s during the run: what was tested %s",
		     first, more, replaced ? "replaced" : "overwritten",
		     replaced ? "may be another one" : "cannot be said");
	run->tally.untrusted |= !replaced;
}

void images_check(struct run *run)
{
	images_check_suites(run);
	images_check_programs(run, IMAGE_REPLACED);
	images_check_programs(run, IMAGE_OVERWRITTEN);
}
