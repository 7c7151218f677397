/* SPDX-License-Identifier: MIT */
#include "record/frame.h"

#include "base/id.h"
#include "base/mem.h"
#include "base/sys.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_HEAD 32u
#define FRAME_MARK UINT32_C(0x464d53f7)
/* Looked through at once for the next mark. */
#define FRAME_WINDOW (64u << 10)

static const uint8_t frame_magic[8] = { 0x89, 'S', 'H', 'M',
					'R', 'E', 'S', '\n' };

static void put32(uint8_t *at, uint32_t v)
{
	v = htole32(v);
	memcpy(at, &v, sizeof(v));
}

static void put64(uint8_t *at, uint64_t v)
{
	v = htole64(v);
	memcpy(at, &v, sizeof(v));
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return le32toh(v);
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return le64toh(v);
}

/* ---- writing --------------------------------------------------------- */

static void frame_begin(struct frame_writer *w)
{
	w->pack.len = 0;
	pack_room(&w->pack, FRAME_HEAD);
	w->pack.len = FRAME_HEAD;
}

/* All of it or none: a part of a frame is taken back. */
static int frame_append(struct frame_writer *w, const void *bytes, size_t len)
{
	int ret = sys_write_all(w->fd, bytes, len);

	if (ret == 0) {
		w->offset += len;
		return 0;
	}
	w->code = ret;
	/* Where it cannot be taken back it is a torn tail. */
	if (ftruncate(w->fd, (off_t)w->offset) < 0)
		return ret;
	return ret;
}

int frame_create(struct frame_writer *w, int fd, uint64_t salt)
{
	uint8_t head[FILE_HEAD] = { 0 };

	*w = (struct frame_writer){ .fd = fd, .salt = salt };
	memcpy(head, frame_magic, sizeof(frame_magic));
	put32(head + 8, FRAME_VERSION);
	put64(head + 16, salt);
	put64(head + 24, id_bytes(head, 24));
	frame_begin(w);
	return frame_append(w, head, sizeof(head));
}

void frame_end(struct frame_writer *w)
{
	pack_fini(&w->pack);
}

static uint32_t frame_head_check(const uint8_t *head, uint64_t salt)
{
	return (uint32_t)XXH3_64bits_withSeed(head, 12, salt);
}

int frame_flush(struct frame_writer *w)
{
	size_t len = frame_used(w);
	uint8_t *head = w->pack.bytes;

	if (w->code == 0 && len > FRAME_MAX)
		w->code = -E2BIG;
	if (w->code == 0 && len > 0) {
		put32(head, FRAME_MARK);
		put32(head + 4, (uint32_t)len);
		put32(head + 8, w->number++);
		put32(head + 12, frame_head_check(head, w->salt));
		put64(head + 16, XXH3_64bits_withSeed(head + FRAME_HEAD, len,
						      w->salt));
		frame_append(w, head, FRAME_HEAD + len);
	}
	frame_begin(w);
	return w->code;
}

/* ---- reading --------------------------------------------------------- */

int frame_open(struct frame_reader *r, int fd, struct err *err)
{
	uint8_t head[FILE_HEAD];
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) < 0)
		return err_sys(err, -errno, "cannot be read");
	got = sys_pread_all(fd, head, sizeof(head), 0);
	if (got < 0)
		return err_sys(err, (int)got, "cannot be read");
	if (got < (ssize_t)sizeof(head) ||
	    memcmp(head, frame_magic, sizeof(frame_magic)) != 0)
		return err_set(err, -EINVAL, "is not a recording");
	if (get32(head + 8) != FRAME_VERSION)
		return err_set(err, -EINVAL,
			       "is a recording of version %u; this shmrun "
			       "reads version %u", get32(head + 8),
			       FRAME_VERSION);
	if (get64(head + 24) != id_bytes(head, 24))
		return err_set(err, -EINVAL, "is a recording with a damaged "
			       "head");
	*r = (struct frame_reader){ .fd = fd,
				    .salt = get64(head + 16),
				    .offset = FILE_HEAD,
				    .size = (uint64_t)st.st_size };
	return 0;
}

void frame_close(struct frame_reader *r)
{
	free(r->bytes);
	r->bytes = NULL;
}

static void frame_reserve(struct frame_reader *r, size_t size)
{
	if (size <= r->cap)
		return;
	free(r->bytes);
	r->bytes = mem_alloc(size);
	r->cap = size;
}

/* Is this the head of a frame that could follow, and how long is it? */
static bool frame_is_head(const struct frame_reader *r, const uint8_t *head,
			  uint64_t offset, uint32_t *len)
{
	*len = get32(head + 4);
	return get32(head) == FRAME_MARK && *len <= FRAME_MAX &&
	       *len <= r->size - offset - FRAME_HEAD &&
	       get32(head + 8) >= r->number &&
	       get32(head + 12) == frame_head_check(head, r->salt);
}

static bool frame_take(struct frame_reader *r, uint64_t offset,
		       struct unpack *payload)
{
	uint8_t head[FRAME_HEAD];
	uint32_t len;

	if (r->size - offset < FRAME_HEAD ||
	    sys_pread_all(r->fd, head, FRAME_HEAD, offset) != FRAME_HEAD ||
	    !frame_is_head(r, head, offset, &len))
		return false;
	frame_reserve(r, len + 1);
	if (sys_pread_all(r->fd, r->bytes, len, offset + FRAME_HEAD) !=
		    (ssize_t)len ||
	    get64(head + 16) != XXH3_64bits_withSeed(r->bytes, len, r->salt))
		return false;
	r->n_lost += get32(head + 8) - r->number;
	r->number = get32(head + 8) + 1;
	r->offset = offset + FRAME_HEAD + len;
	*payload = (struct unpack){ .at = r->bytes, .left = len };
	return true;
}

/* The first frame in the window at *offset, which moves behind it. */
static bool frame_seek_within(struct frame_reader *r, uint64_t *offset,
			      const uint8_t *window, size_t len,
			      struct unpack *payload)
{
	uint32_t mark = htole32(FRAME_MARK);
	const uint8_t *at = window, *end = window + len;

	while ((at = memmem(at, (size_t)(end - at), &mark, sizeof(mark)))) {
		if (frame_take(r, *offset + (uint64_t)(at - window), payload))
			return true;
		at++;
	}
	/* A mark may lie across the end of the window. */
	*offset += len < sizeof(mark) ? len : len - sizeof(mark) + 1;
	return false;
}

static bool frame_seek(struct frame_reader *r, uint64_t offset,
		       struct unpack *payload)
{
	uint8_t *window = mem_alloc(FRAME_WINDOW);
	bool found = false;

	while (!found && r->size - offset >= FRAME_HEAD) {
		ssize_t got = sys_pread_all(r->fd, window, FRAME_WINDOW,
					    offset);

		if (got < (ssize_t)FRAME_HEAD)
			break;
		found = frame_seek_within(r, &offset, window, (size_t)got,
					  payload);
	}
	free(window);
	return found;
}

bool frame_next(struct frame_reader *r, struct unpack *payload)
{
	uint64_t from = r->offset;

	if (frame_take(r, from, payload))
		return true;
	if (r->size - from > FRAME_HEAD &&
	    frame_seek(r, from + 1, payload)) {
		r->n_lost_bytes += r->offset - FRAME_HEAD - payload->left -
				   from;
		return true;
	}
	r->n_torn_bytes = r->size - from;
	r->offset = r->size;
	return false;
}
