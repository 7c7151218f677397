/* SPDX-License-Identifier: MIT */
/*
 * images.h - the files that the tests of a run are made of, as they were before
 * anything was opened (ENV-9).  Runner only.
 */
#ifndef RUN_IMAGES_H
#define RUN_IMAGES_H

#include "run/image.h"

struct run;

struct images {
	struct image *suites; /* per path */
	struct images_program {
		char *path;
		struct image image;
	} *programs; /* that tests are processes of, by lists */
	uint32_t n_programs, cap_programs;
};

void images_take(struct images *images, const char *const *paths, uint32_t n);
/* Of suite ix, which may be that program. */
void images_add_program(struct images *images, uint32_t ix, const char *path);
void images_forget_programs(struct images *images);
void images_fini(struct images *images);

/* When all is over: tells what was rebuilt meanwhile; a run of what was written
 * into cannot be trusted. */
void images_check(struct run *run);

#endif
