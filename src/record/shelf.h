/* SPDX-License-Identifier: MIT */
/*
 * shelf.h - the folder where books are kept, a file each, and how several
 * runs share it.
 *
 * Who wants to save locks the book, reads it again, adds its own and puts the
 * whole back by rename(2): nothing is lost to a run beside it, and a death at
 * any moment leaves the old book or the new one (FILE-1, FILE-2).  Nothing
 * here is worth a failed run: what goes wrong is told in a line and gone on
 * without (FILE-3).  Runner only.
 */
#ifndef RECORD_SHELF_H
#define RECORD_SHELF_H

#include "base/err.h"
#include "record/book.h"

#include <stdbool.h>

/* Whoever prints; quiet = only for those who asked for more. */
struct shelf_teller {
	void (*tell)(void *ctx, bool quiet, const char *text);
	void *ctx;
};

void shelf_tell(const struct shelf_teller *teller, bool quiet,
		const char *fmt, ...) printf_like(3, 4);

struct shelf {
	int fd; /* of the folder; -1 = there is none */
	char *path;
	struct shelf_teller teller;
};

/* Opens the shelf in a cache folder, which is made with its parents when
 * wanted and missing (DIR-1).  0 or -errno with a sentence. */
int shelf_open(struct shelf *shelf, const char *cache_dir, bool create,
	       const struct shelf_teller *teller, struct err *err);
void shelf_close(struct shelf *shelf);

/* The file of a book. */
char *shelf_file(const char *suite, const char *profile);

/* Reads a book.  0, or -errno, told unless it is -ENOENT.  One that is damaged
 * goes aside (-EBADMSG); any other is not to be written over. */
int shelf_load(const struct shelf *shelf, const char *file,
		struct book *book);
/* Is the file still the one that was read into the book? */
bool shelf_is_same(const struct shelf *shelf, const char *file,
		   const struct book *book);

/* Locks one book; its descriptor, or -errno, told. */
int shelf_lock(const struct shelf *shelf, const char *file);
void shelf_unlock(int lock);
/* Puts it in place of the old one, which is locked.  0 or -errno, told. */
int shelf_put(const struct shelf *shelf, const char *file,
	      const struct book *book);
int shelf_remove(const struct shelf *shelf, const char *file);

/* All books' files, sorted; a NULL-terminated array to be freed with
 * shelf_free_list(). */
char **shelf_list(const struct shelf *shelf);
void shelf_free_list(char **files);

/* Removes what killed runs and damaged books have left. */
void shelf_sweep(const struct shelf *shelf);

#endif
