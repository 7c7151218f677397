/* SPDX-License-Identifier: MIT */
/*
 * shmrun timings: the duration history for people and for other jobs
 * (FILE-4).
 *
 *	show [SUITE...]		a table, longest first
 *	export [SUITE...]	text to stdout, sorted
 *	import FILE...		into the cache
 *	merge FILE...		several texts as one, to stdout
 *	prune			drops what is stale
 */
#include "cli/cmd.h"

#include "base/sys.h"
#include "cli/complain.h"
#include "cli/timings.h"
#include "cli/timings_table.h"
#include "model/tally.h"
#include "record/history_text.h"
#include "record/renew.h"
#include "record/text_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct timings_cmd {
	const char *name;
	int (*run)(const struct options *o, struct err *err);
	bool takes_files; /* and needs one */
	bool takes_suites;
};

static int timings_open_shelf(struct shelf *shelf, const struct options *o,
			      bool create, struct err *err)
{
	struct cache_dir dir = cache_dir_find(o, getenv);
	struct shelf_teller teller = timings_teller(o);
	int ret = dir.path ? shelf_open(shelf, dir.path, create, &teller, err)
			   : err_set(err, -ENOENT, "there is no cache: neither "
				     "HOME nor XDG_CACHE_HOME is set");

	cache_dir_free(&dir);
	return ret;
}

/* The last part of a path, as a suite without a name of its own is called. */
static const char *timings_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static bool timings_is_wanted(const struct options *o, const struct book *book)
{
	uint32_t i;

	for (i = 1; i < o->suites.n; i++)
		if (strcmp(timings_base_name(o->suites.items[i]),
			   book_suite(book)) == 0)
			return true;
	return o->suites.n == 1;
}

static int timings_read_shelf(const struct options *o, struct library *library,
			      struct err *err)
{
	struct shelf shelf;
	struct book book;
	char **files;
	size_t i;
	int ret = timings_open_shelf(&shelf, o, false, err);

	if (ret == -ENOENT)
		return 0; /* nothing was ever kept */
	if (ret < 0)
		return ret;
	files = shelf_list(&shelf);
	for (i = 0; files[i]; i++) {
		if (shelf_load(&shelf, files[i], &book) < 0)
			continue;
		library_merge_book(library_get(library, book_suite(&book),
					       book_profile(&book)), &book);
		book_fini(&book);
	}
	shelf_free_list(files);
	shelf_close(&shelf);
	return 0;
}

/* Of the cache or of --timings; only the suites that were named. */
static int timings_read(const struct options *o, struct library *library,
			struct err *err)
{
	int ret = o->timings ? text_file_load(o->timings, library, err)
			     : timings_read_shelf(o, library, err);
	uint32_t n = 0, i;

	for (i = 0; i < library->n; i++) {
		if (timings_is_wanted(o, &library->books[i]))
			library->books[n++] = library->books[i];
		else
			book_fini(&library->books[i]);
	}
	library->n = n;
	library_sort(library);
	return ret;
}

static int timings_print(struct str *text, struct err *err)
{
	int ret = sys_write_all(STDOUT_FILENO, str_get(text), text->len);

	str_fini(text);
	return ret < 0 ? err_sys(err, ret, "the timings cannot be written")
		       : 0;
}

static int timings_show(const struct options *o, struct err *err)
{
	struct library library = { 0 };
	struct str text = STR_INIT;
	int ret = timings_read(o, &library, err);
	uint32_t i;

	for (i = 0; i < library.n; i++)
		timings_table_add(&text, &library.books[i]);
	library_fini(&library);
	return ret < 0 ? ret : timings_print(&text, err);
}

static int timings_export(const struct options *o, struct err *err)
{
	struct library library = { 0 };
	struct str text = STR_INIT;
	int ret = timings_read(o, &library, err);

	if (ret == 0)
		history_text_make(&text, &library);
	library_fini(&library);
	return ret < 0 ? ret : timings_print(&text, err);
}

static int timings_read_files(const struct options *o, struct library *library,
			      struct err *err)
{
	int ret = 0;
	uint32_t i;

	for (i = 1; i < o->suites.n && ret == 0; i++)
		ret = text_file_load(o->suites.items[i], library, err);
	return ret;
}

static int timings_merge(const struct options *o, struct err *err)
{
	struct library library = { 0 };
	struct str text = STR_INIT;
	int ret = timings_read_files(o, &library, err);

	if (ret == 0)
		history_text_make(&text, &library);
	library_fini(&library);
	return ret < 0 ? ret : timings_print(&text, err);
}

