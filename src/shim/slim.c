/* SPDX-License-Identifier: MIT */
#include "shim/slim.h"

#include "base/raw.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define PAGE ((uintptr_t)4096)
/* It costs as much as it saves in some twenty tests. */
#define SLIM_AFTER 8
/* Children that may end without a word. */
#define SLIM_CHILDREN 16
#define SLIM_TEXTS 64
#define SLIM_PAGES 1024
/* Entries of a page map that are read at once. */
#define SLIM_AT_ONCE 64
#define ENTRY_PRESENT ((uint64_t)1 << 63)
#define ENTRY_FILE ((uint64_t)1 << 61)
#define ENTRY_ALONE ((uint64_t)1 << 56) /* nobody else has the page */
/* Of a heap: less is not worth it, more takes too long. */
#define SLIM_HEAP_MIN (16 * PAGE)
#define SLIM_HEAP_MAX ((uintptr_t)64 << 20)

#if !defined(MADV_POPULATE_WRITE)
#define MADV_POPULATE_WRITE 23
#endif

#if defined(__GLIBC__)
#define HAS_KNOWN_HEAP true
#else
#define HAS_KNOWN_HEAP false
#endif

enum slim_stage {
	SLIM_NOT_YET,
	SLIM_ROUGH, /* pages come with those around them, some 16 */
	SLIM_EXACT, /* ... which were found: now each by itself */
	SLIM_OVER,
};

/* A line of /proc/self/maps. */
struct area {
	uintptr_t from, to, offset;
	unsigned long inode;
	char access[8];
	bool is_stack, is_heap;
};

/* Code of a file, or the heap. */
struct part {
	uintptr_t from, to;
};

struct pages {
	uint32_t n;
	uintptr_t at[SLIM_PAGES]; /* ascending */
};

struct notes {
	struct pages code;
	struct pages heap; /* that a test writes */
};

static struct {
	enum slim_stage stage;
	uint32_t n_children;
	struct notes *told; /* shared with children, which write it */
	struct notes *heard; /* the server's copy */
	struct part heap;
	int n_texts;
	struct part texts[SLIM_TEXTS];
} slim;

/* ---- what is mapped -------------------------------------------------- */

static bool slim_next_area(FILE *maps, struct area *a)
{
	char line[512];
	int c;

	if (!fgets(line, sizeof(line), maps))
		return false;
	/* A long path. */
	if (!strchr(line, '\n'))
		while ((c = getc(maps)) != EOF && c != '\n')
			;
	a->is_stack = strstr(line, "[stack]") != NULL;
	a->is_heap = strstr(line, "[heap]") != NULL;
	return sscanf(line, "%lx-%lx %7s %lx %*s %lu", &a->from, &a->to,
		      a->access, &a->offset, &a->inode) == 5;
}

static bool slim_is_text(const struct area *a)
{
	return a->inode && strcmp(a->access, "r-xp") == 0;
}

/* Anew each time: what is loaded changes. */
static bool slim_find_texts(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	struct area a;

	slim.n_texts = 0;
	slim.heap = (struct part){ 0, 0 };
	if (!maps)
		return false;
	while (slim.n_texts < SLIM_TEXTS && slim_next_area(maps, &a)) {
		if (slim_is_text(&a))
			slim.texts[slim.n_texts++] =
				(struct part){ a.from, a.to };
		else if (a.is_heap && strcmp(a.access, "rw-p") == 0)
			slim.heap = (struct part){ a.from, a.to };
	}
	fclose(maps);
	return slim.n_texts > 0;
}

/* Two parts of a file side by side, code and what is only read: as one area
 * they cost a fork half.  No code is taken for data by that. */
static void slim_join(const struct area *a, const struct area *b)
{
	const struct area *read = slim_is_text(a) ? b : a;

	if (a->inode == b->inode && a->to == b->from &&
	    b->offset - a->offset == a->to - a->from &&
	    slim_is_text(a) != slim_is_text(b) &&
	    strcmp(read->access, "r--p") == 0)
		mprotect((void *)read->from, read->to - read->from,
			 PROT_READ | PROT_EXEC);
}

/* What was below the frame of the caller is nobody's. */
static void slim_drop_stack(const struct area *a)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t end = here / PAGE * PAGE - 4 * PAGE;

	if (a->is_stack && end > a->from && here < a->to)
		madvise((void *)a->from, end - a->from, MADV_DONTNEED);
}

static void slim_tidy(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	struct area before = { 0 }, a;

	if (!maps)
		return;
	while (slim_next_area(maps, &a)) {
		slim_join(&before, &a);
		slim_drop_stack(&a);
		before = a;
	}
	fclose(maps);
}

/* ---- pages of code --------------------------------------------------- */

/* By raw calls only: each page of libc's code that is used would be noted. */
static int slim_open_map(void)
{
	return (int)raw_syscall(SYS_openat, AT_FDCWD,
				(long)"/proc/self/pagemap",
				O_RDONLY | O_CLOEXEC, 0, 0);
}

