/* SPDX-License-Identifier: MIT */
/*
 * place.h - a directory that stands for "/" while a test looks at /proc and
 * /sys; removed with place_fini().  Each test runs in a process of its own.
 */
#ifndef UNIT_CLI_PLACE_H
#define UNIT_CLI_PLACE_H

struct place {
	char root[64];
};

void place_init(struct place *place);
void place_fini(struct place *place);

/* Writes a file, and the folders it needs. */
void place_write(const struct place *place, const char *path,
		 const char *text);

#endif