/* What is in the cache already is merged with it, under the lock. */
static int timings_import_book(const struct shelf *shelf,
			       const struct book *from)
{
	char *file = shelf_file(book_suite(from), book_profile(from));
	int lock = shelf_lock(shelf, file), ret = lock;
	struct book book;

	if (lock >= 0) {
		ret = shelf_load(shelf, file, &book);
		if (ret == -ENOENT || ret == -EBADMSG) {
			book_init(&book, book_suite(from), book_profile(from));
			ret = 0;
		}
		if (ret == 0) {
			library_merge_book(&book, from);
			ret = shelf_put(shelf, file, &book);
			book_fini(&book);
		}
		shelf_unlock(lock);
	}
	free(file);
	return ret;
}

static int timings_import(const struct options *o, struct err *err)
{
	struct library library = { 0 };
	struct shelf shelf;
	int ret = timings_read_files(o, &library, err);
	uint32_t i;

	if (ret == 0)
		ret = timings_open_shelf(&shelf, o, true, err);
	if (ret < 0) {
		library_fini(&library);
		return ret;
	}
	for (i = 0; i < library.n && ret == 0; i++)
		ret = timings_import_book(&shelf, &library.books[i]);
	if (ret < 0)
		err_set(err, -EIO, "not everything could be imported");
	library_fini(&library);
	shelf_close(&shelf);
	return ret < 0 ? -EIO : 0;
}

static int timings_prune_file(const struct shelf *shelf, const char *file,
			      uint32_t *n_dropped)
{
	int lock = shelf_lock(shelf, file), ret = lock;
	struct book book, kept;

	if (lock < 0)
		return ret;
	ret = shelf_load(shelf, file, &book);
	if (ret == 0) {
		renew_prune(&book, timings_today(), &kept);
		*n_dropped += book.n_rows - kept.n_rows;
		if (kept.n_rows == 0)
			ret = shelf_remove(shelf, file);
		else if (kept.n_rows != book.n_rows)
			ret = shelf_put(shelf, file, &kept);
		book_fini(&kept);
		book_fini(&book);
	}
	shelf_unlock(lock);
	/* Told, and no reason to leave the others as they are. */
	return ret == -EBADMSG || ret == -EPROTO ? 0 : ret;
}

static int timings_prune(const struct options *o, struct err *err)
{
	uint32_t n_dropped = 0;
	struct shelf shelf;
	char **files;
	size_t i;
	int ret = timings_open_shelf(&shelf, o, false, err);

	if (ret == -ENOENT)
		return 0;
	if (ret < 0)
		return ret;
	files = shelf_list(&shelf);
	for (i = 0; files[i] && ret == 0; i++)
		ret = timings_prune_file(&shelf, files[i], &n_dropped);
	shelf_sweep(&shelf);
	shelf_free_list(files);
	shelf_close(&shelf);
	if (ret < 0)
		return err_set(err, -EIO, "not everything could be pruned");
	dprintf(STDOUT_FILENO, "%u dropped\n", n_dropped);
	return 0;
}

static const struct timings_cmd timings_cmds[] = {
	{ "show", timings_show, false, true },
	{ "export", timings_export, false, true },
	{ "import", timings_import, true, false },
	{ "merge", timings_merge, true, false },
	{ "prune", timings_prune, false, false },
};

static const struct timings_cmd *timings_find(const struct options *o,
					      struct err *err)
{
	const char *name = o->suites.items[0];
	size_t i;

	for (i = 0; i < array_size(timings_cmds); i++) {
		const struct timings_cmd *cmd = &timings_cmds[i];

		if (strcmp(cmd->name, name) != 0)
			continue;
		if (cmd->takes_files && o->suites.n == 1)
			err_set(err, -EINVAL, "timings %s needs a file", name);
		else if (!cmd->takes_files && !cmd->takes_suites &&
			 o->suites.n > 1)
			err_set(err, -EINVAL, "timings %s takes no more words",
				name);
		else
			return cmd;
		return NULL;
	}
	err_set(err, -EINVAL, "timings: '%s' is not one of show, export, "
		"import, merge, prune", name);
	return NULL;
}

/* What could not be read was named by the user; what could not be written is
 * as a report that could not be. */
static int timings_exit(const struct err *err)
{
	return err->code == -EIO || err->code == -ENOSPC ||
			       err->code == -EPIPE ? EXIT_UNTRUSTED : EXIT_USAGE;
}

int cmd_timings(const struct options *o)
{
	struct err err = { 0 };
	const struct timings_cmd *cmd = timings_find(o, &err);

	if (cmd && cmd->run(o, &err) == 0)
		return EXIT_PASSED;
	return complain(timings_exit(&err), &err);
}