static long slim_read_map(int map, uint64_t *entries, uintptr_t from,
			  uintptr_t to)
{
	size_t n = (to - from) / PAGE;
	long got;

	if (n > SLIM_AT_ONCE)
		n = SLIM_AT_ONCE;
	got = raw_syscall(SYS_pread64, map, (long)entries,
			  (long)(n * sizeof(*entries)),
			  (long)(from / PAGE * sizeof(*entries)), 0);
	return got > 0 ? got / (long)sizeof(*entries) : 0;
}

static void slim_advise(uintptr_t from, uintptr_t to, int advice)
{
	if (to > from)
		raw_syscall(SYS_madvise, (long)from, (long)(to - from), advice,
			    0, 0);
}

static bool slim_is_own(uint64_t entry)
{
	return (entry & ENTRY_PRESENT) && !(entry & ENTRY_FILE);
}

static bool slim_is_in(const struct pages *pages, uint32_t *at, uintptr_t page)
{
	while (*at < pages->n && pages->at[*at] < page)
		++*at;
	return *at < pages->n && pages->at[*at] == page;
}

/* Takes pages out of the page table, but for those that were written, which
 * have no other copy, and those to keep. */
static void slim_drop(int map, const struct part *t, const struct pages *keep)
{
	uint64_t entries[SLIM_AT_ONCE] = { 0 };
	uintptr_t page = t->from, from = t->from;
	uint32_t at = 0;
	long n, i;

	while (page < t->to &&
	       (n = slim_read_map(map, entries, page, t->to)) > 0) {
		for (i = 0; i < n; i++, page += PAGE) {
			if (!slim_is_own(entries[i]) &&
			    !slim_is_in(keep, &at, page))
				continue;
			slim_advise(from, page, MADV_DONTNEED);
			from = page + PAGE;
		}
	}
	slim_advise(from, page, MADV_DONTNEED);
}

static void slim_drop_all(const struct pages *keep)
{
	int map = slim_open_map(), i;

	if (map < 0)
		return;
	for (i = 0; i < slim.n_texts; i++)
		slim_drop(map, &slim.texts[i], keep);
	raw_syscall(SYS_close, map, 0, 0, 0, 0);
}

/* By itself: a read would fetch those around it as well, and then a write
 * copy it. */
void slim_fetch(const void *at, uintptr_t size)
{
	uintptr_t from = (uintptr_t)at / PAGE * PAGE;

	raw_syscall(SYS_madvise, (long)from,
		    (long)(((uintptr_t)at + size - from + PAGE - 1) / PAGE *
			   PAGE),
		    MADV_POPULATE_WRITE, 0, 0);
}

/* ---- in a child ------------------------------------------------------ */

/* Of areas of a page each, only that one is fetched. */
static void slim_split(const struct pages *rough)
{
	uint32_t i;

	for (i = 0; i < rough->n; i++)
		if (rough->at[i] / PAGE % 2)
			slim_advise(rough->at[i], rough->at[i] + PAGE,
				    MADV_RANDOM);
}

void slim_begin(uintptr_t born)
{
	static const struct pages none;

	if (slim.stage == SLIM_OVER || slim.stage == SLIM_NOT_YET)
		return;
	if (!slim_find_texts())
		return;
	if (slim.stage == SLIM_EXACT)
		slim_split(&slim.heard->code);
	slim_drop_all(&none);
	(void)*(const volatile unsigned char *)born;
}

/* Pages of a part that are there, in the way that is asked for. */
static void slim_note(int map, const struct part *t, uint64_t mask,
		      uint64_t wanted, struct pages *to)
{
	uint64_t entries[SLIM_AT_ONCE] = { 0 };
	uintptr_t page = t->from;
	long n, i;

	while (page < t->to &&
	       (n = slim_read_map(map, entries, page, t->to)) > 0)
		for (i = 0; i < n; i++, page += PAGE)
			if ((entries[i] & mask) == wanted && to->n < SLIM_PAGES)
				to->at[to->n++] = page;
}

void slim_end(void)
{
	int map, i;

	if (slim.stage == SLIM_OVER || slim.stage == SLIM_NOT_YET)
		return;
	map = slim_open_map();
	if (map < 0)
		return;
	for (i = 0; i < slim.n_texts; i++)
		slim_note(map, &slim.texts[i], ENTRY_PRESENT, ENTRY_PRESENT,
			  &slim.told->code);
	slim_note(map, &slim.heap, ENTRY_PRESENT | ENTRY_ALONE,
		  ENTRY_PRESENT | ENTRY_ALONE, &slim.told->heap);
	raw_syscall(SYS_close, map, 0, 0, 0, 0);
}

/* ---- in the server --------------------------------------------------- */

static struct notes *slim_map(int kind)
{
	void *notes = mmap(NULL, sizeof(struct notes), PROT_READ | PROT_WRITE,
			   kind | MAP_ANONYMOUS, -1, 0);

