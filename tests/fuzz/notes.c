/* SPDX-License-Identifier: MIT */
/*
 * Notes (shm/notes.c), which a test may write itself: damage ends the
 * reading, what was written whole before it is read, and nothing is read
 * beyond what was asked for.
 *
 * Input: position, from, to (4 bytes each); a byte: so many good notes are
 * appended in front; then the file.
 */
#include "shm/notes.h"

#include "base/sys.h"
#include "fuzz.h"
#include "model/event.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GOOD_MAX 4u

static int fd = -1;

/* What the file's own end leaves no room for must not be read. */
static void must_be_texts(const struct note *notes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		fuzz_must(notes[i].kind < N_NOTE_KINDS, "kind %d",
			  notes[i].kind);
		fuzz_must(strlen(notes[i].file) <= NOTES_TEXT_MAX &&
				  strlen(notes[i].text) <= NOTES_TEXT_MAX,
			  "note %zu", i);
	}
}

static void try_read(uint64_t from, uint64_t to, uint32_t position,
		     uint32_t n_good)
{
	struct note notes[NOTES_PER_TEST];
	size_t n, i;
	char *bytes;

	n = notes_read(fd, from, to, position, notes, NOTES_PER_TEST, &bytes);
	fuzz_must(n <= NOTES_PER_TEST && n >= n_good, "%zu notes", n);
	must_be_texts(notes, n);
	for (i = 0; i < n_good; i++)
		fuzz_must(strcmp(notes[i].file, "t.c") == 0 &&
				  notes[i].line == i &&
				  strcmp(notes[i].text, "good") == 0,
			  "note %zu", i);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	uint32_t position = fuzz_u32(&in), from = fuzz_u32(&in);
	uint32_t to = fuzz_u32(&in), n_good = fuzz_byte(&in) % GOOD_MAX, i;
	off_t end;

	fuzz_fill_file(&fd, "", 0);
	for (i = 0; i < n_good; i++)
		notes_append(fd, NOTE_FAILURE, position, "t.c", i, "good", 4);
	sys_write_all(fd, in.at, in.left);
	end = lseek(fd, 0, SEEK_END);
	try_read(0, (uint64_t)end, position, n_good);
	try_read(0, UINT64_MAX, position, n_good);
	try_read(from, to, position, 0);
	return 0;
}
