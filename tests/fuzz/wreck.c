/* SPDX-License-Identifier: MIT */
/*
 * What crashing tests leave (shm/wreck.c, unwind/walk.c), which a test may
 * write itself: the runner never reads on behind damage, and a walk by frame
 * pointers ends, within the stack and the mappings that are there.
 *
 * Input: a head as it lies in the file, then the stack and the maps; as the
 * file of wrecks, and as a wreck that passed.
 */
#include "shm/wreck.h"

#include "fuzz.h"
#include "unwind/trim.h"

#include <stdlib.h>
#include <string.h>

static void try_file(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct wreck_head head;
	uint64_t at = 0, before = 0;

	fuzz_fill_file(&fd, data, size);
	while (wreck_next(fd, &at, &head)) {
		fuzz_must(at <= size && at - before == wreck_size(&head),
			  "from %zu to %zu", (size_t)before, (size_t)at);
		before = at;
	}
	fuzz_must(at == before, "it moved to %zu", (size_t)at);
}

static void try_walk(const uint8_t *data, size_t size)
{
	static struct frames frames;
	struct walk walk;
	struct str out = STR_INIT;
	size_t left = size - sizeof(walk.head);
	char *maps;

	memcpy(&walk.head, data, sizeof(walk.head));
	walk.head.stack_len = (uint32_t)min_of(left / 2,
					       (size_t)walk.head.stack_len);
	walk.stack = data + sizeof(walk.head);
	left -= walk.head.stack_len;
	walk.maps = maps = malloc(left + 1);
	memcpy(maps, walk.stack + walk.head.stack_len, left);
	maps[left] = '\0';
	frames.n = 0;
	frames.cut = false;
	walk_pointers(&walk, &frames);
	fuzz_must(frames.n <= WALK_FRAMES_MAX, "%u frames", frames.n);
	trim_frames(&frames, "/bin/shmrun");
	trim_write(&frames, &out);
	str_fini(&out);
	free(maps);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_file(data, size);
	if (size >= sizeof(struct wreck_head))
		try_walk(data, size);
	return 0;
}