	return notes == MAP_FAILED ? NULL : notes;
}

static void slim_unmap(struct notes *notes)
{
	if (notes)
		raw_syscall(SYS_munmap, (long)notes, sizeof(*notes), 0, 0, 0);
}

/* From here on nothing is written that children would copy. */
static void slim_finish(void)
{
	slim_unmap(slim.told);
	slim_unmap(slim.heard);
	slim.told = slim.heard = NULL;
	slim.stage = SLIM_OVER;
}

static void slim_start(void)
{
	slim.told = slim_map(MAP_SHARED);
	slim.heard = slim_map(MAP_PRIVATE);
	slim.stage = SLIM_ROUGH;
	if (sysconf(_SC_PAGESIZE) == (long)PAGE && slim.told && slim.heard)
		slim_tidy();
	else
		slim_finish();
}

/* A fork copies the table of an area of a file only if a page of it was
 * written: one is, with what is in it. */
static void slim_take_along(int mem, const struct part *t,
			    const struct pages *hot)
{
	bool done = false;
	uint32_t i;

	for (i = 0; i < hot->n; i++) {
		const volatile unsigned char *at;
		unsigned char byte;

		if (hot->at[i] < t->from || hot->at[i] >= t->to)
			continue;
		at = (const volatile unsigned char *)hot->at[i];
		byte = *at;
		if (!done)
			done = pwrite(mem, &byte, 1, (off_t)hot->at[i]) == 1;
	}
}

/* What an allocator gives back by MADV_DONTNEED comes back as it was here, and
 * not as zeros; glibc's counts on neither. */
static bool slim_is_libcs_heap(void)
{
	Dl_info of_malloc, of_libc;

	return HAS_KNOWN_HEAP &&
	       dladdr((void *)(uintptr_t)malloc, &of_malloc) &&
	       dladdr((void *)(uintptr_t)fopen, &of_libc) &&
	       of_malloc.dli_fbase == of_libc.dli_fbase;
}

static bool slim_may_write(uintptr_t size)
{
	struct rlimit limit;

	/* Or a signal would say that it may not. */
	return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	       (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= size);
}

/* Nothing here writes to the heap. */
static void slim_replace(const struct part *heap, int file)
{
	uintptr_t size = heap->to - heap->from;

	if (pwrite(file, (void *)heap->from, size, 0) == (ssize_t)size)
		raw_syscall6(SYS_mmap, (long)heap->from, (long)size,
			     PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
			     file, 0);
}

/* What lies in the heap is mostly of other tests.  A fork copies the entry of
 * each page of it; as a file's, those that were not written since are the
 * file's, and cost nothing. */
static void slim_put_heap_aside(const struct part *heap,
				const struct pages *hot)
{
	uintptr_t size = heap->to - heap->from;
	sigset_t all, before;
	uint32_t i;
	int file;

	if (size < SLIM_HEAP_MIN || size > SLIM_HEAP_MAX ||
	    !slim_may_write(size) || !slim_is_libcs_heap())
		return;
	file = memfd_create("shmrun-heap", MFD_CLOEXEC);
	if (file < 0)
		return;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	slim_replace(heap, file);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(file);
	for (i = 0; i < hot->n; i++)
		if (hot->at[i] >= heap->from && hot->at[i] < heap->to)
			slim_fetch((const void *)hot->at[i], PAGE);
}

static void slim_settle(const struct notes *hot)
{
	int mem, i;

	if (!slim_find_texts())
		return;
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (mem < 0)
		return;
	for (i = 0; i < slim.n_texts; i++)
		slim_take_along(mem, &slim.texts[i], &hot->code);
	close(mem);
	slim_put_heap_aside(&slim.heap, &hot->heap);
	slim_drop_all(&hot->code);
}

static void slim_clamp(struct pages *pages)
{
	if (pages->n > SLIM_PAGES)
		pages->n = SLIM_PAGES;
}

/* What a child has written is believed as far as it harms nobody else: an
 * address is used if it is in code, or in the heap. */
static void slim_hear(void)
{
	*slim.heard = *slim.told;
	slim.told->code.n = slim.told->heap.n = 0;
	slim_clamp(&slim.heard->code);
	slim_clamp(&slim.heard->heap);
	if (slim.stage == SLIM_ROUGH) {
		slim.stage = SLIM_EXACT;
		return;
	}
	slim_settle(slim.heard);
	slim_finish();
}

void slim_prepare(void)
{
	if (slim.stage == SLIM_OVER)
		return;
	slim.n_children++;
	if (slim.stage == SLIM_NOT_YET) {
		if (slim.n_children > SLIM_AFTER)
			slim_start();
	} else if (slim.told->code.n) {
		slim_hear();
	} else if (slim.n_children > SLIM_AFTER + SLIM_CHILDREN) {
		slim_finish();
	}
}
