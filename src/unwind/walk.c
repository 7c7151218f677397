/* SPDX-License-Identifier: MIT */
#include "unwind/walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool walk_read(const struct walk *walk, uint64_t address, uint64_t *word)
{
	uint64_t at = address - walk->head.stack;

	if (address < walk->head.stack ||
	    walk->head.stack_len < sizeof(*word) ||
	    at > walk->head.stack_len - sizeof(*word))
		return false;
	memcpy(word, walk->stack + at, sizeof(*word));
	return true;
}

/* "lo-hi perms offset dev inode path" */
static bool walk_parse(const char *line, struct mapping *m)
{
	char perms[5] = "";
	int path = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n",
		   &m->lo, &m->hi, perms, &m->offset, &path) < 4 || path == 0)
		return false;
	m->executable = perms[2] == 'x';
	snprintf(m->path, sizeof(m->path), "%.*s",
		 (int)strcspn(line + path, "\n"), line + path);
	return true;
}

bool walk_find(const struct walk *walk, uint64_t address, struct mapping *m)
{
	const char *line = walk->maps;

	while (*line) {
		if (walk_parse(line, m) && address >= m->lo && address < m->hi)
			return true;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return false;
}

/* ---- by frame pointers ----------------------------------------------- */

#if defined(__aarch64__)
#define FRAME_POINTER 29
#else
#define FRAME_POINTER 6
#endif

/* False when nothing that could run is there. */
static bool walk_add(const struct walk *walk, struct frames *frames,
		     uint64_t pc)
{
	struct mapping m;
	struct frame *f;

	if (!walk_find(walk, pc, &m) || !m.executable)
		return false;
	if (frames->n == WALK_FRAMES_MAX) {
		frames->cut = true;
		return false;
	}
	f = &frames->items[frames->n++];
	*f = (struct frame){ .pc = pc, .offset = pc - m.lo + m.offset };
	snprintf(f->object, sizeof(f->object), "%s", m.path);
	return true;
}

void walk_pointers(const struct walk *walk, struct frames *frames)
{
	uint64_t fp = walk->head.regs[FRAME_POINTER], back, next;

	/* A call of no function: who made it is the last that was pushed. */
	if (!walk_add(walk, frames, walk->head.pc) &&
	    walk_read(walk, walk->head.stack, &back))
		walk_add(walk, frames, back - 1);
	while (walk_read(walk, fp, &next) &&
	       walk_read(walk, fp + sizeof(next), &back) &&
	       walk_add(walk, frames, back - 1) && next > fp)
		fp = next;
}
