/* SPDX-License-Identifier: MIT */
#include "unwind/trim.h"

#include <inttypes.h>
#include <string.h>

static bool trim_is_start(const struct frame *f)
{
	return strncmp(f->function, "__libc_start", 12) == 0 ||
	       strcmp(f->function, "_start") == 0;
}

void trim_frames(struct frames *frames, const char *own)
{
	const struct frame *f;

	for (; frames->n > 0; frames->n--) {
		f = &frames->items[frames->n - 1];
		if (*f->object && strcmp(f->object, own) != 0 &&
		    !trim_is_start(f))
			return;
		/* What was left out was not the test's. */
		frames->cut = false;
	}
}

static const char *trim_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void trim_add(struct str *out, const struct frame *f)
{
	if (*f->function)
		str_add(out, f->function);
	if (*f->function && *f->file)
		str_addf(out, " at %s:%" PRIu32, f->file, f->line);
	if (*f->function)
		str_add(out, " (");
	if (*f->object)
		str_addf(out, "%s+0x%" PRIx64, trim_base(f->object),
			 f->offset);
	else
		str_addf(out, "0x%" PRIx64, f->pc);
	if (*f->function)
		str_add(out, ")");
}

void trim_write(const struct frames *frames, struct str *out)
{
	uint32_t i;

	for (i = 0; i < frames->n; i++) {
		if (i)
			str_add(out, "\n");
		trim_add(out, &frames->items[i]);
	}
	if (frames->cut)
		str_add(out, "\n...");
}
