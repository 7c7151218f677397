/* SPDX-License-Identifier: MIT */
/*
 * vec.h - room for one more in a growing array.
 *
 * The array is three plain members of its owner (items, n, cap); this only
 * doubles the capacity when it is used up.  The owner frees `items`.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/mem.h"

#define vec_room(items, n, cap)                                               \
	do {                                                                  \
		if ((n) == (cap)) {                                           \
			(cap) = (cap) ? (cap) * 2 : 16;                       \
			(items) = mem_resize((items), (cap),                  \
					     sizeof(*(items)));               \
		}                                                             \
	} while (0)

#endif
