/* SPDX-License-Identifier: MIT */
#include "suite/uses.h"

#include "base/compiler.h"
#include "base/id.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "suite/adapter.h"
#include "suite/elf.h"
#include "suite/program.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TABLE_MIN 64

/* A file, and where its libraries may be beside the places it names. */
struct use {
	char *path;
	const char *search; /* of its test; NULL = that of our own */
	bool starts; /* a test is a process of it */
};

struct uses {
	struct use *items; /* in the order they were found in */
	uint32_t n, cap;
	uint32_t *table; /* number of an item from 1; 0 = free */
	uint32_t n_table;
};

/* ---- a set of files -------------------------------------------------- */

static uint32_t *uses_slot(const struct uses *u, const char *path)
{
	uint64_t at = id_bytes(path, strlen(path));

	for (;; at++) {
		uint32_t *slot = &u->table[at % u->n_table];

		if (!*slot || strcmp(u->items[*slot - 1].path, path) == 0)
			return slot;
	}
}

/* Half of it stays free. */
static void uses_grow(struct uses *u)
{
	uint32_t i;

	if (u->n_table > 2 * u->n)
		return;
	free(u->table);
	u->n_table = u->n_table ? 2 * u->n_table : TABLE_MIN;
	u->table = mem_array(u->n_table, sizeof(*u->table));
	for (i = 0; i < u->n; i++)
		*uses_slot(u, u->items[i].path) = i + 1;
}

/* False when it is there. */
static bool uses_add(struct uses *u, const char *path, const char *search,
		     bool starts)
{
	uint32_t *slot;

	uses_grow(u);
	slot = uses_slot(u, path);
	if (*slot)
		return false;
	vec_room(u->items, u->n, u->cap);
	u->items[u->n++] = (struct use){ mem_strdup(path), search, starts };
	*slot = u->n;
	return true;
}

static bool uses_is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void uses_add_file(struct uses *u, const char *path, const char *search)
{
	if (uses_is_file(path))
		uses_add(u, path, search, false);
}

/* ---- libraries ------------------------------------------------------- */

/* One folder of a run path: $ORIGIN is where the file itself lies. */
static void uses_add_folder(struct str *path, const char *folder, size_t len,
			    const char *file)
{
	static const char *const origins[] = { "$ORIGIN", "${ORIGIN}" };
	size_t i, n;

	for (i = 0; i < array_size(origins); i++) {
		n = strlen(origins[i]);
		if (len < n || strncmp(folder, origins[i], n) != 0)
			continue;
		str_add_len(path, file, (size_t)(strrchr(file, '/') - file));
		folder += n;
		len -= n;
		break;
	}
	str_add_len(path, folder, len);
	str_add_char(path, '/');
}

static void uses_look(struct uses *u, uint32_t ix, const char *folders,
		      const char *name)
{
	struct str path = STR_INIT;

	for (; folders && *folders; folders += *folders == ':') {
		size_t len = strcspn(folders, ":");

		str_clear(&path);
		uses_add_folder(&path, folders, len, u->items[ix].path);
		str_add(&path, name);
		if (*path.text == '/')
			uses_add_file(u, path.text, u->items[ix].search);
		folders += len;
	}
	str_fini(&path);
}

static void uses_add_libraries(struct uses *u, uint32_t ix)
{
	const char *search = u->items[ix].search, *name;
	uint64_t at = 0, rpath = 0, runpath = 0;
	struct err err = { 0 };
	const char *paths[2];
	struct elf elf;

	if (elf_open(&elf, u->items[ix].path, &err) < 0)
		return;
	paths[0] = elf_next_text(&elf, DT_RPATH, &rpath);
	paths[1] = elf_next_text(&elf, DT_RUNPATH, &runpath);
	while ((name = elf_next_text(&elf, DT_NEEDED, &at))) {
		uses_look(u, ix, paths[0], name);
		uses_look(u, ix, search ? search : getenv("LD_LIBRARY_PATH"),
			  name);
		uses_look(u, ix, paths[1], name);
	}
	elf_close(&elf);
}

/* ---- programs -------------------------------------------------------- */

static const char *uses_search(const struct program *p)
{
	static const char name[] = "LD_LIBRARY_PATH=";
	char **at;

	for (at = p->env; at && *at; at++)
		if (strncmp(*at, name, strlen(name)) == 0)
			return *at + strlen(name);
	return NULL;
}

static void uses_add_program(struct uses *u, const struct program *p)
{
	if (*p->path)
		uses_add(u, p->path, uses_search(p), true);
}

/* An interpreter's script is as good as a program. */
static void uses_add_arguments(struct uses *u, const struct program *p)
{
	const char *search = uses_search(p);
	char **at;

	for (at = p->argv; *at && *++at;) {
		char *path;

		if (!**at || **at == '-')
			continue;
		path = program_path(*at, p->cwd);
		uses_add_file(u, path, search);
		free(path);
	}
}

/* ---- a suite --------------------------------------------------------- */

static bool uses_add_source(void *ctx, const char *path)
{
	return uses_add(ctx, path, NULL, false);
}

static void uses_add_all(struct uses *u, const struct adapter_suite *s)
{
	char *path = program_path(s->path, NULL);
	uint32_t i;

	uses_add_file(u, path, NULL);
	free(path);
	if (s->ops->sources)
		s->ops->sources(s, uses_add_source, u);
	for (i = 0; i < s->n_tests && s->ops->isolate == ISOLATE_EXEC; i++)
		uses_add_arguments(u, s->tests[i].decl);
	/* These add to them. */
	for (i = 0; i < u->n; i++)
		uses_add_libraries(u, i);
}

void uses_each(const struct adapter_suite *s, bool all, uses_tell *tell,
	       void *ctx)
{
	struct uses u = { 0 };
	uint32_t i;

	for (i = 0; i < s->n_tests && s->ops->isolate == ISOLATE_EXEC; i++)
		uses_add_program(&u, s->tests[i].decl);
	if (all)
		uses_add_all(&u, s);
	for (i = 0; i < u.n; i++) {
		tell(ctx, u.items[i].path, u.items[i].starts);
		free(u.items[i].path);
	}
	free(u.items);
	free(u.table);
}
