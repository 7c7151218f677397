/* SPDX-License-Identifier: MIT */
/*
 * slot.h - the real one; calls of its functions carry tags of their own, so
 * that a mutant can be one caller's.
 */
#ifndef MODEL_SLOT_H
#define MODEL_SLOT_H

#include_next "lockfree/slot.h"

#define current_load(current)                                                 \
	({                                                                    \
		struct current_word got_;                                     \
		memory_call(MODEL_HERE);                                      \
		got_ = (current_load)(current);                               \
		memory_return();                                              \
		got_;                                                         \
	})

#define current_store(current, ...)                                           \
	(memory_call(MODEL_HERE), (current_store)(current, __VA_ARGS__),      \
	 memory_return())

#define current_try_end(current, ...)                                         \
	({                                                                    \
		bool won_;                                                    \
		memory_call(MODEL_HERE);                                      \
		won_ = (current_try_end)(current, __VA_ARGS__);               \
		memory_return();                                              \
		won_;                                                         \
	})

#endif
