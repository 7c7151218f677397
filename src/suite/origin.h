/* SPDX-License-Identifier: MIT */
/*
 * origin.h - what a loaded suite is called and how it was built: what the
 * duration history wants to know of it (KEY-1 to KEY-3).
 *
 * Loader only: it looks into the suite's memory, as the dynamic linker mapped
 * it.
 */
#ifndef SUITE_ORIGIN_H
#define SUITE_ORIGIN_H

#include <stdint.h>

struct origin {
	char *soname;	   /* NULL = it has none */
	uint64_t build_id; /* a hash of it; 0 = it has none */
	uint32_t flavour;  /* FLAVOUR_* */
};

/* Adds what the loaded object says, by its handle of dlopen(3). */
void origin_find(struct origin *origin, void *handle);
void origin_fini(struct origin *origin);

#endif
