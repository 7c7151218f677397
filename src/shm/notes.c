/* SPDX-License-Identifier: MIT */
#include "shm/notes.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "base/sys.h"
#include "model/event.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

/* What one test can leave: the allowance and a few of the worker's own. */
#define NOTES_BYTES_MAX                                                       \
	((NOTES_PER_TEST + 4) * (sizeof(struct notes_head) +                  \
				 NOTES_TEXT_MAX) +                            \
	 NOTES_POINTS_BYTES)

int notes_append(int fd, uint32_t kind, uint32_t position, const char *file,
		 uint32_t line, const char *text, size_t text_len)
{
	size_t file_len = min_of(strlen(file), (size_t)NOTES_TEXT_MAX / 4);
	struct notes_head head = {
		.magic = NOTES_MAGIC,
		.kind = kind,
		.position = position,
		.line = line,
		.file_len = (uint32_t)file_len,
		.text_len = (uint32_t)min_of(text_len,
					     NOTES_TEXT_MAX - file_len),
	};
	struct iovec parts[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = (void *)(uintptr_t)file, .iov_len = file_len },
		{ .iov_base = (void *)(uintptr_t)text,
		  .iov_len = head.text_len },
	};

	return writev(fd, parts, array_size(parts)) < 0 ? -errno : 0;
}

/* One note at *at; false at the end or at damage.  Moves its texts down over
 * the head to make room for terminators. */
static bool notes_next(char **at, const char *end, struct notes_head *head,
		       struct note *note)
{
	char *texts = *at + sizeof(*head);
	char *file = *at;
	char *text;

	if ((size_t)(end - *at) < sizeof(*head))
		return false;
	memcpy(head, *at, sizeof(*head));
	if (head->magic != NOTES_MAGIC || head->kind >= N_NOTE_KINDS ||
	    head->file_len > NOTES_TEXT_MAX ||
	    head->text_len > NOTES_TEXT_MAX ||
	    (size_t)(end - texts) < (size_t)head->file_len + head->text_len)
		return false;
	*at = texts + head->file_len + head->text_len;
	memmove(file, texts, head->file_len);
	file[head->file_len] = '\0';
	text = file + head->file_len + 1;
	memmove(text, texts + head->file_len, head->text_len);
	text[head->text_len] = '\0';
	*note = (struct note){ .kind = (enum note_kind)head->kind,
			       .line = head->line,
			       .file = file,
			       .text = text };
	return true;
}

size_t notes_read(int fd, uint64_t from, uint64_t to, uint32_t position,
		  struct note *out, size_t cap, char **bytes)
{
	uint64_t len = to > from ? min_of(to - from, NOTES_BYTES_MAX) : 0;
	struct notes_head head;
	char *at, *end;
	ssize_t got;
	size_t n = 0;

	*bytes = NULL;
	if (len == 0)
		return 0;
	at = *bytes = mem_alloc(len);
	got = sys_pread_all(fd, at, len, from);
	end = at + max_of(got, 0);
	while (n < cap && notes_next(&at, end, &head, &out[n]))
		if (head.position == position)
			n++;
	return n;
}

size_t notes_part(struct note *notes, size_t *n)
{
	struct note others[NOTES_PER_TEST + 3] = { 0 };
	size_t n_others = 0, n_points = 0, i;

	for (i = 0; i < *n; i++) {
		if (note_is_point(notes[i].kind))
			notes[n_points++] = notes[i];
		else if (n_others < array_size(others))
			others[n_others++] = notes[i];
	}
	memmove(notes + n_others, notes, n_points * sizeof(*notes));
	memcpy(notes, others, n_others * sizeof(*notes));
	*n = n_others + n_points;
	return n_others;
}
